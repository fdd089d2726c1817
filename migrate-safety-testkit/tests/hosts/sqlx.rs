//! sqlx's own migrator.

use crate::project::Project;
use migrate_safety_core::Layout;
use sqlx::migrate::{Migration, MigrationType, Migrator};
use sqlx::{AssertSqlSafe, Connection, PgConnection, SqlSafeStr};

/// Runs a project as sqlx does.
pub(crate) fn run(url: &str, project: &Project) -> Result<(), String> {
    let migrations = project.migrations().zip(1..).map(|(migration, version)| {
        let text = migration.sent(Layout::Sqlx);
        // What `MigrationSource` for a directory looks at.
        let no_tx = text.starts_with("-- no-transaction");
        Migration::new(version, "m".into(), MigrationType::Simple, AssertSqlSafe(text).into_sql_str(), no_tx)
    });
    let migrator = Migrator::with_migrations(migrations.collect());
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let mut connection = PgConnection::connect(url).await.map_err(|error| error.to_string())?;
        migrator.run(&mut connection).await.map_err(|error| error.to_string())
    })
}
