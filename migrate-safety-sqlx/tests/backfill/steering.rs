//! Pause, resume, cancel, stop, and the stream of what happens.

use crate::common::{number, options};
use migrate_safety_sqlx::backfill::{
    Backfill, Control, Error, Event, Options, Outcome, RunError, Runner, Signal, State, control, status,
};
use migrate_safety_testkit::{Database, server_for_test};
use std::future::poll_fn;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

fn table(database: &Database, rows: u32) {
    database
        .connect()
        .unwrap()
        .batch_execute(&format!(
            "CREATE TABLE t (id bigint PRIMARY KEY, new bigint);
             INSERT INTO t SELECT n, NULL FROM generate_series(1, {rows}) AS n"
        ))
        .unwrap();
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap()
}

#[test]
fn another_process_pauses_resumes_and_cancels() {
    let Some(server) = server_for_test(16) else { return };
    let database = server.database("backfill_steering").unwrap();
    table(&database, 30_000);
    let url = database.url();
    let slow = Options { rows: (100, 100), pause: 2.0, ..options() };
    let worker = {
        let url = url.clone();
        let slow = slow.clone();
        std::thread::spawn(move || {
            runtime().block_on(Runner::new("steered", Backfill::new("t").set("new", "id")).options(slow).run(&url))
        })
    };
    runtime().block_on(async {
        let mut connection = migrate_safety_sqlx::connect(&url).await.unwrap();
        let unknown = status(&mut connection, "public", "steered").await;
        assert!(matches!(unknown, Ok(_) | Err(Error::Unknown(_))), "{unknown:?}");
        loop {
            tokio::time::sleep(Duration::from_millis(20)).await;
            if status(&mut connection, "public", "steered").await.is_ok_and(|now| now.visited > 300) {
                break;
            }
        }
        let paused = control(&mut connection, "public", "steered", Control::Pause).await.unwrap();
        assert_eq!(paused.state, State::Paused);
        tokio::time::sleep(Duration::from_millis(300)).await;
        let before = status(&mut connection, "public", "steered").await.unwrap();
        tokio::time::sleep(Duration::from_millis(300)).await;
        let after = status(&mut connection, "public", "steered").await.unwrap();
        assert_eq!(before.visited, after.visited);
        assert!(!after.alive, "a paused range is free for others");
        let done =
            sqlx::query_scalar::<_, i64>("SELECT count(*) FROM t WHERE new = id").fetch_one(&mut connection).await;
        assert_eq!(after.visited as i64, done.unwrap());
        let resumed = control(&mut connection, "public", "steered", Control::Resume).await.unwrap();
        assert_eq!(resumed.state, State::Running);
        loop {
            tokio::time::sleep(Duration::from_millis(20)).await;
            let now = status(&mut connection, "public", "steered").await.unwrap();
            if now.visited > after.visited {
                assert!(now.alive && now.workers == 1, "{now:?}");
                break;
            }
        }
        control(&mut connection, "public", "steered", Control::Cancel).await.unwrap();
        let again = control(&mut connection, "public", "steered", Control::Pause).await;
        assert!(matches!(again, Err(Error::NothingTo { state: State::Cancelled, .. })), "{again:?}");
    });
    let ended = worker.join().unwrap();
    assert!(matches!(ended, Err(Error::Run(RunError::Cancelled(_)))), "{ended:?}");
}

#[test]
fn the_caller_stops_it_and_the_next_run_goes_on() {
    let Some(server) = server_for_test(16) else { return };
    let database = server.database("backfill_stop").unwrap();
    table(&database, 20_000);
    let stop = Arc::new(AtomicBool::new(false));
    let asked = Arc::clone(&stop);
    let signal = move || if asked.load(Ordering::Relaxed) { Signal::Stop } else { Signal::Go };
    let settings = Options { rows: (100, 500), signal: Some(Arc::new(signal)), ..options() };
    let runner = Runner::new("stopped", Backfill::new("t").set("new", "id"));
    let (outcome, visited) = runtime().block_on(async {
        let mut events = runner.clone().options(settings).events(&database.url());
        let mut visited = 0;
        while let Some(event) = poll_fn(|c| futures_core::Stream::poll_next(Pin::new(&mut events), c)).await {
            if let Event::Batch(progress) = event {
                visited = progress.visited;
                stop.store(visited >= 5_000, Ordering::Relaxed);
            }
        }
        (events.outcome().unwrap().unwrap(), visited)
    });
    assert_eq!(outcome, Outcome::Stopped);
    let mut client = database.connect().unwrap();
    let done = number(&mut client, "SELECT count(*) FROM t WHERE new = id") as u64;
    assert!((5_000..20_000).contains(&done), "{done}");
    assert_eq!(done, visited);
    let outcome = runtime().block_on(runner.options(options()).run(&database.url())).unwrap();
    assert!(outcome.is_verified(), "{outcome}");
    // Nothing was done twice.
    let written = "SELECT sum(changed)::bigint FROM migrate_safety_backfill_ranges";
    assert_eq!(number(&mut client, written), 20_000);
}
