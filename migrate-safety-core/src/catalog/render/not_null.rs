//! NOT NULL of tables with parents.
//!
//! From PostgreSQL 18 on a child has what its parents have. Before, each table has its own mark, and a child may be
//! laxer than its parents once it is theirs; what is given to a parent afterwards is given to it alone.

use super::table::TableWriter;
use crate::catalog::{Catalog, Column, Constraint, ConstraintKind, RelationId};
use crate::sql::Ident;

impl<'c> TableWriter<'c> {
    /// Whether a column is NOT NULL before what cannot be written at it is added.
    pub(in crate::catalog) fn is_made_not_null(&self, column: &Column) -> bool {
        let parents = || self.parents().map(|p| p.0);
        match (self.has_marks(), self.inherits_at_once()) {
            (false, _) => column.not_null,
            (true, true) => {
                column.local && column.not_null || parents().any(|p| self.catalog.made_not_null(p, &column.name))
            }
            (true, false) => column.not_null || parents().any(|p| self.catalog.joined_not_null(p, &column.name)),
        }
    }

    /// What a column that comes with a parent does not have of it: NOT NULL, or none.
    pub(in crate::catalog) fn other_null(&self, column: &Column) -> Option<String> {
        if self.has_marks() {
            let set = column.not_null && !self.is_made_not_null(column);
            return set.then(|| self.alter_only(column, "SET"));
        }
        let inherited = self.parents().any(|(_, parent)| parent.column(&column.name).is_some_and(|c| c.not_null));
        let action = match (inherited, column.not_null) {
            (false, true) => "SET",
            (true, false) => "DROP",
            _ => return None,
        };
        let own = |c: &&Constraint| matches!(c.kind, ConstraintKind::NotNull { column: of } if of == column.id);
        match self.table.constraints.iter().find(own) {
            Some(constraint) if action == "SET" => {
                Some(self.alter(&format!("ADD {}", self.named_constraint(constraint))))
            }
            Some(_) => None,
            None => Some(self.alter(&format!("ALTER COLUMN {} {action} NOT NULL", column.name.sql()))),
        }
    }

    /// Where a table is laxer than its parents, once it is theirs.
    pub(in crate::catalog) fn laxer_nulls(&self) -> Vec<String> {
        let columns = self.table.columns.iter().filter(|_| self.has_marks() && !self.table.inherits.is_empty());
        let laxer = columns.filter(|column| !column.not_null && self.is_made_not_null(column));
        laxer.map(|column| self.alter_only(column, "DROP")).collect()
    }

    /// Whether a not-null constraint can be `NO INHERIT` only afterwards: that of a key's column, or of a partitioned table.
    pub(in crate::catalog) fn takes_no_scope(&self, constraint: &Constraint) -> bool {
        let ConstraintKind::NotNull { column } = &constraint.kind else { return false };
        let in_key =
            |c: &Constraint| matches!(&c.kind, ConstraintKind::Unique { columns, .. } if columns.contains(column));
        self.table.is_partitioned() || self.table.primary_key().is_some_and(in_key)
    }

    /// Those of them that are.
    pub(in crate::catalog) fn late_scopes(&self) -> Vec<String> {
        let late = self.table.constraints.iter().filter(|c| c.no_inherit && self.takes_no_scope(c));
        late.map(|c| self.alter(&format!("ALTER CONSTRAINT {} NO INHERIT", c.name.sql()))).collect()
    }

    fn alter_only(&self, column: &Column, action: &str) -> String {
        format!("ALTER TABLE ONLY {} ALTER COLUMN {} {action} NOT NULL", self.name(), column.name.sql())
    }

    /// Whether NOT NULL is a mark at a column and no constraint.
    fn has_marks(&self) -> bool {
        self.catalog.target().version < 18
    }

    fn parents(&self) -> impl Iterator<Item = (RelationId, &'c crate::catalog::Table)> + use<'c> {
        let catalog = self.catalog;
        self.table.inherits.iter().filter_map(move |id| Some((*id, catalog.table(*id)?)))
    }
}

impl Catalog {
    /// Whether a column of a table is made NOT NULL.
    fn made_not_null(&self, table: RelationId, column: &Ident) -> bool {
        let writer = self.relation(table).and_then(|relation| self.written_table(relation, false));
        writer.is_some_and(|writer| writer.table.column(column).is_some_and(|c| writer.is_made_not_null(c)))
    }

    /// Whether a column of a table is NOT NULL when tables that are made apart become its children.
    fn joined_not_null(&self, table: RelationId, column: &Ident) -> bool {
        let own = self.table(table).and_then(|t| t.column(column)).is_some_and(|c| c.not_null);
        own || self.made_not_null(table, column)
    }
}
