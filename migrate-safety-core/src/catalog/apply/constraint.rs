//! Constraints: checks, and what is done to any constraint by its name.

use super::change::Change;
use super::inherit::{is_check, same_check};
use crate::catalog::{Constraint, ConstraintId, ConstraintKind, Object, RelationId};
use crate::sql::Ident;
use crate::sql::expr::Expression;
use crate::sql::operation::{ConstraintDef, ConstraintKind as Demand};

/// Which statement a constraint stands in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Origin {
    /// `CREATE TABLE`: there are no rows, so it is valid at once.
    CreateTable,
    /// `ALTER TABLE`.
    AlterTable {
        /// `ONLY`.
        only: bool,
    },
}

impl Change<'_> {
    /// `ALTER TABLE … ADD CONSTRAINT`, also of those written at a new column.
    pub(super) fn alter_add_constraint(&mut self, table: RelationId, def: &ConstraintDef, only: bool) {
        match &def.kind {
            Demand::NotNull { column } => {
                if let Some(column) = self.column(table, column) {
                    self.set_not_null(table, column, Some(def), only);
                }
            }
            Demand::Check(condition) => self.add_check(table, def, condition, Origin::AlterTable { only }),
            Demand::Unique(_) | Demand::Exclude(_) => self.add_key(table, def, only),
            Demand::ForeignKey(key) => self.add_foreign_key(table, def, key, Origin::AlterTable { only }),
        }
    }

    /// A check, with its name: `table_column_check` if it mentions one column, else `table_check`.
    pub(super) fn add_check(&mut self, table: RelationId, def: &ConstraintDef, condition: &Expression, origin: Origin) {
        if let Some(problem) = self.catalog.expression_problem(&condition.expr, Some(table)) {
            self.applied.conflicts.push(problem);
        }
        let columns = self.mentioned(table, condition);
        let table_name = self.name(table);
        let name = def.name.clone().unwrap_or_else(|| {
            let column = match columns[..] {
                [column] => Some(self.column_name(table, column)),
                _ => None,
            };
            self.catalog.free_constraint_name(&self.schema(table), &table_name, column.as_deref(), "check", &[])
        });
        let kind = ConstraintKind::Check { expression: condition.clone(), columns };
        let valid = !def.not_enforced && (origin == Origin::CreateTable || !def.not_valid);
        let check = Constraint {
            valid,
            enforced: !def.not_enforced,
            no_inherit: def.no_inherit,
            ..Constraint::new(self.fresh_constraint(), name.clone(), kind, self.now)
        };
        if let Some(existing) = self.table(table).and_then(|t| t.constraint(&name)).cloned() {
            if existing.inherited > 0 && !existing.local && same_check(&existing, &check) {
                self.notice(format!("merging constraint \"{name}\" with inherited definition"));
                let partition = self.table(table).is_some_and(|t| t.partition_of.is_some());
                if let Some(existing) = self.catalog.constraint_mut(table, existing.id) {
                    existing.local |= !partition;
                }
            } else {
                self.conflict("42710", format!("constraint \"{name}\" for relation \"{table_name}\" already exists"));
            }
            return;
        }
        if def.no_inherit && self.is_partitioned(table) {
            self.conflict("42P16", format!("cannot add NO INHERIT constraint to partitioned table \"{table_name}\""));
        }
        self.catalog.add_constraint(table, check.clone());
        match origin {
            Origin::AlterTable { only: true } if !check.no_inherit && !self.children(table).is_empty() => {
                self.conflict("42P16", "constraint must be added to child tables too");
            }
            Origin::AlterTable { only: false } if !check.no_inherit => self.pass_check_on(table, &check),
            _ => {}
        }
    }

    /// Gives all descendants a check that their parent got. One that has it already has passed it on.
    fn pass_check_on(&mut self, table: RelationId, check: &Constraint) {
        let mut parents = vec![table];
        while let Some(parent) = parents.pop() {
            for child in self.children(parent) {
                let existing = self.table(child).and_then(|t| t.constraint(&check.name)).cloned();
                match existing {
                    Some(existing) => self.merge_check(child, &existing, check),
                    None => {
                        let id = self.fresh_constraint();
                        let mut inherited = Constraint { id, inherited: 1, local: false, ..check.clone() };
                        if let ConstraintKind::Check { expression, .. } = &check.kind {
                            let columns = self.mentioned(child, expression);
                            inherited.kind = ConstraintKind::Check { expression: expression.clone(), columns };
                        }
                        self.catalog.add_constraint(child, inherited);
                        parents.push(child);
                    }
                }
            }
        }
    }

    fn merge_check(&mut self, child: RelationId, existing: &Constraint, check: &Constraint) {
        let (name, child_name) = (&check.name, self.name(child));
        if !same_check(existing, check) {
            self.conflict("42710", format!("constraint \"{name}\" for relation \"{child_name}\" already exists"));
            return;
        }
        let conflicting = if existing.no_inherit {
            Some(format!("constraint \"{name}\" conflicts with non-inherited constraint on relation \"{child_name}\""))
        } else if check.valid && !existing.valid {
            Some(format!("constraint \"{name}\" conflicts with NOT VALID constraint on relation \"{child_name}\""))
        } else {
            None
        };
        match conflicting {
            Some(message) => self.conflict("55000", message),
            None => self.notice(format!("merging constraint \"{name}\" with inherited definition")),
        }
        let partition = self.table(child).is_some_and(|t| t.partition_of.is_some());
        if let Some(existing) = self.catalog.constraint_mut(child, existing.id) {
            existing.inherited += 1;
            existing.local &= !partition;
        }
    }

    /// The constraint of this name; one that cannot exist is reported.
    fn constraint(&mut self, table: RelationId, name: &Ident, if_exists: bool) -> Option<Constraint> {
        let found = self.table(table)?.constraint(name).cloned();
        if found.is_none() && !self.is_unknown(table) {
            let message = format!("constraint \"{name}\" of relation \"{}\" does not exist", self.name(table));
            if if_exists {
                self.notice(format!("{message}, skipping"));
            } else {
                self.conflict("42704", message);
            }
        }
        found
    }

    /// `VALIDATE CONSTRAINT`.
    pub(super) fn validate_constraint(&mut self, table: RelationId, name: &Ident, only: bool) {
        let Some(constraint) = self.constraint(table, name, false) else { return };
        let table_name = self.name(table);
        match &constraint.kind {
            _ if !constraint.enforced => self.conflict("55000", "cannot validate NOT ENFORCED constraint"),
            ConstraintKind::NotNull { .. } => self.validate_not_null(table, constraint.id),
            ConstraintKind::Check { .. } => {
                let descendants = if constraint.no_inherit { Vec::new() } else { self.catalog.descendants(table) };
                if only && !constraint.valid && !self.children(table).is_empty() && !constraint.no_inherit {
                    self.conflict("42P16", "constraint must be validated on child tables too");
                }
                for table in std::iter::once(table).chain(descendants) {
                    if let Some(table) = self.catalog.table_mut(table) {
                        let same = |c: &&mut Constraint| is_check(c) && c.name == *name;
                        table.constraints.iter_mut().filter(same).for_each(|c| c.valid = true);
                    }
                }
            }
            ConstraintKind::ForeignKey(_) => {
                for (table, id) in self.family(table, constraint.id) {
                    if let Some(constraint) = self.catalog.constraint_mut(table, id) {
                        constraint.valid = true;
                    }
                }
            }
            ConstraintKind::Unique { .. } | ConstraintKind::Exclude { .. } => {
                let what = match self.version() {
                    18.. => "foreign key, check, or not-null constraint",
                    _ => "foreign key or check constraint",
                };
                self.conflict("42809", format!("constraint \"{name}\" of relation \"{table_name}\" is not a {what}"));
            }
        }
    }

    /// A constraint and those made for it on the same table and its partitions.
    pub(super) fn family(&self, table: RelationId, id: ConstraintId) -> Vec<(RelationId, ConstraintId)> {
        let mut family = vec![(table, id)];
        let mut known = std::collections::HashSet::from([id]);
        for table in std::iter::once(table).chain(self.catalog.descendants(table)) {
            for constraint in self.table(table).map_or(&[][..], |t| &t.constraints) {
                if constraint.parent.is_some_and(|p| known.contains(&p)) && known.insert(constraint.id) {
                    family.push((table, constraint.id));
                }
            }
        }
        family
    }

    /// `ALTER CONSTRAINT`.
    pub(super) fn alter_constraint(
        &mut self,
        table: RelationId,
        name: &Ident,
        deferrable: Option<bool>,
        initially_deferred: Option<bool>,
        enforced: Option<bool>,
        inherit: Option<bool>,
    ) {
        let Some(constraint) = self.constraint(table, name, false) else { return };
        let table_name = self.name(table);
        let is_foreign_key = matches!(constraint.kind, ConstraintKind::ForeignKey(_));
        if (deferrable.is_some() || initially_deferred.is_some() || enforced.is_some()) && !is_foreign_key {
            let message = match enforced {
                Some(_) => format!("cannot alter enforceability of constraint \"{name}\" of relation \"{table_name}\""),
                None => format!("constraint \"{name}\" of relation \"{table_name}\" is not a foreign key constraint"),
            };
            self.conflict("42809", message);
            return;
        }
        if constraint.parent.is_some() && is_foreign_key {
            self.conflict("55000", format!("cannot alter constraint \"{name}\" on relation \"{table_name}\""));
        }
        // What is not written of the two is reset, on older servers also where neither is.
        let sets_timing = deferrable.is_some() || initially_deferred.is_some() || self.version() < 18;
        for (table, id) in self.family(table, constraint.id) {
            let Some(constraint) = self.catalog.constraint_mut(table, id) else { continue };
            if sets_timing {
                constraint.initially_deferred = initially_deferred == Some(true);
                constraint.deferrable = deferrable == Some(true) || constraint.initially_deferred;
            }
            if let Some(enforced) = enforced {
                constraint.enforced = enforced;
                constraint.valid = enforced;
            }
        }
        if let Some(inherit) = inherit {
            self.alter_inheritability(table, &constraint, inherit);
        }
    }

    /// PostgreSQL 18: `ALTER CONSTRAINT … [NO] INHERIT` of a not-null constraint.
    fn alter_inheritability(&mut self, table: RelationId, constraint: &Constraint, inherit: bool) {
        let ConstraintKind::NotNull { column } = constraint.kind else {
            let (name, table) = (&constraint.name, self.name(table));
            self.conflict(
                "42809",
                format!("constraint \"{name}\" of relation \"{table}\" is not a not-null constraint"),
            );
            return;
        };
        if constraint.no_inherit != inherit {
            return;
        }
        if let Some(constraint) = self.catalog.constraint_mut(table, constraint.id) {
            constraint.no_inherit = !inherit;
        }
        let column = self.column_name(table, column);
        for child in self.children(table) {
            if inherit {
                self.inherit_not_null(child, &column, &constraint.name, true);
            } else {
                self.release(child, constraint);
            }
        }
    }

    /// `RENAME CONSTRAINT`: with it goes the index behind it.
    pub(super) fn alter_rename_constraint(&mut self, table: RelationId, name: &Ident, to: &Ident, only: bool) {
        let Some(constraint) = self.named_constraint(table, name) else { return };
        let table_name = self.name(table);
        if let Some(index) = constraint.index() {
            let schema = self.schema(index);
            if self.catalog.relation_names.contains_key(&(schema.clone(), to.clone())) {
                self.conflict("42P07", format!("relation \"{to}\" already exists"));
                return;
            }
            self.catalog.move_relation(index, schema, to.clone());
            self.catalog.rename_constraint(table, constraint.id, to);
            return;
        }
        if self.table(table).is_some_and(|t| t.constraint(to).is_some()) {
            self.conflict("42710", format!("constraint \"{to}\" for relation \"{table_name}\" already exists"));
            return;
        }
        let passed_on = !constraint.no_inherit
            && matches!(constraint.kind, ConstraintKind::Check { .. } | ConstraintKind::NotNull { .. });
        if passed_on && constraint.inherited > 0 {
            self.conflict("42P16", format!("cannot rename inherited constraint \"{name}\""));
        }
        let descendants = if passed_on { self.catalog.descendants(table) } else { Vec::new() };
        if only && !descendants.is_empty() {
            self.conflict("42P16", format!("inherited constraint \"{name}\" must be renamed in child tables too"));
        }
        self.catalog.rename_constraint(table, constraint.id, to);
        for child in descendants {
            if let Some(id) = self.table(child).and_then(|t| t.constraint(name)).map(|c| c.id) {
                self.catalog.rename_constraint(child, id, to);
            }
        }
    }

    /// As [`Self::constraint`], in the words of `RENAME`.
    fn named_constraint(&mut self, table: RelationId, name: &Ident) -> Option<Constraint> {
        let found = self.table(table)?.constraint(name).cloned();
        if found.is_none() && !self.is_unknown(table) {
            let message = format!("constraint \"{name}\" for table \"{}\" does not exist", self.name(table));
            self.conflict("42704", message);
        }
        found
    }

    /// `DROP CONSTRAINT`.
    pub(super) fn drop_constraint(
        &mut self,
        table: RelationId,
        name: &Ident,
        if_exists: bool,
        cascade: bool,
        only: bool,
    ) {
        let Some(constraint) = self.constraint(table, name, if_exists) else { return };
        let table_name = self.name(table);
        if constraint.inherited > 0 {
            let message = format!("cannot drop inherited constraint \"{name}\" of relation \"{table_name}\"");
            self.conflict("42P16", message);
            return;
        }
        if let ConstraintKind::NotNull { column } = constraint.kind {
            let key = self.table(table).and_then(|t| t.primary_key());
            let in_key = key.is_some_and(
                |k| matches!(&k.kind, ConstraintKind::Unique { columns, .. } if columns.contains(&column)),
            );
            let is_identity = self.catalog.column(table, column).is_some_and(|c| c.identity.is_some());
            let column = self.column_name(table, column);
            if in_key {
                self.conflict("42P16", format!("column \"{column}\" is in a primary key"));
                return;
            }
            if is_identity {
                self.conflict(
                    "42601",
                    format!("column \"{column}\" of relation \"{table_name}\" is an identity column"),
                );
                return;
            }
        }
        let partitions = self.is_partitioned(table) && !self.children(table).is_empty();
        if only && partitions && self.version() < 18 && !constraint.no_inherit {
            let passed_on = matches!(constraint.kind, ConstraintKind::Check { .. } | ConstraintKind::NotNull { .. });
            if passed_on {
                self.conflict(
                    "42P16",
                    "cannot remove constraint from only the partitioned table when partitions exist",
                );
            }
        }
        self.drop_inherited_constraint(table, constraint.id, cascade, only);
    }

    /// Drops a constraint, and from the descendants where nothing else keeps it.
    pub(super) fn drop_inherited_constraint(&mut self, table: RelationId, id: ConstraintId, cascade: bool, only: bool) {
        let Some(constraint) = self.catalog.constraint(table, id).cloned() else { return };
        let column = match constraint.kind {
            ConstraintKind::NotNull { column } => Some(self.column_name(table, column)),
            _ => None,
        };
        let mut dropped = vec![(table, id)];
        let mut kept = Vec::new();
        let passed_on = matches!(constraint.kind, ConstraintKind::Check { .. } | ConstraintKind::NotNull { .. });
        let mut pending = if passed_on && !constraint.no_inherit { self.children(table) } else { Vec::new() };
        while let Some(child) = pending.pop() {
            let Some(found) = self.inherited_counterpart(child, &constraint.name, column.as_ref()) else { continue };
            if found.inherited <= 1 && !found.local && !only {
                dropped.push((child, found.id));
                pending.extend(self.children(child));
            } else {
                kept.push((child, found));
            }
        }
        let roots: Vec<Object> = dropped.iter().map(|(table, id)| Object::Constraint(*table, *id)).collect();
        if !self.catalog.drop_objects(&roots, cascade, self.applied) {
            return;
        }
        for (child, found) in kept {
            self.release(child, &found);
            if only && let Some(kept) = self.catalog.constraint_mut(child, found.id) {
                kept.local = true;
            }
        }
        for (table, _) in dropped {
            let column = column.as_ref().and_then(|name| self.table(table)?.column(name)).map(|c| c.id);
            if let Some(column) = column.and_then(|id| self.catalog.column_mut(table, id)) {
                column.not_null = false;
            }
        }
    }

    /// The constraint of a child that comes from one of its parent's: by name, a not-null one by its column.
    fn inherited_counterpart(&self, child: RelationId, name: &Ident, column: Option<&Ident>) -> Option<Constraint> {
        let table = self.table(child)?;
        match column {
            Some(column) => {
                let (id, _) = super::not_null::not_null_of(table, table.column(column)?.id)?;
                self.catalog.constraint(child, id).cloned()
            }
            None => table.constraint(name).filter(|c| is_check(c)).cloned(),
        }
    }

    /// A child's constraint is inherited from one parent fewer.
    fn release(&mut self, child: RelationId, constraint: &Constraint) {
        let found = self.table(child).and_then(|t| t.constraint(&constraint.name)).map(|c| c.id);
        if let Some(constraint) = found.and_then(|id| self.catalog.constraint_mut(child, id)) {
            constraint.inherited = constraint.inherited.saturating_sub(1);
            constraint.local |= constraint.inherited == 0;
        }
    }
}
