//! `FOREIGN KEY`.

use super::change::Change;
use super::constraint::Origin;
use super::index::has_key;
use super::names::joined;
use crate::catalog::builtin::CastContext;
use crate::catalog::casts::CastPath;
use crate::catalog::store::UNKNOWN_TYPE;
use crate::catalog::{
    ColumnId, Constraint, ConstraintId, ConstraintKind, ForeignKey, Index, RelationId, RelationKind, TypeRef,
};
use crate::sql::operation::{ConstraintDef, ForeignKeyDef, Persistence, ReferentialAction};
use crate::sql::{DataType, Ident};

impl Change<'_> {
    /// Adds a foreign key: the row of the table itself, and where either side is partitioned one for each partition.
    pub(super) fn add_foreign_key(
        &mut self,
        table: RelationId,
        def: &ConstraintDef,
        key: &ForeignKeyDef,
        origin: Origin,
    ) {
        let only = matches!(origin, Origin::AlterTable { only: true });
        let Some(referenced) = self.relation(&key.table, false) else { return };
        let referenced_name = self.name(referenced);
        if self.table(referenced).is_none() {
            self.conflict("42809", format!("referenced relation \"{referenced_name}\" is not a table"));
            return;
        }
        let unknown = |name: &Ident| format!("column \"{name}\" referenced in foreign key constraint does not exist");
        let columns = self.columns(table, &key.columns, unknown);
        if columns.len() != key.columns.len() {
            return;
        }
        let Some((index, referenced_columns)) = self.referenced_key(referenced, key, columns.len()) else { return };
        let set_columns = self.columns(table, &key.set_columns, unknown);
        let table_name = self.name(table);
        let name = match &def.name {
            Some(name) => {
                if self.table(table).is_some_and(|t| t.constraint(name).is_some()) {
                    let message = format!("constraint \"{name}\" for relation \"{table_name}\" already exists");
                    self.conflict("42710", message);
                    return;
                }
                name.clone()
            }
            None => {
                let columns: Vec<&str> = key.columns.iter().map(Ident::as_str).collect();
                self.catalog.free_constraint_name(
                    &self.schema(table),
                    &table_name,
                    Some(&joined(&columns)),
                    "fkey",
                    &[],
                )
            }
        };
        self.check_foreign_key(table, referenced, &name, def, key, origin);
        self.check_key_types(table, &columns, referenced, &referenced_columns, &name);
        let key = ForeignKey {
            columns,
            table: referenced,
            referenced: referenced_columns,
            index,
            on_delete: key.on_delete,
            on_update: key.on_update,
            match_full: key.match_full,
            set_columns,
        };
        let constraint = Constraint {
            valid: !def.not_enforced && (origin == Origin::CreateTable || !def.not_valid),
            enforced: !def.not_enforced,
            deferrable: def.deferrable,
            initially_deferred: def.initially_deferred,
            ..Constraint::new(self.fresh_constraint(), name, ConstraintKind::ForeignKey(key), self.now)
        };
        let id = self.catalog.add_constraint(table, constraint);
        self.spread_over_referenced(table, id);
        if !only {
            self.spread_over_referencing(table, id);
        }
    }

    /// The columns that a foreign key references and the unique index that it relies on. What is missing is reported.
    fn referenced_key(
        &mut self,
        referenced: RelationId,
        key: &ForeignKeyDef,
        count: usize,
    ) -> Option<(Option<RelationId>, Vec<ColumnId>)> {
        let name = self.name(referenced);
        let (columns, index) = if key.referenced.is_empty() {
            let primary = self.table(referenced)?.primary_key().map(|c| &c.kind);
            match primary {
                Some(ConstraintKind::Unique { columns, index, .. }) => (columns.clone(), Some(*index)),
                _ if self.is_unknown(referenced) => return Some((None, Vec::new())),
                _ => {
                    self.conflict("42704", format!("there is no primary key for referenced table \"{name}\""));
                    return None;
                }
            }
        } else {
            let unknown =
                |name: &Ident| format!("column \"{name}\" referenced in foreign key constraint does not exist");
            let columns = self.columns(referenced, &key.referenced, unknown);
            if columns.len() != key.referenced.len() {
                return None;
            }
            let index = self.unique_index_over(referenced, &columns);
            (columns, index)
        };
        if columns.len() != count {
            self.conflict("42830", "number of referencing and referenced columns for foreign key disagree");
            return None;
        }
        match index.and_then(|id| self.catalog.index(id)) {
            Some(index) if self.is_deferrable(index) => {
                let message = format!("cannot use a deferrable unique constraint for referenced table \"{name}\"");
                self.conflict("55000", message);
            }
            None if !self.is_unknown(referenced) => {
                let message =
                    format!("there is no unique constraint matching given keys for referenced table \"{name}\"");
                self.conflict("42830", message);
                return None;
            }
            _ => {}
        }
        Some((index, columns))
    }

    /// The first unique index over exactly these columns; one that is not deferrable, if there is.
    fn unique_index_over(&self, table: RelationId, columns: &[ColumnId]) -> Option<RelationId> {
        let fits = |id: &&RelationId| {
            self.catalog.index(**id).is_some_and(|index| {
                index.unique && index.valid && index.predicate.is_none() && has_key(index, columns)
            })
        };
        let mut fitting = self.catalog.indexes_of(table).iter().filter(fits);
        let first = fitting.clone().next();
        let immediate = fitting.find(|id| self.catalog.index(**id).is_some_and(|i| !self.is_deferrable(i)));
        immediate.or(first).copied()
    }

    fn is_deferrable(&self, index: &Index) -> bool {
        index.constraint.and_then(|c| self.catalog.constraint(index.table, c)).is_some_and(|c| c.deferrable)
    }

    /// What the server refuses whatever the columns.
    fn check_foreign_key(
        &mut self,
        table: RelationId,
        referenced: RelationId,
        name: &Ident,
        def: &ConstraintDef,
        key: &ForeignKeyDef,
        origin: Origin,
    ) {
        let only = matches!(origin, Origin::AlterTable { only: true });
        let (Some(from), Some(to)) = (self.table(table), self.table(referenced)) else { return };
        let persistence = match (from.persistence, to.persistence) {
            (Persistence::Permanent, Persistence::Unlogged | Persistence::Temporary) => {
                Some("constraints on permanent tables may reference only permanent tables")
            }
            (Persistence::Unlogged, Persistence::Temporary) => {
                Some("constraints on unlogged tables may reference only permanent or unlogged tables")
            }
            (Persistence::Temporary, Persistence::Permanent | Persistence::Unlogged) => {
                Some("constraints on temporary tables may reference only temporary tables")
            }
            _ => None,
        };
        let persistence = persistence.filter(|_| !self.is_unknown(table) && !self.is_unknown(referenced));
        let generated = key.columns.iter().filter_map(|c| from.column(c)).any(|c| c.generated.is_some());
        let (partitioned, has_partitions) = (from.is_partitioned(), !from.children.is_empty());
        let (table_name, referenced_name) = (self.name(table), self.name(referenced));
        if let Some(message) = persistence {
            self.conflict("42P16", message);
        }
        if partitioned {
            let pair = format!("table \"{table_name}\" referencing relation \"{referenced_name}\"");
            if only && has_partitions {
                self.conflict("42809", format!("cannot use ONLY for foreign key on partitioned {pair}"));
            }
            if def.not_valid && origin != Origin::CreateTable && self.version() < 18 {
                self.conflict("42809", format!("cannot add NOT VALID foreign key on partitioned {pair}"));
            }
        }
        if generated {
            let sets = |action| matches!(action, ReferentialAction::SetNull | ReferentialAction::SetDefault);
            if sets(key.on_update) || key.on_update == ReferentialAction::Cascade {
                let message = "invalid ON UPDATE action for foreign key constraint containing generated column";
                self.conflict("42601", message);
            }
            if sets(key.on_delete) {
                let message = "invalid ON DELETE action for foreign key constraint containing generated column";
                self.conflict("42601", message);
            }
        }
        for column in &key.set_columns {
            if !key.columns.contains(column) {
                let message =
                    format!("column \"{column}\" referenced in ON DELETE SET action must be part of foreign key");
                self.conflict("42P10", message);
            }
        }
        let _ = name;
    }

    /// Reports a pair of columns that no operator compares.
    pub(super) fn check_key_types(
        &mut self,
        table: RelationId,
        columns: &[ColumnId],
        referenced: RelationId,
        referenced_columns: &[ColumnId],
        name: &Ident,
    ) {
        let type_in = |table, column: &ColumnId| self.catalog.column(table, *column).map(|c| c.data_type.clone());
        let pairs: Vec<_> =
            columns.iter().zip(referenced_columns).map(|(a, b)| (type_in(table, a), type_in(referenced, b))).collect();
        for (from, to) in pairs {
            if let (Some(from), Some(to)) = (from, to)
                && self.comparable(&from, &to) == Some(false)
            {
                self.conflict("42804", format!("foreign key constraint \"{name}\" cannot be implemented"));
            }
        }
    }

    /// Whether a column of type `from` can reference one of type `to`; absent: not known.
    fn comparable(&self, from: &DataType, to: &DataType) -> Option<bool> {
        let (from, to) = (self.base_type(from)?, self.base_type(to)?);
        let same = from.array == to.array && from.name == to.name && from.schema == to.schema;
        if same {
            return Some(true);
        }
        if FAMILIES.iter().any(|f| !from.array && !to.array && f.contains(&&*from.name) && f.contains(&&*to.name)) {
            return Some(true);
        }
        match self.catalog.cast(&from, &to) {
            CastPath::Known(cast) => Some(cast.context == CastContext::Implicit),
            CastPath::Missing => Some(false),
            CastPath::Unknown => None,
        }
    }

    /// The type below any domains; absent: not known.
    pub(super) fn base_type(&self, data_type: &DataType) -> Option<DataType> {
        let mut data_type = data_type.clone();
        for _ in 0..32 {
            if data_type.is(UNKNOWN_TYPE) {
                return None;
            }
            match self.catalog.type_of(&data_type) {
                TypeRef::Domain(_, domain) if !data_type.array => data_type = domain.base.clone(),
                TypeRef::Unknown => return None,
                _ => return Some(data_type),
            }
        }
        None
    }

    /// The row for each partition of the referenced table, each below that of the table it is a partition of.
    fn spread_over_referenced(&mut self, table: RelationId, id: ConstraintId) {
        let Some(constraint) = self.catalog.constraint(table, id).cloned() else { return };
        let ConstraintKind::ForeignKey(key) = &constraint.kind else { return };
        if !self.is_partitioned(key.table) {
            return;
        }
        for partition in self.partitions_by_bound(key.table) {
            if let Some(row) = self.add_referenced_row(table, &constraint, key, partition) {
                self.spread_over_referenced(table, row);
            }
        }
    }

    /// The row of a foreign key for one partition of the table that it references.
    fn add_referenced_row(
        &mut self,
        table: RelationId,
        constraint: &Constraint,
        key: &ForeignKey,
        partition: RelationId,
    ) -> Option<ConstraintId> {
        let mapped = self.map_columns(key.table, &key.referenced, partition)?;
        let children = key.index.and_then(|index| self.catalog.index(index)).map(|i| i.children.clone());
        let on_partition = |id: &RelationId| self.catalog.index(*id).is_some_and(|i| i.table == partition);
        let index = children.unwrap_or_default().into_iter().find(on_partition);
        let key = ForeignKey { table: partition, referenced: mapped, index, ..key.clone() };
        let name = self.further_name(table, &constraint.name, &key.columns);
        let row = Constraint {
            id: self.fresh_constraint(),
            name,
            kind: ConstraintKind::ForeignKey(key),
            parent: Some(constraint.id),
            inherited: 1,
            local: false,
            created: self.now,
            comment: None,
            ..constraint.clone()
        };
        Some(self.catalog.add_constraint(table, row))
    }

    /// The name of a row that is made for a foreign key, if its own is taken.
    fn further_name(&self, table: RelationId, name: &Ident, columns: &[ColumnId]) -> Ident {
        let Some(definition) = self.table(table) else { return name.clone() };
        if definition.constraint(name).is_none() {
            return name.clone();
        }
        let columns: Vec<&str> =
            columns.iter().filter_map(|c| definition.column_by_id(*c)).map(|c| c.name.as_str()).collect();
        self.catalog.free_foreign_key_name(&self.schema(table), &self.name(table), &columns, name)
    }

    /// The foreign key of each partition of the referencing table: one like it that is there already, or a new one.
    fn spread_over_referencing(&mut self, table: RelationId, id: ConstraintId) {
        let mut pending = vec![(table, id)];
        while let Some((table, id)) = pending.pop() {
            if !self.is_partitioned(table) {
                continue;
            }
            for partition in self.children(table) {
                pending.extend(self.pass_foreign_key_on(table, id, partition).map(|id| (partition, id)));
            }
        }
    }

    /// Gives a partition its row of a foreign key of its parent; that row, if it is new.
    fn pass_foreign_key_on(
        &mut self,
        table: RelationId,
        id: ConstraintId,
        partition: RelationId,
    ) -> Option<ConstraintId> {
        let constraint = self.catalog.constraint(table, id)?.clone();
        let ConstraintKind::ForeignKey(key) = &constraint.kind else { return None };
        let columns = self.map_columns(table, &key.columns, partition)?;
        let set_columns = self.map_columns(table, &key.set_columns, partition)?;
        let key = ForeignKey { columns, set_columns, ..key.clone() };
        let like = |other: &&Constraint| {
            matches!(&other.kind, ConstraintKind::ForeignKey(k) if same_key(k, &key))
                && other.parent.is_none()
                && other.deferrable == constraint.deferrable
                && other.initially_deferred == constraint.initially_deferred
                && (other.valid || self.version() >= 18)
                && other.enforced == constraint.enforced
        };
        if let Some(existing) = self.table(partition)?.constraints.iter().find(like).map(|c| c.id) {
            // Its rows for the partitions of the referenced table are those of the parent from now on.
            let below: Vec<_> =
                self.family(partition, existing).into_iter().skip(1).filter(|(t, _)| *t == partition).collect();
            for (table, row) in below {
                self.catalog.remove_constraint(table, row, self.applied);
            }
            if let Some(existing) = self.catalog.constraint_mut(partition, existing) {
                existing.parent = Some(id);
                existing.valid |= constraint.valid;
                existing.inherited += 1;
                existing.local = false;
            }
            return None;
        }
        let name = self.further_name(partition, &constraint.name, &key.columns);
        let row = Constraint {
            id: self.fresh_constraint(),
            name,
            kind: ConstraintKind::ForeignKey(key),
            parent: Some(id),
            inherited: 1,
            local: false,
            created: self.now,
            comment: None,
            ..constraint
        };
        Some(self.catalog.add_constraint(partition, row))
    }

    /// The columns of the same names in another table.
    fn map_columns(&mut self, from: RelationId, columns: &[ColumnId], to: RelationId) -> Option<Vec<ColumnId>> {
        let names: Vec<Ident> = columns.iter().map(|c| self.column_name(from, *c)).collect();
        names.iter().map(|name| self.catalog.ensure_column(to, name)).collect()
    }

    /// The foreign keys of a new partition: those that reference its parent, then those of its parent.
    pub(super) fn clone_foreign_keys(&mut self, parent: RelationId, partition: RelationId) {
        let to = self.catalog.foreign_keys_to(parent);
        let ids: Vec<ConstraintId> = to.iter().map(|k| k.constraint.id).collect();
        let is_top = |c: &Constraint| c.parent.is_none_or(|p| !ids.contains(&p));
        let top: Vec<_> = to.iter().filter(|k| is_top(k.constraint)).map(|k| (k.from, k.constraint.clone())).collect();
        for (table, constraint) in top {
            let ConstraintKind::ForeignKey(key) = &constraint.kind else { continue };
            // Before 18 the row for a new partition is valid, whatever the key is.
            let constraint = Constraint { valid: constraint.valid || self.version() < 18, ..constraint.clone() };
            if let Some(row) = self.add_referenced_row(table, &constraint, key, partition) {
                self.spread_over_referenced(table, row);
            }
        }
        let from = self.catalog.foreign_keys_from(parent);
        let ids: Vec<ConstraintId> = from.iter().map(|k| k.constraint.id).collect();
        let is_top = |c: &Constraint| c.parent.is_none_or(|p| !ids.contains(&p));
        let top: Vec<_> = from.iter().filter(|k| is_top(k.constraint)).map(|k| k.constraint.id).collect();
        for id in top {
            if let Some(row) = self.pass_foreign_key_on(parent, id, partition) {
                self.spread_over_referencing(partition, row);
            }
        }
    }

    /// The foreign keys of a partition that is cut off: its own stay, those made for it go.
    pub(super) fn release_foreign_keys(&mut self, partition: RelationId) {
        let own: Vec<ConstraintId> = self
            .catalog
            .foreign_keys_from(partition)
            .iter()
            .map(|k| k.constraint)
            .filter(|c| c.parent.is_some())
            .map(|c| c.id)
            .collect();
        for id in own {
            let Some(constraint) = self.catalog.constraint(partition, id) else { continue };
            let of_own = constraint.parent.is_some_and(|p| self.catalog.constraint(partition, p).is_some());
            // 14 leaves the rows of the partition's own keys behind, and takes away what it has of a key of the parent
            // that references the parent itself.
            if of_own && self.version() >= 15 {
                continue;
            }
            let within =
                |key: &ForeignKey| constraint.parent.is_some_and(|p| self.catalog.constraint(key.table, p).is_some());
            if self.version() < 15
                && !of_own
                && matches!(&constraint.kind, ConstraintKind::ForeignKey(key) if within(key))
            {
                self.catalog.remove_constraint(partition, id, self.applied);
                continue;
            }
            if let Some(constraint) = self.catalog.constraint_mut(partition, id) {
                constraint.parent = None;
                constraint.inherited = 0;
                constraint.local = true;
            }
            self.spread_over_referenced(partition, id);
        }
        let made_for_it: Vec<_> = self
            .catalog
            .foreign_keys_to(partition)
            .iter()
            .filter(|k| self.is_made_for_partition(k.from, k.constraint))
            .map(|k| (k.from, k.constraint.id))
            .collect();
        for (table, id) in made_for_it {
            self.catalog.remove_constraint(table, id, self.applied);
        }
    }

    /// Whether a row of a foreign key stands for one partition of the referenced table.
    fn is_made_for_partition(&self, table: RelationId, constraint: &Constraint) -> bool {
        constraint.parent.is_some_and(|p| self.catalog.constraint(table, p).is_some())
    }

    /// Whether a relation can carry foreign keys at all.
    pub(super) fn is_plain_table(&self, id: RelationId) -> bool {
        self.catalog.relation(id).is_some_and(|r| matches!(&r.kind, RelationKind::Table(t) if !t.foreign))
    }
}

/// Types that have equality operators across each other.
const FAMILIES: &[&[&str]] = &[
    &["int2", "int4", "int8"],
    &["float4", "float8"],
    &["text", "varchar", "bpchar", "name"],
    &["date", "timestamp", "timestamptz"],
    &["inet", "cidr"],
    &["bit", "varbit"],
];

/// Whether two foreign keys of one table demand the same.
fn same_key(a: &ForeignKey, b: &ForeignKey) -> bool {
    a.columns == b.columns
        && a.table == b.table
        && a.referenced == b.referenced
        && a.on_delete == b.on_delete
        && a.on_update == b.on_update
        && a.match_full == b.match_full
        && a.set_columns == b.set_columns
}
