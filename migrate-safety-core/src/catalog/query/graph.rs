//! What belongs to, comes from and depends on what.

use crate::catalog::{
    Catalog, Column, ColumnId, Constraint, ConstraintId, ConstraintKind, ForeignKey, Index, Relation, RelationId,
    Stamp, Table,
};
use crate::sql::expr::Expr;
use crate::sql::operation::PartitionBound;
use std::collections::HashSet;

/// A foreign key with the table it stands on.
#[derive(Clone, Copy, Debug)]
pub struct ForeignKeyRef<'c> {
    /// The referencing table.
    pub from: RelationId,
    /// The constraint.
    pub constraint: &'c Constraint,
    /// Its columns, the table it references and its actions.
    pub key: &'c ForeignKey,
}

impl Catalog {
    /// The index of this id.
    pub fn index(&self, id: RelationId) -> Option<&Index> {
        self.relation(id)?.index()
    }

    /// A column by its id.
    pub fn column(&self, table: RelationId, column: ColumnId) -> Option<&Column> {
        self.table(table)?.column_by_id(column)
    }

    /// A constraint by its id.
    pub fn constraint(&self, table: RelationId, id: ConstraintId) -> Option<&Constraint> {
        self.table(table)?.constraints.iter().find(|c| c.id == id)
    }

    /// Whether a relation was created by the transaction of `now`, so that nobody else can see it.
    pub fn is_new(&self, id: RelationId, now: Stamp) -> bool {
        self.relation(id).is_some_and(|r| r.created.transaction == now.transaction && now.transaction != 0)
    }

    /// A foreign key from another table that keeps tables from being emptied. The server looks for it only where there
    /// are triggers: a key that is not enforced has none.
    pub fn reference_from_outside(&self, tables: &[RelationId]) -> Option<ForeignKeyRef<'_>> {
        let has_triggers = |id: &&RelationId| {
            let own = self.table(**id).is_some_and(|table| !table.triggers.is_empty());
            let keys = self.foreign_keys_to(**id).into_iter().chain(self.foreign_keys_from(**id));
            own || keys.into_iter().any(|key| key.constraint.enforced)
        };
        let mut keys = tables.iter().filter(has_triggers).flat_map(|id| self.foreign_keys_to(*id));
        keys.find(|key| !tables.contains(&key.from))
    }

    /// All partitions and inheriting tables, however deep, parents before children; without `id` itself.
    pub fn descendants(&self, id: RelationId) -> Vec<RelationId> {
        self.reach(id, |relation| match relation.table() {
            Some(table) => table.children.clone(),
            None => relation.index().map(|i| i.children.clone()).unwrap_or_default(),
        })
    }

    /// All tables that it is a partition of or inherits from, nearest first; without `id` itself.
    pub fn ancestors(&self, id: RelationId) -> Vec<RelationId> {
        self.reach(id, |relation| match relation.table() {
            Some(table) => parents(table),
            None => relation.index().and_then(|i| i.parent).into_iter().collect(),
        })
    }

    /// Everything that `next` leads to from `id`, each once, in order of distance.
    fn reach(&self, id: RelationId, next: impl Fn(&Relation) -> Vec<RelationId>) -> Vec<RelationId> {
        let mut level = self.relation(id).map(&next).unwrap_or_default();
        let mut found = Vec::new();
        if level.is_empty() {
            return found;
        }
        let mut seen = HashSet::from([id]);
        while !level.is_empty() {
            level.retain(|id| seen.insert(*id));
            found.extend(&level);
            level = level.iter().filter_map(|id| self.relation(*id)).flat_map(&next).collect();
        }
        found
    }

    /// The indexes of a table or materialised view.
    pub fn indexes_of(&self, id: RelationId) -> &[RelationId] {
        match self.relation(id) {
            Some(relation) => match (relation.table(), relation.view()) {
                (Some(table), _) => &table.indexes,
                (None, Some(view)) => &view.indexes,
                (None, None) => &[],
            },
            None => &[],
        }
    }

    /// The default partition of a partitioned table.
    pub fn partitions_default(&self, id: RelationId) -> Option<RelationId> {
        let is_default = |child: &RelationId| matches!(self.table(*child), Some(Table { partition_of: Some((parent, PartitionBound::Default)), .. }) if *parent == id);
        self.table(id)?.children.iter().copied().find(is_default)
    }

    /// The foreign keys that stand on a table.
    ///
    /// As on the server, one that references a partitioned table has a further one below it ([`Constraint::parent`])
    /// for each partition of that table.
    pub fn foreign_keys_from(&self, id: RelationId) -> Vec<ForeignKeyRef<'_>> {
        let constraints = self.table(id).map_or(&[][..], |t| &t.constraints);
        constraints.iter().filter_map(|constraint| foreign_key(id, constraint)).collect()
    }

    /// The foreign keys that reference a table, its own among them.
    pub fn foreign_keys_to(&self, id: RelationId) -> Vec<ForeignKeyRef<'_>> {
        let referenced_by = self.table(id).map_or(&[][..], |t| &t.referenced_by);
        referenced_by.iter().filter_map(|(from, key)| foreign_key(*from, self.constraint(*from, *key)?)).collect()
    }

    /// The indexes that a column is part of: as a key, in an expression, in `INCLUDE` or in `WHERE`.
    pub fn indexes_on_column(&self, table: RelationId, column: ColumnId) -> Vec<RelationId> {
        let Some(definition) = self.column(table, column) else { return Vec::new() };
        let uses = |id: &&RelationId| self.index(**id).is_some_and(|index| index_uses(index, definition));
        self.indexes_of(table).iter().filter(uses).copied().collect()
    }

    /// The check constraints that mention a column.
    pub fn checks_mentioning(&self, table: RelationId, column: ColumnId) -> Vec<&Constraint> {
        let constraints = self.table(table).map_or(&[][..], |t| &t.constraints);
        let mentions =
            |c: &&Constraint| matches!(&c.kind, ConstraintKind::Check { columns, .. } if columns.contains(&column));
        constraints.iter().filter(mentions).collect()
    }

    /// The views that read a relation, or one column of it, and the views that read those, nearest first.
    pub fn views_reading(&self, id: RelationId, column: Option<ColumnId>) -> Vec<RelationId> {
        let readers = |id| self.readers.get(&id).map_or(&[][..], Vec::as_slice);
        let reads_column = |view: &RelationId| {
            let Some(column) = column else { return true };
            let depends_on = self.relation(*view).and_then(Relation::view).map_or(&[][..], |v| &v.depends_on);
            depends_on.iter().any(|d| d.relation == id && d.columns.contains(&column))
        };
        let mut found: Vec<RelationId> = Vec::new();
        let mut level: Vec<RelationId> = readers(id).iter().copied().filter(reads_column).collect();
        let mut seen: HashSet<RelationId> = HashSet::from([id]);
        while !level.is_empty() {
            level.retain(|view| seen.insert(*view));
            found.extend(&level);
            level = level.iter().flat_map(|view| readers(*view)).copied().collect();
        }
        found
    }
}

/// The tables a table is a direct child of.
pub(crate) fn parents(table: &Table) -> Vec<RelationId> {
    table.partition_of.iter().map(|(parent, _)| *parent).chain(table.inherits.iter().copied()).collect()
}

/// Whether an index needs a column.
pub(crate) fn index_uses(index: &Index, column: &Column) -> bool {
    index.keys.iter().any(|key| key.column == Some(column.id) || key.columns.contains(&column.id))
        || index.include.contains(&column.id)
        || index.predicate.as_ref().is_some_and(|p| mentions(&p.expr, column))
}

/// Whether an expression over one table mentions a column.
pub(crate) fn mentions(expr: &Expr, column: &Column) -> bool {
    expr.columns().contains(&&column.name)
}

fn foreign_key(from: RelationId, constraint: &Constraint) -> Option<ForeignKeyRef<'_>> {
    match &constraint.kind {
        ConstraintKind::ForeignKey(key) => Some(ForeignKeyRef { from, constraint, key }),
        _ => None,
    }
}
