//! Backfills from the command line.

#![allow(clippy::unwrap_used, unreachable_pub, dead_code, reason = "a test fails by panicking and shares helpers")]

mod common;

use common::Dir;
use migrate_safety_testkit::server_for_test;

#[test]
fn a_backfill_is_run_looked_at_and_steered() {
    let Some(server) = server_for_test(16) else { return };
    let database = server.database("cli_backfill").unwrap();
    let url = database.url();
    let dir = Dir::with(&[]);
    let mut client = database.connect().unwrap();
    client
        .batch_execute(
            "CREATE TABLE users (id bigint PRIMARY KEY, email text NOT NULL, email_lower text, token uuid);
             INSERT INTO users SELECT n, 'A' || n FROM generate_series(1, 5000) AS n",
        )
        .unwrap();
    let start = |rest: &[&str]| {
        let mut args = vec!["backfill", "start", "--database-url", &url, "--name", "lower", "--table", "public.users"];
        args.extend(rest);
        dir.run(&args)
    };
    let none = dir.run(&["backfill", "status", "--database-url", &url, "--name", "lower"]).expect(2).err;
    assert!(none.contains("there is no backfill `lower`"), "{none}");
    let wrong = start(&["--set", "email_lowre = lower(email)"]).expect(2).err;
    assert!(wrong.contains("did you mean email_lower?"), "{wrong}");
    let wrong = start(&["--set", "email_lower = lower(email)", "--batch", "20000"]).expect(2).err;
    assert!(wrong.contains("1 to 10000 rows"), "{wrong}");

    let set = ["--set", "email_lower = lower(email)", "--fill", "token = gen_random_uuid()", "--workers", "2"];
    let done = start(&set).expect(0).out;
    assert!(done.starts_with("verified: every row has its value"), "{done}");
    let count: i64 = client
        .query_one("SELECT count(*) FROM users WHERE email_lower = lower(email) AND token IS NOT NULL", &[])
        .unwrap()
        .get(0);
    assert_eq!(count, 5_000);
    let status = ["backfill", "status", "--database-url", &url, "--name", "lower", "--format", "json"];
    let status = dir.run(&status).expect(0).json();
    assert_eq!((&status["state"], &status["changed"]), (&"verified".into(), &5_000.into()));
    let pause = dir.run(&["backfill", "pause", "--database-url", &url, "--name", "lower"]).expect(2).err;
    assert!(pause.contains("is verified: there is nothing to pause"), "{pause}");
    // `start` goes without saying; a row that does not fit is no success.
    client.batch_execute("UPDATE users SET email = 'x' WHERE id = 7; ALTER TABLE users ADD number int").unwrap();
    let set = ["--set", "number = substr(email, 2)::int", "--where", "email_lower IS NOT NULL"];
    let mut args = vec!["backfill", "--database-url", &url, "--name", "number", "--table", "users"];
    args.extend(set);
    let skipped = dir.run(&args).expect(1);
    assert!(skipped.out.contains("1 rows do not fit"), "{skipped:?}");
    assert!(skipped.err.contains("the row with the key 7 does not fit: 22P02"), "{skipped:?}");
}
