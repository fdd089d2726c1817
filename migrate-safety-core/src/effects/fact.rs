//! Facts about a server as rows of a table.

use super::Effects;
use super::kind::Kind;
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
    /// The operations it is about.
    pub of: &'static [Kind],
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
    /// What else is to be said: lost data, broken releases, failures, open questions.
    pub also: fn(&Scene<'_>, &mut Effects),
    /// The server refuses it inside a transaction block.
    pub requires_no_transaction: bool,
    /// Where it comes from: the server's documentation, or "measured, PG 14-18".
    pub source: &'static str,
    /// Statements that show it.
    pub examples: &'static [Example],
}

impl Fact {
    /// A row to start from: true of every version under every condition, and says nothing.
    pub const BASE: Self = Self {
        id: "",
        of: &[],
        condition: "always",
        when: |_| true,
        since: 0,
        until: u16::MAX,
        acts: &[],
        also: |_, _| {},
        requires_no_transaction: false,
        source: "measured, PG 14-18",
        examples: &[],
    };

    /// Whether the row is true of this operation.
    pub(super) fn applies(&self, scene: &Scene<'_>) -> bool {
        (self.since..=self.until).contains(&scene.version()) && (self.when)(scene)
    }
}

/// A lock and the work done under it, on some relations.
#[derive(Debug)]
pub struct Act {
    /// Which relations. Those that the statement itself made are left out later.
    pub on: fn(&Scene<'_>) -> Vec<RelationId>,
    /// Which lock, from `ROW EXCLUSIVE` up.
    pub lock: Option<LockMode>,
    /// Which work. It concerns those of the relations that have a file of their own.
    pub work: Work,
    /// Whether a stronger lock that another action of the same `ALTER TABLE` needs on its target is taken here, too.
    pub as_target: bool,
}

impl Act {
    /// A lock and no work to speak of.
    pub const fn lock(on: fn(&Scene<'_>) -> Vec<RelationId>, lock: LockMode) -> Self {
        Self { on, lock: Some(lock), work: Work::Metadata, as_target: false }
    }

    /// Work under a lock.
    pub const fn work(on: fn(&Scene<'_>) -> Vec<RelationId>, lock: LockMode, work: Work) -> Self {
        Self { on, lock: Some(lock), work, as_target: false }
    }

    /// A lock on what `ALTER TABLE` opens besides its target: it uses one mode for all.
    pub const fn lock_as_target(on: fn(&Scene<'_>) -> Vec<RelationId>, lock: LockMode) -> Self {
        Self { on, lock: Some(lock), work: Work::Metadata, as_target: true }
    }

    /// Reading through, under a lock that does not count.
    pub const fn scan(on: fn(&Scene<'_>) -> Vec<RelationId>) -> Self {
        Self { on, lock: None, work: Work::Scan, as_target: false }
    }
}

/// Work that a statement does on a relation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Work {
    /// The system catalogs only, or single rows.
    Metadata,
    /// The table is read through.
    Scan,
    /// The table is read through and written anew with its indexes, which are locked ACCESS EXCLUSIVE.
    Rewrite,
    /// The table and its indexes get new files, the old ones unread; the indexes are locked ACCESS EXCLUSIVE.
    NewFile,
    /// The table alone gets a new file, copied block by block: its indexes stay.
    Move,
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

impl Example {
    /// A statement after others.
    pub const fn new(setup: &'static str, sql: &'static str) -> Self {
        Self { setup, sql }
    }
}
