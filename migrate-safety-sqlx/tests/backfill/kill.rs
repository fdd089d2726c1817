//! Killed at random moments beside writers of every kind, and resumed.

use crate::common::{differences, number, options, scale};
use migrate_safety_sqlx::backfill::{Backfill, Event, Options, Outcome, Runner};
use migrate_safety_testkit::{Database, server_for_test};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// Where the child process finds its database.
const URL: &str = "BACKFILL_CHILD_URL";

fn backfill() -> Backfill {
    Backfill::new("t").set("new", "lower(old)")
}

fn settings() -> Options {
    Options { lease: Duration::from_secs(1), ..options() }
}

/// The process that is killed: this test, run by the other one.
#[test]
fn child() {
    let Ok(url) = std::env::var(URL) else { return };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let runner = Runner::new("killed", backfill()).options(settings()).workers(2);
    let ended = runtime.block_on(
        runner
            .on_event(|event| {
                if let Event::Opened { .. } = event {
                    println!("opened");
                }
            })
            .run(&url),
    );
    println!("{ended:?}");
}

#[test]
fn killed_at_any_moment_it_loses_nothing() {
    let Some(server) = server_for_test(16) else { return };
    let database = server.database("backfill_killed").unwrap();
    let (rows, kills) = (scale("BACKFILL_ROWS", 60_000), scale("BACKFILL_KILLS", 8));
    let mut client = database.connect().unwrap();
    client
        .batch_execute(&format!(
            "CREATE TABLE t (id bigint PRIMARY KEY, old text, new text, batches int NOT NULL DEFAULT 0);
             INSERT INTO t SELECT n * 2, 'Row ' || n, NULL FROM generate_series(1, {rows}) AS n;
             ANALYZE t;
             CREATE FUNCTION dual() RETURNS trigger LANGUAGE plpgsql AS $$
             BEGIN
                 -- The backfill is told from the application by the name of its sessions.
                 IF current_setting('application_name') LIKE '%backfill' THEN
                     NEW.batches := OLD.batches + 1;
                 ELSE
                     NEW.new := lower(NEW.old);
                 END IF;
                 RETURN NEW;
             END $$;
             CREATE TRIGGER dual BEFORE INSERT OR UPDATE ON t FOR EACH ROW EXECUTE FUNCTION dual()"
        ))
        .unwrap();
    let stop = Arc::new(AtomicBool::new(false));
    let writers: Vec<_> = (0..2).map(|n| writer(&database, n, rows, Arc::clone(&stop))).collect();
    let began = Instant::now();
    let (mut killed, mut last_visited) = (0, 0);
    let mut seed = u64::from(std::process::id()) | 1;
    while killed < kills {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "kill::child", "--nocapture"])
            .env(URL, database.url())
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        let deadline = Instant::now() + Duration::from_millis(150 + seed % 700);
        let ended = loop {
            if let Some(status) = child.try_wait().unwrap() {
                break Some(status);
            }
            if Instant::now() > deadline {
                break None;
            }
            std::thread::sleep(Duration::from_millis(2));
        };
        if ended.is_some() {
            // It was faster than we: the same again.
            client.batch_execute("UPDATE migrate_safety_backfills SET name = 'killed ' || clock_timestamp()").unwrap();
            client.batch_execute("UPDATE migrate_safety_backfill_ranges SET name = 'over'; DELETE FROM migrate_safety_backfill_ranges; ALTER TABLE t DISABLE TRIGGER USER; UPDATE t SET new = NULL, batches = 0; ALTER TABLE t ENABLE TRIGGER USER").unwrap();
            last_visited = 0;
            continue;
        }
        child.kill().unwrap();
        child.wait().unwrap();
        killed += 1;
        let visited = number(
            &mut client,
            "SELECT CASE WHEN to_regclass('migrate_safety_backfill_rejects') IS NULL THEN 0 ELSE 1 END::bigint",
        );
        if visited == 1 {
            let now =
                number(&mut client, "SELECT coalesce(sum(visited), 0)::bigint FROM migrate_safety_backfill_ranges");
            assert!(now >= last_visited, "progress was lost: {last_visited}, then {now}");
            last_visited = now;
        }
    }
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let outcome = runtime.block_on(Runner::new("killed", backfill()).options(settings()).run(&database.url()));
    assert!(outcome.as_ref().is_ok_and(Outcome::is_verified), "{outcome:?}");
    stop.store(true, Ordering::Relaxed);
    let writes: u64 = writers.into_iter().map(|writer| writer.join().unwrap()).sum();
    // What one plain `UPDATE` makes of the same rows.
    let expected = "SELECT id, old, lower(old) FROM t";
    assert_eq!(differences(&mut client, "SELECT id, old, new FROM t", expected), 0);
    let twice = number(&mut client, "SELECT count(*) FROM t WHERE batches > 1");
    assert_eq!(twice, 0, "rows were written twice");
    println!("{rows} rows, {killed} kills, {writes} writes beside it, {:.1} s", began.elapsed().as_secs_f64());
}

/// Inserts, updates, updates to NULL, deletes and changes keys until told to stop.
fn writer(database: &Database, number: u64, rows: u64, stop: Arc<AtomicBool>) -> std::thread::JoinHandle<u64> {
    let mut client = database.connect().unwrap();
    std::thread::spawn(move || {
        let mut seed = number * 7_919 + 1;
        let mut writes = 0;
        while !stop.load(Ordering::Relaxed) {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let id = (seed >> 33) % (rows * 2) + 1;
            let free = id | 1;
            let sql = match (seed >> 20) % 6 {
                0 => format!("INSERT INTO t (id, old) VALUES ({free}, 'New {id}') ON CONFLICT DO NOTHING"),
                1 => "INSERT INTO t (id, old) SELECT max(id) + 1, 'Last' FROM t ON CONFLICT DO NOTHING".to_owned(),
                2 => format!("UPDATE t SET old = NULL WHERE id = {id}"),
                3 => format!("DELETE FROM t WHERE id = {id}"),
                4 => {
                    format!("UPDATE t SET id = {free} WHERE id = {id} AND NOT EXISTS (SELECT FROM t WHERE id = {free})")
                }
                _ => format!("UPDATE t SET old = old || 'X' WHERE id BETWEEN {id} AND {id} + 20"),
            };
            // Two writers may meet at one key.
            if client.batch_execute(&sql).is_ok() {
                writes += 1;
            }
            std::thread::sleep(Duration::from_micros(300));
        }
        writes
    })
}
