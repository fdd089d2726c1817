//! The commands that look at a live database.

#![allow(clippy::unwrap_used, unreachable_pub, dead_code, reason = "a test fails by panicking and shares helpers")]

mod common;

use common::Dir;
use migrate_safety_testkit::{Moment, PostgresServer, Relay, Stop, server_for_test, stop_during};

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

    client
        .batch_execute(
            "CREATE COLLATION plain (provider = libc, locale = 'C');
             CREATE STATISTICS pair (ndistinct, mcv) ON name, lower(nickname) FROM users",
        )
        .unwrap();
    let sql = dir.run(&["catalog", "--database-url", &url]).expect(0).out;
    for printed in [
        "nickname text",
        "CREATE COLLATION public.plain (provider = libc, locale = 'C');",
        "CREATE STATISTICS public.pair (ndistinct, mcv) ON name, (lower(nickname)) FROM public.users;",
    ] {
        assert!(sql.contains(printed), "{printed}: {sql}");
    }

    // The database of the environment is looked at when that is said, and only then.
    let environment = [("DATABASE_URL", &*url)];
    let live = dir.run_with(&["check", "--live", "--format", "json"], &environment).json();
    assert_eq!(live["migrations"].as_array().unwrap().len(), 1);
    let replayed = dir.run_with(&["check", "--format", "json"], &environment).json();
    assert_eq!(replayed["migrations"].as_array().unwrap().len(), 2);
    let of_environment = dir.run_with(&["catalog", "--live"], &environment).expect(0).out;
    assert_eq!(of_environment, sql);
    dir.run_with(&["drift"], &environment).expect(1);
    let which = dir.run_with(&["check", "--live"], &[("DATABASE_URL", "")]).expect(2).err;
    assert!(which.contains("Give --database-url, or set DATABASE_URL"), "{which}");

    let unreachable = dir.run(&["drift", "--database-url", "postgres://postgres@127.0.0.1:1/app"]).expect(2).err;
    assert!(unreachable.contains("no PostgreSQL server answers at 127.0.0.1:1"), "{unreachable}");
    let plain = dir.run(&["drift", "--database-url", &format!("{url}?sslmode=require")]).expect(2).err;
    assert!(plain.contains("no TLS connection to the server at 127.0.0.1"), "{plain}");
}

#[test]
fn a_database_that_stops_half_way_is_told() {
    if server_for_test(16).is_none() {
        return;
    }
    // One of its own, since it is stopped.
    let server = PostgresServer::start_synchronous(16).unwrap();
    let relay = Relay::start(&server).unwrap();
    let url = relay.url("postgres");
    let dir = Dir::with(&[("migrations/1_a.sql", "CREATE TABLE users (id bigint PRIMARY KEY);")]);
    let place = url.split(['@', '/']).nth(3).unwrap();
    for (args, message, how) in [
        (["catalog", "--database-url", &url], 3, Stop::Immediate),
        (["drift", "--database-url", &url], 5, Stop::Fast),
        (["check", "--database-url", &url], 6, Stop::Immediate),
    ] {
        let (ran, struck) = stop_during(&server, &relay, (message, Moment::During), how, || dir.run(&args)).unwrap();
        assert!(struck, "{args:?}");
        let told = ran.expect(2).err;
        for words in [place, "the server went away while its catalog was read", "try again when it is back"] {
            assert!(told.contains(words), "{args:?}: {words}: {told}");
        }
    }
}

#[test]
fn estimates_rest_on_what_the_server_says_of_its_tables() {
    let Some(server) = server_for_test(16) else { return };
    let database = server.database("estimates").unwrap();
    let url = database.url();
    let dir = Dir::with(&[
        ("migrations/1_index.sql", "CREATE INDEX ON orders (total);"),
        ("migrations/2_retype.sql", "ALTER TABLE orders ALTER total TYPE numeric;"),
        ("migrations/3_fill.sql", "UPDATE orders SET total = 0;"),
        ("migrations/4_column.sql", "ALTER TABLE orders ADD note text;"),
        ("migrations/5_small.sql", "ALTER TABLE countries ALTER id TYPE bigint;"),
        ("migrations/6_index.sql", "-- no-transaction\nCREATE INDEX CONCURRENTLY ON orders (note);"),
    ]);
    let mut client = database.connect().unwrap();
    client
        .batch_execute(
            "CREATE TABLE orders (id bigint PRIMARY KEY, total int, filler text);
             CREATE TABLE countries (id int PRIMARY KEY);
             INSERT INTO orders SELECT n, n, repeat('x', 100) FROM generate_series(1, 20000) n;
             INSERT INTO countries SELECT generate_series(1, 200);
             ANALYZE;",
        )
        .unwrap();
    let bytes: i64 = client.query_one("SELECT pg_table_size('orders')", &[]).unwrap().get(0);
    let check = || dir.run(&["check", "--database-url", &url, "--format", "json"]).json();
    let estimates = |report: &serde_json::Value, migration: usize| {
        let estimates =
            report["migrations"][migration]["statements"][0]["estimates"].as_array().cloned().unwrap_or_default();
        estimates.iter().map(|e| (e["work"].as_str().unwrap().to_owned(), e["rows"].as_u64())).collect::<Vec<_>>()
    };

    let report = check();
    let measured = &report["migrations"][0]["statements"][0]["estimates"][0];
    assert_eq!(measured["relation"], "public.orders");
    assert_eq!(measured["bytes"], bytes);
    assert_eq!(estimates(&report, 0), [("index-build".to_owned(), Some(20_000))]);
    assert_eq!(estimates(&report, 1), [("rewrite".to_owned(), Some(20_000))]);
    assert_eq!(estimates(&report, 2), [("change".to_owned(), Some(20_000))]);
    assert_eq!(estimates(&report, 3), []);
    assert_eq!(estimates(&report, 4), []);
    assert!(report["assumptions"][0].as_str().unwrap().contains("100 MB"));
    let lag = |report: &serde_json::Value| {
        let categories = report["categories"].as_array().unwrap();
        categories.iter().find(|c| c["category"] == "replication-lag").unwrap()["status"].clone()
    };
    assert_eq!(lag(&report), "PASS");

    // As if there were more of them.
    client.batch_execute("UPDATE pg_class SET reltuples = 50000000 WHERE oid = 'orders'::regclass").unwrap();
    let report = check();
    assert_eq!(lag(&report), "FLAG");
    let change = &report["migrations"][2]["statements"][0]["estimates"][0];
    assert_eq!((&change["seconds"], &change["replay_seconds"]), (&5000.into(), &5000.into()));
    let text = dir.run(&["check", "--database-url", &url]).out;
    for told in [
        "estimate: changing the rows of public.orders takes about 83 min (50,000,000 rows,",
        "replicas fall behind by about 83 min",
        "6_index.sql: ok (building an index of public.orders takes about 100 s",
        "estimates assume that a server reads 100 MB, writes 40 MB",
    ] {
        assert!(text.split_whitespace().collect::<Vec<_>>().join(" ").contains(told), "{told}\n{text}");
    }
}
