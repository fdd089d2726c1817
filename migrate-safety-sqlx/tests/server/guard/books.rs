//! The bookkeeping is sqlx's own.

use super::{BOOKS, block_on, hasty, migrator, own_tables, pool, servers, text};
use migrate_safety_core::guard::Outcome;
use migrate_safety_sqlx::{Guard, GuardedConnection};

const FILES: &[(&str, &str)] = &[
    ("1_users.sql", "CREATE TABLE users (id bigserial PRIMARY KEY, name text);\nINSERT INTO users (name) VALUES ('a')"),
    ("2_name.up.sql", "ALTER TABLE users ADD COLUMN nick text;\n\nCREATE INDEX users_nick ON users (nick);"),
    ("2_name.down.sql", "ALTER TABLE users DROP COLUMN nick"),
    ("3_index.sql", "-- no-transaction\nCREATE INDEX CONCURRENTLY users_name ON users (name)"),
    ("4_seed.sql", "-- no-transaction\nINSERT INTO users (name) VALUES ('b')"),
    ("5_empty.sql", "-- nothing to do"),
];

#[test]
fn what_is_written_is_what_sqlx_writes_and_either_goes_on_after_the_other() {
    for server in servers() {
        let (ours, theirs) = (server.database("books_ours").unwrap(), server.database("books_theirs").unwrap());
        let migrator = migrator(FILES);
        block_on(async {
            let (ours, theirs) = (pool(&ours, 2).await, pool(&theirs, 2).await);
            let report = Guard::new(&migrator).settings(hasty()).run(&ours).await.unwrap();
            assert_eq!(report.migrations.len(), 5, "{report}");
            assert!(report.migrations.iter().all(|run| run.outcome == Outcome::Applied), "{report}");
            migrator.run(&theirs).await.unwrap();
            // Each agrees with what the other has done.
            migrator.run(&ours).await.unwrap();
            let again = Guard::new(&migrator).settings(hasty()).run(&theirs).await.unwrap();
            assert!(again.migrations.is_empty(), "{again}");
        });
        assert_eq!(text(&ours, BOOKS), text(&theirs, BOOKS));
        let columns = "SELECT string_agg(concat_ws(' ', attname, format_type(atttypid, atttypmod), attnotnull), ', ' \
                       ORDER BY attnum) FROM pg_attribute WHERE attrelid = '_sqlx_migrations'::regclass AND attnum > 0";
        assert_eq!(text(&ours, columns), text(&theirs, columns));
        assert_eq!(own_tables(&ours), 0);
    }
}

#[test]
fn several_statements_without_a_transaction_run_one_by_one() {
    let files = [
        ("1_t.sql", "CREATE TABLE t (a int, b int)"),
        (
            "2_two.sql",
            "-- no-transaction\nSET work_mem = '3MB';\nCREATE INDEX CONCURRENTLY t_a ON t (a);\n\
             CREATE INDEX CONCURRENTLY t_b ON t (b);\nBEGIN;\nINSERT INTO t VALUES (1);\nINSERT INTO t VALUES (2);\n\
             COMMIT;\nVACUUM t;",
        ),
    ];
    for server in servers() {
        let database = server.database("one_by_one").unwrap();
        let migrator = migrator(&files);
        let report = block_on(async {
            let pool = pool(&database, 1).await;
            // sqlx sends it as one message, and the server refuses that.
            let refused = migrator.run(&pool).await.unwrap_err();
            assert!(refused.to_string().contains("transaction block"), "{refused}");
            pool.close().await;
            Guard::new(&migrator).settings(hasty()).run(&super::pool(&database, 1).await).await.unwrap()
        });
        let lines: Vec<u32> = report.migrations[0].statements.iter().map(|statement| statement.line).collect();
        assert_eq!(lines, [2, 3, 4, 6, 9], "{report}");
        assert_eq!(text(&database, "SELECT count(*)::text FROM t"), "2");
        assert_eq!(own_tables(&database), 0);
    }
}

#[test]
fn up_to_a_version_and_a_dry_run() {
    for server in servers() {
        let database = server.database("run_to").unwrap();
        let migrator = migrator(FILES);
        block_on(async {
            let pool = pool(&database, 1).await;
            let guard = Guard::new(&migrator).settings(hasty());
            let planned = guard.dry_run(&pool).await.unwrap();
            assert_eq!(planned.migrations.len(), 5, "{planned}");
            assert!(planned.migrations.iter().all(|run| run.outcome == Outcome::Planned));
            assert_eq!(text(&database, "SELECT count(*)::text FROM pg_class WHERE relnamespace = 2200"), "0");
            guard.run_to(&pool, 2).await.unwrap();
            assert_eq!(text(&database, "SELECT max(version)::text FROM _sqlx_migrations"), "2");
            let planned = guard.dry_run(&pool).await.unwrap();
            assert_eq!(planned.history.pending, ["3", "4", "5"]);
            assert_eq!(planned.migrations[0].locks[0].relation, "public.users");
        });
    }
}

#[test]
fn a_migrator_runs_over_a_guarded_connection() {
    for server in servers() {
        let (ours, theirs) = (server.database("wrapped").unwrap(), server.database("not_wrapped").unwrap());
        let migrator = migrator(FILES);
        block_on(async {
            let (pool, other) = (pool(&ours, 1).await, super::pool(&theirs, 1).await);
            let mut connection = pool.acquire().await.unwrap();
            let mut guarded = GuardedConnection::new(&mut connection).settings(hasty());
            migrator.run_direct(None, &mut guarded, false).await.unwrap();
            drop(connection);
            migrator.run(&other).await.unwrap();
            assert_eq!(text(&ours, BOOKS), text(&theirs, BOOKS));
            let mut connection = pool.acquire().await.unwrap();
            let mut guarded = GuardedConnection::new(&mut connection).settings(hasty());
            let down = migrator.iter().find(|m| m.migration_type.is_down_migration()).unwrap();
            sqlx::migrate::Migrate::revert(&mut guarded, "_sqlx_migrations", down).await.unwrap();
        });
        assert_eq!(
            text(&ours, "SELECT string_agg(version::text, ',' ORDER BY version) FROM _sqlx_migrations"),
            "1,3,4,5"
        );
    }
}
