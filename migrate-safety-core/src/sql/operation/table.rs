//! What `CREATE TABLE` says: tables, columns, partitions, and words common to relations.

use super::constraint::ConstraintDef;
use super::relation::SequenceOptions;
use crate::sql::datatype::DataType;
use crate::sql::expr::{Expr, Expression};
use crate::sql::name::{Ident, ObjectName};
use crate::sql::span::Span;

/// The word after `ALTER` that names a kind of relation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum RelationWord {
    Table,
    Index,
    View,
    MaterializedView,
    Sequence,
    ForeignTable,
}

/// Whether a relation outlives the session and a crash.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Persistence {
    #[default]
    Permanent,
    Unlogged,
    Temporary,
}

/// A table, with or without its descendants.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TableTarget {
    /// The table.
    pub name: ObjectName,
    /// `ONLY`: without descendants.
    pub only: bool,
}

/// `CREATE TABLE`.
#[derive(Clone, Debug, PartialEq)]
pub struct CreateTable {
    /// The table.
    pub name: ObjectName,
    /// `IF NOT EXISTS`.
    pub if_not_exists: bool,
    /// `TEMP`, `UNLOGGED`.
    pub persistence: Persistence,
    /// `CREATE FOREIGN TABLE`.
    pub foreign: bool,
    /// Columns in order; for a partition or typed table those with options of their own.
    pub columns: Vec<ColumnDef>,
    /// Table constraints; those written at a column are with the column.
    pub constraints: Vec<ConstraintDef>,
    /// `LIKE other INCLUDING …`.
    pub like: Vec<LikeClause>,
    /// `INHERITS (…)`.
    pub inherits: Vec<ObjectName>,
    /// `OF type`.
    pub of_type: Option<ObjectName>,
    /// `PARTITION BY`.
    pub partition_by: Option<PartitionBy>,
    /// `PARTITION OF parent bound`.
    pub partition_of: Option<(ObjectName, PartitionBound)>,
    /// Storage parameters: `fillfactor`, …
    pub options: Vec<(Box<str>, Box<str>)>,
    /// `TABLESPACE`.
    pub tablespace: Option<Ident>,
}

/// `LIKE source INCLUDING …`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LikeClause {
    /// The table whose columns are taken.
    pub source: ObjectName,
    /// How many of [`CreateTable::columns`] are written before it.
    pub position: usize,
    /// What else is taken.
    pub including: LikeIncluding,
}

/// What `LIKE` takes besides names, types and NOT NULL.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct LikeIncluding {
    pub comments: bool,
    pub constraints: bool,
    pub defaults: bool,
    pub generated: bool,
    pub identity: bool,
    pub indexes: bool,
    pub statistics: bool,
    pub storage: bool,
    pub compression: bool,
}

/// A column in `CREATE TABLE` or `ADD COLUMN`.
#[derive(Clone, Debug, PartialEq)]
pub struct ColumnDef {
    /// The column.
    pub name: Ident,
    /// Its type; absent only in `PARTITION OF` and `OF type` column options. `serial` types are given as their
    /// integer type with [`ColumnDef::serial`] set.
    pub data_type: Option<DataType>,
    /// `serial`, `bigserial`, `smallserial`: an owned sequence, its `nextval` as default, and NOT NULL.
    pub serial: bool,
    /// `COLLATE`.
    pub collation: Option<ObjectName>,
    /// `DEFAULT`.
    pub default: Option<Expression>,
    /// `GENERATED ALWAYS AS (…)`.
    pub generated: Option<Generated>,
    /// `GENERATED … AS IDENTITY`.
    pub identity: Option<Identity>,
    /// An explicit `NULL`.
    pub null: bool,
    /// Constraints written at the column: NOT NULL, CHECK, UNIQUE, PRIMARY KEY, REFERENCES.
    pub constraints: Vec<ConstraintDef>,
    /// `STORAGE`.
    pub storage: Option<Ident>,
    /// `COMPRESSION`.
    pub compression: Option<Ident>,
    /// Where the definition stands.
    pub span: Span,
}

impl ColumnDef {
    /// A column of which nothing but its name is said.
    pub fn new(name: Ident) -> Self {
        Self {
            name,
            data_type: None,
            serial: false,
            collation: None,
            default: None,
            generated: None,
            identity: None,
            null: false,
            constraints: Vec::new(),
            storage: None,
            compression: None,
            span: Span::START,
        }
    }
}

/// A generated column.
#[derive(Clone, Debug, PartialEq)]
pub struct Generated {
    /// The expression.
    pub expression: Expression,
    /// `STORED`; else virtual (PostgreSQL 18, where it is also the default).
    pub stored: bool,
}

/// An identity column.
#[derive(Clone, Debug, PartialEq)]
pub struct Identity {
    /// `ALWAYS`; else `BY DEFAULT`.
    pub always: bool,
    /// Options of its sequence.
    pub options: SequenceOptions,
}

/// `PARTITION BY`.
#[derive(Clone, Debug, PartialEq)]
pub struct PartitionBy {
    /// How rows are assigned.
    pub strategy: PartitionStrategy,
    /// The key: columns or expressions.
    pub key: Vec<Expression>,
}

/// How rows are assigned to partitions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum PartitionStrategy {
    Range,
    List,
    Hash,
}

/// Which rows a partition takes.
#[derive(Clone, Debug, PartialEq)]
pub enum PartitionBound {
    /// `DEFAULT`.
    Default,
    /// `FOR VALUES IN (…)`.
    In(Vec<Expr>),
    /// `FOR VALUES FROM (…) TO (…)`; `MINVALUE` and `MAXVALUE` are columns of that name.
    Range {
        /// Inclusive.
        from: Vec<Expr>,
        /// Exclusive.
        to: Vec<Expr>,
    },
    /// `FOR VALUES WITH (MODULUS m, REMAINDER r)`.
    Hash {
        /// Modulus.
        modulus: u32,
        /// Remainder.
        remainder: u32,
    },
}
