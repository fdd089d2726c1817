//! NOT NULL: a mark at the column, and from PostgreSQL 18 on a constraint behind it.

use super::change::Change;
use crate::catalog::{ColumnId, Constraint, ConstraintId, ConstraintKind, RelationId, Table};
use crate::sql::Ident;
use crate::sql::operation::ConstraintDef;

impl Change<'_> {
    /// A column of a new table is NOT NULL.
    pub(super) fn add_not_null(&mut self, table: RelationId, column: ColumnId, name: Option<Ident>, no_inherit: bool) {
        if let Some(column) = self.catalog.column_mut(table, column) {
            column.not_null = true;
        }
        if self.version() < 18 {
            return;
        }
        if let Some((existing, _)) = self.table(table).and_then(|t| not_null_of(t, column)) {
            if let Some(existing) = self.catalog.constraint_mut(table, existing) {
                existing.local = true;
            }
            return;
        }
        let name = self.not_null_name(table, column, name);
        self.insert_not_null(table, column, name, |c| c.no_inherit = no_inherit);
    }

    fn not_null_name(&mut self, table: RelationId, column: ColumnId, name: Option<Ident>) -> Ident {
        let Some(name) = name else {
            let (schema, table_name, column) = (self.schema(table), self.name(table), self.column_name(table, column));
            return self.catalog.free_constraint_name(&schema, &table_name, Some(&column), "not_null", &[]);
        };
        if self.table(table).is_some_and(|t| t.constraint(&name).is_some()) {
            let table = self.name(table);
            self.conflict("42710", format!("constraint \"{name}\" for relation \"{table}\" already exists"));
        }
        name
    }

    fn insert_not_null(
        &mut self,
        table: RelationId,
        column: ColumnId,
        name: Ident,
        set: impl FnOnce(&mut Constraint),
    ) -> ConstraintId {
        let id = self.fresh_constraint();
        let mut constraint = Constraint::new(id, name, ConstraintKind::NotNull { column }, self.now);
        set(&mut constraint);
        self.catalog.add_constraint(table, constraint)
    }

    /// PostgreSQL 18: a column of a child inherits a not-null constraint. Whether the child had none.
    pub(super) fn inherit_not_null(&mut self, child: RelationId, column: &Ident, name: &Ident, valid: bool) -> bool {
        let Some(column) = self.catalog.ensure_column(child, column) else { return false };
        if valid && let Some(column) = self.catalog.column_mut(child, column) {
            column.not_null = true;
        }
        if let Some((existing, _)) = self.table(child).and_then(|t| not_null_of(t, column)) {
            if let Some(existing) = self.catalog.constraint_mut(child, existing) {
                existing.inherited += 1;
            }
            return false;
        }
        let taken = self.table(child).is_some_and(|t| t.constraint(name).is_some());
        let name = if taken { self.not_null_name(child, column, None) } else { name.clone() };
        self.insert_not_null(child, column, name, |c| {
            c.inherited = 1;
            c.local = false;
            c.valid = valid;
        });
        true
    }

    /// PostgreSQL 18: a not-null constraint of a table that gets a parent with one.
    pub(super) fn adopt_not_null(&mut self, child: RelationId, column: &Ident, partitioned: bool) {
        let Some(column) = self.catalog.ensure_column(child, column) else { return };
        let Some((existing, _)) = self.table(child).and_then(|t| not_null_of(t, column)) else { return };
        if let Some(existing) = self.catalog.constraint_mut(child, existing) {
            existing.inherited += 1;
            existing.local &= !partitioned;
        }
    }

    /// `SET NOT NULL`, `ADD NOT NULL`, and what a new primary key demands.
    pub(super) fn set_not_null(
        &mut self,
        table: RelationId,
        column: ColumnId,
        def: Option<&ConstraintDef>,
        only: bool,
    ) {
        let name = self.column_name(table, column);
        let tables = if only { Vec::new() } else { self.catalog.descendants(table) };
        if self.version() < 18 {
            let lacks = |child: &RelationId| {
                let column = self.table(*child).and_then(|t| t.column(&name));
                column.is_some_and(|c| !c.not_null)
            };
            if only && self.is_partitioned(table) && self.children(table).iter().any(lacks) {
                self.conflict("42P16", "constraint must be added to child tables too");
            }
            for table in std::iter::once(table).chain(tables) {
                if let Some(column) = self.catalog.ensure_column(table, &name)
                    && let Some(column) = self.catalog.column_mut(table, column)
                {
                    column.not_null = true;
                }
            }
            return;
        }
        let not_valid = def.is_some_and(|d| d.not_valid);
        let Some(constraint) = self.set_own_not_null(table, column, def, not_valid) else { return };
        if def.is_some_and(|d| d.no_inherit) {
            return;
        }
        if only {
            // `SET NOT NULL` minds only partitions.
            if !self.children(table).is_empty() && (def.is_some() || self.is_partitioned(table)) {
                self.conflict("42P16", "constraint must be added to child tables too");
            }
            return;
        }
        // A child that has one already has passed it on to its own children.
        let mut parents = vec![table];
        while let Some(parent) = parents.pop() {
            for child in self.children(parent) {
                if self.inherit_not_null(child, &name, &constraint, !not_valid) {
                    parents.push(child);
                }
            }
        }
    }

    /// The constraint's name, if it is a new one.
    fn set_own_not_null(
        &mut self,
        table: RelationId,
        column: ColumnId,
        def: Option<&ConstraintDef>,
        not_valid: bool,
    ) -> Option<Ident> {
        let wanted = def.and_then(|d| d.name.clone());
        if let Some((existing, name)) = self.table(table).and_then(|t| not_null_of(t, column)) {
            let was_valid = self.catalog.constraint(table, existing).is_some_and(|c| c.valid);
            if let Some(wanted) = wanted.filter(|w| *w != name) {
                let (table, column) = (self.name(table), self.column_name(table, column));
                let message = format!(
                    "cannot create not-null constraint \"{wanted}\" on column \"{column}\" of table \"{table}\""
                );
                self.conflict("55000", message);
            } else if def.is_some() && !not_valid && !was_valid {
                let table = self.name(table);
                self.conflict("55000", format!("incompatible NOT VALID constraint \"{name}\" on relation \"{table}\""));
            }
            if let Some(existing) = self.catalog.constraint_mut(table, existing) {
                existing.local = true;
            }
            if !not_valid && !was_valid {
                self.validate_not_null(table, existing);
            }
            return None;
        }
        let name = self.not_null_name(table, column, wanted);
        if let Some(column) = self.catalog.column_mut(table, column) {
            column.not_null |= !not_valid;
        }
        self.insert_not_null(table, column, name.clone(), |c| {
            c.valid = !not_valid;
            c.no_inherit = def.is_some_and(|d| d.no_inherit);
        });
        Some(name)
    }

    /// Existing rows hold no NULL, in the children neither.
    pub(super) fn validate_not_null(&mut self, table: RelationId, constraint: ConstraintId) {
        let Some(ConstraintKind::NotNull { column }) = self.catalog.constraint(table, constraint).map(|c| &c.kind)
        else {
            return;
        };
        let name = self.column_name(table, *column);
        for table in std::iter::once(table).chain(self.catalog.descendants(table)) {
            let Some(column) = self.table(table).and_then(|t| t.column(&name)).map(|c| c.id) else { continue };
            let constraint = self.table(table).and_then(|t| not_null_of(t, column));
            if let Some(column) = self.catalog.column_mut(table, column) {
                column.not_null = true;
            }
            if let Some(constraint) = constraint.and_then(|(id, _)| self.catalog.constraint_mut(table, id)) {
                constraint.valid = true;
            }
        }
    }

    /// `DROP NOT NULL`.
    pub(super) fn drop_not_null(&mut self, table: RelationId, column: ColumnId, only: bool) {
        let name = self.column_name(table, column);
        let Some(definition) = self.table(table) else { return };
        let is_identity = definition.column_by_id(column).is_some_and(|c| c.identity.is_some());
        let in_key = definition.primary_key().is_some_and(
            |key| matches!(&key.kind, ConstraintKind::Unique { columns, .. } if columns.contains(&column)),
        );
        let was_not_null = definition.column_by_id(column).is_some_and(|c| c.not_null);
        let parent = definition.partition_of.as_ref().map(|(parent, _)| *parent);
        let of_parent = parent.and_then(|p| self.table(p)).and_then(|p| p.column(&name)).is_some_and(|c| c.not_null);
        if is_identity {
            let table = self.name(table);
            self.conflict("42601", format!("column \"{name}\" of relation \"{table}\" is an identity column"));
            return;
        }
        if in_key && (was_not_null || self.version() < 18) {
            self.conflict("42P16", format!("column \"{name}\" is in a primary key"));
            return;
        }
        if of_parent {
            self.conflict("42P16", format!("column \"{name}\" is marked NOT NULL in parent table"));
            return;
        }
        if only && self.version() < 18 && self.is_partitioned(table) && !self.children(table).is_empty() {
            self.conflict("42P16", "cannot remove constraint from only the partitioned table when partitions exist");
        }
        if self.version() >= 18 {
            if let Some((constraint, name)) = self.table(table).and_then(|t| not_null_of(t, column)) {
                if self.catalog.constraint(table, constraint).is_some_and(|c| c.inherited > 0) {
                    let table = self.name(table);
                    self.conflict(
                        "42P16",
                        format!("cannot drop inherited constraint \"{name}\" of relation \"{table}\""),
                    );
                    return;
                }
                self.drop_inherited_constraint(table, constraint, false, only);
                return;
            }
            if let Some(column) = self.catalog.column_mut(table, column) {
                column.not_null = false;
            }
            return;
        }
        let tables = if only { Vec::new() } else { self.catalog.descendants(table) };
        for table in std::iter::once(table).chain(tables) {
            if let Some(column) = self.table(table).and_then(|t| t.column(&name)).map(|c| c.id)
                && let Some(column) = self.catalog.column_mut(table, column)
            {
                column.not_null = false;
            }
        }
    }
}

/// The not-null constraint of a column.
pub(super) fn not_null_of(table: &Table, column: ColumnId) -> Option<(ConstraintId, Ident)> {
    let of_column = |c: &&Constraint| matches!(c.kind, ConstraintKind::NotNull { column: c } if c == column);
    table.constraints.iter().find(of_column).map(|c| (c.id, c.name.clone()))
}
