//! diesel's own harness.

use crate::project::Project;
use diesel::{Connection, PgConnection};
use diesel_migrations::{FileBasedMigrations, MigrationHarness};
use migrate_safety_core::Layout;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};

/// Runs a project as diesel does.
pub(crate) fn run(url: &str, project: &Project) -> Result<(), String> {
    let dir = Dir::with(project);
    let migrations = FileBasedMigrations::from_path(&dir.0).map_err(|error| error.to_string())?;
    let mut connection = PgConnection::establish(url).map_err(|error| error.to_string())?;
    connection.run_pending_migrations(migrations).map(drop).map_err(|error| error.to_string())
}

/// A directory of migrations that is gone with this value.
struct Dir(PathBuf);

impl Dir {
    fn with(project: &Project) -> Self {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let dir = Self(std::env::temp_dir().join(format!("migrate-safety-hosts-{}-{number}", std::process::id())));
        for (at, migration) in project.migrations().enumerate() {
            let own = dir.0.join(format!("{at:04}_m"));
            std::fs::create_dir_all(&own).unwrap();
            std::fs::write(own.join("up.sql"), migration.sent(Layout::Diesel)).unwrap();
            std::fs::write(own.join("down.sql"), "").unwrap();
            std::fs::write(own.join("metadata.toml"), format!("run_in_transaction = {}", migration.transaction))
                .unwrap();
        }
        dir
    }
}

impl Drop for Dir {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}
