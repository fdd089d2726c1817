//! Rows that do not fit, rows that are locked, and wrong rows planted after the first pass.

use crate::common::{number, options, run, run_with};
use migrate_safety_sqlx::backfill::{Backfill, Error, Event, Options, Outcome, RunError};
use migrate_safety_testkit::server_for_test;
use postgres::Client;
use std::time::Duration;

#[test]
fn a_row_that_does_not_fit_is_found_recorded_and_skipped() {
    let Some(server) = server_for_test(16) else { return };
    let database = server.database("backfill_rejects").unwrap();
    let mut client = database.connect().unwrap();
    client
        .batch_execute(
            "CREATE TABLE t (id bigint PRIMARY KEY, old text, new int CHECK (new < 90000));
             INSERT INTO t SELECT n, n::text, NULL FROM generate_series(1, 20000) AS n;
             UPDATE t SET old = 'x' WHERE id IN (1, 7777, 20000); UPDATE t SET old = '99999' WHERE id = 13000",
        )
        .unwrap();
    let backfill = Backfill::new("t").set("new", "old::int");
    let outcome = run(&database.url(), "rejects", &backfill).unwrap();
    assert_eq!(outcome, Outcome::Verified { passes: 2, rejected: 4 });
    assert!(!outcome.is_verified());
    assert_eq!(number(&mut client, "SELECT count(*) FROM t WHERE new = id"), 19_996);
    let recorded =
        client.query("SELECT key ->> 0, sqlstate FROM migrate_safety_backfill_rejects ORDER BY 1", &[]).unwrap();
    let recorded: Vec<(String, String)> = recorded.iter().map(|row| (row.get(0), row.get(1))).collect();
    let expected = [("1", "22P02"), ("13000", "23514"), ("20000", "22P02"), ("7777", "22P02")];
    assert_eq!(recorded, expected.map(|(key, code)| (key.to_owned(), code.to_owned())));

    // Told not to skip any, it stops; mended, it goes on from there.
    let strict = Options { max_rejects: 0, restart: true, ..options() };
    let error = run_with(&database.url(), "rejects", &backfill, strict, 1).0.unwrap_err();
    assert!(matches!(&error, Error::Run(RunError::TooManyRejects { key, .. }) if key == "1"), "{error}");
    client.batch_execute("UPDATE t SET old = id::text").unwrap();
    let strict = Options { max_rejects: 0, ..options() };
    assert!(run_with(&database.url(), "rejects", &backfill, strict, 1).0.unwrap().is_verified());
    assert_eq!(number(&mut client, "SELECT count(*) FROM t WHERE new = id"), 20_000);
    assert_eq!(number(&mut client, "SELECT count(*) FROM migrate_safety_backfill_rejects"), 0);
}

#[test]
fn a_locked_row_keeps_nobody_and_is_done_later() {
    let Some(server) = server_for_test(16) else { return };
    let database = server.database("backfill_locked").unwrap();
    let mut client = database.connect().unwrap();
    client
        .batch_execute(
            "CREATE TABLE t (id bigint PRIMARY KEY, new bigint);
             INSERT INTO t SELECT n, NULL FROM generate_series(1, 20000) AS n",
        )
        .unwrap();
    client.batch_execute("BEGIN; UPDATE t SET new = 0 WHERE id = 5000").unwrap();
    let mut watcher = database.connect().unwrap();
    let holder = std::thread::spawn(move || {
        while visited(&mut watcher) < 20_000 {
            std::thread::sleep(Duration::from_millis(20));
        }
        std::thread::sleep(Duration::from_millis(300));
        client.batch_execute("ROLLBACK").unwrap();
        client
    });
    let (outcome, events) = run_with(&database.url(), "locked", &Backfill::new("t").set("new", "id"), options(), 1);
    assert!(outcome.unwrap().is_verified());
    let mut client = holder.join().unwrap();
    let first_pass = events.iter().position(|event| matches!(event, Event::PassOver { pass: 1, changed: 19_999 }));
    assert!(first_pass.is_some(), "the other rows are done first");
    assert_eq!(number(&mut client, "SELECT count(*) FROM t WHERE new = id"), 20_000);
}

#[test]
fn a_wrong_row_is_found_and_mended_and_one_that_stays_wrong_is_named() {
    let Some(server) = server_for_test(16) else { return };
    let database = server.database("backfill_planted").unwrap();
    let mut client = database.connect().unwrap();
    client
        .batch_execute(
            "CREATE TABLE t (id bigint PRIMARY KEY, new bigint);
             INSERT INTO t SELECT n, NULL FROM generate_series(1, 5000) AS n;
             CREATE FUNCTION spoil() RETURNS trigger LANGUAGE plpgsql AS
                 'BEGIN IF NEW.id = 77 THEN NEW.new := OLD.new; END IF; RETURN NEW; END'",
        )
        .unwrap();
    let backfill = Backfill::new("t").set("new", "id");
    client.batch_execute("CREATE TRIGGER spoil BEFORE UPDATE ON t FOR EACH ROW EXECUTE FUNCTION spoil()").unwrap();
    let error = run(&database.url(), "planted", &backfill).unwrap_err().to_string();
    assert!(error.contains("1 rows still do not have their value") && error.contains("77"), "{error}");
    client.batch_execute("DROP TRIGGER spoil ON t").unwrap();
    // The next run begins a new pass, mends the row, and verifies all of it once more.
    let outcome = run(&database.url(), "planted", &backfill).unwrap();
    assert!(outcome.is_verified(), "{outcome}");
    assert_eq!(number(&mut client, "SELECT count(*) FROM t WHERE new = id"), 5_000);
}

#[test]
fn rows_of_a_transaction_that_is_older_are_waited_for() {
    let Some(server) = server_for_test(16) else { return };
    let database = server.database("backfill_older").unwrap();
    let mut client = database.connect().unwrap();
    client
        .batch_execute(
            "CREATE TABLE t (id bigint PRIMARY KEY, old text, new text);
             INSERT INTO t SELECT n * 2, 'Row ' || n, NULL FROM generate_series(1, 2000) AS n",
        )
        .unwrap();
    let mut older = database.connect().unwrap();
    older.batch_execute("BEGIN; INSERT INTO t VALUES (101, 'Late'), (9999, 'Last')").unwrap();
    let url = database.url();
    let worker =
        std::thread::spawn(move || run_with(&url, "older", &Backfill::new("t").set("new", "lower(old)"), options(), 1));
    while visited(&mut client) < 2_000 {
        std::thread::sleep(Duration::from_millis(20));
    }
    std::thread::sleep(Duration::from_millis(500));
    assert!(!worker.is_finished());
    older.batch_execute("COMMIT").unwrap();
    let (outcome, events) = worker.join().unwrap();
    assert!(outcome.unwrap().is_verified());
    assert!(events.iter().any(|event| matches!(event, Event::Waiting { reason } if reason.contains("older"))));
    assert_eq!(number(&mut client, "SELECT count(*) FROM t WHERE new = lower(old)"), 2_002);
}

/// How many rows a backfill has visited; 0 before it has begun.
fn visited(client: &mut Client) -> i64 {
    let sql = "SELECT coalesce(sum(visited), 0)::bigint FROM migrate_safety_backfill_ranges";
    client.query_one(sql, &[]).map_or(0, |row| row.get(0))
}
