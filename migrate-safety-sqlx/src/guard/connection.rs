//! A guarded connection, for whoever drives a migrator through sqlx's `Migrate` trait.

use super::books::Books;
use super::host::PgHost;
use super::set;
use migrate_safety_core::guard::{Goal, Mode, Settings, Stopped, run};
use sqlx::PgConnection;
use sqlx::migrate::{AppliedMigration, Migrate, MigrateError, Migration, MigrationType, Migrator};
use std::borrow::Cow;
use std::future::Future;
use std::pin::Pin;
use std::time::{Duration, Instant};

/// A connection on which each migration runs as [`Guard`](super::Guard) runs it, for code of your own over
/// [`Migrate`], and for `Migrator::run_direct`:
///
/// ```no_run
/// # async fn example(migrator: sqlx::migrate::Migrator, pool: sqlx::PgPool) -> Result<(), Box<dyn std::error::Error>> {
/// use migrate_safety_sqlx::GuardedConnection;
///
/// let mut connection = pool.acquire().await?;
/// migrator.run_direct(None, &mut GuardedConnection::new(&mut connection), false).await?;
/// # Ok(())
/// # }
/// ```
///
/// The lock is asked for with a deadline, and each migration is checked, run with a lock timeout and tried again. What
/// sqlx's own loop leaves undone when a migration fails stays undone: it does not give the lock back.
#[derive(Debug)]
pub struct GuardedConnection<'c> {
    connection: &'c mut PgConnection,
    settings: Settings,
}

type Answer<'e, T> = Pin<Box<dyn Future<Output = Result<T, MigrateError>> + Send + 'e>>;

impl<'c> GuardedConnection<'c> {
    /// A guard with the default settings around a connection.
    pub fn new(connection: &'c mut PgConnection) -> Self {
        Self { connection, settings: Settings::default() }
    }

    /// Sets how long to wait, what to refuse, and what to flag.
    #[must_use]
    pub fn settings(self, settings: Settings) -> Self {
        Self { settings, ..self }
    }

    async fn go(&mut self, table: &str, migration: &Migration, undo: bool) -> Result<Duration, MigrateError> {
        let began = Instant::now();
        let version = migration.version;
        let mut migrations = vec![migration.clone()];
        if undo {
            // The books are kept by the way up, of which nothing but the version is asked.
            migrations.push(Migration { migration_type: MigrationType::ReversibleUp, ..migration.clone() });
        }
        let migrator = Migrator {
            migrations: Cow::Owned(migrations),
            ignore_missing: true,
            locking: false,
            table_name: Cow::Owned(table.to_owned()),
            ..Migrator::DEFAULT
        };
        let goal = if undo { Goal::UndoOnly(version.to_string()) } else { Goal::Only(version.to_string()) };
        let mut host = PgHost::new(&mut *self.connection, Books::Sqlx(&migrator), None);
        run(&mut host, &set(&migrator), &self.settings, &goal, Mode::Run)
            .await
            .map_err(|stopped| failed(stopped, version))?;
        Ok(began.elapsed())
    }
}

fn failed(stopped: Stopped, version: i64) -> MigrateError {
    MigrateError::ExecuteMigration(sqlx::Error::Configuration(Box::new(stopped.reason)), version)
}

impl Migrate for GuardedConnection<'_> {
    fn create_schema_if_not_exists<'e>(&'e mut self, schema_name: &'e str) -> Answer<'e, ()> {
        self.connection.create_schema_if_not_exists(schema_name)
    }

    fn ensure_migrations_table<'e>(&'e mut self, table_name: &'e str) -> Answer<'e, ()> {
        self.connection.ensure_migrations_table(table_name)
    }

    fn dirty_version<'e>(&'e mut self, table_name: &'e str) -> Answer<'e, Option<i64>> {
        self.connection.dirty_version(table_name)
    }

    fn list_applied_migrations<'e>(&'e mut self, table_name: &'e str) -> Answer<'e, Vec<AppliedMigration>> {
        self.connection.list_applied_migrations(table_name)
    }

    fn lock(&mut self) -> Answer<'_, ()> {
        Box::pin(async move {
            let mut host = PgHost::new(&mut *self.connection, Books::Diesel, None);
            let locked = migrate_safety_core::guard::lock_migrations(&mut host, &self.settings).await;
            locked.map(|_| ()).map_err(|reason| MigrateError::Execute(sqlx::Error::Configuration(Box::new(reason))))
        })
    }

    fn unlock(&mut self) -> Answer<'_, ()> {
        self.connection.unlock()
    }

    fn apply<'e>(&'e mut self, table_name: &'e str, migration: &'e Migration) -> Answer<'e, Duration> {
        Box::pin(self.go(table_name, migration, false))
    }

    fn revert<'e>(&'e mut self, table_name: &'e str, migration: &'e Migration) -> Answer<'e, Duration> {
        Box::pin(self.go(table_name, migration, true))
    }

    fn skip<'e>(&'e mut self, table_name: &'e str, migration: &'e Migration) -> Answer<'e, ()> {
        self.connection.skip(table_name, migration)
    }
}
