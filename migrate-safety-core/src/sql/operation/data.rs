//! Statements that change data.

use super::table::TableTarget;
use crate::sql::expr::{Cte, Expr, Query, TableRef};
use crate::sql::name::{Ident, ObjectName};

/// `INSERT`.
#[derive(Clone, Debug, PartialEq)]
pub struct Insert {
    /// Common table expressions.
    pub ctes: Vec<Cte>,
    /// The table.
    pub table: ObjectName,
    /// `AS alias`.
    pub alias: Option<Ident>,
    /// The columns, if written.
    pub columns: Vec<Ident>,
    /// `OVERRIDING`: which values of identity columns count.
    pub overriding: Option<Overriding>,
    /// Where the rows come from; `VALUES` is a query without `FROM`; absent for `DEFAULT VALUES`.
    pub source: Option<Query>,
    /// Rows of `VALUES`, where the source is that.
    pub values_rows: Option<usize>,
    /// `ON CONFLICT`.
    pub on_conflict: Option<OnConflict>,
    /// `RETURNING`.
    pub returning: Vec<Expr>,
}

/// `OVERRIDING … VALUE`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Overriding {
    /// `SYSTEM`: those that are given.
    System,
    /// `USER`: those of the sequence.
    User,
}

/// `ON CONFLICT`.
#[derive(Clone, Debug, PartialEq)]
pub struct OnConflict {
    /// The arbiter columns or expressions; empty for a constraint or none.
    pub target: Vec<Expr>,
    /// The arbiter named by `ON CONSTRAINT`.
    pub constraint: Option<Ident>,
    /// `DO UPDATE SET …`; empty for `DO NOTHING`.
    pub assignments: Vec<(Ident, Expr)>,
    /// `WHERE` of `DO UPDATE`.
    pub filter: Option<Expr>,
}

/// `UPDATE`.
#[derive(Clone, Debug, PartialEq)]
pub struct Update {
    /// Common table expressions.
    pub ctes: Vec<Cte>,
    /// The table.
    pub table: TableTarget,
    /// `AS alias`.
    pub alias: Option<Ident>,
    /// The columns set.
    pub assignments: Vec<(Ident, Expr)>,
    /// `FROM`, joins flattened.
    pub from: Vec<TableRef>,
    /// `WHERE`.
    pub filter: Option<Expr>,
    /// `RETURNING`.
    pub returning: Vec<Expr>,
}

/// `DELETE`.
#[derive(Clone, Debug, PartialEq)]
pub struct Delete {
    /// Common table expressions.
    pub ctes: Vec<Cte>,
    /// The table.
    pub table: TableTarget,
    /// `AS alias`.
    pub alias: Option<Ident>,
    /// `USING`, joins flattened.
    pub using: Vec<TableRef>,
    /// `WHERE`.
    pub filter: Option<Expr>,
    /// `RETURNING`.
    pub returning: Vec<Expr>,
}

/// `MERGE`.
#[derive(Clone, Debug, PartialEq)]
pub struct Merge {
    /// Common table expressions.
    pub ctes: Vec<Cte>,
    /// The table.
    pub table: TableTarget,
    /// `AS alias`.
    pub alias: Option<Ident>,
    /// `USING`.
    pub source: TableRef,
    /// `ON`.
    pub on: Expr,
    /// `WHEN … THEN INSERT` present.
    pub inserts: bool,
    /// Columns set by `WHEN … THEN UPDATE`.
    pub updates: Vec<Ident>,
    /// `WHEN … THEN DELETE` present.
    pub deletes: bool,
    /// All expressions of the `WHEN` clauses.
    pub exprs: Vec<Expr>,
    /// `RETURNING`.
    pub returning: Vec<Expr>,
}
