//! Migrations that guard themselves, for whoever calls diesel's own harness.

use super::host::DieselHost;
use super::texts::{Texts, text_of};
use diesel::PgConnection;
use diesel::connection::{AnsiTransactionManager, BoxableConnection, TransactionManager};
use diesel::migration::{Migration, MigrationMetadata, MigrationName, MigrationSource, Result};
use diesel::pg::Pg;
use migrate_safety_core::guard::{
    Direction, Reason, Record, RunReport, Settings, Stopped, Wrapped, block_on_ready, run_wrapped,
};
use migrate_safety_core::layout::{self, Layout, MigrationSet};
use std::collections::BTreeSet;

/// Migrations that set a lock timeout, run again what did not get its locks, and go on where a run without a
/// transaction stopped.
///
/// ```no_run
/// # use diesel_migrations::{EmbeddedMigrations, MigrationHarness};
/// # fn example(connection: &mut diesel::PgConnection, migrations: EmbeddedMigrations) {
/// use migrate_safety_diesel::guarded;
///
/// connection.run_pending_migrations(guarded(migrations)).expect("the migrations run");
/// # }
/// ```
///
/// The bookkeeping and what is pending are diesel's business, so that nothing is checked beforehand and nothing keeps two
/// runners apart: [`Guard`](super::Guard) does both. A migration without a transaction gets one from diesel all the
/// same, for its end: what the guard has noted of it and what diesel records are committed together, so that a process
/// that is killed between its last statement and the record does not run it twice.
///
/// The connection has to be a `PgConnection`; of a pooled one, pass what it points to. On MySQL, MariaDB and SQLite, diesel's
/// own transaction around a migration leaves nothing to guard: there are [`Guard`](super::Guard) and
/// [`GuardedHarness`](super::GuardedHarness).
pub fn guarded<S: MigrationSource<Pg>>(source: S) -> Guarded<S> {
    Guarded { source, settings: Settings::default() }
}

/// Migrations that guard themselves: [`guarded`].
#[derive(Clone, Debug)]
pub struct Guarded<S> {
    source: S,
    settings: Settings,
}

impl<S> Guarded<S> {
    /// Sets how long to wait.
    #[must_use]
    pub fn settings(self, settings: Settings) -> Self {
        Self { settings, ..self }
    }
}

impl<S: MigrationSource<Pg>> MigrationSource<Pg> for Guarded<S> {
    fn migrations(&self) -> Result<Vec<Box<dyn Migration<Pg>>>> {
        let guard = |migration: Box<dyn Migration<Pg>>| {
            let (text, is_code) = text_of(&*migration);
            Box::new(One { migration, text, is_code, settings: self.settings.clone() }) as Box<dyn Migration<Pg>>
        };
        Ok(self.source.migrations()?.into_iter().map(guard).collect())
    }
}

/// One migration that guards itself.
struct One {
    migration: Box<dyn Migration<Pg>>,
    text: layout::Migration,
    is_code: bool,
    settings: Settings,
}

impl One {
    fn go(&self, connection: &mut dyn BoxableConnection<Pg>, direction: Direction) -> Result<()> {
        let Some(connection) = connection.downcast_mut::<PgConnection>() else {
            let reason = Reason::Connection(
                "the guard needs a PgConnection; of a pooled connection, pass what it points to".to_owned(),
            );
            return Err(Box::new(Stopped { reason, report: Box::<RunReport>::default() }));
        };
        if self.is_code {
            return match direction {
                Direction::Up => self.migration.run(connection),
                Direction::Down => self.migration.revert(connection),
            };
        }
        let ours = !self.text.transaction && is_in_transaction_alone(connection);
        let record = if ours { Record::InLastTransaction } else { Record::Apart };
        if ours {
            // Nothing is in it yet.
            AnsiTransactionManager::commit_transaction(connection)?;
        }
        let texts = Texts { set: MigrationSet::default(), code: BTreeSet::new() };
        let mut host = DieselHost::new(connection, &texts, None, None);
        let wrapped = Wrapped { layout: Layout::Diesel, migration: &self.text, direction, record };
        let ran = block_on_ready(run_wrapped(&mut host, wrapped, &self.settings));
        if ours && ran.is_err() && !is_in_transaction_alone(connection) {
            // diesel rolls one back. Where there is no connection any more, its own error would hide ours.
            let _ = AnsiTransactionManager::begin_transaction(connection);
        }
        ran?;
        Ok(())
    }
}

/// It is in a transaction that is in no other.
fn is_in_transaction_alone(connection: &mut PgConnection) -> bool {
    let status = AnsiTransactionManager::transaction_manager_status_mut(connection);
    status.transaction_depth().is_ok_and(|depth| depth.is_some_and(|depth| depth.get() == 1))
}

impl MigrationMetadata for One {
    /// One without a transaction ends in one.
    fn run_in_transaction(&self) -> bool {
        !self.is_code || self.migration.metadata().run_in_transaction()
    }
}

impl Migration<Pg> for One {
    fn run(&self, connection: &mut dyn BoxableConnection<Pg>) -> Result<()> {
        self.go(connection, Direction::Up)
    }

    fn revert(&self, connection: &mut dyn BoxableConnection<Pg>) -> Result<()> {
        self.go(connection, Direction::Down)
    }

    fn metadata(&self) -> &dyn MigrationMetadata {
        self
    }

    fn name(&self) -> &dyn MigrationName {
        self.migration.name()
    }
}
