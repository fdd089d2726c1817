//! The way back.

use super::{block_on, execute, hasty, migrator, number, pool, reason, servers};
use migrate_safety_core::guard::{Direction, Settings};
use migrate_safety_sqlx::Guard;

#[test]
fn an_undo_that_loses_rows_is_refused() {
    let files = [
        ("1_t.up.sql", "CREATE TABLE t (id int)"),
        ("1_t.down.sql", "DROP TABLE t"),
        ("2_a.up.sql", "ALTER TABLE t ADD COLUMN a int, ADD COLUMN b int"),
        ("2_a.down.sql", "ALTER TABLE t DROP COLUMN a, DROP COLUMN b"),
        ("3_i.up.sql", "-- no-transaction\nCREATE INDEX CONCURRENTLY i ON t (a)"),
        ("3_i.down.sql", "-- no-transaction\nDROP INDEX CONCURRENTLY i"),
    ];
    for server in servers() {
        let database = server.database("undo").unwrap();
        let migrator = migrator(&files);
        block_on(async {
            let pool = pool(&database, 1).await;
            let guard = Guard::new(&migrator).settings(hasty());
            guard.run(&pool).await.unwrap();
            execute(&database, "INSERT INTO t (id, a) VALUES (1, 1)");
            let report = guard.undo(&pool, 2).await.unwrap();
            assert_eq!(report.migrations[0].direction, Direction::Down, "{report}");
            assert_eq!(number(&database, "SELECT max(version) FROM _sqlx_migrations"), 2);
            // b is empty, a is not.
            let said = reason(guard.undo(&pool, 1).await);
            assert!(said.contains("undoing migration 2 loses public.t.a; allow data loss"), "{said}");
            execute(&database, "UPDATE t SET a = NULL");
            guard.undo(&pool, 1).await.unwrap();
            let said = reason(guard.undo(&pool, 0).await);
            assert!(said.contains("the rows of public.t"), "{said}");
            let told = Settings { allow_data_loss: true, ..hasty() };
            Guard::new(&migrator).settings(told).undo(&pool, 0).await.unwrap();
            assert_eq!(number(&database, "SELECT count(*) FROM _sqlx_migrations"), 0);
            // And forth again, by sqlx itself.
            migrator.run(&pool).await.unwrap();
            migrator.undo(&pool, 0).await.unwrap();
        });
    }
}

#[test]
fn without_a_way_back_nothing_is_undone() {
    let files = [
        ("1_t.sql", "CREATE TABLE t (id int)"),
        ("2_u.up.sql", "CREATE TABLE u (id int)"),
        ("2_u.down.sql", "DROP TABLE u"),
    ];
    for server in servers() {
        let database = server.database("no_way_back").unwrap();
        let migrator = migrator(&files);
        block_on(async {
            let pool = pool(&database, 1).await;
            let guard = Guard::new(&migrator).settings(hasty());
            guard.run(&pool).await.unwrap();
            let said = reason(guard.undo(&pool, 0).await);
            assert!(said.contains("migration 1 has no way back"), "{said}");
            assert_eq!(number(&database, "SELECT count(*) FROM _sqlx_migrations"), 2);
        });
    }
}
