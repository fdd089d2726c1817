//! `check`: exit status, hosts, the JSON form.

#![allow(clippy::unwrap_used, unreachable_pub, dead_code, reason = "a test fails by panicking and shares helpers")]

mod common;

use common::Dir;
use serde_json::{Value, json};

const USERS: &str = "CREATE TABLE users (id bigint PRIMARY KEY, email text);";

/// The rules that found something, in order.
fn rules(report: &Value) -> Vec<&str> {
    let of = |findings: &'static str| move |value: &Value| value[findings].as_array().unwrap().clone();
    let mut rules = Vec::new();
    let mut collect = |value: &'_ Value| {
        for finding in value["findings"].as_array().unwrap() {
            rules.push(finding["rule"].as_str().unwrap().to_owned());
        }
    };
    collect(report);
    for migration in of("migrations")(report) {
        collect(&migration);
        for statement in of("statements")(&migration) {
            collect(&statement);
        }
    }
    rules.into_iter().map(|rule| &*rule.leak()).collect()
}

#[test]
fn the_exit_status_follows_deny() {
    let index = "CREATE INDEX users_email ON users (email);";
    let drop = "DROP INDEX users_email;";
    let cases: [(&[&str], &[&str], i32); 6] = [
        (&[], &[], 0),
        (&[], &["--deny", "flag"], 0),
        (&[index], &[], 1),
        (&[index], &["--deny", "flag"], 1),
        (&["CREATE INDEX CONCURRENTLY users_email ON users (email);", drop], &[], 0),
        (&["CREATE INDEX CONCURRENTLY users_email ON users (email);", drop], &["--deny", "flag"], 1),
    ];
    for (migrations, args, status) in cases {
        let dir = Dir::with(&[("migrations/1_users.sql", USERS)]);
        for (at, sql) in migrations.iter().enumerate() {
            let first = if sql.contains("CONCURRENTLY") { "-- no-transaction\n" } else { "" };
            dir.write(&format!("migrations/{}_x.sql", at + 2), format!("{first}{sql}").as_bytes());
        }
        let ran = dir.run(&[&["check"], args].concat());
        assert_eq!(ran.status, status, "{migrations:?} {args:?}: {}", ran.out);
    }
}

#[test]
fn json_has_the_keys_that_are_promised() {
    let dir = Dir::with(&[
        ("migrations/1_users.sql", USERS),
        ("migrations/2_index.sql", "-- an index\n  CREATE INDEX users_email\n    ON users (email);"),
        ("migrations/2_twice.sql", "SELECT 1;"),
    ]);
    let report = dir.run(&["check", "--format", "json"]).expect(1).json();
    let keys = |value: &Value| value.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
    assert_eq!(
        keys(&report),
        ["categories", "dialect", "errors", "findings", "migrations", "summary", "verdict", "version"]
    );
    assert_eq!(report["version"], 1);
    assert_eq!(report["dialect"], "postgres:16");
    assert_eq!(report["verdict"], "BLOCK");
    assert_eq!(report["categories"].as_array().unwrap().len(), 10);
    assert_eq!(report["categories"][0], json!({ "category": "lock-contention", "status": "BLOCK", "findings": 1 }));
    assert_eq!(report["findings"][0]["rule"], "duplicate-version");
    let migration = &report["migrations"][1];
    assert_eq!(
        keys(migration),
        ["direction", "findings", "id", "name", "path", "statements", "transaction", "verdict"]
    );
    assert_eq!(migration["id"], "2");
    assert_eq!(migration["name"], "index");
    assert_eq!(migration["path"], "migrations/2_index.sql");
    assert_eq!(migration["direction"], "up");
    assert_eq!(migration["transaction"], true);
    assert_eq!(migration["verdict"], "BLOCK");
    let statement = &migration["statements"][0];
    assert_eq!(
        keys(statement),
        ["column", "effects", "end_column", "end_line", "findings", "line", "operations", "sql", "understood"]
    );
    assert_eq!(statement["sql"], "CREATE INDEX users_email\n    ON users (email)");
    assert_eq!([&statement["line"], &statement["column"]], [2, 3]);
    assert_eq!([&statement["end_line"], &statement["end_column"]], [3, 21]);
    assert_eq!(statement["operations"], json!(["create-index"]));
    assert_eq!(statement["understood"], true);
    assert_eq!(
        statement["effects"],
        json!({
            "locks": [{ "relation": "public.users", "mode": "SHARE" }],
            "rewrites": [], "scans": ["public.users"], "rebuilds_indexes": [], "requires_no_transaction": false,
            "data_loss": [], "breaks": [],
        })
    );
    let finding = &statement["findings"][0];
    assert_eq!(
        keys(finding),
        ["category", "column", "end_column", "end_line", "fix", "help", "line", "message", "rule", "status", "verify"]
    );
    assert_eq!(finding["rule"], "index-not-concurrent");
    assert_eq!(finding["category"], "lock-contention");
    assert_eq!(finding["status"], "BLOCK");
    assert_eq!(finding["fix"], "CREATE INDEX CONCURRENTLY users_email\n    ON users (email)");
    assert_eq!(finding["verify"], Value::Null);
    assert_eq!([&finding["line"], &finding["column"]], [2, 3]);
    assert_eq!([&finding["end_line"], &finding["end_column"]], [3, 21]);
}

#[test]
fn columns_are_counted_in_characters() {
    let dir = Dir::with(&[("migrations/1_a.sql", "SELECT 'äöü'; DROP TABLE absent;")]);
    let report = dir.run(&["check", "--format", "json"]).expect(1).json();
    assert_eq!(report["migrations"][0]["statements"][1]["column"], 15);
}

#[test]
fn sqlx_files_are_read_as_sqlx_does() {
    let index = "CREATE INDEX CONCURRENTLY users_email ON users (email);";
    let cases: [(&str, &[&str]); 5] = [
        ("-- no-transaction\n", &[]),
        ("", &["needs-no-transaction"]),
        ("-- why\n-- no-transaction\n", &["misplaced-no-transaction", "needs-no-transaction"]),
        (" -- no-transaction\n", &["misplaced-no-transaction", "needs-no-transaction"]),
        ("-- no-transaction\nSET lock_timeout = '2s';\n", &["needs-no-transaction"]),
    ];
    for (first, expected) in cases {
        let dir =
            Dir::with(&[("migrations/1_users.sql", USERS), ("migrations/2_index.sql", &format!("{first}{index}"))]);
        let ran = dir.run(&["check", "--format", "json"]);
        assert_eq!(rules(&ran.json()), expected, "{first:?}");
    }
}

#[test]
fn the_way_back_is_not_a_migration() {
    let dir = Dir::with(&[
        ("migrations/1_users.up.sql", USERS),
        ("migrations/1_users.down.sql", "DROP TABLE users;"),
        ("migrations/2_more.up.sql", "ALTER TABLE users ADD COLUMN a int;"),
        ("migrations/2_more.down.sql", "ALTER TABLE users DROP COLUMN a;"),
    ]);
    let report = dir.run(&["check", "--format", "json"]).expect(0).json();
    assert_eq!(report["migrations"].as_array().unwrap().len(), 2);
}

#[test]
fn versions_are_compared_as_the_host_does() {
    let twice = Dir::with(&[("migrations/1_a.sql", "SELECT 1;"), ("migrations/01_b.sql", "SELECT 2;")]);
    assert_eq!(rules(&twice.run(&["check", "--format", "json"]).expect(1).json()), ["duplicate-version"]);
    let diesel = Dir::with(&[
        ("migrations/2024-01-01-000000_a/up.sql", "SELECT 1;"),
        ("migrations/2024-01-01-000000_a/down.sql", "SELECT 1;"),
        ("migrations/20240101000000_b/up.sql", "SELECT 1;"),
        ("migrations/20240101000000_b/down.sql", "SELECT 1;"),
    ]);
    assert_eq!(rules(&diesel.run(&["check", "--format", "json"]).expect(1).json()), ["duplicate-version"]);
    let plain = Dir::with(&[("migrations/V1__a.sql", "SELECT 1;"), ("migrations/V2__b.sql", "SELECT 1;")]);
    plain.run(&["check"]).expect(0);
}

#[test]
fn diesel_metadata_is_read_as_diesel_does() {
    let cases: [(Option<&str>, &[&str]); 5] = [
        (Some("run_in_transaction = false"), &[]),
        (None, &["needs-no-transaction"]),
        (Some(""), &["metadata-toml"]),
        (Some("run_in_transaction = 0"), &["metadata-toml", "needs-no-transaction"]),
        (Some("run_in_transaction"), &["metadata-toml", "needs-no-transaction"]),
    ];
    for (metadata, expected) in cases {
        let dir = Dir::with(&[
            ("migrations/2024-01-01-000000_users/up.sql", USERS),
            ("migrations/2024-01-01-000000_users/down.sql", "DROP TABLE users;"),
            ("migrations/2024-01-02-000000_index/up.sql", "CREATE INDEX CONCURRENTLY users_email ON users (email);"),
            ("migrations/2024-01-02-000000_index/down.sql", "DROP INDEX users_email;"),
        ]);
        if let Some(metadata) = metadata {
            dir.write("migrations/2024-01-02-000000_index/metadata.toml", metadata.as_bytes());
        }
        let ran = dir.run(&["check", "--format", "json"]);
        assert_eq!(rules(&ran.json()), expected, "{metadata:?}");
    }
}

#[test]
fn a_version_that_does_not_know_a_statement_is_told() {
    let dir = Dir::with(&[
        ("migrations/1_users.sql", USERS),
        ("migrations/2_x.sql", "ALTER TABLE users ADD CONSTRAINT e NOT NULL email NOT VALID;"),
    ]);
    let ran = dir.run(&["check", "--dialect", "postgres:16"]).expect(1);
    assert!(ran.out.contains("needs PostgreSQL 18; the target is 16"), "{}", ran.out);
    dir.run(&["check", "--dialect", "postgres:18"]).expect(0);
    assert_eq!(dir.run(&["check", "--dialect", "pg:18.1", "--format", "json"]).json()["dialect"], "postgres:18");
}
