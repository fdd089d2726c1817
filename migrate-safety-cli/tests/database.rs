//! The commands that look at a live database.

#![allow(clippy::unwrap_used, unreachable_pub, dead_code, reason = "a test fails by panicking and shares helpers")]

mod common;

use common::Dir;
use migrate_safety_testkit::server_for_test;

#[test]
fn drift_check_and_catalog_look_at_the_database() {
    let Some(server) = server_for_test(16) else { return };
    let database = server.database("cli").unwrap();
    let url = database.url();
    let dir = Dir::with(&[
        ("migrations/1_a.sql", "CREATE TABLE users (id bigint PRIMARY KEY, name text);"),
        ("migrations/2_b.sql", "CREATE INDEX users_name ON users (name);"),
    ]);
    let mut client = database.connect().unwrap();
    let books = migrate_safety_core::Layout::Sqlx.bookkeeping().unwrap();
    client.batch_execute(books).unwrap();
    let first = "CREATE TABLE users (id bigint PRIMARY KEY, name text);";
    client.batch_execute(first).unwrap();
    let checksum = migrate_safety_sqlx::checksum(first);
    client
        .batch_execute(&format!("INSERT INTO _sqlx_migrations VALUES (1, 'a', now(), true, '\\x{checksum}', 1)"))
        .unwrap();

    let none = dir.run(&["drift", "--database-url", &url, "--format", "json"]).expect(0).json();
    assert_eq!(none["version"], 1);
    assert_eq!(none["objects"], serde_json::json!([]));
    assert_eq!(none["migrations"], serde_json::json!([{ "id": "2", "state": "pending" }]));

    client.batch_execute("ALTER TABLE users ADD nickname text").unwrap();
    let drift = dir.run(&["drift", "--migrations", "migrations", "--database-url", &url, "--format", "json"]);
    let extra = &drift.expect(1).json()["objects"][0];
    assert_eq!(extra["change"], "extra");
    assert_eq!(extra["name"], "public.users.nickname");
    assert_eq!(extra["sql"][0], "ALTER TABLE public.users DROP COLUMN nickname");

    // Only what is pending is judged, and the table is known to be small.
    client.batch_execute("ANALYZE users").unwrap();
    let report = dir.run(&["check", "--database-url", &url, "--format", "json"]);
    let report = report.json();
    assert_eq!(report["migrations"].as_array().unwrap().len(), 1);
    assert_eq!(report["migrations"][0]["id"], "2");
    assert_eq!(report["migrations"][0]["statements"][0]["effects"]["scans"][0], "public.users");

    let sql = dir.run(&["catalog", "--database-url", &url]).expect(0).out;
    assert!(sql.contains("nickname text"), "{sql}");

    let unreachable = dir.run(&["drift", "--database-url", "postgres://postgres@127.0.0.1:1/app"]).expect(2).err;
    assert!(unreachable.contains("no PostgreSQL server answers at 127.0.0.1:1"), "{unreachable}");
}
