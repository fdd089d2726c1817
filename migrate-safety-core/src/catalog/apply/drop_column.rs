//! `DROP COLUMN`.

use super::Applied;
use super::change::{Change, is_system_column};
use crate::catalog::query::{index_uses, mentions};
use crate::catalog::{Catalog, Column, ColumnId, Conflict, ConstraintKind, RelationId, Table};
use crate::sql::Ident;

impl Change<'_> {
    /// `DROP COLUMN`, in the children too where nothing else keeps it.
    pub(super) fn drop_column(&mut self, table: RelationId, name: &Ident, if_exists: bool, cascade: bool, only: bool) {
        let Some(definition) = self.table(table) else { return };
        let Some(column) = definition.column(name).cloned() else {
            if is_system_column(name) {
                self.conflict("0A000", format!("cannot drop system column \"{name}\""));
            } else if !self.is_unknown(table) {
                let message = format!("column \"{name}\" of relation \"{}\" does not exist", self.name(table));
                if if_exists { self.notice(format!("{message}, skipping")) } else { self.conflict("42703", message) }
            }
            return;
        };
        let table_name = self.name(table);
        if definition.of_type.is_some() {
            self.conflict("42809", "cannot drop column from typed table");
            return;
        }
        if column.inherited > 0 {
            self.conflict("42P16", format!("cannot drop inherited column \"{name}\""));
            return;
        }
        if in_partition_key(definition, &column) {
            let message = format!(
                "cannot drop column \"{name}\" because it is part of the partition key of relation \"{table_name}\""
            );
            self.conflict("42P16", message);
            return;
        }
        if only && definition.is_partitioned() && !definition.children.is_empty() {
            self.conflict("42P16", "cannot drop column from only the partitioned table when partitions exist");
        }
        if !cascade {
            self.report_dependents(table, &column);
        }
        let children = self.children(table);
        self.catalog.remove_column(table, column.id, cascade, self.applied);
        let mut pending = children;
        while let Some(child) = pending.pop() {
            let Some(column) = self.table(child).and_then(|t| t.column(name)).cloned() else { continue };
            if column.inherited <= 1 && !column.local && !only {
                pending.extend(self.children(child));
                if !cascade {
                    self.report_dependents(child, &column);
                }
                self.catalog.remove_column(child, column.id, cascade, self.applied);
            } else if let Some(column) = self.catalog.column_mut(child, column.id) {
                column.inherited = column.inherited.saturating_sub(1);
                column.local |= only;
            }
        }
    }

    /// Reports what keeps a column from being dropped without `CASCADE`.
    fn report_dependents(&mut self, table: RelationId, column: &Column) {
        let on = format!("column {} of table {}", column.name, self.name(table));
        let mut detail = Vec::new();
        let Some(definition) = self.table(table) else { return };
        for other in definition.columns.iter().filter(|c| depends(c, column)) {
            detail.push(format!("column {} of table {} depends on {on}", other.name, self.name(table)));
        }
        for trigger in &definition.triggers {
            let in_condition = trigger.when.as_ref().is_some_and(|when| mentions(&when.expr, column));
            if trigger.columns.contains(&column.id) || in_condition {
                detail.push(format!("trigger {} on table {} depends on {on}", trigger.name, self.name(table)));
            }
        }
        for key in self.catalog.foreign_keys_to(table) {
            if key.key.referenced.contains(&column.id) && key.from != table {
                let (name, from) = (&key.constraint.name, self.name(key.from));
                detail.push(format!("constraint {name} on table {from} depends on {on}"));
            }
        }
        for view in self.catalog.views_reading(table, Some(column.id)) {
            let Some(relation) = self.catalog.relation(view) else { continue };
            let what = if relation.view().is_some_and(|v| v.materialized) { "materialized view" } else { "view" };
            detail.push(format!("{what} {} depends on {on}", relation.name));
        }
        if !detail.is_empty() {
            let message = format!("cannot drop {on} because other objects depend on it");
            self.applied.conflicts.push(Conflict { detail, ..Conflict::new("2BP01", message) });
        }
    }
}

impl Catalog {
    /// Removes a column of one table with everything that cannot be without it: indexes, constraints, foreign keys of
    /// others, owned sequences, generated columns; with `views` also the views that read it.
    pub(crate) fn remove_column(&mut self, id: RelationId, column: ColumnId, views: bool, applied: &mut Applied) {
        let mut doomed = vec![column];
        let mut gone: Vec<ColumnId> = Vec::new();
        while let Some(column) = doomed.pop() {
            let Some(definition) = self.column(id, column).cloned() else { continue };
            if gone.contains(&column) {
                continue;
            }
            gone.push(column);
            if views {
                for view in self.views_reading(id, Some(column)) {
                    self.remove_relation(view, applied);
                }
            }
            for index in self.indexes_of(id).to_vec() {
                if self.index(index).is_some_and(|i| index_uses(i, &definition)) {
                    self.remove_index(index, applied);
                }
            }
            let Some(table) = self.table(id) else { return };
            let falls = |kind: &ConstraintKind| match kind {
                ConstraintKind::NotNull { column: c } => *c == column,
                ConstraintKind::Check { columns, .. } => columns.contains(&column),
                ConstraintKind::ForeignKey(key) => key.columns.contains(&column),
                ConstraintKind::Unique { columns, .. } => columns.contains(&column),
                ConstraintKind::Exclude { .. } => false,
            };
            let own: Vec<_> = table.constraints.iter().filter(|c| falls(&c.kind)).map(|c| (id, c.id)).collect();
            let keys = self.foreign_keys_to(id);
            let others = keys.iter().filter(|k| k.key.referenced.contains(&column)).map(|k| (k.from, k.constraint.id));
            for (table, constraint) in own.into_iter().chain(others.collect::<Vec<_>>()) {
                self.remove_constraint(table, constraint, applied);
            }
            let Some(table) = self.table(id) else { return };
            let owned = |s: &&RelationId| {
                let sequence = self.relation(**s).and_then(|r| r.sequence());
                sequence.is_some_and(|s| s.owned_by == Some((id, column)))
            };
            let sequences: Vec<RelationId> = table.sequences.iter().filter(owned).copied().collect();
            doomed.extend(table.columns.iter().filter(|c| depends(c, &definition)).map(|c| c.id));
            for sequence in sequences {
                self.remove_relation(sequence, applied);
            }
            if let Some(table) = self.table_mut(id) {
                table.columns.retain(|c| c.id != column);
                let fires = |t: &crate::catalog::Trigger| {
                    t.columns.contains(&column) || t.when.as_ref().is_some_and(|w| mentions(&w.expr, &definition))
                };
                table.triggers.retain(|t| !fires(t));
            }
        }
    }

    /// Removes an index, and the constraint it stands behind.
    pub(crate) fn remove_index(&mut self, id: RelationId, applied: &mut Applied) {
        let constraint = self.index(id).and_then(|i| Some((i.table, i.constraint?)));
        match constraint {
            Some((table, constraint)) => self.remove_constraint(table, constraint, applied),
            None => self.remove_relation(id, applied),
        }
    }
}

/// Whether a generated column is made of another.
fn depends(generated: &Column, column: &Column) -> bool {
    generated.id != column.id && generated.generated.as_ref().is_some_and(|g| mentions(&g.expression.expr, column))
}

/// Whether rows are assigned to partitions by a column.
pub(super) fn in_partition_key(table: &Table, column: &Column) -> bool {
    table.partition_by.as_ref().is_some_and(|p| p.key.iter().any(|k| mentions(&k.expr, column)))
}
