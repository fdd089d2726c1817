//! What a table takes over from its parents: `INHERITS`, `PARTITION OF`, `ALTER TABLE … INHERIT`.

use super::change::Change;
use crate::catalog::query::parents;
use crate::catalog::store::UNKNOWN_TYPE;
use crate::catalog::{Column, ColumnId, Constraint, ConstraintKind, RelationId};
use crate::sql::operation::{ConstraintDef, ConstraintKind as Demand, CreateTable};
use crate::sql::{Ident, ObjectName};

impl Change<'_> {
    /// Gives a new table the columns of a parent.
    pub(super) fn inherit_columns(&mut self, child: RelationId, parent: RelationId) {
        let Some(source) = self.table(parent) else { return };
        let partition = self.table(child).is_some_and(|t| t.partition_of.is_some());
        for column in source.columns.clone() {
            let existing = self.table(child).and_then(|t| t.column(&column.name)).cloned();
            match existing {
                Some(existing) => self.merge_inherited(child, &existing, &column),
                None => {
                    let keeps_identity = partition && self.version() >= 17;
                    let inherited = Column {
                        inherited: 1,
                        local: false,
                        not_null: column.not_null && self.version() < 18,
                        identity: column.identity.filter(|_| keeps_identity),
                        sequence: None,
                        created: self.now,
                        comment: None,
                        ..column
                    };
                    self.catalog.add_column(child, inherited);
                }
            }
        }
    }

    /// A column that several parents have.
    fn merge_inherited(&mut self, child: RelationId, existing: &Column, column: &Column) {
        let name = &column.name;
        self.notice(format!("merging multiple inherited definitions of column \"{name}\""));
        let known = |c: &Column| !c.data_type.is(UNKNOWN_TYPE);
        if existing.data_type != column.data_type && known(existing) && known(column) {
            self.conflict("42804", format!("inherited column \"{name}\" has a type conflict"));
        } else if existing.collation != column.collation {
            self.conflict("42P21", format!("inherited column \"{name}\" has a collation conflict"));
        }
        let not_null = column.not_null && self.version() < 18;
        if let Some(existing) = self.catalog.column_mut(child, existing.id) {
            existing.inherited += 1;
            existing.not_null |= not_null;
            if existing.default.is_none() {
                existing.default.clone_from(&column.default);
            }
        }
        self.catalog.note_column(child, existing.id);
    }

    /// Gives a new table the checks of its parents.
    pub(super) fn inherit_checks(&mut self, child: RelationId) {
        let Some(table) = self.table(child) else { return };
        for parent in parents(table) {
            let Some(parent_table) = self.table(parent) else { continue };
            let checks = parent_table.constraints.iter().filter(|c| is_check(c) && !c.no_inherit);
            for check in checks.cloned().collect::<Vec<_>>() {
                self.inherit_check(child, &check);
            }
        }
    }

    fn inherit_check(&mut self, child: RelationId, check: &Constraint) {
        let ConstraintKind::Check { expression, .. } = &check.kind else { return };
        let existing = self.table(child).and_then(|t| t.constraint(&check.name)).cloned();
        match existing {
            Some(existing) => {
                if !same_check(&existing, check) {
                    let name = &check.name;
                    let message = format!(
                        "check constraint name \"{name}\" appears multiple times but with different expressions"
                    );
                    self.conflict("42710", message);
                } else if let Some(existing) = self.catalog.constraint_mut(child, existing.id) {
                    existing.inherited += 1;
                }
            }
            None => {
                let columns = self.mentioned(child, expression);
                let kind = ConstraintKind::Check { expression: expression.clone(), columns };
                let id = self.fresh_constraint();
                let inherited = Constraint {
                    inherited: 1,
                    local: false,
                    enforced: check.enforced,
                    valid: check.enforced,
                    ..Constraint::new(id, check.name.clone(), kind, self.now)
                };
                self.catalog.add_constraint(child, inherited);
            }
        }
    }

    /// All NOT NULLs of a new table: written, implied by `serial`, identity and primary key, and inherited.
    pub(super) fn add_not_nulls<'d>(&mut self, id: RelationId, create: &'d CreateTable) {
        let explicit = |def: &'d ConstraintDef| match &def.kind {
            Demand::NotNull { column } => Some((column, Some(def))),
            _ => None,
        };
        let is_primary = |def: &&ConstraintDef| matches!(&def.kind, Demand::Unique(key) if key.primary);
        // Column by column, then those of the table, then the key of the table.
        let of_columns = create.columns.iter().flat_map(|column| {
            let implied =
                column.serial || column.identity.is_some() || column.constraints.iter().any(|c| is_primary(&c));
            column.constraints.iter().filter_map(explicit).chain(implied.then_some((&column.name, None)))
        });
        let of_table = create.constraints.iter().filter_map(explicit);
        let keys = create.constraints.iter().filter(is_primary).flat_map(|def| match &def.kind {
            Demand::Unique(key) => key.columns.as_slice(),
            _ => &[],
        });
        let mut wanted: Vec<(&Ident, Option<&ConstraintDef>)> = Vec::new();
        for (column, def) in of_columns.chain(of_table).chain(keys.map(|column| (column, None))) {
            match wanted.iter_mut().find(|(known, _)| *known == column) {
                Some((_, known)) => *known = self.one_not_null(column, *known, def),
                None => wanted.push((column, def)),
            }
        }
        for (column, def) in wanted {
            if create.columns.iter().any(|c| c.name == *column && c.null) {
                let table = &create.name.name;
                let message =
                    format!("conflicting NULL/NOT NULL declarations for column \"{column}\" of table \"{table}\"");
                self.conflict("42601", message);
            }
            let no_inherit = def.is_some_and(|d| d.no_inherit);
            if let Some(id_of_column) = self.catalog.ensure_column(id, column) {
                let inherits = |parent: &RelationId| {
                    let of_parent = self.table(*parent).and_then(|t| t.column(column));
                    of_parent.is_some_and(|c| c.not_null)
                };
                if no_inherit && self.table(id).is_some_and(|t| parents(t).iter().any(inherits)) {
                    let message = format!("cannot define not-null constraint with NO INHERIT on column \"{column}\"");
                    self.conflict("42804", message);
                }
                self.add_not_null(id, id_of_column, def.and_then(|d| d.name.clone()), no_inherit);
            }
        }
        self.inherit_not_nulls(id);
    }

    /// Of two NOT NULLs of one column, the one whose name counts.
    fn one_not_null<'d>(
        &mut self,
        column: &Ident,
        a: Option<&'d ConstraintDef>,
        b: Option<&'d ConstraintDef>,
    ) -> Option<&'d ConstraintDef> {
        let (Some(first), Some(second)) = (a, b) else {
            if self.version() >= 18 && a.or(b).is_some_and(|d| d.no_inherit) {
                let message =
                    format!("conflicting NO INHERIT declaration for not-null constraint on column \"{column}\"");
                self.conflict("42601", message);
            }
            return a.or(b);
        };
        if self.version() >= 18
            && let (Some(one), Some(other)) = (&first.name, &second.name)
            && one != other
        {
            self.conflict("42601", format!("conflicting not-null constraint names \"{one}\" and \"{other}\""));
        }
        if first.name.is_some() { a } else { b }
    }

    /// From PostgreSQL 18 on: the not-null constraints of the parents.
    fn inherit_not_nulls(&mut self, child: RelationId) {
        let Some(table) = self.table(child) else { return };
        if self.version() < 18 {
            return;
        }
        for parent in parents(table) {
            let Some(source) = self.table(parent) else { continue };
            let inherited = source.constraints.iter().filter(|c| !c.no_inherit).filter_map(|c| match c.kind {
                ConstraintKind::NotNull { column } => Some((c.name.clone(), source.column_by_id(column)?.name.clone())),
                _ => None,
            });
            for (name, column) in inherited.collect::<Vec<_>>() {
                self.inherit_not_null(child, &column, &name, true);
            }
        }
    }

    /// `ALTER TABLE … INHERIT`.
    pub(super) fn add_inheritance(&mut self, child: RelationId, parent: &ObjectName) {
        let Some(parent) = self.relation(parent, false) else { return };
        let (child_name, parent_name) = (self.name(child), self.name(parent));
        if self.table(child).is_some_and(|t| t.partition_of.is_some()) {
            self.conflict("42809", "cannot change inheritance of a partition");
        } else if self.is_partitioned(parent) {
            self.conflict("42809", format!("cannot inherit from partitioned table \"{parent_name}\""));
        } else if parent == child || self.catalog.descendants(child).contains(&parent) {
            self.conflict("42P07", "circular inheritance not allowed");
            return;
        }
        if self.table(child).is_some_and(|t| t.inherits.contains(&parent)) {
            self.conflict("42P07", format!("relation \"{parent_name}\" would be inherited from more than once"));
            return;
        }
        self.adopt(child, parent, &child_name);
        if !self.applied.conflicts.is_empty() {
            return;
        }
        self.link(child, parent, None);
    }

    /// Checks that an existing table has all that a parent demands, and marks it as inherited.
    pub(super) fn adopt(&mut self, child: RelationId, parent: RelationId, child_name: &Ident) {
        let Some(source) = self.table(parent) else { return };
        let (columns, constraints) = (source.columns.clone(), source.constraints.clone());
        let partitioned = source.is_partitioned();
        for column in &columns {
            self.adopt_column(child, child_name, column, partitioned);
        }
        for check in constraints.iter().filter(|c| is_check(c) && !c.no_inherit) {
            let existing = self.table(child).and_then(|t| t.constraint(&check.name)).cloned();
            match existing {
                Some(existing) if is_check(&existing) => {
                    self.adopt_check(child, child_name, &existing, check, partitioned);
                }
                _ if self.is_unknown(child) => {}
                _ => self.conflict("42804", format!("child table is missing constraint \"{}\"", check.name)),
            }
        }
        for constraint in constraints.iter().filter(|c| !c.no_inherit) {
            if let ConstraintKind::NotNull { column } = constraint.kind
                && let Some(column) = columns.iter().find(|c| c.id == column)
            {
                self.adopt_not_null(child, &column.name, partitioned);
            }
        }
    }

    fn adopt_column(&mut self, child: RelationId, child_name: &Ident, column: &Column, partitioned: bool) {
        let name = &column.name;
        let Some(id) = self.catalog.ensure_column(child, name) else {
            self.conflict("42804", format!("child table is missing column \"{name}\""));
            return;
        };
        let Some(existing) = self.catalog.column(child, id).cloned() else { return };
        let known = |c: &Column| !c.data_type.is(UNKNOWN_TYPE);
        let both_known = known(&existing) && known(column);
        if both_known && existing.data_type != column.data_type {
            self.conflict("42804", format!("child table \"{child_name}\" has different type for column \"{name}\""));
        } else if both_known && existing.collation != column.collation {
            let message = format!("child table \"{child_name}\" has different collation for column \"{name}\"");
            self.conflict("42P21", message);
        }
        if both_known && column.not_null && !existing.not_null {
            let message = match self.version() {
                18.. => format!("column \"{name}\" in child table \"{child_name}\" must be marked NOT NULL"),
                _ => format!("column \"{name}\" in child table must be marked NOT NULL"),
            };
            self.conflict("42804", message);
        }
        if both_known && existing.generated.is_some() != column.generated.is_some() {
            let negation = if column.generated.is_some() { "" } else { " not" };
            let message = match self.version() {
                16.. => format!("column \"{name}\" in child table must{negation} be a generated column"),
                _ => format!("column \"{name}\" in child table must be a generated column"),
            };
            self.conflict("42804", message);
        }
        let identity = column.identity.filter(|_| partitioned && self.version() >= 17);
        if let Some(existing) = self.catalog.column_mut(child, id) {
            existing.inherited += 1;
            existing.local &= !partitioned;
            if identity.is_some() {
                existing.identity = identity;
            }
        }
    }

    fn adopt_check(
        &mut self,
        child: RelationId,
        child_name: &Ident,
        existing: &Constraint,
        check: &Constraint,
        partitioned: bool,
    ) {
        let name = &check.name;
        let problem = if !same_check(existing, check) {
            Some(format!("child table \"{child_name}\" has different definition for check constraint \"{name}\""))
        } else if existing.no_inherit {
            Some(format!(
                "constraint \"{name}\" conflicts with non-inherited constraint on child table \"{child_name}\""
            ))
        } else if check.valid && !existing.valid {
            Some(format!("constraint \"{name}\" conflicts with NOT VALID constraint on child table \"{child_name}\""))
        } else {
            None
        };
        if let Some(problem) = problem {
            let sqlstate = if same_check(existing, check) { "55000" } else { "42804" };
            self.conflict(sqlstate, problem);
        }
        if let Some(existing) = self.catalog.constraint_mut(child, existing.id) {
            existing.inherited += 1;
            existing.local &= !partitioned;
        }
    }

    /// `ALTER TABLE … NO INHERIT`.
    pub(super) fn drop_inheritance(&mut self, child: RelationId, parent: &ObjectName) {
        let Some(parent) = self.relation(parent, false) else { return };
        if self.table(child).is_some_and(|t| t.partition_of.is_some()) {
            self.conflict("42809", "cannot change inheritance of a partition");
            return;
        }
        if !self.table(child).is_some_and(|t| t.inherits.contains(&parent)) {
            if !self.is_unknown(child) {
                let (parent, child) = (self.name(parent), self.name(child));
                self.conflict("42P01", format!("relation \"{parent}\" is not a parent of relation \"{child}\""));
            }
            return;
        }
        self.disown(child, parent);
    }

    /// Cuts a child off its parent: what it inherited becomes its own.
    pub(super) fn disown(&mut self, child: RelationId, parent: RelationId) {
        let Some(source) = self.table(parent) else { return };
        let columns: Vec<Ident> = source.columns.iter().map(|c| c.name.clone()).collect();
        let checks: Vec<Ident> =
            source.constraints.iter().filter(|c| is_check(c) && !c.no_inherit).map(|c| c.name.clone()).collect();
        let not_nulls: Vec<Ident> = source
            .constraints
            .iter()
            .filter(|c| !c.no_inherit)
            .filter_map(|c| match c.kind {
                ConstraintKind::NotNull { column } => Some(source.column_by_id(column)?.name.clone()),
                _ => None,
            })
            .collect();
        if let Some(table) = self.catalog.table_mut(parent) {
            table.children.retain(|c| *c != child);
        }
        let Some(table) = self.catalog.table_mut(child) else { return };
        table.inherits.retain(|p| *p != parent);
        if table.partition_of.as_ref().is_some_and(|(p, _)| *p == parent) {
            table.partition_of = None;
        }
        let not_null_columns: Vec<ColumnId> =
            not_nulls.iter().filter_map(|name| table.column(name)).map(|c| c.id).collect();
        for column in table.columns.iter_mut().filter(|c| columns.contains(&c.name) && c.inherited > 0) {
            column.inherited -= 1;
            column.local |= column.inherited == 0;
        }
        for constraint in table.constraints.iter_mut().filter(|c| c.inherited > 0) {
            let was_inherited = match constraint.kind {
                ConstraintKind::Check { .. } => checks.contains(&constraint.name),
                ConstraintKind::NotNull { column } => not_null_columns.contains(&column),
                _ => false,
            };
            if was_inherited {
                constraint.inherited -= 1;
                constraint.local |= constraint.inherited == 0;
            }
        }
    }
}

pub(super) fn is_check(constraint: &Constraint) -> bool {
    matches!(constraint.kind, ConstraintKind::Check { .. })
}

/// Whether two checks demand the same.
pub(super) fn same_check(a: &Constraint, b: &Constraint) -> bool {
    match (&a.kind, &b.kind) {
        (ConstraintKind::Check { expression: a, .. }, ConstraintKind::Check { expression: b, .. }) => a.expr == b.expr,
        _ => false,
    }
}
