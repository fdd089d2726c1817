//! What an application does to have its migrations checked by the compiler: the macro of another crate.
//!
//! Change a file in `migrations/` to something dangerous, say an index without `CONCURRENTLY`, and `cargo build` stops.

use diesel::{Connection, PgConnection};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness};
use std::error::Error;

/// The shop's migrations.
pub const MIGRATIONS: EmbeddedMigrations = migrate_safety_diesel::embed_migrations!();

/// Brings a database up to date.
///
/// # Errors
/// The database cannot be reached, or a migration fails.
pub fn migrate(database_url: &str) -> Result<(), Box<dyn Error + Send + Sync>> {
    let mut connection = PgConnection::establish(database_url)?;
    connection.run_pending_migrations(MIGRATIONS)?;
    Ok(())
}
