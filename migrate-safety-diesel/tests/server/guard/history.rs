//! Whole histories, run guarded and by diesel alone. `GUARD_HISTORIES=/a/migrations:/b/migrations` runs those as well,
//! on connections that have run the SQL of `GUARD_SETUP`.

use super::{BOOKS, connect, servers, text};
use diesel::PgConnection;
use diesel::connection::SimpleConnection;
use diesel_migrations::{FileBasedMigrations, MigrationHarness};
use migrate_safety_core::guard::{Policy, Settings};
use migrate_safety_diesel::{Guard, GuardedHarness, guarded};
use migrate_safety_testkit::{Database, introspect};
use std::path::Path;
use std::time::Instant;

const EXAMPLE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../examples/embedded-diesel/migrations");

/// A way to run all migrations.
type Way = fn(&mut PgConnection, FileBasedMigrations);

const WAYS: [(&str, Way); 4] = [
    ("diesel", |connection, history| drop(connection.run_pending_migrations(history).unwrap())),
    ("guard", |connection, history| {
        let report = Guard::new(&history).unwrap().settings(allow()).run(connection).unwrap();
        assert!(report.migrations.iter().all(|run| run.retries.is_empty()), "{report}");
    }),
    ("harness", |connection, history| {
        drop(GuardedHarness::new(connection).settings(allow()).run_pending_migrations(history).unwrap());
    }),
    ("source", |connection, history| {
        drop(connection.run_pending_migrations(guarded(history).settings(allow())).unwrap());
    }),
];

fn allow() -> Settings {
    Settings { policy: Policy::Allow, ..Settings::default() }
}

#[test]
fn a_whole_history_leaves_what_diesel_alone_leaves() {
    let more = std::env::var("GUARD_HISTORIES").unwrap_or_default();
    let setup = std::env::var("GUARD_SETUP").unwrap_or_else(|_| "SELECT 1".to_owned());
    for server in servers() {
        for path in more.split(':').filter(|path| !path.is_empty()).chain([EXAMPLE]) {
            let history = || FileBasedMigrations::from_path(Path::new(path)).unwrap();
            let databases: Vec<Database> = WAYS.iter().map(|(name, _)| server.database(name).unwrap()).collect();
            let mut expected = None;
            for ((name, way), database) in WAYS.iter().zip(&databases) {
                let mut connection = connect(database);
                connection.batch_execute(&setup).unwrap();
                let began = Instant::now();
                way(&mut connection, history());
                println!("PostgreSQL {}, {path}, {name}: {:.1?}", server.major(), began.elapsed());
                assert!(!connect(database).has_pending_migration(history()).unwrap());
                let found = (text(database, BOOKS), schema(database));
                let expected = expected.get_or_insert_with(|| found.clone());
                assert_eq!(found, *expected, "{path}, {name}");
            }
        }
    }
}

/// All there is but what is ours.
fn schema(database: &Database) -> String {
    let mut client = database.connect().unwrap();
    client.batch_execute("DROP TABLE IF EXISTS _migrate_safety_checksums").unwrap();
    introspect(&mut client).unwrap().catalog.to_sql()
}
