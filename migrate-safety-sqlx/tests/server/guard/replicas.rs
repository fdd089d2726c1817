//! Ten replicas of an application start at once.

use super::{BOOKS, block_on, migrator, number, own_tables, pool, servers, text};
use migrate_safety_core::guard::Settings;
use migrate_safety_sqlx::Guard;
use std::time::Duration;

#[test]
fn each_migration_is_applied_once_and_all_ten_succeed() {
    let rounds: usize = std::env::var("GUARD_ROUNDS").map_or(1, |rounds| rounds.parse().unwrap());
    for server in servers().iter().flat_map(|server| std::iter::repeat_n(server, rounds)) {
        let database = server.database("replicas").unwrap();
        database
            .connect()
            .unwrap()
            .batch_execute("CREATE TABLE t (id int); INSERT INTO t SELECT generate_series(1, 50000)")
            .unwrap();
        let migrator = migrator(&[
            ("1_log.sql", "CREATE TABLE log (at timestamptz); INSERT INTO log SELECT now()"),
            ("2_index.sql", "-- no-transaction\nCREATE INDEX CONCURRENTLY t_id ON t (id)"),
            ("3_two.sql", "-- no-transaction\nINSERT INTO log SELECT now();\nCREATE INDEX CONCURRENTLY ON log (at);"),
        ]);
        let ran: usize = block_on(async {
            let mut replicas = tokio::task::JoinSet::new();
            let migrator = std::sync::Arc::new(migrator);
            for _ in 0..10 {
                let (pool, migrator) = (pool(&database, 1).await, std::sync::Arc::clone(&migrator));
                let settings = Settings { wait_for_others: Duration::from_secs(60), ..Settings::default() };
                replicas.spawn(async move { Guard::new(&migrator).settings(settings).run(&pool).await });
            }
            replicas.join_all().await.into_iter().map(|report| report.unwrap().migrations.len()).sum()
        });
        assert_eq!(ran, 3);
        assert_eq!(number(&database, "SELECT count(*) FROM log"), 2);
        assert_eq!(number(&database, "SELECT count(*) FROM pg_index WHERE NOT indisvalid"), 0);
        assert_eq!(text(&database, BOOKS).lines().count(), 3);
        assert_eq!(own_tables(&database), 0);
    }
}

#[test]
fn whoever_runs_migrations_is_named_when_waiting_ends() {
    let Some(server) = servers().pop() else { return };
    let database = server.database("waiting").unwrap();
    let mut other = database.connect().unwrap();
    let key = migrate_safety_core::guard::advisory_key(database.name());
    other.batch_execute(&format!("SET application_name = 'sqlx-cli'; SELECT pg_advisory_lock({key})")).unwrap();
    let migrator = migrator(&[("1_a.sql", "CREATE TABLE t (id int)")]);
    let settings = Settings { wait_for_others: Duration::from_millis(300), ..Settings::default() };
    let guard = Guard::new(&migrator).settings(settings);
    let said = super::reason(block_on(async { guard.run(&pool(&database, 1).await).await }));
    assert!(said.contains("sqlx-cli"), "{said}");
    assert_eq!(number(&database, "SELECT count(*) FROM pg_class WHERE relname = '_sqlx_migrations'"), 0);
}
