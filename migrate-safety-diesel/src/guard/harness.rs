//! diesel's harness, guarded: for whoever has code that is written for one.

use super::host::DieselHost;
use super::texts::Texts;
use super::{GuardError, go};
use crate::connection::Guardable;
use diesel::migration::{Migration, MigrationSource, MigrationVersion, Result};
use diesel_migrations::MigrationHarness;
use migrate_safety_core::guard::{Goal, Mode, RunReport, Settings};

/// A [`MigrationHarness`] that runs migrations as [`Guard`](super::Guard) does: with a lock against other runners, a
/// check on the live catalog, retries of a whole migration, and checksums.
///
/// ```no_run
/// # use diesel_migrations::{EmbeddedMigrations, MigrationHarness};
/// # fn example(connection: &mut diesel::PgConnection, migrations: EmbeddedMigrations) {
/// use migrate_safety_diesel::GuardedHarness;
///
/// GuardedHarness::new(connection).run_pending_migrations(migrations).expect("the migrations run");
/// # }
/// ```
///
/// A migration that is code of the application, and not SQL, is handed to diesel's own harness.
pub struct GuardedHarness<'a, C> {
    connection: &'a mut C,
    settings: Settings,
    reports: Vec<RunReport>,
}

impl<'a, C: Guardable> GuardedHarness<'a, C> {
    /// A harness with the default settings.
    pub fn new(connection: &'a mut C) -> Self {
        Self { connection, settings: Settings::default(), reports: Vec::new() }
    }

    /// Sets how long to wait, what to refuse, and what to flag.
    #[must_use]
    pub fn settings(self, settings: Settings) -> Self {
        Self { settings, ..self }
    }

    /// What was found and done so far.
    pub fn reports(&self) -> &[RunReport] {
        &self.reports
    }

    fn go(&mut self, texts: &Texts, goal: &Goal) -> Result<Vec<MigrationVersion<'static>>> {
        let host = DieselHost::new(self.connection, texts, None, None);
        let report = go(host, &self.settings, goal, Mode::Run).map_err(GuardError::from)?;
        let versions = report.migrations.iter().map(|run| MigrationVersion::from(run.id.clone())).collect();
        self.reports.push(report);
        Ok(versions)
    }
}

impl<C> MigrationHarness<C::Backend> for GuardedHarness<'_, C>
where
    C: Guardable + MigrationHarness<C::Backend>,
{
    fn run_pending_migrations<S: MigrationSource<C::Backend>>(
        &mut self,
        source: S,
    ) -> Result<Vec<MigrationVersion<'_>>> {
        let migrations = source.migrations()?;
        let texts = Texts::record(migrations.iter().map(|migration| &**migration));
        if texts.code.is_empty() {
            return self.go(&texts, &Goal::Newest);
        }
        let pending = self.pending_migrations(source)?;
        pending.iter().map(|migration| self.run_migration(migration)).collect()
    }

    fn run_migration(&mut self, migration: &dyn Migration<C::Backend>) -> Result<MigrationVersion<'static>> {
        let texts = Texts::record([migration]);
        let version = migration.name().version().to_string();
        if !texts.code.is_empty() {
            return self.connection.run_migration(migration);
        }
        self.go(&texts, &Goal::Only(version.clone()))?;
        Ok(version.into())
    }

    fn revert_migration(&mut self, migration: &dyn Migration<C::Backend>) -> Result<MigrationVersion<'static>> {
        let texts = Texts::record([migration]);
        let version = migration.name().version().to_string();
        if !texts.code.is_empty() {
            return self.connection.revert_migration(migration);
        }
        self.go(&texts, &Goal::UndoOnly(version.clone()))?;
        Ok(version.into())
    }

    fn applied_migrations(&mut self) -> Result<Vec<MigrationVersion<'static>>> {
        self.connection.applied_migrations()
    }
}
