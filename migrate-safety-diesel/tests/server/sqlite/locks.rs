//! Others write, or migrate, at the same time.

use super::{File, Text, everywhere, hasty, project};
use diesel::Connection;
use diesel::connection::SimpleConnection;
use migrate_safety_core::guard::{Goal, Outcome, Reason, Settings};
use migrate_safety_diesel::{Guard, GuardError};
use std::time::{Duration, Instant};

const FIRST: Text = Text("1_t", "CREATE TABLE t (a int); INSERT INTO t VALUES (0)", Some("DROP TABLE t"), true);
const SECOND: Text = Text("2_b", "ALTER TABLE t ADD COLUMN b int", None, true);

/// For how long a transaction has the file.
const HELD: Duration = Duration::from_millis(1200);

#[test]
fn a_migration_waits_for_the_file_and_gives_up_when_its_patience_ends() {
    everywhere(|wal| {
        let file = File::new(wal);
        file.run(&project(&[FIRST]));
        let both = project(&[FIRST, SECOND]);
        let (begun, has_begun) = std::sync::mpsc::channel();
        std::thread::scope(|scope| {
            let holder = scope.spawn(|| {
                let mut connection = file.connect();
                connection.batch_execute("BEGIN IMMEDIATE; INSERT INTO t VALUES (1)").unwrap();
                begun.send(()).unwrap();
                std::thread::sleep(HELD);
                connection.batch_execute("COMMIT").unwrap();
            });
            has_begun.recv().unwrap();
            let hasty_ones = Settings { patience: Duration::from_millis(200), ..hasty() };
            let stopped = file.go(&both, hasty_ones, &Goal::Newest).unwrap_err();
            let GuardError::Stopped(stopped) = stopped else { panic!("{stopped}") };
            assert!(matches!(stopped.reason, Reason::Blocked { .. } | Reason::Server { .. }), "{stopped}");
            let report = file.run(&both);
            assert!(!report.migrations[0].retries.is_empty(), "{report}");
            holder.join().unwrap();
        });
        assert_eq!(file.ask("SELECT count(*) FROM __diesel_schema_migrations"), ["2"]);
    });
}

#[test]
fn of_several_at_once_each_migration_is_run_by_one() {
    let migrations = project(&[
        FIRST,
        Text(
            "2_more",
            "PRAGMA foreign_keys = OFF;\nUPDATE t SET a = a + 1;\nVACUUM;\nUPDATE t SET a = a + 10;\nANALYZE",
            None,
            false,
        ),
        Text("3_last", "ALTER TABLE t ADD COLUMN b int; UPDATE t SET a = a + 100", None, true),
    ]);
    everywhere(|wal| {
        for _ in 0..std::env::var("GUARD_ROUNDS").map_or(1, |rounds| rounds.parse().unwrap()) {
            let file = File::new(wal);
            drop(file.connect());
            let reports: Vec<_> = std::thread::scope(|scope| {
                let runs: Vec<_> = (0..6).map(|_| scope.spawn(|| file.run(&migrations))).collect();
                runs.into_iter().map(|run| run.join().unwrap()).collect()
            });
            assert_eq!(file.ask("SELECT a FROM t"), ["111"]);
            let whole = reports.iter().flat_map(|report| &report.migrations);
            let first = whole.filter(|run| run.id == "1" && run.outcome == Outcome::Applied).count();
            assert_eq!(first, 1);
        }
    });
}

#[test]
fn somebody_elses_transaction_is_not_used() {
    let file = File::new(false);
    let migrations = project(&[FIRST]);
    let began = Instant::now();
    let said = file.connect().transaction(|connection| {
        let stopped = Guard::new(&migrations).unwrap().run(connection).unwrap_err();
        diesel::QueryResult::Ok(stopped.to_string())
    });
    let said = said.unwrap();
    assert!(said.contains("the connection is in a transaction"), "{said}");
    assert!(began.elapsed() < Duration::from_secs(5));
    assert_eq!(file.ask("SELECT count(*) FROM sqlite_master"), ["0"]);
}
