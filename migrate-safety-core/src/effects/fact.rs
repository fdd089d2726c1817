//! Facts about a server as rows of a table.

use super::scene::Scene;
use crate::catalog::RelationId;
use crate::sql::LockMode;

/// One thing that is true of the server: under a condition, which relation gets which lock and which work.
///
/// Rows add up: every row whose condition holds contributes, and the strongest lock per relation counts. The
/// conformance test runs each row's examples on real servers.
#[derive(Debug)]
pub struct Fact {
    /// `operation/condition`, kebab-case; never changes.
    pub id: &'static str,
    /// The condition in words.
    pub condition: &'static str,
    /// The condition on the operation and the catalog before it.
    pub when: fn(&Scene<'_>) -> bool,
    /// First major version it is true of.
    pub since: u16,
    /// Last major version it is true of.
    pub until: u16,
    /// What happens.
    pub acts: &'static [Act],
    /// Where it comes from: the server's documentation, or "measured, PG 14-18".
    pub source: &'static str,
    /// Statements that show it.
    pub examples: &'static [Example],
}

/// A lock and the work done under it, on one kind of relation.
#[derive(Debug)]
pub struct Act {
    /// Which relations.
    pub on: fn(&Scene<'_>) -> Vec<RelationId>,
    /// Which lock, from `ROW EXCLUSIVE` up.
    pub lock: Option<LockMode>,
    /// Which work.
    pub work: Work,
}

/// Work that a statement does on a relation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Work {
    /// The system catalogs only, or single rows.
    Metadata,
    /// The table is read through.
    Scan,
    /// The table is read through and written anew, with its indexes.
    Rewrite,
    /// The table gets a new file without being read row by row.
    NewFile,
    /// The index is built anew.
    RebuildIndex,
}

/// A statement that shows a fact.
#[derive(Debug)]
pub struct Example {
    /// Statements before it; tables get rows afterwards.
    pub setup: &'static str,
    /// The statement.
    pub sql: &'static str,
}
