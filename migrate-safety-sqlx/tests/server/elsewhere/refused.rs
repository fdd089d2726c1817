//! What is refused, and how that is said: nothing is touched then.

use super::{Files, block_on, everywhere, hasty, migrator, on_sqlite};
use migrate_safety_core::guard::{Goal, Policy, Reason, Settings};
use migrate_safety_core::rules::Status;
use migrate_safety_sqlx::Guard;

const FILES: Files = &[("1_t.sql", "CREATE TABLE t (a int)"), ("2_drop.sql", "DROP TABLE t")];

#[test]
fn histories_and_findings() {
    everywhere(|place| {
        let database = place.database();
        let name = place.name();
        block_on(async {
            database.run(&FILES[..1], hasty()).await.unwrap();
            database.ask("INSERT INTO t VALUES (1)").await;
            // The check, on what the database holds.
            let strict = Settings { policy: Policy::Deny(Status::Flag), ..hasty() };
            let stopped = database.run(FILES, strict).await.unwrap_err();
            let Reason::Denied { summary, .. } = &stopped.reason else { panic!("{name}: {stopped}") };
            assert!(summary.contains("drop-table"), "{name}: {summary}");

            const EDITED: Files = &[("1_t.sql", "CREATE TABLE t (b int)")];
            let stopped = database.run(EDITED, hasty()).await.unwrap_err();
            assert!(matches!(&stopped.reason, Reason::Edited(versions) if versions == &["1"]), "{name}: {stopped}");

            const OTHERS: Files = &[("3_x.sql", "CREATE TABLE x (a int)")];
            let stopped = database.run(OTHERS, hasty()).await.unwrap_err();
            assert!(matches!(&stopped.reason, Reason::Missing(versions) if versions == &["1"]), "{name}: {stopped}");

            database.ask("UPDATE _sqlx_migrations SET success = FALSE").await;
            let stopped = database.run(FILES, hasty()).await.unwrap_err();
            assert!(matches!(&stopped.reason, Reason::Dirty(version) if version == "1"), "{name}: {stopped}");
            assert_eq!(database.ask("SELECT a FROM t").await, ["1"], "{name}");
        });
    });
}

#[test]
fn a_statement_that_fails_leaves_what_is_said() {
    everywhere(|place| {
        const FILES: Files =
            &[("1_t.sql", "CREATE TABLE t (a int);\nINSERT INTO t VALUES (1);\nINSERT INTO nowhere VALUES (1);")];
        const MENDED: Files =
            &[("1_t.sql", "CREATE TABLE t (a int);\nINSERT INTO t VALUES (1);\nINSERT INTO t VALUES (2);")];
        let (database, name) = (place.database(), place.name());
        block_on(async {
            let stopped = database.run(FILES, hasty()).await.unwrap_err();
            let Reason::Failed { line, left, .. } = &stopped.reason else { panic!("{name}: {stopped}") };
            assert_eq!(*line, 3, "{name}: {stopped}");
            if place.is_sqlite() {
                assert!(left.contains("nothing of it is left"), "{name}: {left}");
            } else {
                assert!(left.contains("what stands before it is done and noted"), "{name}: {left}");
                // sqlx itself runs nothing on it.
                let told = database.run_unguarded(&migrator(MENDED)).await.unwrap_err().to_string();
                assert!(told.contains("partially applied"), "{name}: {told}");
            }
            // The statement may be mended, and what was done is not done again.
            let mended = if place.is_sqlite() {
                MENDED
            } else {
                const MENDED: Files = &[(
                    "1_t.sql",
                    "CREATE TABLE t (a int);\nINSERT INTO t VALUES (1);\n-- was nowhere\nCREATE TABLE u (a int);",
                )];
                MENDED
            };
            let finished = database.run(mended, hasty()).await;
            if place.is_sqlite() {
                finished.unwrap();
                assert_eq!(database.ask("SELECT a FROM t ORDER BY a").await, ["1", "2"], "{name}");
            } else {
                finished.unwrap();
                assert_eq!(database.ask("SELECT a FROM t ORDER BY a").await, ["1"], "{name}");
            }
            database.run_unguarded(&migrator(mended)).await.unwrap();
        });
    });
}

#[test]
fn another_hosts_books_and_a_client_command() {
    everywhere(|place| {
        let (database, name) = (place.database(), place.name());
        block_on(async {
            database.ask("CREATE TABLE __diesel_schema_migrations (version VARCHAR(50) PRIMARY KEY NOT NULL)").await;
            database.ask("INSERT INTO __diesel_schema_migrations VALUES ('20240101')").await;
            let stopped = database.run(FILES, hasty()).await.unwrap_err();
            assert!(matches!(stopped.reason, Reason::OtherHost { applied: 1, .. }), "{name}: {stopped}");
            let settings = Settings { allow_other_host: true, policy: Policy::Allow, ..hasty() };
            if !place.is_sqlite() {
                const CLIENT: Files = &[("1_t.sql", "CREATE TABLE t (a int);\nDELIMITER //\nSELECT 1//")];
                let stopped = database.run(CLIENT, settings.clone()).await.unwrap_err();
                assert!(stopped.to_string().contains("1_t.sql:2: "), "{name}: {stopped}");
            }
            database.run(FILES, settings).await.unwrap();
        });
    });
}

#[test]
fn a_file_that_takes_no_writes() {
    on_sqlite(|place| {
        let database = place.database();
        block_on(async {
            database.run(&FILES[..1], hasty()).await.unwrap();
            let super::Database::Sqlite { file, wal } = &database else { panic!("no SQLite") };
            let options = super::sqlite_options(file, *wal).read_only(true).create_if_missing(false);
            let pool = sqlx::SqlitePool::connect_with(options).await.unwrap();
            let migrator = migrator(FILES);
            let guard = Guard::new(&migrator).settings(Settings { policy: Policy::Allow, ..hasty() });
            let stopped =
                guard.go((&pool).into(), Goal::Newest, migrate_safety_core::guard::Mode::Run).await.unwrap_err();
            assert!(matches!(stopped.reason, Reason::ReadOnlyFile(_)), "{stopped}");
            pool.close().await;
        });
    });
}
