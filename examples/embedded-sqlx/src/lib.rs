//! What an application does to have its migrations checked by the compiler: one word more than sqlx asks for.
//!
//! Change a file in `migrations/` to something dangerous, say an index without `CONCURRENTLY`, and `cargo build` stops.

use sqlx::migrate::{MigrateError, Migrator};

/// The shop's migrations.
pub static MIGRATOR: Migrator = migrate_safety_sqlx::migrate!("./migrations");

/// Brings a database up to date.
///
/// # Errors
/// The database cannot be reached, or a migration fails.
pub async fn migrate(database_url: &str) -> Result<(), MigrateError> {
    use sqlx::Connection;
    let mut connection = sqlx::PgConnection::connect(database_url).await?;
    MIGRATOR.run(&mut connection).await?;
    Ok(connection.close().await?)
}
