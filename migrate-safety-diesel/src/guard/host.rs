//! What the guard asks of a connection, and diesel's bookkeeping.

use super::texts::Texts;
use crate::connection::Driver;
use diesel::connection::{AnsiTransactionManager, TransactionManager};
use diesel::migration::MigrationSource;
use diesel::result::{Error, QueryResult};
use migrate_safety_core::Dialect;
use migrate_safety_core::catalog::introspect::AppliedMigration;
use migrate_safety_core::guard::{Answer, Event, Failure, Host, Severity};
#[cfg(any(feature = "mysql", feature = "sqlite"))]
use migrate_safety_core::guard::{Reason, Stopped};
use migrate_safety_core::layout::{Migration, MigrationSet};
use sha2::{Digest, Sha384};
use std::future::ready;
use std::time::{Duration, Instant};

/// Hears what happens.
pub(super) type Listener = dyn Fn(&Event) + Send + Sync;

/// diesel's table.
const BOOKS: &str = "__diesel_schema_migrations";

/// A connection in use by the guard. diesel waits for every answer, so that all futures are ready.
pub(super) struct DieselHost<'c, C: Driver> {
    connection: &'c mut C,
    texts: &'c Texts,
    /// Where migrations come from that are code.
    source: Option<&'c (dyn MigrationSource<C::Backend> + Sync)>,
    listener: Option<&'c Listener>,
    began: Instant,
}

impl<'c, C: Driver> DieselHost<'c, C> {
    pub(super) fn new(
        connection: &'c mut C,
        texts: &'c Texts,
        source: Option<&'c (dyn MigrationSource<C::Backend> + Sync)>,
        listener: Option<&'c Listener>,
    ) -> Self {
        Self { connection, texts, source, listener, began: Instant::now() }
    }

    pub(super) fn set(&self) -> &'c MigrationSet {
        &self.texts.set
    }

    /// Where a transaction begins by itself, and a DDL statement may end it, the guard is in none of somebody else's.
    #[cfg(any(feature = "mysql", feature = "sqlite"))]
    pub(super) fn refuse(&mut self) -> Result<(), Stopped> {
        let status = AnsiTransactionManager::transaction_manager_status_mut(self.connection);
        let why = match status.transaction_depth() {
            Ok(Some(_)) => Some(
                "the connection is in a transaction, and the guard begins those of the migrations: commit it before"
                    .to_owned(),
            ),
            _ => self.connection.unfit(),
        };
        why.map_or(Ok(()), |why| Err(Stopped { reason: Reason::Unfit(why), report: Box::default() }))
    }

    /// What an answer means.
    fn told<T>(&mut self, answer: QueryResult<T>) -> Result<T, Failure> {
        answer.map_err(|error| self.connection.said(&error).failure)
    }

    fn send(&mut self, sql: &str) -> Result<(), Failure> {
        let sent = self.connection.batch_execute(sql);
        self.told(sent)
    }

    fn texts_of(&mut self, sql: &str) -> Result<Vec<String>, Failure> {
        let rows = self.connection.rows(sql);
        let rows = self.told(rows)?;
        Ok(rows.into_iter().filter_map(|row| row.into_iter().next().flatten()).collect())
    }

    /// Opens a transaction; in one that is open, a savepoint.
    fn open(&mut self, begin: &str, settings: &str) -> Result<(), Failure> {
        let whole = if settings.is_empty() { begin.to_owned() } else { format!("{begin}; {settings}") };
        match AnsiTransactionManager::begin_transaction_sql(self.connection, &whole) {
            Err(Error::AlreadyInTransaction) => {
                let begun = AnsiTransactionManager::begin_transaction(self.connection);
                self.told(begun)?;
                if settings.is_empty() { Ok(()) } else { self.send(settings) }
            }
            Err(error) => {
                let failure = self.connection.said(&error).failure;
                // What stands behind the begin may have failed, which leaves a transaction that diesel knows nothing of.
                // If even this fails, there is none, or the connection is gone.
                let _ = self.connection.batch_execute("ROLLBACK");
                Err(failure)
            }
            Ok(()) => Ok(()),
        }
    }

    /// Runs `last` and commits; out of a savepoint, releases that.
    fn close(&mut self, last: &str) -> Result<(), Failure> {
        let status = AnsiTransactionManager::transaction_manager_status_mut(self.connection);
        let is_outermost = matches!(status.transaction_depth(), Ok(Some(depth)) if depth.get() == 1);
        if C::FOLLOWS_TRANSACTIONS && is_outermost && !last.is_empty() {
            return self.send(&format!("{last}; COMMIT"));
        }
        let ran = if last.is_empty() { Ok(()) } else { self.connection.batch_execute(last) };
        let committed = ran.and_then(|()| AnsiTransactionManager::commit_transaction(self.connection));
        self.told(committed)
    }

    fn code(&mut self, version: &str, undo: bool) -> Result<(), Failure> {
        let migrations = match self.source.map(MigrationSource::migrations) {
            Some(migrations) => migrations.map_err(|error| self.of_code(&*error))?,
            None => Vec::new(),
        };
        let migration = migrations.iter().find(|migration| migration.name().version().to_string() == version);
        let Some(migration) = migration else {
            return Err(Failure::of_ours(format!("the migrations have no {version}")));
        };
        let ran = if undo { migration.revert(self.connection) } else { migration.run(self.connection) };
        ran.map_err(|error| self.of_code(&*error))
    }

    /// What a migration's code says.
    fn of_code(&mut self, error: &(dyn std::error::Error + 'static)) -> Failure {
        let mut cause = Some(error);
        while let Some(error) = cause {
            if let Some(error) = error.downcast_ref::<Error>() {
                return self.connection.said(error).failure;
            }
            cause = error.source();
        }
        Failure::of_ours(error.to_string())
    }
}

impl<C: Driver> Host for DieselHost<'_, C> {
    fn execute<'a>(&'a mut self, sql: &'a str) -> Answer<'a, Result<(), Failure>> {
        Box::pin(ready(self.send(sql)))
    }

    fn fetch<'a>(&'a mut self, sql: &'a str) -> Answer<'a, Result<Vec<String>, Failure>> {
        Box::pin(ready(self.texts_of(sql)))
    }

    fn rows<'a>(&'a mut self, sql: &'a str) -> Answer<'a, Result<Vec<Vec<Option<String>>>, Failure>> {
        let rows = self.connection.rows(sql);
        Box::pin(ready(self.told(rows)))
    }

    fn begin<'a>(&'a mut self, begin: &'a str, settings: &'a str) -> Answer<'a, Result<(), Failure>> {
        Box::pin(ready(self.open(begin, settings)))
    }

    fn commit<'a>(&'a mut self, last: &'a str) -> Answer<'a, Result<(), Failure>> {
        Box::pin(ready(self.close(last)))
    }

    fn rollback(&mut self) -> Answer<'_, Result<(), Failure>> {
        let rolled_back = match AnsiTransactionManager::rollback_transaction(self.connection) {
            // A commit that failed has done it.
            Err(Error::NotInTransaction) => {
                if C::DIALECT != Dialect::Postgres {
                    // A file may have begun one, of which diesel knows nothing; if there is none, this fails.
                    let _ = self.connection.batch_execute("ROLLBACK");
                }
                Ok(())
            }
            other => self.told(other),
        };
        Box::pin(ready(rolled_back))
    }

    fn books(&self) -> String {
        BOOKS.to_owned()
    }

    fn ignores_missing(&self) -> bool {
        true
    }

    fn keeps_checksums(&self) -> bool {
        false
    }

    fn tells_codes(&self) -> bool {
        false
    }

    fn open_books(&mut self) -> Answer<'_, Result<(), Failure>> {
        let made = self.connection.setup();
        Box::pin(ready(self.told(made).map(drop)))
    }

    fn applied(&mut self) -> Answer<'_, Result<Vec<AppliedMigration>, Failure>> {
        let versions = self.texts_of(&format!("SELECT version FROM {BOOKS} ORDER BY 1"));
        let record = |version| AppliedMigration { version, checksum: None, success: true };
        Box::pin(ready(versions.map(|versions| versions.into_iter().map(record).collect())))
    }

    fn record(&self, migration: &Migration, _took: Duration) -> Result<String, Failure> {
        Ok(format!("INSERT INTO {BOOKS} (version) VALUES ({})", literal::<C>(&migration.id)))
    }

    fn forget(&self, migration: &Migration) -> Result<String, Failure> {
        Ok(format!("DELETE FROM {BOOKS} WHERE version = {}", literal::<C>(&migration.id)))
    }

    fn is_code(&self, migration: &Migration) -> bool {
        self.texts.code.contains(&migration.id)
    }

    fn run_code<'a>(&'a mut self, migration: &'a Migration, undo: bool) -> Answer<'a, Result<(), Failure>> {
        Box::pin(ready(self.code(&migration.id, undo)))
    }

    fn checksum(&self, migration: &Migration) -> String {
        Sha384::digest(migration.up.text.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
    }

    fn pause(&mut self, time: Duration) -> Answer<'_, ()> {
        std::thread::sleep(time);
        Box::pin(ready(()))
    }

    fn now(&self) -> Duration {
        self.began.elapsed()
    }

    fn tell(&mut self, event: &Event) {
        match event.severity() {
            Severity::Info => tracing::info!(target: "migrate_safety", "{event}"),
            Severity::Warning => tracing::warn!(target: "migrate_safety", "{event}"),
        }
        if let Some(listener) = self.listener {
            listener(event);
        }
    }
}

fn literal<C: Driver>(text: &str) -> String {
    match C::DIALECT {
        #[cfg(any(feature = "mysql", feature = "sqlite"))]
        dialect if dialect != Dialect::Postgres => {
            migrate_safety_core::guard::databases::literal(dialect, text).unwrap_or_default()
        }
        _ => migrate_safety_core::guard::literal(text),
    }
}
