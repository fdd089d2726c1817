//! Indexes, views and sequences.

use crate::sql::datatype::DataType;
use crate::sql::expr::{Expression, Query};
use crate::sql::name::{Ident, ObjectName};

/// `CREATE INDEX`.
#[derive(Clone, Debug, PartialEq)]
pub struct CreateIndex {
    /// The index; absent: the server makes a name.
    pub name: Option<Ident>,
    /// The table.
    pub table: ObjectName,
    /// `ON ONLY`.
    pub only: bool,
    /// `UNIQUE`.
    pub unique: bool,
    /// `CONCURRENTLY`.
    pub concurrently: bool,
    /// `IF NOT EXISTS`.
    pub if_not_exists: bool,
    /// `USING method`.
    pub method: Ident,
    /// The key.
    pub elements: Vec<IndexElement>,
    /// `INCLUDE`.
    pub include: Vec<Ident>,
    /// `NULLS NOT DISTINCT`.
    pub nulls_not_distinct: bool,
    /// `WHERE`.
    pub predicate: Option<Expression>,
    /// Storage parameters.
    pub options: Vec<(Box<str>, Box<str>)>,
    /// `TABLESPACE`.
    pub tablespace: Option<Ident>,
}

/// One element of an index key.
#[derive(Clone, Debug, PartialEq)]
pub struct IndexElement {
    /// A column (`Expr::Column`) or an expression.
    pub expression: Expression,
    /// `COLLATE`.
    pub collation: Option<ObjectName>,
    /// Operator class, if written.
    pub operator_class: Option<ObjectName>,
    /// `DESC`.
    pub descending: bool,
    /// `NULLS FIRST` (true) or `LAST`, if written.
    pub nulls_first: Option<bool>,
}

/// What `REINDEX` rebuilds.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum ReindexTarget {
    Index(ObjectName),
    Table(ObjectName),
    Schema(Ident),
    Database(Option<Ident>),
    System(Option<Ident>),
}

/// `CREATE VIEW`.
#[derive(Clone, Debug, PartialEq)]
pub struct CreateView {
    /// The view.
    pub name: ObjectName,
    /// `OR REPLACE`.
    pub or_replace: bool,
    /// `TEMP`.
    pub temporary: bool,
    /// Column names, if written.
    pub columns: Vec<Ident>,
    /// The query.
    pub query: Box<Query>,
    /// The query's text.
    pub sql: Box<str>,
    /// `WITH (security_invoker = true …)`.
    pub options: Vec<(Box<str>, Box<str>)>,
}

/// Options of a sequence; absent ones are not written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct SequenceOptions {
    pub data_type: Option<DataType>,
    pub increment: Option<i64>,
    pub min_value: Option<Option<i64>>,
    pub max_value: Option<Option<i64>>,
    pub start: Option<i64>,
    pub restart: Option<Option<i64>>,
    pub cache: Option<i64>,
    pub cycle: Option<bool>,
    /// `OWNED BY table.column`; `Some(None)` for `OWNED BY NONE`.
    pub owned_by: Option<Option<(ObjectName, Ident)>>,
    /// `SEQUENCE NAME` of an identity column.
    pub name: Option<ObjectName>,
}
