//! `run`, over both layouts.

#![allow(clippy::unwrap_used, unreachable_pub, dead_code, reason = "a test fails by panicking and shares helpers")]

mod common;

use common::Dir;
use migrate_safety_testkit::server_for_test;

#[test]
fn migrations_of_sqlx_are_planned_rehearsed_run_and_undone() {
    let Some(server) = server_for_test(16) else { return };
    let database = server.database("cli_run_sqlx").unwrap();
    let url = database.url();
    let dir = Dir::with(&[
        ("migrations/1_users.up.sql", "CREATE TABLE users (id bigint PRIMARY KEY, name text);"),
        ("migrations/1_users.down.sql", "DROP TABLE users;"),
        ("migrations/2_name.up.sql", "CREATE INDEX users_name ON users (name);"),
        ("migrations/2_name.down.sql", "DROP INDEX users_name;"),
    ]);
    let run = |args: &[&str]| dir.run(&[&["run", "--database-url", &url], args].concat());
    let planned = run(&["--dry-run", "--to", "1"]).expect(0).out;
    assert!(planned.contains("1 users (up): to be run"), "{planned}");
    run(&["--to", "1", "--lock-timeout", "1s"]).expect(0);
    database
        .connect()
        .unwrap()
        .batch_execute("INSERT INTO users SELECT generate_series(1, 20000); ANALYZE users")
        .unwrap();
    let denied = run(&[]).expect(1);
    assert!(denied.err.contains("index-not-concurrent") && denied.err.contains("nothing was run"), "{denied:?}");
    let rehearsed = run(&["--rehearse", "--format", "json"]).expect(0);
    let report = rehearsed.json();
    let migration = &report["migrations"][0];
    assert_eq!(migration["outcome"], "applied");
    assert_eq!(migration["locks"][0]["relation"], "public.users");
    assert!(migration["statements"][0]["took_ms"].as_f64().unwrap() > 0.0);
    assert!(rehearsed.err.contains("migration 2 begins"), "{rehearsed:?}");
    let lossy = run(&["--undo-to", "0"]).expect(1).err;
    assert!(lossy.contains("loses the rows of public.users"), "{lossy}");
    run(&["--undo-to", "0", "--allow-data-loss"]).expect(0);

    run(&["--lock-timeout", "2"]).expect(2);
    let unreachable = dir.run(&["run", "--database-url", "postgres://postgres@127.0.0.1:1/app"]).expect(2).err;
    assert!(unreachable.contains("no PostgreSQL server answers"), "{unreachable}");
}

#[test]
fn a_file_of_sqlite_is_migrated() {
    let dir = Dir::with(&[
        ("migrations/1_users.up.sql", "CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT);"),
        ("migrations/1_users.down.sql", "DROP TABLE users;"),
        ("migrations/2_rows.up.sql", "INSERT INTO users (name) VALUES ('a'), ('b');"),
        ("migrations/2_rows.down.sql", "-- rows stay"),
    ]);
    let run = |url: &str, args: &[&str]| dir.run(&[&["run", "--database-url", url], args].concat());
    let missing = run("sqlite:app.db", &[]).expect(2).err;
    assert!(missing.contains("app.db: ") && missing.contains("mode=rwc"), "{missing}");
    let planned = run("sqlite:app.db?mode=rwc", &["--dry-run"]).expect(0).out;
    assert!(planned.contains("1 users (up): to be run") && planned.contains("2 rows (up): to be run"), "{planned}");
    run("sqlite:app.db", &["--to", "1"]).expect(0);
    run("sqlite:app.db", &[]).expect(0);
    assert!(run("sqlite:app.db", &[]).expect(0).out.contains("Nothing to run"));
    let lossy = run("sqlite:app.db", &["--undo-to", "0"]).expect(1).err;
    assert!(lossy.contains("loses the rows of main.users"), "{lossy}");
    run("sqlite:app.db", &["--undo-to", "0", "--allow-data-loss"]).expect(0);
    let unreachable = run("mysql://root@127.0.0.1:1/app", &[]).expect(2).err;
    assert!(unreachable.contains("no connection to the MySQL server at 127.0.0.1:1"), "{unreachable}");
}

#[test]
fn migrations_of_diesel_are_run_on_a_file_of_sqlite() {
    let dir = Dir::with(&[
        ("migrations/2024-01-01-000000_t/up.sql", "CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT, b TEXT);"),
        ("migrations/2024-01-01-000000_t/down.sql", "DROP TABLE t;"),
        (
            "migrations/2024-01-02-000000_many/up.sql",
            "PRAGMA foreign_keys = OFF;\nINSERT INTO t (a) VALUES ('x');\nVACUUM;\nCREATE INDEX t_a ON t (a);",
        ),
        ("migrations/2024-01-02-000000_many/down.sql", "DROP INDEX t_a;\nDELETE FROM t;"),
        ("migrations/2024-01-02-000000_many/metadata.toml", "run_in_transaction = false"),
    ]);
    let run = |args: &[&str]| dir.run(&[&["run", "--database-url", "sqlite:app.db"], args].concat());
    dir.run(&["run", "--database-url", "sqlite:app.db?mode=rwc", "--to", "20240101000000"]).expect(0);
    let states = |drift: serde_json::Value| drift["migrations"].clone();
    let drift = || dir.run(&["drift", "--database-url", "sqlite:app.db", "--format", "json"]).expect(0).json();
    assert_eq!(states(drift()), serde_json::json!([{ "id": "20240102000000", "state": "pending" }]));
    run(&[]).expect(0);
    assert_eq!(states(drift()), serde_json::json!([]));
    assert!(run(&[]).expect(0).out.contains("Nothing to run"));
    let filled = ["backfill", "start", "--database-url", "sqlite:app.db", "--name", "b", "--table", "t"];
    dir.run(&[&filled[..], &["--set", "b = upper(a)"]].concat()).expect(0);
    assert!(run(&["--undo-to", "0"]).expect(1).err.contains("loses the rows of main.t"));
    run(&["--undo-to", "0", "--allow-data-loss"]).expect(0);
    assert_eq!(states(drift()).as_array().unwrap().len(), 2);
    run(&[]).expect(0);
    dir.write("migrations/2024-01-01-000000_t/up.sql", b"CREATE TABLE t (id INTEGER PRIMARY KEY, b TEXT);");
    let edited = run(&[]).expect(1).err;
    assert!(edited.contains("edited since: 20240101000000"), "{edited}");
}

#[test]
fn migrations_of_diesel_are_run_with_its_bookkeeping() {
    let Some(server) = server_for_test(16) else { return };
    let database = server.database("cli_run_diesel").unwrap();
    let url = database.url();
    let dir = Dir::with(&[
        ("migrations/2024-01-01-000000_t/up.sql", "CREATE TABLE t (a int);"),
        ("migrations/2024-01-01-000000_t/down.sql", "DROP TABLE t;"),
        ("migrations/2024-01-02-000000_i/up.sql", "CREATE INDEX CONCURRENTLY t_a ON t (a);"),
        ("migrations/2024-01-02-000000_i/down.sql", "DROP INDEX CONCURRENTLY t_a;"),
        ("migrations/2024-01-02-000000_i/metadata.toml", "run_in_transaction = false"),
    ]);
    dir.run(&["run", "--database-url", &url]).expect(0);
    let versions = "SELECT string_agg(version, ',' ORDER BY version) FROM __diesel_schema_migrations";
    let versions: String = database.connect().unwrap().query_one(versions, &[]).unwrap().get(0);
    assert_eq!(versions, "20240101000000,20240102000000");
    // What we keep for ourselves is no drift.
    dir.run(&["drift", "--database-url", &url]).expect(0);
    dir.write("migrations/2024-01-01-000000_t/up.sql", b"CREATE TABLE t (a bigint);");
    let edited = dir.run(&["run", "--database-url", &url]).expect(1).err;
    assert!(edited.contains("edited since: 20240101000000"), "{edited}");
}

#[test]
fn a_rehearsal_notes_its_times_in_the_runbook_and_a_gate_refuses() {
    let Some(server) = server_for_test(16) else { return };
    let database = server.database("cli_runbook").unwrap();
    let url = database.url();
    let dir = Dir::with(&[("migrations/1_users.sql", "CREATE TABLE users (id bigint PRIMARY KEY, name text);")]);
    let run = |args: &[&str]| dir.run(&[&["run", "--database-url", &url], args].concat());
    run(&[]).expect(0);
    let mut client = database.connect().unwrap();
    client.batch_execute("INSERT INTO users VALUES (1)").unwrap();
    dir.run(&["plan", "--sql", "ALTER TABLE users ALTER COLUMN name SET NOT NULL", "--out", "migrations"]).expect(0);
    let files = std::fs::read_dir(dir.0.join("migrations")).unwrap().map(|file| file.unwrap().path());
    let runbook = files.into_iter().find(|path| path.extension().is_some_and(|ending| ending == "md")).unwrap();
    let rehearse = ["--rehearse", "--runbook", runbook.to_str().unwrap()];
    let row = || {
        let text = std::fs::read_to_string(&runbook).unwrap();
        text.lines().find(|line| line.starts_with("| contract-1 |")).unwrap().to_owned()
    };
    let refused = run(&rehearse).expect(1).err;
    assert!(refused.contains("refuses to run") && refused.contains("contract-1 must not run yet"), "{refused}");
    assert!(row().ends_with("| |"), "{}", row());
    client.batch_execute("UPDATE users SET name = ''").unwrap();
    run(&rehearse).expect(0);
    assert!(row().ends_with("s |") && row().contains("AccessExclusiveLock on public.users for"), "{}", row());
    run(&["--rehearse", "--runbook", "absent.md"]).expect(2);
    assert!(run(&["--to", "77"]).expect(2).err.contains("there is no migration 77"));
}
