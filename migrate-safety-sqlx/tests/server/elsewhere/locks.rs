//! Somebody holds what a migration wants: it waits, lets the others through, and gets it in the end.

use super::{Database, Files, block_on, everywhere, hasty};
use migrate_safety_core::guard::{Reason, Settings};
use sqlx::{Connection, MySqlConnection, SqliteConnection};
use std::time::{Duration, Instant};

const FIRST: Files = &[("1_t.sql", "CREATE TABLE t (a int)")];
const BOTH: Files = &[("1_t.sql", "CREATE TABLE t (a int)"), ("2_b.sql", "ALTER TABLE t ADD COLUMN b int")];

/// For how long a transaction holds the table.
const HELD: Duration = Duration::from_millis(2500);

/// Holds the table in a thread of its own.
fn hold(database: &Database, time: Duration) -> std::thread::JoinHandle<()> {
    let (database, (begun, has_begun)) = (database.clone(), std::sync::mpsc::channel());
    let holder = std::thread::spawn(move || {
        let database = std::mem::ManuallyDrop::new(database);
        block_on(async {
            match &*database {
                Database::Sqlite { file, .. } => {
                    let options = super::sqlite_options(file, false);
                    let mut connection = SqliteConnection::connect_with(&options).await.unwrap();
                    sqlx::raw_sql("BEGIN IMMEDIATE; INSERT INTO t VALUES (1)").execute(&mut connection).await.unwrap();
                    begun.send(()).unwrap();
                    tokio::time::sleep(time).await;
                    sqlx::raw_sql("COMMIT").execute(&mut connection).await.unwrap();
                }
                Database::MySql { url, .. } => {
                    let mut connection = MySqlConnection::connect(url).await.unwrap();
                    sqlx::raw_sql("START TRANSACTION; SELECT * FROM t").execute(&mut connection).await.unwrap();
                    begun.send(()).unwrap();
                    tokio::time::sleep(time).await;
                    sqlx::raw_sql("COMMIT").execute(&mut connection).await.unwrap();
                }
            }
        });
    });
    has_begun.recv().unwrap();
    holder
}

#[test]
fn a_migration_waits_for_its_lock_and_nobody_waits_long_behind_it() {
    everywhere(|place| {
        let database = place.database();
        block_on(database.run(FIRST, hasty())).unwrap();
        let holder = hold(&database, HELD);
        let longest = std::thread::scope(|scope| {
            // Traffic: what queues behind the migration waits no longer than the lock timeout, one second at least.
            let traffic = scope.spawn(|| {
                let began = Instant::now();
                let mut longest = Duration::ZERO;
                while began.elapsed() < HELD {
                    let asked = Instant::now();
                    block_on(database.ask("SELECT count(*) FROM t"));
                    longest = longest.max(asked.elapsed());
                    std::thread::sleep(Duration::from_millis(20));
                }
                longest
            });
            let report = block_on(database.run(BOTH, hasty())).unwrap();
            let retries = &report.migrations[0].retries;
            assert!(!retries.is_empty(), "{}: {report}", place.name());
            if !place.is_sqlite() {
                let told = report.to_string();
                assert!(retries.iter().any(|retry| !retry.blockers.is_empty()), "{}: {told}", place.name());
            }
            traffic.join().unwrap()
        });
        holder.join().unwrap();
        assert!(longest < Duration::from_millis(2000), "{}: {longest:?}", place.name());
    });
}

#[test]
fn patience_ends_and_leaves_nothing() {
    everywhere(|place| {
        let database = place.database();
        block_on(database.run(FIRST, hasty())).unwrap();
        let holder = hold(&database, HELD);
        let settings = Settings { patience: Duration::from_millis(500), ..hasty() };
        let stopped = block_on(database.run(BOTH, settings)).unwrap_err();
        assert!(
            matches!(stopped.reason, Reason::Blocked { .. } | Reason::Server { .. }),
            "{}: {stopped}",
            place.name()
        );
        holder.join().unwrap();
        let books = block_on(database.books());
        assert_eq!(books.len(), 1, "{}: {books:?}", place.name());
        block_on(database.run(BOTH, hasty())).unwrap();
    });
}
