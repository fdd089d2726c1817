//! What a runner's adapter does for the guard.

use super::Event;
use crate::catalog::introspect::AppliedMigration;
use crate::layout::Migration;
use crate::retry::ErrorClass;
use std::future::Future;
use std::pin::{Pin, pin};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

/// What a [`Host`] will have answered.
pub type Answer<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// One connection to a server, and the bookkeeping of the runner whose migrations are run.
///
/// All methods work on the same session, none opens a transaction that is not asked for.
pub trait Host: Send {
    /// Sends a text as one message of the simple query protocol.
    fn execute<'a>(&'a mut self, sql: &'a str) -> Answer<'a, Result<(), Failure>>;

    /// Runs one query and gives the one text column of its rows.
    fn fetch<'a>(&'a mut self, sql: &'a str) -> Answer<'a, Result<Vec<String>, Failure>>;

    /// Runs one query and gives all columns of its rows as text.
    fn rows<'a>(&'a mut self, sql: &'a str) -> Answer<'a, Result<Vec<Vec<Option<String>>>, Failure>> {
        Box::pin(async move {
            let rows = self.fetch(sql).await?;
            Ok(rows.into_iter().map(|column| vec![Some(column)]).collect())
        })
    }

    /// Opens a transaction by `begin` (`BEGIN ISOLATION LEVEL …`) and runs `settings` (`SET LOCAL …`, and what may go in
    /// one message with it) in it.
    fn begin<'a>(&'a mut self, begin: &'a str, settings: &'a str) -> Answer<'a, Result<(), Failure>>;

    /// Runs `last`, which may be empty, and commits the transaction; in one message where the driver can: a short
    /// migration is felt by its messages.
    fn commit<'a>(&'a mut self, last: &'a str) -> Answer<'a, Result<(), Failure>>;

    /// Rolls the transaction back.
    fn rollback(&mut self) -> Answer<'_, Result<(), Failure>>;

    /// The name of the runner's bookkeeping table, as it is written in SQL.
    fn books(&self) -> String;

    /// Whether runs are kept apart by the lock of the migrations.
    fn locks(&self) -> bool {
        true
    }

    /// Whether versions that are applied and not among the migrations are no error to the runner.
    fn ignores_missing(&self) -> bool;

    /// Whether a [`Failure`] has the server's code. Where it has not, it is told by the message, in English.
    fn tells_codes(&self) -> bool {
        true
    }

    /// Makes the bookkeeping table if it is not there, as the runner does.
    fn open_books(&mut self) -> Answer<'_, Result<(), Failure>>;

    /// What the runner has recorded as applied; the table is there.
    fn applied(&mut self) -> Answer<'_, Result<Vec<AppliedMigration>, Failure>>;

    /// The statement that records a migration as applied, as the runner does.
    ///
    /// # Errors
    /// The runner does not know the migration.
    fn record(&self, migration: &Migration, took: Duration) -> Result<String, Failure>;

    /// The statement that takes a migration that was undone out of the books.
    ///
    /// # Errors
    /// The runner does not know the migration.
    fn forget(&self, migration: &Migration) -> Result<String, Failure>;

    /// The statement that says in the books that a migration is under way, where the runner does so: sqlx on MySQL, which
    /// cannot take it back otherwise. Empty where it does not.
    ///
    /// # Errors
    /// The runner does not know the migration.
    fn announce(&self, migration: &Migration, undo: bool) -> Result<String, Failure> {
        let _ = (migration, undo);
        Ok(String::new())
    }

    /// The statement that takes that back: nothing of the migration was done.
    ///
    /// # Errors
    /// The runner does not know the migration.
    fn withdraw(&self, migration: &Migration, undo: bool) -> Result<String, Failure> {
        let _ = (migration, undo);
        Ok(String::new())
    }

    /// Whether the migration is code of the application: then its text is not what it does.
    fn is_code(&self, _migration: &Migration) -> bool {
        false
    }

    /// Runs a migration that is code.
    fn run_code<'a>(&'a mut self, migration: &'a Migration, undo: bool) -> Answer<'a, Result<(), Failure>> {
        let _ = undo;
        let message = format!("migration {} is not SQL", migration.id);
        Box::pin(std::future::ready(Err(Failure::of_ours(message))))
    }

    /// The checksum of a migration's way up in hexadecimal, as the runner computes it.
    fn checksum(&self, migration: &Migration) -> String;

    /// Whether the runner's books hold checksums; for one that records none, the guard keeps them in a table of its own.
    fn keeps_checksums(&self) -> bool;

    /// Waits.
    fn pause(&mut self, time: Duration) -> Answer<'_, ()>;

    /// The time since some fixed moment.
    fn now(&self) -> Duration;

    /// Hears what happens, as it happens.
    fn tell(&mut self, event: &Event);
}

/// Why something could not be done.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Failure {
    /// The server's code; none: the connection failed, or the error is not the server's.
    pub sqlstate: Option<String>,
    /// What the server or the driver says.
    pub message: String,
    /// The server's details.
    pub detail: Option<String>,
    /// The server's hint.
    pub hint: Option<String>,
    /// The connection is gone.
    pub disconnected: bool,
    /// What it means, where the code is none of PostgreSQL's.
    pub meaning: Option<ErrorClass>,
}

impl Failure {
    /// An error of the adapter itself.
    pub fn of_ours(message: impl Into<String>) -> Self {
        Self { message: message.into(), ..Self::default() }
    }

    /// What it means for the next attempt.
    pub fn class(&self) -> ErrorClass {
        match &self.sqlstate {
            _ if self.disconnected => ErrorClass::Disconnected,
            _ if self.meaning.is_some() => self.meaning.unwrap_or(ErrorClass::Other),
            Some(sqlstate) => ErrorClass::of(sqlstate),
            None => ErrorClass::Other,
        }
    }
}

impl std::fmt::Display for Failure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.message)?;
        if let Some(sqlstate) = &self.sqlstate {
            write!(f, " ({sqlstate})")?;
        }
        let more = [("", &self.detail), ("hint: ", &self.hint)];
        more.iter().filter_map(|(word, text)| Some((word, text.as_ref()?))).try_for_each(|(w, t)| write!(f, "; {w}{t}"))
    }
}

/// The result of a future whose [`Host`] answers at once: the way for synchronous drivers.
pub fn block_on_ready<T>(future: impl Future<Output = T>) -> T {
    let mut future = pin!(future);
    let mut context = Context::from_waker(Waker::noop());
    loop {
        if let Poll::Ready(result) = future.as_mut().poll(&mut context) {
            return result;
        }
        std::thread::yield_now();
    }
}
