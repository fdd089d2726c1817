//! Migrations that guard themselves, for whoever calls diesel's own harness.

use super::host::PgHost;
use super::texts::{Texts, text_of};
use diesel::PgConnection;
use diesel::connection::BoxableConnection;
use diesel::migration::{Migration, MigrationMetadata, MigrationName, MigrationSource, Result};
use diesel::pg::Pg;
use migrate_safety_core::guard::{Direction, Reason, RunReport, Settings, Stopped, block_on_ready, run_wrapped};
use migrate_safety_core::layout::MigrationSet;
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
/// The transaction, the bookkeeping and what is pending are diesel's business, so that nothing is checked beforehand and
/// nothing keeps two runners apart: [`Guard`](super::Guard) does both. A migration without a transaction whose process
/// is killed after its last statement and before diesel has recorded it is run again from its beginning, as diesel does.
///
/// The connection has to be a `PgConnection`; of a pooled one, pass what it points to.
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
        let guard = |migration| Box::new(One { migration, settings: self.settings.clone() }) as Box<dyn Migration<Pg>>;
        Ok(self.source.migrations()?.into_iter().map(guard).collect())
    }
}

/// One migration that guards itself.
struct One {
    migration: Box<dyn Migration<Pg>>,
    settings: Settings,
}

impl One {
    fn go(&self, connection: &mut dyn BoxableConnection<Pg>, direction: Direction) -> Result<()> {
        let (text, is_code) = text_of(&*self.migration);
        let Some(connection) = connection.downcast_mut::<PgConnection>() else {
            let reason = Reason::Connection(
                "the guard needs a PgConnection; of a pooled connection, pass what it points to".to_owned(),
            );
            return Err(Box::new(Stopped { reason, report: Box::<RunReport>::default() }));
        };
        if is_code {
            return match direction {
                Direction::Up => self.migration.run(connection),
                Direction::Down => self.migration.revert(connection),
            };
        }
        let texts = Texts { set: MigrationSet::default(), code: BTreeSet::new() };
        let mut host = PgHost::new(connection, &texts, None, None);
        block_on_ready(run_wrapped(&mut host, &text, direction, &self.settings))?;
        Ok(())
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
        self.migration.metadata()
    }

    fn name(&self) -> &dyn MigrationName {
        self.migration.name()
    }
}
