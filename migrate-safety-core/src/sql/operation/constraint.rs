//! Constraints as written.

use super::relation::IndexElement;
use crate::sql::expr::Expression;
use crate::sql::name::{Ident, ObjectName};
use crate::sql::span::Span;

/// A constraint as written.
#[derive(Clone, Debug, PartialEq)]
pub struct ConstraintDef {
    /// `CONSTRAINT name`; else the server makes one.
    pub name: Option<Ident>,
    /// What it demands.
    pub kind: ConstraintKind,
    /// `NOT VALID`: existing rows are not looked at.
    pub not_valid: bool,
    /// `NOT ENFORCED` (PostgreSQL 18).
    pub not_enforced: bool,
    /// `NO INHERIT`.
    pub no_inherit: bool,
    /// `DEFERRABLE`.
    pub deferrable: bool,
    /// `INITIALLY DEFERRED`.
    pub initially_deferred: bool,
    /// Where it stands.
    pub span: Span,
}

/// What a constraint demands. For one written at a column, `columns` holds that column.
#[derive(Clone, Debug, PartialEq)]
pub enum ConstraintKind {
    /// `NOT NULL`.
    NotNull {
        /// The column.
        column: Ident,
    },
    /// `CHECK`.
    Check(Expression),
    /// `UNIQUE` or `PRIMARY KEY`.
    Unique(UniqueDef),
    /// `FOREIGN KEY`, `REFERENCES`.
    ForeignKey(ForeignKeyDef),
    /// `EXCLUDE`.
    Exclude(ExcludeDef),
}

/// `UNIQUE` or `PRIMARY KEY`.
#[derive(Clone, Debug, PartialEq)]
pub struct UniqueDef {
    /// `PRIMARY KEY`.
    pub primary: bool,
    /// The key columns; empty with `USING INDEX`.
    pub columns: Vec<Ident>,
    /// `INCLUDE`.
    pub include: Vec<Ident>,
    /// `NULLS NOT DISTINCT`.
    pub nulls_not_distinct: bool,
    /// `WITHOUT OVERLAPS` (PostgreSQL 18).
    pub without_overlaps: bool,
    /// `USING INDEX name`.
    pub using_index: Option<Ident>,
    /// `WITH (…)` and `USING INDEX TABLESPACE`.
    pub parameters: IndexParameters,
}

/// What is said of the index that a constraint makes.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct IndexParameters {
    /// Storage parameters.
    pub options: Vec<(Box<str>, Box<str>)>,
    /// Its tablespace.
    pub tablespace: Option<Ident>,
}

/// `FOREIGN KEY (columns) REFERENCES table (referenced)`.
#[derive(Clone, Debug, PartialEq)]
pub struct ForeignKeyDef {
    /// The referencing columns.
    pub columns: Vec<Ident>,
    /// The referenced table.
    pub table: ObjectName,
    /// The referenced columns; empty for its primary key.
    pub referenced: Vec<Ident>,
    /// `MATCH FULL`.
    pub match_full: bool,
    /// `ON DELETE`.
    pub on_delete: ReferentialAction,
    /// `ON UPDATE`.
    pub on_update: ReferentialAction,
    /// Columns of `ON DELETE SET NULL (…)`.
    pub set_columns: Vec<Ident>,
    /// `PERIOD` (PostgreSQL 18).
    pub period: bool,
}

/// What happens to referencing rows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum ReferentialAction {
    #[default]
    NoAction,
    Restrict,
    Cascade,
    SetNull,
    SetDefault,
}

/// `EXCLUDE USING method (element WITH operator, …)`.
#[derive(Clone, Debug, PartialEq)]
pub struct ExcludeDef {
    /// The access method.
    pub method: Ident,
    /// What is compared.
    pub elements: Vec<IndexElement>,
    /// Its operators, one per element.
    pub operators: Vec<Box<str>>,
    /// `INCLUDE`.
    pub include: Vec<Ident>,
    /// `WITH (…)` and `USING INDEX TABLESPACE`.
    pub parameters: IndexParameters,
    /// `WHERE`.
    pub predicate: Option<Expression>,
}
