//! `DROP COLUMN`.

use super::change::{Change, is_system_column};
use crate::catalog::query::mentions;
use crate::catalog::{Column, Object, RelationId, Table};
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
        let mut roots = vec![Object::Column(table, column.id)];
        let mut kept = Vec::new();
        let mut pending = self.children(table);
        while let Some(child) = pending.pop() {
            let Some(column) = self.table(child).and_then(|t| t.column(name)) else { continue };
            if column.inherited <= 1 && !column.local && !only {
                roots.push(Object::Column(child, column.id));
                pending.extend(self.children(child));
            } else {
                kept.push((child, column.id));
            }
        }
        if !self.catalog.drop_objects(&roots, cascade, self.applied) {
            return;
        }
        for (child, column) in kept {
            if let Some(column) = self.catalog.column_mut(child, column) {
                column.inherited = column.inherited.saturating_sub(1);
                column.local |= only;
            }
        }
    }
}

/// Whether rows are assigned to partitions by a column.
pub(super) fn in_partition_key(table: &Table, column: &Column) -> bool {
    table.partition_by.as_ref().is_some_and(|p| p.key.iter().any(|k| mentions(&k.expr, column)))
}
