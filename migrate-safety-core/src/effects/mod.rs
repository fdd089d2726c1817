//! What the server will do: a prediction that a real server can confirm or refute.

mod engine;
pub mod fact;
pub mod kind;
pub mod postgres;
pub mod scene;

pub use engine::effects;

use crate::catalog::{ColumnId, Conflict, RelationId};
use crate::sql::LockMode;

/// A relation by id and by its name before the statement.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RelationRef {
    /// `schema.name`, unquoted, as it was called before the statement.
    pub name: String,
    /// Its identity in the catalog.
    pub id: RelationId,
}

/// The strongest lock a statement takes on a relation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RelationLock {
    /// The relation.
    pub relation: RelationRef,
    /// The mode.
    pub mode: LockMode,
    /// What the relation is to the statement.
    pub kind: LockedKind,
}

/// A lock of a server that is not PostgreSQL.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ForeignLock {
    /// The table.
    pub relation: RelationRef,
    /// What others can do meanwhile, in the server's own word: MySQL's `NONE`, `SHARED` and `EXCLUSIVE` of
    /// `ALTER TABLE … LOCK`, SQLite's `RESERVED` and `EXCLUSIVE`.
    pub mode: &'static str,
}

/// What sort of relation a lock is on: applications feel locks on tables, hardly ones on their indexes alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum LockedKind {
    Table,
    Index,
    View,
    Sequence,
}

/// What one operation, or a whole statement, does on the server. Every list holds relations that existed before the
/// statement, sorted by name, without repetition.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Effects {
    /// The strongest mode per relation, from `ROW EXCLUSIVE` up.
    pub locks: Vec<RelationLock>,
    /// The locks of a server that is not PostgreSQL, in its own words.
    pub foreign_locks: Vec<ForeignLock>,
    /// How such a server goes about it, in its own word: `INPLACE`.
    pub algorithm: Option<&'static str>,
    /// Tables and materialised views that get a new file.
    pub rewrites: Vec<RelationRef>,
    /// Tables that are read through.
    pub scans: Vec<RelationRef>,
    /// Indexes that are built anew while their table is not rewritten.
    pub rebuilds_indexes: Vec<RelationRef>,
    /// The server refuses it inside a transaction block.
    pub requires_no_transaction: bool,
    /// Stored data that is gone afterwards.
    pub data_loss: Vec<DataLoss>,
    /// What a running old release of the application can no longer do.
    pub breaks: Vec<Breakage>,
    /// The facts that were applied, by id (`add-column/volatile-default`).
    pub facts: Vec<&'static str>,
    /// What could not be determined, as a question: "which type has users.email now?"
    pub uncertain: Vec<String>,
    /// Errors the server would report, whatever the rows.
    pub failures: Vec<Failure>,
    /// The table of each index in `rebuilds_indexes`.
    pub(crate) index_tables: Vec<(RelationId, RelationId)>,
    /// Relations that get the lock of another, whatever decides that: `ALTER TABLE` takes one mode for all its actions.
    pub(crate) followers: Vec<(RelationId, RelationId)>,
}

/// An error the server would report.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// SQLSTATE: `42P01`.
    pub sqlstate: &'static str,
    /// In the server's words: `relation "users" does not exist`.
    pub message: String,
    /// Whether it only fails when the table has rows.
    pub only_with_rows: bool,
}

/// Stored data that is gone afterwards.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DataLoss {
    /// The table.
    pub relation: RelationRef,
    /// The column; absent: rows.
    pub column: Option<String>,
    /// How.
    pub how: DataLossKind,
}

/// How data is lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum DataLossKind {
    Dropped,
    Truncated,
    Deleted,
    Overwritten,
    /// A type change that can cut or round values.
    Narrowed,
}

/// What a running old release can no longer do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Breakage {
    /// The relation.
    pub relation: RelationRef,
    /// The column, if it is about one.
    pub column: Option<(ColumnId, String)>,
    /// What breaks.
    pub what: BreakageKind,
}

/// What breaks for a running old release.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BreakageKind {
    /// The name is gone: every statement that uses it fails.
    Gone,
    /// The name changed.
    Renamed,
    /// Another type: prepared statements and compiled-in decoders fail.
    Retyped,
    /// Inserts that leave the column out fail.
    InsertsFail,
    /// Writing NULL fails.
    NullsFail,
    /// `SELECT *` returns another row type: `cached plan must not change result type`.
    RowType,
    /// A value that old code does not know, or an old one that is gone.
    Values,
}

impl BreakageKind {
    /// The name in JSON: `inserts-fail`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Gone => "gone",
            Self::Renamed => "renamed",
            Self::Retyped => "retyped",
            Self::InsertsFail => "inserts-fail",
            Self::NullsFail => "nulls-fail",
            Self::RowType => "row-type",
            Self::Values => "values",
        }
    }
}

impl From<Conflict> for Failure {
    fn from(conflict: Conflict) -> Self {
        Self { sqlstate: conflict.sqlstate, message: conflict.message, only_with_rows: conflict.only_with_rows }
    }
}
