//! Guarded runs of diesel's migrations.

mod harness;
mod host;
#[cfg(feature = "postgres")]
mod source;
mod texts;

pub use harness::GuardedHarness;
#[cfg(feature = "postgres")]
pub use source::{Guarded, guarded};

use crate::connection::{Driver, Guardable};
use diesel::backend::Backend;
use diesel::migration::MigrationSource;
use host::{DieselHost, Listener};
use migrate_safety_core::guard::{Event, Goal, Mode, RunReport, Settings, Stopped, block_on_ready, run};
use std::sync::Arc;
use texts::Texts;

/// Why a guarded run could not begin, or why it stopped.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum GuardError {
    /// The migrations could not be read.
    #[error("the migrations could not be read: {0}")]
    Source(String),
    /// It stopped.
    #[error(transparent)]
    Stopped(#[from] Stopped),
}

/// Runs diesel's migrations, guarded: with a lock against other runners, a whole migration run again when it did not
/// get its locks, and checksums of what was applied.
///
/// ```no_run
/// # use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};
/// # fn example(connection: &mut diesel::PgConnection, migrations: EmbeddedMigrations) -> Result<(), Box<dyn std::error::Error>> {
/// use migrate_safety_diesel::Guard;
///
/// // const MIGRATIONS: EmbeddedMigrations = migrate_safety_diesel::embed_migrations!();
/// let report = Guard::new(&migrations)?.run(connection)?;
/// println!("{report}");
/// # Ok(())
/// # }
/// ```
///
/// What ends up in `__diesel_schema_migrations` is what diesel itself writes. The checksums are in
/// `_migrate_safety_checksums`.
///
/// The connection is one to PostgreSQL or, with the features `sqlite` and `mysql`, to SQLite or MariaDB. MySQL itself is
/// refused: it does not tell its schema to a driver that prepares every question. `migrate-safety run` runs diesel's
/// migrations there, with diesel's bookkeeping, over a driver of its own. Runs on MariaDB are tested by hand only, since
/// the suite links no client library of MySQL.
///
/// ```no_run
/// # #[cfg(feature = "sqlite")]
/// # fn example(migrations: diesel_migrations::EmbeddedMigrations) -> Result<(), Box<dyn std::error::Error>> {
/// use diesel::{Connection, SqliteConnection};
/// use migrate_safety_diesel::Guard;
///
/// let mut connection = SqliteConnection::establish("app.db")?;
/// Guard::new(&migrations)?.run(&mut connection)?;
/// # Ok(())
/// # }
/// ```
///
/// On those it is to be in no transaction. diesel keeps no two runners apart there either, and nor does SQLite: each
/// transaction of the guard begins with the write lock and looks whether another process has run the migration meanwhile.
///
/// diesel does not tell the server's error codes. On PostgreSQL, a lock that was not to be had in time, and a deadlock, are known by the
/// message: a session whose `lc_messages` is of another language is made to speak English for the run. Where the role may
/// not choose (`GRANT SET ON PARAMETER lc_messages`), a deadlock is known by its detail, and a lock that was not to be
/// had by the time it took and by somebody who has it. SQLite's messages are of one language; one that a trigger raises is
/// an error like others.
pub struct Guard<'m, DB: Backend> {
    texts: Texts,
    source: &'m (dyn MigrationSource<DB> + Sync),
    settings: Settings,
    listener: Option<Arc<Listener>>,
}

impl<'m, DB: Backend> Guard<'m, DB> {
    /// A guard with the default settings.
    ///
    /// Their SQL is read from the migrations by running them on a recorder. One that is not SQL, or that asks for more
    /// than to execute SQL, is run as it is.
    ///
    /// # Errors
    /// The migrations cannot be read.
    pub fn new(source: &'m (impl MigrationSource<DB> + Sync)) -> Result<Self, GuardError> {
        let migrations = source.migrations().map_err(|error| GuardError::Source(error.to_string()))?;
        let texts = Texts::record(migrations.iter().map(|migration| &**migration));
        Ok(Self { texts, source, settings: Settings::default(), listener: None })
    }

    /// Sets how long to wait, what to refuse, and what to flag.
    #[must_use]
    pub fn settings(self, settings: Settings) -> Self {
        Self { settings, ..self }
    }

    /// Hears what happens while it happens. Everything is also an event of `tracing`.
    #[must_use]
    pub fn on_event(self, listener: impl Fn(&Event) + Send + Sync + 'static) -> Self {
        Self { listener: Some(Arc::new(listener)), ..self }
    }

    /// Runs what is pending.
    ///
    /// # Errors
    /// Why it stopped, with what was done by then.
    pub fn run<C: Guardable<Backend = DB>>(&self, connection: &mut C) -> Result<RunReport, GuardError> {
        self.go(connection, &Goal::Newest, Mode::Run)
    }

    /// Runs what is pending, up to and with a version.
    ///
    /// # Errors
    /// As [`Guard::run`].
    pub fn run_to<C: Guardable<Backend = DB>>(
        &self,
        connection: &mut C,
        version: &str,
    ) -> Result<RunReport, GuardError> {
        self.go(connection, &Goal::UpTo(version.to_owned()), Mode::Run)
    }

    /// Undoes what is newer than a version; of everything, with an empty one.
    ///
    /// # Errors
    /// As [`Guard::run`]; also a migration without a way back, and one whose way back loses rows, unless the settings
    /// allow that.
    pub fn undo<C: Guardable<Backend = DB>>(&self, connection: &mut C, version: &str) -> Result<RunReport, GuardError> {
        self.go(connection, &Goal::DownTo(version.to_owned()), Mode::Run)
    }

    /// Says what [`Guard::run`] would do: nothing is locked, nothing written.
    ///
    /// # Errors
    /// As [`Guard::run`].
    pub fn dry_run<C: Guardable<Backend = DB>>(&self, connection: &mut C) -> Result<RunReport, GuardError> {
        self.go(connection, &Goal::Newest, Mode::DryRun)
    }

    /// Brings the database to a goal.
    ///
    /// # Errors
    /// As [`Guard::run`].
    pub fn go<C: Guardable<Backend = DB>>(
        &self,
        connection: &mut C,
        goal: &Goal,
        mode: Mode,
    ) -> Result<RunReport, GuardError> {
        let host = DieselHost::new(connection, &self.texts, Some(self.source), self.listener.as_deref());
        Ok(go(host, &self.settings, goal, mode)?)
    }
}

/// Brings a database to a goal.
fn go<C: Driver>(
    mut host: DieselHost<'_, C>,
    settings: &Settings,
    goal: &Goal,
    mode: Mode,
) -> Result<RunReport, Stopped> {
    let set = host.set();
    #[cfg(any(feature = "mysql", feature = "sqlite"))]
    if C::DIALECT != migrate_safety_core::Dialect::Postgres {
        host.refuse()?;
        let run = migrate_safety_core::guard::databases::run;
        return block_on_ready(run(&mut host, C::DIALECT, set, settings, goal, mode));
    }
    block_on_ready(run(&mut host, set, settings, goal, mode))
}

impl<DB: Backend> std::fmt::Debug for Guard<'_, DB> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Guard").field("settings", &self.settings).finish_non_exhaustive()
    }
}
