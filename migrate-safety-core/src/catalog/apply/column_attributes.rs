//! `ALTER COLUMN`: default, generation expression, identity.

use super::change::Change;
use crate::catalog::storage::unusual_compression;
use crate::catalog::{ColumnId, Object, Relation, RelationId, RelationKind};
use crate::sql::Ident;
use crate::sql::expr::Expression;
use crate::sql::operation::{Generated, Identity, SequenceOptions};

impl Change<'_> {
    /// The table and its descendants, unless `ONLY` is written, with the column of this name in each.
    fn everywhere(&self, table: RelationId, column: &Ident, only: bool) -> Vec<(RelationId, ColumnId)> {
        let descendants = if only { Vec::new() } else { self.catalog.descendants(table) };
        let tables = std::iter::once(table).chain(descendants);
        tables.filter_map(|id| Some((id, self.table(id)?.column(column)?.id))).collect()
    }

    /// `SET DEFAULT`, `DROP DEFAULT`.
    pub(super) fn set_default(&mut self, relation: RelationId, name: &Ident, default: Option<&Expression>, only: bool) {
        if self.table(relation).is_none() {
            return;
        }
        let Some(id) = self.column(relation, name) else { return };
        let Some(column) = self.catalog.column(relation, id).cloned() else { return };
        let table = self.name(relation);
        if column.identity.is_some() {
            self.conflict("42601", format!("column \"{name}\" of relation \"{table}\" is an identity column"));
            return;
        }
        if column.generated.is_some() {
            self.conflict("42601", format!("column \"{name}\" of relation \"{table}\" is a generated column"));
            return;
        }
        if let Some(default) = default {
            self.check_default(name, &column.data_type, default);
        }
        let stored = self.catalog.stored_default(&column.data_type, default);
        for (table, column) in self.everywhere(relation, name, only) {
            if let Some(column) = self.catalog.column_mut(table, column) {
                column.default = stored.clone().map(Box::new);
            }
            self.catalog.unbind(&Object::Default(table, column));
            self.catalog.note_column(table, column);
            self.catalog.settle_sequence(table, column);
        }
    }

    /// `SET STORAGE`.
    pub(super) fn set_storage(&mut self, table: RelationId, name: &Ident, storage: &Ident, only: bool) {
        if self.table(table).is_none() || self.column(table, name).is_none() {
            return;
        }
        for (table, column) in self.everywhere(table, name, only) {
            let data_type = self.catalog.column(table, column).map(|column| column.data_type.clone());
            let storage = data_type.and_then(|data_type| self.catalog.unusual_storage(&data_type, storage));
            if let Some(column) = self.catalog.column_mut(table, column) {
                column.storage = storage;
            }
        }
    }

    /// `SET COMPRESSION`, which descendants do not follow.
    pub(super) fn set_compression(&mut self, table: RelationId, name: &Ident, compression: &Ident) {
        if self.table(table).is_none() {
            return;
        }
        let Some(column) = self.column(table, name) else { return };
        if let Some(column) = self.catalog.column_mut(table, column) {
            column.compression = unusual_compression(compression);
        }
    }

    /// `SET EXPRESSION`.
    pub(super) fn set_expression(&mut self, table: RelationId, name: &Ident, expression: &Expression, only: bool) {
        let Some(id) = self.column(table, name) else { return };
        let Some(generated) = self.catalog.column(table, id).map(|c| c.generated.clone()) else { return };
        let Some(generated) = generated else {
            if !self.is_unknown(table) {
                let table = self.name(table);
                self.conflict("55000", format!("column \"{name}\" of relation \"{table}\" is not a generated column"));
            }
            return;
        };
        let generated = Generated { expression: expression.clone(), stored: generated.stored };
        self.check_generated(table, &generated);
        for (table, column) in self.everywhere(table, name, only) {
            if let Some(column) = self.catalog.column_mut(table, column) {
                column.generated = Some(Box::new(generated.clone()));
            }
            self.catalog.unbind(&Object::Column(table, column));
        }
    }

    /// `DROP EXPRESSION`.
    pub(super) fn drop_expression(&mut self, table: RelationId, name: &Ident, if_exists: bool, only: bool) {
        let Some(id) = self.column(table, name) else { return };
        let Some(column) = self.catalog.column(table, id) else { return };
        let (generated, inherited) = (column.generated.clone(), column.inherited > 0);
        let Some(generated) = generated else {
            let what = if self.version() >= 18 { "generated column" } else { "stored generated column" };
            self.lacks(table, name, what, if_exists);
            return;
        };
        if !generated.stored {
            let message = "ALTER TABLE / DROP EXPRESSION is not supported for virtual generated columns";
            self.conflict("0A000", message);
            return;
        }
        if inherited {
            self.conflict("42P16", "cannot drop generation expression from inherited column");
            return;
        }
        if only && !self.children(table).is_empty() {
            self.conflict("42P16", "ALTER TABLE / DROP EXPRESSION must be applied to child tables too");
        }
        for (table, column) in self.everywhere(table, name, only) {
            if let Some(column) = self.catalog.column_mut(table, column) {
                column.generated = None;
            }
        }
    }

    /// Says that a column is not what is to be taken from it.
    fn lacks(&mut self, table: RelationId, column: &Ident, what: &str, if_exists: bool) {
        if self.is_unknown(table) {
            return;
        }
        let article = if what.starts_with('i') { "an" } else { "a" };
        let message = format!("column \"{column}\" of relation \"{}\" is not {article} {what}", self.name(table));
        if if_exists { self.notice(format!("{message}, skipping")) } else { self.conflict("55000", message) }
    }

    /// `ADD GENERATED … AS IDENTITY`.
    pub(super) fn add_identity(&mut self, table: RelationId, name: &Ident, identity: &Identity, only: bool) {
        let Some(id) = self.column(table, name) else { return };
        let Some(column) = self.catalog.column(table, id).cloned() else { return };
        let of = format!("column \"{name}\" of relation \"{}\"", self.name(table));
        let integer = ["int2", "int4", "int8", crate::catalog::store::UNKNOWN_TYPE];
        if !self.is_unknown(table) && !column.not_null {
            self.conflict("55000", format!("{of} must be declared NOT NULL before identity can be added"));
        } else if column.identity.is_some() {
            self.conflict("55000", format!("{of} is already an identity column"));
            return;
        } else if column.default.is_some() {
            self.conflict("55000", format!("{of} already has a default value"));
            return;
        } else if !integer.iter().any(|t| column.data_type.is(t)) {
            self.conflict("22023", "identity column type must be smallint, integer, or bigint");
        }
        self.make_sequence(table, name, &identity.options, true);
        let partitions = !only && self.version() >= 17 && self.is_partitioned(table);
        for (table, column) in self.everywhere(table, name, !partitions) {
            if let Some(column) = self.catalog.column_mut(table, column) {
                column.identity = Some(identity.always);
            }
        }
    }

    /// `SET GENERATED …`, `RESTART`, `SET sequence_option`.
    pub(super) fn alter_identity(
        &mut self,
        table: RelationId,
        name: &Ident,
        always: Option<bool>,
        options: &SequenceOptions,
        only: bool,
    ) {
        let Some(id) = self.column(table, name) else { return };
        let Some(column) = self.catalog.column(table, id) else { return };
        let (identity, sequence) = (column.identity, column.sequence);
        if identity.is_none() {
            self.lacks(table, name, "identity column", false);
            return;
        }
        let partitions = !only && self.version() >= 17 && self.is_partitioned(table);
        for (table, column) in self.everywhere(table, name, !partitions) {
            if let (Some(always), Some(column)) = (always, self.catalog.column_mut(table, column)) {
                column.identity = Some(always);
            }
        }
        let sequence = sequence.and_then(|id| self.catalog.relations.get_mut(&id));
        if let Some(Relation { kind: RelationKind::Sequence(sequence), .. }) = sequence {
            sequence.set(options);
        }
    }

    /// `DROP IDENTITY`.
    pub(super) fn drop_identity(&mut self, table: RelationId, name: &Ident, if_exists: bool, only: bool) {
        let Some(id) = self.column(table, name) else { return };
        let Some(column) = self.catalog.column(table, id) else { return };
        let (identity, sequence, inherited) = (column.identity, column.sequence, column.inherited > 0);
        if identity.is_none() {
            self.lacks(table, name, "identity column", if_exists);
            return;
        }
        let partition = self.table(table).is_some_and(|t| t.partition_of.is_some());
        if partition && inherited && self.version() >= 17 {
            self.conflict("42P16", "cannot drop identity from a column of a partition");
            return;
        }
        let partitions = !only && self.version() >= 17 && self.is_partitioned(table);
        for (table, column) in self.everywhere(table, name, !partitions) {
            if let Some(column) = self.catalog.column_mut(table, column) {
                column.identity = None;
                column.sequence = None;
            }
        }
        if let Some(sequence) = sequence {
            self.catalog.remove_relation(sequence, self.applied);
        }
    }
}
