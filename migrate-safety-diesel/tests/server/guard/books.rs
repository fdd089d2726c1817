//! The bookkeeping is diesel's own.

use super::project::{Code, Project, Text};
use super::{BOOKS, connect, hasty, number, servers, text};
use diesel_migrations::MigrationHarness;
use migrate_safety_core::guard::{Outcome, Policy, Settings};
use migrate_safety_diesel::{Guard, GuardedHarness, guarded};

fn project() -> Project {
    Project(vec![
        Text(
            "2024-01-01-000000_t",
            "CREATE TABLE t (a int, b int); INSERT INTO t VALUES (1)",
            Some("DROP TABLE t"),
            true,
        ),
        Text(
            "2024-01-02-000000_i",
            "CREATE INDEX CONCURRENTLY t_a ON t (a)",
            Some("DROP INDEX CONCURRENTLY t_a"),
            false,
        ),
        Text("2024-01-03-000000_c", "ALTER TABLE t ADD COLUMN c int;", Some("ALTER TABLE t DROP COLUMN c"), true),
    ])
}

#[test]
fn each_way_of_running_writes_what_diesel_writes() {
    for server in servers() {
        let names = ["books_guard", "books_harness", "books_source", "books_diesel"];
        let databases = names.map(|name| server.database(name).unwrap());
        let [guard, harness, source, diesel] = &databases;
        let project = project();
        let report = Guard::new(&project).unwrap().settings(hasty()).run(&mut connect(guard)).unwrap();
        assert_eq!(report.migrations.len(), 3, "{report}");
        let mut connection = connect(harness);
        let mut guarded_harness = GuardedHarness::new(&mut connection).settings(hasty());
        let ran: Vec<String> =
            guarded_harness.run_pending_migrations(project.clone()).unwrap().iter().map(ToString::to_string).collect();
        assert_eq!(ran, ["20240101000000", "20240102000000", "20240103000000"]);
        connect(source).run_pending_migrations(guarded(project.clone()).settings(hasty())).unwrap();
        connect(diesel).run_pending_migrations(project.clone()).unwrap();
        for database in &databases {
            assert_eq!(text(database, BOOKS), text(diesel, BOOKS), "{}", database.name());
            // Either goes on after the other.
            assert!(!connect(database).has_pending_migration(project.clone()).unwrap());
            let again = Guard::new(&project).unwrap().run(&mut connect(database)).unwrap();
            assert!(again.migrations.is_empty(), "{again}");
            assert_eq!(number(database, "SELECT count(*) FROM pg_class WHERE relname = '_migrate_safety_progress'"), 0);
            assert_eq!(number(database, "SELECT count(*) FROM pg_index WHERE NOT indisvalid"), 0);
        }
        // And back.
        let undone =
            Guard::new(&project).unwrap().settings(hasty()).undo(&mut connect(guard), "20240101000000").unwrap();
        assert_eq!(undone.migrations.len(), 2, "{undone}");
        GuardedHarness::new(&mut connect(harness)).settings(hasty()).revert_last_migration(project.clone()).unwrap();
        connect(source).revert_last_migration(guarded(project.clone())).unwrap();
        connect(diesel).revert_last_migration(project.clone()).unwrap();
        assert_eq!(text(harness, BOOKS), text(diesel, BOOKS));
        assert_eq!(text(source, BOOKS), text(diesel, BOOKS));
        let lost = Guard::new(&project).unwrap().undo(&mut connect(harness), "").unwrap_err().to_string();
        assert!(lost.contains("loses the rows of public.t"), "{lost}");
    }
}

#[test]
fn an_edited_migration_is_known_by_our_checksum() {
    for server in servers() {
        let database = server.database("edited").unwrap();
        let mut project = project();
        Guard::new(&project).unwrap().settings(hasty()).run(&mut connect(&database)).unwrap();
        project.0[2].1 = "ALTER TABLE t ADD COLUMN c bigint;";
        let edited = Guard::new(&project).unwrap().run(&mut connect(&database)).unwrap_err().to_string();
        assert!(edited.contains("edited since: 20240103000000"), "{edited}");
        let warned = Guard::new(&project).unwrap().settings(hasty()).run(&mut connect(&database)).unwrap();
        assert_eq!(warned.history.edited, ["20240103000000"]);
    }
}

#[test]
fn code_runs_as_it_is() {
    for server in servers() {
        let database = server.database("code").unwrap();
        let report = Guard::new(&Code).unwrap().settings(hasty()).run(&mut connect(&database)).unwrap();
        assert_eq!(report.migrations.len(), 2, "{report}");
        assert_eq!(number(&database, "SELECT a::int8 FROM t"), 42);
        let database = server.database("code_harness").unwrap();
        GuardedHarness::new(&mut connect(&database)).settings(hasty()).run_pending_migrations(Code).unwrap();
        assert_eq!(number(&database, "SELECT a::int8 FROM t"), 42);
        assert_eq!(number(&database, "SELECT count(*) FROM __diesel_schema_migrations"), 2);
        let database = server.database("code_source").unwrap();
        connect(&database).run_pending_migrations(guarded(Code)).unwrap();
        assert_eq!(number(&database, "SELECT a::int8 FROM t"), 42);
    }
}

#[test]
fn what_failed_without_a_transaction_is_gone_on_with() {
    for server in servers() {
        let database = server.database("goes_on").unwrap();
        let broken =
            "INSERT INTO t VALUES (2);\nCREATE UNIQUE INDEX CONCURRENTLY t_u ON t ((1));\nINSERT INTO t VALUES (3);";
        let mut project = project();
        project.0.push(Text("2024-01-04-000000_more", broken, None, false));
        let allow = Settings { policy: Policy::Allow, ..hasty() };
        for run in [0, 1] {
            let failed = if run == 0 {
                Guard::new(&project)
                    .unwrap()
                    .settings(allow.clone())
                    .run(&mut connect(&database))
                    .unwrap_err()
                    .to_string()
            } else {
                connect(&database).run_pending_migrations(guarded(project.clone())).unwrap_err().to_string()
            };
            assert!(
                failed.contains("failed at line 2") && failed.contains("the statement before it is done"),
                "{failed}"
            );
            assert_eq!(number(&database, "SELECT count(*) FROM t WHERE a = 2"), 1);
            // The invalid index would go on refusing rows.
            assert_eq!(number(&database, "SELECT count(*) FROM pg_index WHERE NOT indisvalid"), 0);
        }
        let mended =
            "INSERT INTO t VALUES (2);\nCREATE UNIQUE INDEX CONCURRENTLY t_u ON t (a);\nINSERT INTO t VALUES (3);";
        project.0[3].1 = mended;
        let report = Guard::new(&project).unwrap().settings(allow).run(&mut connect(&database)).unwrap();
        assert_eq!(report.migrations[0].outcome, Outcome::Resumed(1), "{report}");
        assert_eq!(text(&database, "SELECT string_agg(a::text, ',' ORDER BY a) FROM t"), "1,2,3");
    }
}
