//! Several processes start at once.

use super::{Files, block_on, everywhere, hasty};
use migrate_safety_core::guard::Outcome;

const SQLITE: Files = &[
    ("1_t.sql", "CREATE TABLE t (a int); INSERT INTO t VALUES (0)"),
    (
        "2_more.sql",
        "-- no-transaction\nPRAGMA foreign_keys = OFF;\nUPDATE t SET a = a + 1;\nVACUUM;\nUPDATE t SET a = a + 10;\nANALYZE",
    ),
    ("3_last.sql", "ALTER TABLE t ADD COLUMN b int; UPDATE t SET a = a + 100"),
];

const MYSQL: Files = &[
    ("1_t.sql", "CREATE TABLE t (a int); INSERT INTO t VALUES (0)"),
    (
        "2_more.sql",
        "UPDATE t SET a = a + 1;\nOPTIMIZE TABLE t;\nUPDATE t SET a = a + 10;\nALTER TABLE t ADD COLUMN c int",
    ),
    ("3_last.sql", "ALTER TABLE t ADD COLUMN b int; UPDATE t SET a = a + 100"),
];

#[test]
fn each_migration_is_run_once_and_all_succeed() {
    everywhere(|place| {
        let files = if place.is_sqlite() { SQLITE } else { MYSQL };
        for _ in 0..std::env::var("GUARD_ROUNDS").map_or(1, |rounds| rounds.parse().unwrap()) {
            let database = place.database();
            let reports: Vec<_> = std::thread::scope(|scope| {
                let runs: Vec<_> = (0..6).map(|_| scope.spawn(|| block_on(database.run(files, hasty())))).collect();
                runs.into_iter().map(|run| run.join().unwrap()).collect()
            });
            for report in &reports {
                assert!(report.is_ok(), "{}: {}", place.name(), report.as_ref().unwrap_err());
            }
            assert_eq!(block_on(database.ask("SELECT a FROM t")), ["111"], "{}", place.name());
            let whole = reports.iter().flatten().flat_map(|report| &report.migrations);
            let first = whole.filter(|run| run.id == "1" && run.outcome == Outcome::Applied).count();
            assert_eq!(first, 1, "{}", place.name());
        }
    });
}
