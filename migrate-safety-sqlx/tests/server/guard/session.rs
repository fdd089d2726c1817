//! Nothing of a run stays on a connection of the pool.

use super::{block_on, hasty, migrator, number, pool, servers, text};
use migrate_safety_core::guard::Settings;
use migrate_safety_sqlx::Guard;
use sqlx::migrate::Migrator;
use sqlx::{PgPool, Row};
use std::time::Duration;

/// What a session can carry away.
async fn state(pool: &PgPool) -> String {
    let sql = "SELECT concat_ws(' ', pg_backend_pid(), current_setting('lock_timeout'), current_setting('search_path'),
                                current_setting('statement_timeout'), current_setting('role'),
                                current_setting('client_connection_check_interval'),
                                (SELECT count(*) FROM pg_locks WHERE pid = pg_backend_pid() AND locktype = 'advisory'),
                                pg_current_xact_id_if_assigned())";
    sqlx::query(sql).fetch_one(pool).await.unwrap().get(0)
}

#[test]
fn a_run_that_succeeds_and_one_that_fails_leave_the_session_as_it_was() {
    let good = [
        ("1_a.sql", "CREATE SCHEMA app; SET search_path = app, public; CREATE TABLE t (a int)"),
        ("2_b.sql", "-- no-transaction\nSET statement_timeout = '1min';\nCREATE INDEX CONCURRENTLY i ON app.t (a);"),
    ];
    let bad = [("3_c.sql", "SET search_path = app, public; INSERT INTO t VALUES ('x')")];
    let bad_alone = [("3_d.sql", "-- no-transaction\nSET search_path = app, public;\nVACUUM nothing;")];
    let migrator_of = |more: &[(&'static str, &'static str)]| migrator(&[&good[..], more].concat());
    for server in servers() {
        let database = server.database("session").unwrap();
        block_on(async {
            let pool = pool(&database, 1).await;
            let mut connection = pool.acquire().await.unwrap();
            sqlx::raw_sql("SET search_path = public, pg_catalog; SET lock_timeout = '7s'")
                .execute(&mut *connection)
                .await
                .unwrap();
            drop(connection);
            let before = state(&pool).await;
            for (more, succeeds) in [(&[][..], true), (&bad[..], false), (&bad_alone[..], false)] {
                let migrator = migrator_of(more);
                let result = Guard::new(&migrator).settings(hasty()).run(&pool).await;
                let said = result.as_ref().err().map(ToString::to_string);
                assert_eq!(result.is_ok(), succeeds, "{said:?}");
                assert_eq!(state(&pool).await, before);
            }
        });
        assert_eq!(
            number(
                &database,
                "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' \
         AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
            ),
            0
        );
    }
}

/// Gives up a run in the middle, and lets another one finish it.
fn given_up(database: &migrate_safety_testkit::Database, migrator: &Migrator, pid: fn() -> &'static str) {
    block_on(async {
        let pool = pool(database, 1).await;
        let before = state(&pool).await;
        let guard = Guard::new(migrator).settings(Settings::default());
        tokio::time::timeout(Duration::from_millis(400), guard.run(&pool)).await.unwrap_err();
        // The connection is not the same: the old one was closed.
        let after = state(&pool).await;
        assert_ne!(before.split(' ').next(), after.split(' ').next());
        assert_eq!(before.split_once(' ').unwrap().1, after.split_once(' ').unwrap().1);
    });
    super::wait_for(database, "the end of the session", pid());
}

#[test]
fn a_dropped_future_closes_its_connection_and_the_next_run_finishes() {
    let nobody = || {
        "SELECT NOT EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' \
         AND database = (SELECT oid FROM pg_database WHERE datname = current_database()))"
    };
    for server in servers() {
        let database = server.database("dropped").unwrap();
        let slow = migrator(&[("1_a.sql", "CREATE TABLE t (a int); SELECT pg_sleep(2)")]);
        given_up(&database, &slow, nobody);
        assert_eq!(text(&database, "SELECT coalesce(to_regclass('t')::text, 'none')"), "none");
        let alone = migrator(&[
            ("1_a.sql", "CREATE TABLE t (a int)"),
            (
                "2_b.sql",
                "-- no-transaction\nINSERT INTO t VALUES (1);\nINSERT INTO t SELECT 2 FROM pg_sleep(2);\nVACUUM t",
            ),
        ]);
        given_up(&database, &alone, nobody);
        let report = block_on(async { Guard::new(&alone).run(&pool(&database, 1).await).await }).unwrap();
        assert_eq!(number(&database, "SELECT count(*) FROM t"), 2, "{report}");
    }
}

#[test]
fn a_lost_connection_is_replaced() {
    for server in servers() {
        let database = server.database("lost").unwrap();
        let migrator = migrator(&[
            ("1_a.sql", "CREATE TABLE t (a int)"),
            ("2_b.sql", "INSERT INTO t VALUES (1); SELECT pg_sleep(1.5)"),
        ]);
        let mut admin = database.connect().unwrap();
        let killer = std::thread::spawn(move || {
            let sql = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND query LIKE '%pg_sleep(1.5)%' \
                       AND pid <> pg_backend_pid()";
            while admin.query(sql, &[]).unwrap().is_empty() {
                std::thread::sleep(Duration::from_millis(20));
            }
        });
        let report = block_on(async { Guard::new(&migrator).run(&pool(&database, 2).await).await }).unwrap();
        killer.join().unwrap();
        assert_eq!(report.reconnects, 1, "{report}");
        assert_eq!(report.migrations.len(), 2, "{report}");
        assert_eq!(number(&database, "SELECT count(*) FROM t"), 1);
        assert_eq!(number(&database, "SELECT count(*) FROM _sqlx_migrations"), 2);
    }
}

#[test]
fn a_run_can_be_spawned() {
    fn sendable<T: Send>(_: &T) {}
    let migrator = migrator(&[]);
    let guard = Guard::new(&migrator);
    let pool = block_on(async { sqlx::postgres::PgPoolOptions::new().connect_lazy("postgres://localhost/x").unwrap() });
    sendable(&guard.run(&pool));
}
