//! The bookkeeping of sqlx and diesel, as far as it is the same in all databases.

use super::host::failure;
use super::unknown;
use migrate_safety_core::guard::Failure;
use migrate_safety_core::layout::Migration;
use sqlx::migrate::{MigrateError, Migrator};

/// Whose bookkeeping.
#[derive(Clone, Copy)]
pub(super) enum Books<'m> {
    /// sqlx's, written by sqlx.
    Sqlx(&'m Migrator),
    /// diesel's.
    Diesel,
}

/// diesel's table.
pub(super) const DIESEL: &str = "__diesel_schema_migrations";

impl Books<'_> {
    pub(super) fn table(&self) -> String {
        match self {
            Self::Sqlx(migrator) => migrator.table_name.to_string(),
            Self::Diesel => DIESEL.to_owned(),
        }
    }

    pub(super) fn locks(&self) -> bool {
        match self {
            Self::Sqlx(migrator) => migrator.locking,
            Self::Diesel => true,
        }
    }

    pub(super) fn ignores_missing(&self) -> bool {
        match self {
            Self::Sqlx(migrator) => migrator.ignore_missing,
            Self::Diesel => true,
        }
    }

    pub(super) fn keeps_checksums(&self) -> bool {
        matches!(self, Self::Sqlx(_))
    }

    pub(super) fn checksum(&self, migration: &Migration) -> String {
        match self {
            Self::Sqlx(migrator) => {
                find(migrator, migration).map(|found| hexadecimal(&found.checksum)).unwrap_or_default()
            }
            Self::Diesel => crate::checksum(&migration.up.text),
        }
    }
}

/// The migrator's own value of a migration.
pub(super) fn find<'m>(migrator: &'m Migrator, migration: &Migration) -> Result<&'m sqlx::migrate::Migration, Failure> {
    let version: Option<i64> = migration.id.parse().ok();
    let is_it =
        |found: &&sqlx::migrate::Migration| Some(found.version) == version && !found.migration_type.is_down_migration();
    migrator.iter().find(is_it).ok_or_else(|| unknown(&migration.id))
}

pub(super) fn of_migrate(error: MigrateError) -> Failure {
    match error {
        MigrateError::Execute(error) | MigrateError::ExecuteMigration(error, _) => failure(&error),
        other => Failure::of_ours(other.to_string()),
    }
}

pub(super) fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
