//! Point updates beside a backfill, beside the plain `UPDATE`, and beside the loops that people write.
//!
//! Bounds that hold on a busy machine with small tables are asserted; the figures are printed. By hand:
//! `BACKFILL_ROWS=5000000 BACKFILL_SECONDS=20 cargo test --release -p migrate-safety-sqlx --test backfill traffic -- --nocapture`.

use crate::common::{number, run_with, scale};
use migrate_safety_sqlx::backfill::{Backfill, Event, Options, Progress};
use migrate_safety_testkit::{Database, PostgresServer, server_for_test};
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

/// Clients that update one row after the other, each so many per second.
const CLIENTS: u64 = 4;
const UPDATES_PER_SECOND: u64 = 100;

#[test]
fn point_updates_are_not_kept() {
    if server_for_test(16).is_none() {
        return;
    }
    let server = PostgresServer::start(16).unwrap();
    let rows = scale("BACKFILL_ROWS", 40_000);
    let pause = Duration::from_secs(scale("BACKFILL_SECONDS", 2));
    let alone = beside(&server, rows, |_, _| {
        thread::sleep(pause);
        Work::default()
    });
    println!("alone           {alone}");
    let measured = CONTENDERS.map(|(name, work)| {
        let measured = beside(&server, rows, work);
        println!("{name} {measured}  {:>9.0} rows/s{}", measured.speed(rows), measured.work.remark);
        measured
    });
    let [ours, plain, ..] = &measured;
    println!("ours / plain UPDATE: {:.0} % of the rows/s", 100.0 * ours.speed(rows) / plain.speed(rows));
    // Ten times what is asked for: the machine has other work to do.
    assert!(ours.worst < Duration::from_millis(500), "a point update waited for {:?}", ours.worst);
}

/// What a contender has done.
#[derive(Default)]
struct Work {
    /// The time in which it wrote the rows, if that is not all of it.
    writing: Option<Duration>,
    remark: String,
}

type Contender = fn(&Database, u64) -> Work;

const CONTENDERS: [(&str, Contender); 4] = [
    ("ours           ", |database, _| {
        let backfill = Backfill::new("t").set("new", "lower(old)");
        let began = Instant::now();
        let (outcome, events) = run_with(&database.url(), "traffic", &backfill, Options::default(), 1);
        let took = began.elapsed();
        assert!(outcome.unwrap().is_verified());
        // The passes that verify are not part of what the others do.
        let first_pass = "SELECT (extract(epoch FROM max(r.updated_at) - min(j.started_at)) * 1000000)::bigint FROM \
                          migrate_safety_backfills j JOIN migrate_safety_backfill_ranges r USING (name) WHERE r.pass = 1";
        let writing = Duration::from_micros(number(&mut database.connect().unwrap(), first_pass) as u64);
        let batches: Vec<_> = events.iter().filter_map(first_pass_batch).collect();
        let mean = batches.iter().map(|batch| batch.batch_time).sum::<Duration>() / batches.len().max(1) as u32;
        let remark = format!(
            "; {} batches of {:.0} rows, {mean:.1?}; verified in another {:.1?}",
            batches.len(),
            batches.iter().map(|batch| f64::from(batch.batch_rows)).sum::<f64>() / batches.len().max(1) as f64,
            took.saturating_sub(writing)
        );
        Work { writing: Some(writing), remark }
    }),
    ("plain UPDATE   ", |database, _| {
        database.connect().unwrap().batch_execute("UPDATE t SET new = lower(old)").unwrap();
        Work::default()
    }),
    ("naive batches  ", |database, _| {
        let mut client = database.connect().unwrap();
        let sql = "UPDATE t SET new = lower(old) WHERE id IN (SELECT id FROM t WHERE new IS NULL LIMIT 1000)";
        while client.execute(sql, &[]).unwrap() > 0 {}
        Work::default()
    }),
    ("PL/pgSQL loop  ", |database, rows| {
        let sql = format!(
            "DO $$ BEGIN FOR i IN 0 .. {rows} BY 10000 LOOP UPDATE t SET new = lower(old) WHERE id BETWEEN i AND i + 9999;
             COMMIT; END LOOP; END $$"
        );
        database.connect().unwrap().batch_execute(&sql).unwrap();
        Work::default()
    }),
];

fn first_pass_batch(event: &Event) -> Option<&Progress> {
    match event {
        Event::Batch(progress) if progress.pass == 1 => Some(progress),
        _ => None,
    }
}

struct Measured {
    p50: Duration,
    p99: Duration,
    worst: Duration,
    took: Duration,
    work: Work,
}

impl Measured {
    fn speed(&self, rows: u64) -> f64 {
        rows as f64 / self.work.writing.unwrap_or(self.took).as_secs_f64()
    }
}

impl fmt::Display for Measured {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "p50 {:>9.3?}  p99 {:>9.3?}  worst {:>9.3?}", self.p50, self.p99, self.worst)
    }
}

/// How long point updates take beside some work.
fn beside(server: &PostgresServer, rows: u64, work: impl FnOnce(&Database, u64) -> Work) -> Measured {
    let database = server.database("traffic").unwrap();
    let mut client = database.connect().unwrap();
    client
        .batch_execute(&format!(
            "CREATE TABLE t (id bigint PRIMARY KEY, old text, new text, hits int NOT NULL DEFAULT 0);
             INSERT INTO t SELECT n, 'Row ' || n, NULL FROM generate_series(1, {rows}) AS n; ANALYZE t"
        ))
        .unwrap();
    client.batch_execute("CHECKPOINT").unwrap();
    let stop = Arc::new(AtomicBool::new(false));
    let clients: Vec<_> =
        (0..CLIENTS).map(|number| point_updates(&database, number, rows, Arc::clone(&stop))).collect();
    let began = Instant::now();
    let work = work(&database, rows);
    let took = began.elapsed();
    stop.store(true, Ordering::Relaxed);
    let mut times: Vec<Duration> = clients.into_iter().flat_map(|client| client.join().unwrap()).collect();
    times.sort_unstable();
    let part = |percent: usize| times.get(times.len() * percent / 100).copied().unwrap_or_default();
    Measured { p50: part(50), p99: part(99), worst: times.last().copied().unwrap_or_default(), took, work }
}

fn point_updates(database: &Database, number: u64, rows: u64, stop: Arc<AtomicBool>) -> JoinHandle<Vec<Duration>> {
    let mut client = database.connect().unwrap();
    thread::spawn(move || {
        let statement = client.prepare("UPDATE t SET hits = hits + 1 WHERE id = $1").unwrap();
        let mut seed = number + 1;
        let mut times = Vec::new();
        let began = Instant::now();
        let mut due = Duration::ZERO;
        while !stop.load(Ordering::Relaxed) {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let id = ((seed >> 33) % rows + 1) as i64;
            // From when it was due: who waits keeps those behind him waiting too.
            due += Duration::from_micros(1_000_000 / UPDATES_PER_SECOND);
            thread::sleep(due.saturating_sub(began.elapsed()));
            let asked = Instant::now();
            client.execute(&statement, &[&id]).unwrap();
            times.push(asked.elapsed());
            due = due.max(began.elapsed().saturating_sub(Duration::from_millis(100)));
        }
        times
    })
}
