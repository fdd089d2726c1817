//! What there was before the migration: only that can be lost, and only that does a running release know.

use super::view::{MigrationView, OperationView, listed};
use crate::catalog::{Catalog, Column, ColumnId, Relation, RelationId, TypeRef};
use crate::effects::{DataLoss, DataLossKind};
use crate::sql::operation::Persistence;
use crate::sql::{DataType, ObjectName};

/// How many names a message lists before it says how many more there are.
const MOST_NAMED: usize = 4;

/// `a, b and c`; of many, the first few and how many more.
pub(super) fn some_of<S: AsRef<str>>(names: &[S]) -> String {
    let mut named: Vec<&str> = names.iter().map(AsRef::as_ref).collect();
    let rest = named.len().saturating_sub(MOST_NAMED);
    let more = format!("{rest} more");
    if rest > 1 {
        named.truncate(MOST_NAMED);
        named.push(&more);
    }
    listed(&named)
}

impl OperationView<'_> {
    /// Whether a relation was there before the migration, for others to use.
    pub(super) fn is_old(&self, id: RelationId) -> bool {
        let relation = self.scene.catalog.relation(id);
        relation.is_some_and(|r| r.created.migration < self.scene.since && is_lasting(r))
    }

    /// Whether a type is from before what was read.
    pub(super) fn is_unseen_type(&self, name: &ObjectName) -> bool {
        let data_type = DataType { schema: name.schema.clone(), ..DataType::builtin(&name.name) };
        !self.scene.catalog.complete && matches!(self.scene.catalog.type_of(&data_type), TypeRef::Unknown)
    }

    /// Whether a column was.
    pub(super) fn is_old_column(&self, id: RelationId, name: &str) -> bool {
        let column = self.scene.catalog.table(id).and_then(|table| table.column(name));
        self.is_old(id) && column.is_none_or(|c| c.created.migration < self.scene.since)
    }

    /// What the operation loses in one way, of what was there before the migration; of a table and those below it only
    /// the table.
    pub(super) fn old_losses(&self, how: DataLossKind) -> Vec<&DataLoss> {
        let all = self.effects.data_loss.iter().filter(|loss| loss.how == how);
        let old: Vec<&DataLoss> = all
            .filter(|loss| match &loss.column {
                Some(column) => self.is_old_column(loss.relation.id, column),
                None => self.is_old(loss.relation.id),
            })
            .collect();
        let is_below = |loss: &&DataLoss| {
            let above = self.scene.catalog.ancestors(loss.relation.id);
            old.iter().any(|other| other.column == loss.column && above.contains(&other.relation.id))
        };
        old.iter().copied().filter(|loss| !is_below(loss)).collect()
    }
}

impl<'a> MigrationView<'a> {
    /// A relation after the migration, or as it was when the migration dropped it.
    pub(super) fn last_seen(&self, id: RelationId) -> Option<&'a Relation> {
        let gone = || self.operations.iter().flat_map(|(_, judged)| &judged.removed.relations).find(|r| r.id == id);
        self.after.relation(id).or_else(gone)
    }

    /// A column after the migration, or as it was when the migration dropped it.
    pub(super) fn last_seen_column(&self, id: RelationId, column: ColumnId) -> Option<&'a Column> {
        let of_gone = || self.last_seen(id)?.table()?.column_by_id(column);
        let gone = || {
            let mut columns = self.operations.iter().flat_map(|(_, judged)| &judged.removed.columns);
            columns.find(|(table, c)| *table == id && c.id == column).map(|(_, c)| c)
        };
        self.after.column(id, column).or_else(gone).or_else(of_gone)
    }

    /// Whether a running release can know a relation: it was there before the migration.
    pub(super) fn was_known(&self, id: RelationId) -> bool {
        self.last_seen(id).is_some_and(|r| r.created.migration < self.since && is_lasting(r))
    }

    /// Whether a running release can know a column.
    pub(super) fn column_was_known(&self, id: RelationId, column: ColumnId) -> bool {
        let column = self.last_seen_column(id, column);
        self.was_known(id) && column.is_some_and(|c| c.created.migration < self.since)
    }
}

/// Whether it is one of a table's descendants whose ancestor is in the list too.
pub(super) fn is_below_another(catalog: &Catalog, id: RelationId, all: &[RelationId]) -> bool {
    catalog.ancestors(id).iter().any(|above| all.contains(above))
}

fn is_lasting(relation: &Relation) -> bool {
    relation.table().is_none_or(|table| table.persistence != Persistence::Temporary)
}
