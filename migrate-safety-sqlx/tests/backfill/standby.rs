//! A standby that replays slower than the server writes.

use crate::common::{number, options, run_with, scale};
use migrate_safety_sqlx::backfill::{Backfill, Event, Options};
use migrate_safety_testkit::{PostgresServer, server_for_test};
use postgres::Client;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

/// How far the standby may be behind.
const BOUND: Duration = Duration::from_secs(2);

#[test]
fn a_slow_standby_sets_the_pace() {
    if server_for_test(16).is_none() {
        return;
    }
    let primary = PostgresServer::start(16).unwrap();
    let mut client = primary.connect("postgres").unwrap();
    let rows = scale("BACKFILL_ROWS", 150_000);
    client.batch_execute("ALTER SYSTEM SET wal_keep_size = '2GB'").unwrap();
    client
        .batch_execute(&format!(
            "SELECT pg_reload_conf(); CREATE TABLE beat (at timestamptz); INSERT INTO beat VALUES (now());
             CREATE TABLE t (id bigint PRIMARY KEY, old text, new text);
             INSERT INTO t SELECT n, 'Row ' || n, NULL FROM generate_series(1, {rows}) AS n"
        ))
        .unwrap();
    let standby = primary.standby().unwrap();
    let stop = Arc::new(AtomicBool::new(false));
    let slowed = slow_down(&standby, Arc::clone(&stop));
    // The standstill has begun before the first batch.
    thread::sleep(Duration::from_millis(200));
    let measured = measure(&primary, &standby, Arc::clone(&stop));
    let gentle = Options { max_lag: Some(BOUND), ..options() };
    let began = Instant::now();
    let backfill = Backfill::new("t").set("new", "lower(old)");
    let (outcome, events) = run_with(&primary.url("postgres"), "standby", &backfill, gentle, 1);
    let took = began.elapsed();
    stop.store(true, Ordering::Relaxed);
    assert!(outcome.unwrap().is_verified());
    let worst = measured.join().unwrap();
    slowed.join().unwrap();
    assert!(events.iter().any(|event| matches!(event, Event::Waiting { .. })), "it had to wait for the standby");
    assert_eq!(number(&mut client, "SELECT count(*) FROM t WHERE new = lower(old)"), rows as i64);

    // The naive loop, for as long.
    client.batch_execute("UPDATE t SET new = NULL").unwrap();
    settle(&primary, &standby);
    let stop = Arc::new(AtomicBool::new(false));
    let slowed = slow_down(&standby, Arc::clone(&stop));
    let measured = measure(&primary, &standby, Arc::clone(&stop));
    let naive_began = Instant::now();
    let naive = "UPDATE t SET new = lower(old) WHERE id IN (SELECT id FROM t WHERE new IS NULL LIMIT 1000)";
    while client.execute(naive, &[]).unwrap() > 0 {}
    let naive_took = naive_began.elapsed();
    settle(&primary, &standby);
    stop.store(true, Ordering::Relaxed);
    slowed.join().unwrap();
    let naive_worst = measured.join().unwrap();
    println!("{rows} rows: worst lag {worst:?} in {took:?}; the naive loop {naive_worst:?} in {naive_took:?}");
    // A machine that has other work to do replays as it can: where the figures count, they are asked for.
    if is_measured() {
        assert!(worst < BOUND, "the standby was {worst:?} behind");
        assert!(naive_worst > BOUND, "the naive loop left the standby no more than {naive_worst:?} behind");
    }
}

/// Longer than the bound: whatever the machine, the standby is too far behind then.
const STANDSTILL: Duration = Duration::from_secs(6);

/// How long the standby pauses, and how long it replays then.
const ROUND: (Duration, Duration) = (Duration::from_millis(400), Duration::from_millis(100));

/// Whether somebody asks for figures.
fn is_measured() -> bool {
    std::env::var_os("BACKFILL_ROWS").is_some()
}

/// The standby stands still, and then replays a fifth of the time.
fn slow_down(standby: &PostgresServer, stop: Arc<AtomicBool>) -> JoinHandle<()> {
    let mut client = standby.connect("postgres").unwrap();
    thread::spawn(move || {
        let mut pause = if is_measured() { ROUND.0 } else { STANDSTILL };
        while !stop.load(Ordering::Relaxed) {
            client.batch_execute("SELECT pg_wal_replay_pause()").unwrap();
            thread::sleep(std::mem::replace(&mut pause, ROUND.0));
            client.batch_execute("SELECT pg_wal_replay_resume()").unwrap();
            thread::sleep(ROUND.1);
        }
    })
}

/// The longest that a row took to get to the standby.
fn measure(primary: &PostgresServer, standby: &PostgresServer, stop: Arc<AtomicBool>) -> JoinHandle<Duration> {
    let (mut at, mut behind) = (primary.connect("postgres").unwrap(), standby.connect("postgres").unwrap());
    thread::spawn(move || {
        let mut worst = Duration::ZERO;
        while !stop.load(Ordering::Relaxed) {
            at.batch_execute("UPDATE beat SET at = clock_timestamp()").unwrap();
            thread::sleep(Duration::from_millis(50));
            worst = worst.max(lag(&mut behind));
        }
        worst
    })
}

fn lag(standby: &mut Client) -> Duration {
    let sql = "SELECT extract(epoch FROM clock_timestamp() - at)::float8 FROM beat";
    let seconds: f64 = standby.query_one(sql, &[]).unwrap().get(0);
    Duration::from_secs_f64(seconds.max(0.0))
}

fn settle(primary: &PostgresServer, standby: &PostgresServer) {
    let mut client = primary.connect("postgres").unwrap();
    let written: String = client.query_one("SELECT pg_current_wal_lsn()::text", &[]).unwrap().get(0);
    let mut behind = standby.connect("postgres").unwrap();
    let reached = format!("SELECT pg_last_wal_replay_lsn() >= '{written}'");
    while !behind.query_one(&reached, &[]).unwrap().get::<_, bool>(0) {
        thread::sleep(Duration::from_millis(50));
    }
}
