//! What a run found and did.

#[cfg(feature = "json")]
mod json;
mod runbook;
mod text;

use super::activity::Activity;
use super::history::History;
use crate::report::Report;
use std::time::Duration;

/// What a run found and did. [`Display`](std::fmt::Display) writes it for people.
#[derive(Clone, Debug, Default)]
pub struct RunReport {
    /// The database.
    pub database: String,
    /// How the migrations stood to what was applied.
    pub history: History,
    /// What the check of the pending migrations says; none where nothing was pending.
    pub check: Option<Report>,
    /// The oldest open transactions before the run.
    pub oldest_transactions: Vec<Activity>,
    /// For how long other processes that run migrations were waited for.
    pub waited_for_others: Duration,
    /// The migrations in the order in which they were run.
    pub migrations: Vec<MigrationRun>,
    /// How often the connection was lost and made again.
    pub reconnects: u32,
    /// How far the replicas lagged behind at the worst that was seen.
    pub replica_lag: Option<Duration>,
    /// From when on something is flagged.
    pub threshold: Duration,
    /// What else is worth a look.
    pub notes: Vec<String>,
}

/// Which way a migration was run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Direction {
    Up,
    Down,
}

impl Direction {
    /// `up`, `down`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Up => "up",
            Self::Down => "down",
        }
    }
}

/// What became of one migration.
#[derive(Clone, Debug)]
pub struct MigrationRun {
    /// Its version.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Which way.
    pub direction: Direction,
    /// What became of it.
    pub outcome: Outcome,
    /// From its beginning to its end, failed attempts included.
    pub took: Duration,
    /// What was run, in order; of failed attempts nothing.
    pub statements: Vec<StatementRun>,
    /// The locks that it held on tables that were there before, the longest first.
    pub locks: Vec<HeldLock>,
    /// Sessions that waited for it.
    pub waiters: Vec<Waiter>,
    /// Attempts that failed.
    pub retries: Vec<Retried>,
}

/// What became of a migration.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It would be run (a dry run).
    Planned,
    /// It was run to its end.
    Applied,
    /// A run that stopped before was brought to its end; so many statements were done then.
    Resumed(usize),
    /// It did not come to its end.
    Failed,
}

/// One piece of a migration that was run.
#[derive(Clone, Debug, PartialEq)]
pub struct StatementRun {
    /// Where it stands, 1-based.
    pub line: u32,
    /// Its text.
    pub sql: String,
    /// How long the server took.
    pub took: Duration,
}

/// A lock that was held.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeldLock {
    /// The relation, `schema.name`.
    pub relation: String,
    /// The mode, as `pg_locks` names it.
    pub mode: String,
    /// For how long at most: from the beginning of the statement that took it to the end of the transaction.
    pub held: Duration,
    /// How that is known.
    pub source: LockSource,
}

/// How it is known that a lock was held.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LockSource {
    /// The server showed it (`pg_locks`).
    Observed,
    /// By what the statements do; the server was not asked: the migration is not run yet, or was over too soon for
    /// anybody to notice.
    Foreseen,
}

impl LockSource {
    /// `observed`, `foreseen`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Observed => "observed",
            Self::Foreseen => "foreseen",
        }
    }
}

/// A session that waited for a migration.
#[derive(Clone, Debug, PartialEq)]
pub struct Waiter {
    /// The session.
    pub session: Activity,
    /// For how long it had waited when the migration was about to commit.
    pub waited: Duration,
}

/// An attempt that failed for a reason that may pass.
#[derive(Clone, Debug, PartialEq)]
pub struct Retried {
    /// What the server said.
    pub reason: String,
    /// Who was in the way right afterwards.
    pub blockers: Vec<Activity>,
    /// How long the attempt took: so long can traffic have queued behind it.
    pub took: Duration,
}

impl RunReport {
    /// What took longer than the threshold: to be looked at before the next environment gets these migrations.
    pub fn flags(&self) -> Vec<String> {
        let mut flags = Vec::new();
        let over = |time: Duration| time > self.threshold;
        for run in &self.migrations {
            let id = &run.id;
            let felt = run.locks.iter().filter(|lock| over(lock.held) && lock.mode != "ShareUpdateExclusiveLock");
            flags.extend(felt.map(|l| format!("migration {id} held {} on {} for {:.1?}", l.mode, l.relation, l.held)));
            let waiting = run.waiters.iter().filter(|waiter| over(waiter.waited));
            flags.extend(waiting.map(|w| format!("migration {id} kept {} waiting for {:.1?}", w.session, w.waited)));
        }
        if let Some(lag) = self.replica_lag.filter(|lag| over(*lag)) {
            flags.push(format!("a replica lagged {lag:.1?} behind"));
        }
        flags
    }

    /// The report of a run that began anew on another connection, with what came before; counting is the caller's.
    pub fn after(mut self, before: Self) -> Self {
        self.reconnects += before.reconnects;
        self.waited_for_others += before.waited_for_others;
        self.check = before.check.or(self.check);
        self.replica_lag = self.replica_lag.max(before.replica_lag);
        let done = before.migrations.into_iter().filter(|run| run.outcome != Outcome::Failed);
        self.migrations = done.chain(self.migrations).collect();
        self.notes = before.notes.into_iter().chain(self.notes).collect();
        self
    }
}

impl MigrationRun {
    pub(super) fn new(id: &str, name: &str, direction: Direction, outcome: Outcome) -> Self {
        Self {
            id: id.to_owned(),
            name: name.to_owned(),
            direction,
            outcome,
            took: Duration::ZERO,
            statements: Vec::new(),
            locks: Vec::new(),
            waiters: Vec::new(),
            retries: Vec::new(),
        }
    }
}
