//! The foreign keys that a migration leaves behind new.

use super::view::{Judged, MigrationView};
use crate::catalog::{Catalog, Constraint, ConstraintKind, ForeignKey, ForeignKeyRef, RelationId};
use crate::sql::operation::{ConstraintKind as Written, Operation, TableAction};
use crate::sql::{Ident, Span};

/// A foreign key that a migration has made.
#[derive(Clone, Copy, Debug)]
pub(crate) struct NewKey<'a> {
    /// As the migration leaves it.
    pub(crate) key: ForeignKeyRef<'a>,
    /// The operation that made it, and the index of its statement.
    pub(crate) judged: &'a Judged,
    pub(crate) statement: usize,
    /// What is new besides the key.
    pub(crate) on: On<'a>,
}

/// On what a new foreign key stands.
#[derive(Clone, Copy, Debug)]
pub(crate) enum On<'a> {
    /// A table that the migration has made, too.
    NewTable,
    /// A column that the migration has added, too.
    NewColumn,
    /// A column that was there before.
    OldColumn,
    /// A column that had a foreign key to the same table before; the migration took it away.
    Former(&'a Constraint),
}

impl NewKey<'_> {
    /// Where it was written.
    pub(crate) fn span(&self) -> Span {
        self.judged.located.span
    }
}

/// The enforced foreign keys that a migration has made and not taken away again, those of partitions left out.
pub(crate) fn new_keys<'a>(view: &MigrationView<'a>) -> Vec<NewKey<'a>> {
    let tables = view.after.referencing_since(view.number);
    let keys = tables.into_iter().flat_map(|table| view.after.foreign_keys_from(table));
    let new = keys.filter(|key| {
        let constraint = key.constraint;
        constraint.created.migration == view.number && constraint.parent.is_none() && constraint.enforced
    });
    new.filter_map(|key| {
        let columns = names(view.after, key.from, &key.key.columns);
        let mut made = view.operations.iter().filter(|(_, j)| j.now.statement == key.constraint.created.statement);
        let (statement, judged) = made.clone().find(|(_, j)| makes(j, key.constraint, &columns)).or(made.next_back())?;
        Some(NewKey { key, judged, statement: *statement, on: stands_on(view, &key) })
    })
    .collect()
}

fn stands_on<'a>(view: &MigrationView<'a>, key: &ForeignKeyRef<'_>) -> On<'a> {
    let is_new = |id: RelationId| view.after.relation(id).is_some_and(|r| r.created.migration == view.number);
    if is_new(key.from) {
        return On::NewTable;
    }
    if let Some(former) = former(view, key) {
        return On::Former(former);
    }
    let column = |id| view.after.column(key.from, id).is_some_and(|c| c.created.migration == view.number);
    if key.key.columns.iter().copied().any(column) { On::NewColumn } else { On::OldColumn }
}

/// The foreign key that a new one stands in for.
fn former<'a>(view: &MigrationView<'a>, new: &ForeignKeyRef<'_>) -> Option<&'a Constraint> {
    let removed = view.operations.iter().flat_map(|(_, judged)| &judged.removed.constraints);
    let mut like = removed.filter(|(from, old)| *from == new.from && same_reference(old, new.key));
    like.next().map(|(_, old)| old)
}

/// Whether a constraint is a foreign key over the same columns to the same table.
pub(crate) fn same_reference(constraint: &Constraint, key: &ForeignKey) -> bool {
    matches!(&constraint.kind, ConstraintKind::ForeignKey(other)
        if other.table == key.table
            && other.columns.len() == key.columns.len()
            && other.columns.iter().all(|column| key.columns.contains(column)))
}

fn makes(judged: &Judged, constraint: &Constraint, columns: &[Ident]) -> bool {
    match &judged.located.operation {
        Operation::CreateTable(_) => true,
        Operation::AlterTable(alter) => match &alter.action {
            TableAction::AddConstraint(written) => {
                written.name.as_ref().is_none_or(|name| *name == constraint.name)
                    && matches!(&written.kind, Written::ForeignKey(key) if key.columns == columns)
            }
            TableAction::AddColumn { column, .. } => columns.contains(&column.name),
            _ => false,
        },
        _ => false,
    }
}

/// Names of columns.
pub(crate) fn names(catalog: &Catalog, table: RelationId, columns: &[crate::catalog::ColumnId]) -> Vec<Ident> {
    columns.iter().filter_map(|id| catalog.column(table, *id)).map(|column| column.name.clone()).collect()
}

/// Names for people: `org_id`, `(org_id, number)`.
pub(crate) fn listed(names: &[Ident]) -> String {
    match names {
        [one] => one.to_string(),
        several => format!("({})", several.iter().map(Ident::as_str).collect::<Vec<_>>().join(", ")),
    }
}

/// `schema.table`.
pub(crate) fn table_name(catalog: &Catalog, id: RelationId) -> String {
    catalog.relation(id).map(crate::catalog::Relation::qualified).unwrap_or_default()
}
