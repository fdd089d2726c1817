//! `CREATE TABLE`.

use super::change::Change;
use super::constraint::Origin;
use crate::catalog::query::parents;
use crate::catalog::store::UNKNOWN_TYPE;
use crate::catalog::{Column, Partitioning, RelationId, RelationKind, Stamp, Table};
use crate::sql::operation::{
    ColumnDef, ConstraintDef, ConstraintKind as Demand, CreateTable, PartitionBound, Persistence,
};
use crate::sql::{Ident, ObjectName};

impl Change<'_> {
    /// Makes a table with all that belongs to it, in the server's order: sequences, columns, checks and not-null
    /// constraints, indexes, what `LIKE` takes over, foreign keys.
    pub(super) fn create_table(&mut self, create: &CreateTable) {
        let schema = self.schema_for(&create.name, create.persistence == Persistence::Temporary);
        let exists = self.catalog.relation_names.contains_key(&(schema.clone(), create.name.name.clone()));
        let parents = if exists && create.if_not_exists { Vec::new() } else { self.parents(create) };
        if !self.name_is_free(&schema, &create.name.name, create.if_not_exists) {
            return;
        }
        let definition = Table {
            columns: Vec::with_capacity(create.columns.len()),
            persistence: create.persistence,
            foreign: create.foreign,
            options: create.options.clone(),
            tablespace: create.tablespace.clone(),
            of_type: create.of_type.as_ref().map(|name| self.catalog.settled_type_name(name)),
            ..Table::default()
        };
        let kind = RelationKind::Table(Box::new(definition));
        let id = self.catalog.add_relation(schema, create.name.name.clone(), kind, self.now);
        self.applied.created.push(id);
        for parent in parents {
            self.link(id, parent, create.partition_of.as_ref().map(|(_, bound)| bound));
            self.inherit_columns(id, parent);
        }
        if let Some(name) = &create.of_type {
            self.add_attributes(id, name);
        }
        self.add_own_columns(id, create);
        for column in &create.columns {
            if let Some(generated) = &column.generated {
                self.check_generated(id, generated);
            }
        }
        self.check_inherited_defaults(id, create);
        self.set_partitioning(id, create);
        self.add_all_constraints(id, create);
    }

    /// Whether a table can be made under this name. What is in the way is reported, unless only its name is known.
    pub(super) fn name_is_free(&mut self, schema: &Ident, name: &Ident, if_not_exists: bool) -> bool {
        let key = (schema.clone(), name.clone());
        if let Some(id) = self.catalog.relation_names.get(&key).copied() {
            if !if_not_exists && self.catalog.relation(id).is_some_and(|r| r.unknown && r.created == Stamp::BEFORE) {
                self.catalog.remove_relation(id, self.applied);
                return true;
            }
            self.exists_already("42P07", &format!("relation \"{name}\" already exists"), if_not_exists);
            return false;
        }
        if self.catalog.type_names.contains_key(&key) {
            self.conflict("42710", format!("type \"{name}\" already exists"));
        }
        true
    }

    /// The tables it inherits from or is a partition of.
    fn parents(&mut self, create: &CreateTable) -> Vec<RelationId> {
        let mut parents = Vec::new();
        for name in create.partition_of.iter().map(|(parent, _)| parent).chain(&create.inherits) {
            let Some(parent) = self.relation(name, false) else { continue };
            let Some(table) = self.table(parent) else {
                let message = format!("inherited relation \"{}\" is not a table or foreign table", name.name);
                self.conflict("42809", message);
                continue;
            };
            let (partitioned, partition, unknown) =
                (table.is_partitioned(), table.partition_of.is_some(), self.is_unknown(parent));
            if create.partition_of.is_some() {
                if !partitioned && !unknown {
                    self.conflict("42P17", format!("\"{}\" is not partitioned", name.name));
                }
            } else if partitioned {
                self.conflict("42809", format!("cannot inherit from partitioned table \"{}\"", name.name));
            } else if partition {
                self.conflict("42809", format!("cannot inherit from partition \"{}\"", name.name));
            }
            if parents.contains(&parent) {
                let message = format!("relation \"{}\" would be inherited from more than once", name.name);
                self.conflict("42P07", message);
                continue;
            }
            parents.push(parent);
        }
        parents
    }

    /// Enters a table as a child of another.
    pub(super) fn link(&mut self, child: RelationId, parent: RelationId, bound: Option<&PartitionBound>) {
        if let Some(bound) = bound {
            self.check_bound(parent, child, bound);
        }
        let unknown = self.is_unknown(parent);
        if let Some(table) = self.catalog.table_mut(parent) {
            table.children.push(child);
        }
        if let Some(table) = self.catalog.table_mut(child) {
            match bound {
                Some(bound) => table.partition_of = Some((parent, bound.clone())),
                None => table.inherits.push(parent),
            }
        }
        if unknown && let Some(relation) = self.catalog.relations.get_mut(&child) {
            relation.unknown = true;
        }
    }

    /// Columns written in the statement and taken by `LIKE`, in written order.
    fn add_own_columns(&mut self, id: RelationId, create: &CreateTable) {
        let mut like = create.like.iter().peekable();
        for (at, column) in create.columns.iter().enumerate() {
            while let Some(clause) = like.next_if(|clause| clause.position <= at) {
                self.add_like_columns(id, clause);
            }
            self.add_written_column(id, column, create.partition_of.is_some() || create.of_type.is_some());
        }
        for clause in like {
            self.add_like_columns(id, clause);
        }
    }

    /// A column as written: new, or more about an inherited one.
    fn add_written_column(&mut self, id: RelationId, written: &ColumnDef, options_only: bool) {
        let partition = self.table(id).is_some_and(|t| t.partition_of.is_some());
        let existing = self.table(id).and_then(|t| t.column(&written.name)).cloned();
        let Some(existing) = existing else {
            if options_only && written.data_type.is_none() {
                if self.catalog.ensure_column(id, &written.name).is_none() {
                    self.conflict("42703", format!("column \"{}\" does not exist", written.name));
                }
                return;
            }
            if super::change::is_system_column(&written.name) {
                let name = &written.name;
                self.conflict("42701", format!("column name \"{name}\" conflicts with a system column name"));
            }
            let column = self.new_column(id, written);
            self.catalog.add_column(id, column);
            self.add_sequence(id, written);
            return;
        };
        let column = Column { local: !partition, ..self.new_column(id, written) };
        self.merge_own_column(id, &existing, column, options_only);
        self.add_sequence(id, written);
    }

    /// A column of the table's own that it inherits already.
    pub(super) fn merge_own_column(&mut self, id: RelationId, existing: &Column, own: Column, options_only: bool) {
        if !options_only {
            if existing.local {
                self.conflict("42701", format!("column \"{}\" specified more than once", own.name));
                return;
            }
            self.notice(format!("merging column \"{}\" with inherited definition", own.name));
            let known = !own.data_type.is(UNKNOWN_TYPE) && !existing.data_type.is(UNKNOWN_TYPE);
            if known && own.data_type != existing.data_type {
                self.conflict("42804", format!("column \"{}\" has a type conflict", own.name));
            }
        }
        if let Some(column) = self.catalog.column_mut(id, existing.id) {
            column.local |= own.local;
            column.not_null |= own.not_null;
            column.default = own.default.or(column.default.take());
            column.generated = own.generated.or(column.generated.take());
            column.identity = own.identity.or(column.identity);
        }
        self.catalog.note_column(id, existing.id);
    }

    /// Defaults that differ between the parents, and that the table does not replace by its own.
    fn check_inherited_defaults(&mut self, id: RelationId, create: &CreateTable) {
        let Some(table) = self.table(id) else { return };
        let sources = parents(table);
        let several = table.columns.iter().filter(|c| c.inherited > 1).map(|c| c.name.clone());
        for name in several.collect::<Vec<_>>() {
            let defaults = sources.iter().filter_map(|p| self.table(*p)?.column(&name)?.default.as_ref());
            let mut defaults = defaults.map(|d| &d.expr);
            let first = defaults.next();
            let replaced = create.columns.iter().any(|c| c.name == name && c.default.is_some());
            if !replaced && defaults.any(|d| Some(d) != first) {
                self.conflict("42611", format!("column \"{name}\" inherits conflicting default values"));
            }
        }
    }

    fn set_partitioning(&mut self, id: RelationId, create: &CreateTable) {
        let Some(by) = &create.partition_by else { return };
        for key in &by.key {
            for name in key.expr.columns() {
                if self.catalog.ensure_column(id, name).is_none() && !super::change::is_system_column(name) {
                    self.conflict("42703", format!("column \"{name}\" named in partition key does not exist"));
                }
            }
        }
        if let Some(table) = self.catalog.table_mut(id) {
            table.partition_by = Some(Partitioning { strategy: by.strategy, key: by.key.clone() });
        }
    }

    /// Columns of `OF type`.
    fn add_attributes(&mut self, id: RelationId, name: &ObjectName) {
        let attributes = self.composite_attributes(name);
        match attributes {
            Some(attributes) => {
                for (name, data_type) in attributes {
                    let column = Column::new(name, data_type, self.now);
                    self.catalog.add_column(id, column);
                }
            }
            None => {
                if let Some(relation) = self.catalog.relations.get_mut(&id) {
                    relation.unknown = true;
                }
            }
        }
    }

    fn add_all_constraints(&mut self, id: RelationId, create: &CreateTable) {
        let at_columns = create.columns.iter().flat_map(|c| &c.constraints);
        let mut written: Vec<&ConstraintDef> = at_columns.chain(&create.constraints).collect();
        written.sort_by_key(|c| c.span.start.offset);

        self.inherit_checks(id);
        for def in &written {
            if let Demand::Check(condition) = &def.kind {
                self.add_check(id, def, condition, Origin::CreateTable);
            }
        }
        self.add_not_nulls(id, create);
        if create.partition_of.is_some() {
            self.clone_from_parent(id);
        }
        for def in &kept_keys(&written) {
            self.add_key(id, def, false);
        }
        for clause in &create.like {
            self.add_like_objects(id, clause);
        }
        for def in &written {
            if let Demand::ForeignKey(key) = &def.kind {
                self.add_foreign_key(id, def, key, Origin::CreateTable);
            }
        }
    }
}

/// Keys and exclusion constraints in the order in which they are made: the primary key first, and of those that
/// demand the same only one (`transformIndexConstraints` on the server).
fn kept_keys(written: &[&ConstraintDef]) -> Vec<ConstraintDef> {
    let is_primary = |d: &ConstraintDef| matches!(&d.kind, Demand::Unique(unique) if unique.primary);
    let is_key = |d: &&&ConstraintDef| matches!(d.kind, Demand::Unique(_) | Demand::Exclude(_));
    let (primary, others): (Vec<_>, Vec<_>) = written.iter().filter(is_key).partition(|d| is_primary(d));
    let mut kept: Vec<ConstraintDef> = Vec::new();
    for def in primary.into_iter().chain(others) {
        match kept.iter_mut().find(|k| same_key(k, def)) {
            Some(prior) => {
                if prior.name.is_none() {
                    prior.name.clone_from(&def.name);
                }
            }
            None => kept.push((*def).clone()),
        }
    }
    kept
}

/// Whether one index serves both.
fn same_key(a: &ConstraintDef, b: &ConstraintDef) -> bool {
    let same = match (&a.kind, &b.kind) {
        (Demand::Unique(a), Demand::Unique(b)) => {
            !(a.primary && b.primary)
                && a.columns == b.columns
                && a.include == b.include
                && a.nulls_not_distinct == b.nulls_not_distinct
                && a.without_overlaps == b.without_overlaps
        }
        (Demand::Exclude(a), Demand::Exclude(b)) => a == b,
        _ => false,
    };
    same && a.deferrable == b.deferrable && a.initially_deferred == b.initially_deferred
}
