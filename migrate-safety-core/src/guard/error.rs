//! Why a run stopped, and what to do about it.

use super::activity::Activity;
use super::host::Failure;
use super::report::{Direction, RunReport};
use crate::catalog::introspect::ReadError;
use std::time::Duration;

/// A run that stopped, with what it had done by then.
#[derive(Debug, thiserror::Error)]
#[error("{reason}")]
pub struct Stopped {
    /// Why.
    #[source]
    pub reason: Reason,
    /// What was found and done before.
    pub report: Box<RunReport>,
}

/// Why a run stopped.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Reason {
    /// No connection, or one that was lost again and again.
    #[error("the server cannot be reached: {0}")]
    Connection(String),
    /// The connection is in a state, or of a kind, in which no migration can be run over it.
    #[error("no migration can be run over this connection: {0}")]
    Unfit(String),
    /// A standby, or a session that takes no writes.
    #[error("this server takes no writes ({0}): connect to the primary")]
    ReadOnly(String),
    /// A file of SQLite that takes no writes.
    #[error(
        "this database takes no writes ({0}): let this user write the file and its directory, and open it without \
         mode=ro, immutable and PRAGMA query_only"
    )]
    ReadOnlyFile(String),
    /// A server that is too old.
    #[error("PostgreSQL {0} is too old for guarded runs: 14 is the oldest")]
    TooOld(u32),
    /// The role may not do what the run needs.
    #[error("this role lacks a right: {0}; grant it, or run as the owner of the tables")]
    Rights(String),
    /// The database belongs to another runner's history.
    #[error(
        "this database is migrated by {host}: {table} records {applied} migrations, and {own} is not there. If both are \
         to run here, say that another host is allowed; otherwise check the database URL"
    )]
    OtherHost {
        /// Whose table it is.
        host: &'static str,
        /// The table.
        table: String,
        /// How many migrations it records.
        applied: u64,
        /// The table that is missing.
        own: String,
    },
    /// A migration that is recorded as half done.
    #[error(
        "migration {0} is recorded as failed half-way (success = false): finish or undo its statements by hand, then \
         set success to true or delete the row"
    )]
    Dirty(String),
    /// Applied migrations whose text has changed since.
    #[error(
        "applied migrations have been edited since: {}; restore their text and write the change as a new migration",
        .0.join(", ")
    )]
    Edited(Vec<String>),
    /// Applied migrations that are not there any more.
    #[error(
        "applied migrations are missing here: {}; deploy the release that has them, or restore the files",
        .0.join(", ")
    )]
    Missing(Vec<String>),
    /// The check found what the policy does not let pass.
    #[error("the check of the pending migrations says {verdict}, and nothing was run: {summary}")]
    Denied {
        /// The verdict.
        verdict: &'static str,
        /// It in a sentence, with the findings that stop the run.
        summary: String,
    },
    /// Another process kept the lock.
    #[error(
        "another process has been running migrations for {waited:.0?}{}; wait for it, or end its session",
        holder.as_ref().map(|holder| format!(" ({holder})")).unwrap_or_default()
    )]
    Others {
        /// For how long.
        waited: Duration,
        /// Which, if it can be seen.
        holder: Option<Box<Activity>>,
    },
    /// The lock of the migrations is not there any more.
    #[error(
        "the lock of the migrations was taken, and this session does not have it: between here and the server is a \
         pooler that gives each transaction another session, where a lock, a setting and a concurrent build stay behind \
         or are lost. Connect to the server itself, or to a pool in session mode, and end the session that has the lock"
    )]
    LockLost,
    /// The locks were not to be had.
    #[error(
        "migration {migration} did not get its locks within {waited:.0?}, and nothing of the statement is left: {failure}{}",
        blockers.iter().map(|blocker| format!("; in the way: {blocker}")).collect::<String>()
    )]
    Blocked {
        /// The migration.
        migration: String,
        /// For how long it was tried.
        waited: Duration,
        /// The last error.
        failure: Box<Failure>,
        /// Who was in the way at last.
        blockers: Vec<Activity>,
    },
    /// The migration itself refuses to run: its gate does not hold.
    #[error("migration {migration} refuses to run at line {line}: {failure}; {left}")]
    Refused {
        /// The migration.
        migration: String,
        /// The line of the statement that raised it.
        line: u32,
        /// What it says.
        failure: Box<Failure>,
        /// What is left of it.
        left: String,
    },
    /// A statement failed.
    #[error("migration {migration} failed at line {line}: {failure}; {left}")]
    Failed {
        /// The migration.
        migration: String,
        /// The line of the statement.
        line: u32,
        /// What the server says.
        failure: Box<Failure>,
        /// What is left of it.
        left: String,
    },
    /// A half-done migration whose done part has been edited.
    #[error(
        "migration {migration} was run half-way with another text: {} done and no longer there. Restore what it was, or \
         finish it by hand and delete its row of {table}",
        match done { 1 => "its first statement is".to_owned(), n => format!("its first {n} statements are") }
    )]
    EditedHalfWay {
        /// The migration.
        migration: String,
        /// How many of its statements are done.
        done: usize,
        /// Where that is noted.
        table: &'static str,
    },
    /// A migration that is half done the other way.
    #[error(
        "migration {migration} is half {}: finish that first, by running the {} again",
        match direction { Direction::Up => "applied", Direction::Down => "undone" },
        match direction { Direction::Up => "migrations", Direction::Down => "undo" }
    )]
    HalfWay {
        /// The migration.
        migration: String,
        /// Which way it was run.
        direction: Direction,
    },
    /// A run was stopped, and what it has done cannot be found out.
    #[error(
        "migration {migration} was under way at line {line} when an earlier run ended, and {why}. Look at the database, \
         finish the migration by hand and record it, and delete its row of {table}"
    )]
    Unclear {
        /// The migration.
        migration: String,
        /// Where it stopped.
        line: u32,
        /// Why nobody knows.
        why: String,
        /// Where it is noted.
        table: &'static str,
    },
    /// The way back loses rows.
    #[error("undoing migration {migration} loses {}; allow data loss if that is meant", what.join(", "))]
    LosesData {
        /// The migration.
        migration: String,
        /// What is lost.
        what: Vec<String>,
    },
    /// There is no way back.
    #[error("migration {0} has no way back: write its down, or roll forward with a new migration")]
    NoWayBack(String),
    /// The version is not among the migrations.
    #[error("there is no migration {0}")]
    NoSuchVersion(String),
    /// The catalog could not be read.
    #[error("the catalog could not be read: {0}")]
    Catalog(#[from] ReadError),
    /// A database of MySQL, MariaDB or SQLite could not be read.
    #[cfg(any(feature = "mysql", feature = "sqlite"))]
    #[error("the database could not be read: {0}")]
    Database(#[from] crate::databases::live::ReadError),
    /// A file of migrations could not be read.
    #[error("a migration could not be read: {0}")]
    Unreadable(String),
    /// Anything else that the server says of the guard's own statements.
    #[error("{doing} failed: {failure}")]
    Server {
        /// What was being done.
        doing: &'static str,
        /// What the server says.
        failure: Box<Failure>,
    },
}

impl Reason {
    /// A failure of one of the guard's own statements.
    pub(crate) fn server(doing: &'static str) -> impl Fn(Failure) -> Self {
        use crate::retry::ErrorClass;
        move |failure| match failure.class() {
            ErrorClass::Disconnected => Self::Connection(failure.to_string()),
            ErrorClass::ReadOnly => Self::ReadOnly(failure.message),
            ErrorClass::Rights => Self::Rights(format!("{doing}: {failure}")),
            _ => Self::Server { doing, failure: Box::new(failure) },
        }
    }

    /// Whether the connection is gone, so that a new one may bring the run to its end.
    pub fn is_disconnect(&self) -> bool {
        matches!(self, Self::Connection(_))
    }
}
