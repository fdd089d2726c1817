//! Backfills on SQLite, MySQL and MariaDB. `GUARD_KILLS=200` cuts them off more often.

use super::{Database, Place, block_on, everywhere, mysql_columns, on_servers};
use migrate_safety_sqlx::backfill::{
    Backfill, Control, Error, Event, Options, Outcome, RunError, Runner, State, control_at, status_at,
};
use migrate_safety_testkit::{MysqlServer, Product};
use sqlx::{AssertSqlSafe, Connection, MySqlConnection};
use std::future::poll_fn;
use std::pin::pin;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::task::Poll;
use std::time::Duration;

/// How many rows there are.
const ROWS: u32 = 3_000;

/// A table with a key of two columns, one of them a text, and a log of what is written.
fn filled(place: &Place, rows: u32) -> Database {
    let database = place.database();
    let (number, trigger) = match place.is_sqlite() {
        true => ("INTEGER", "BEGIN INSERT INTO log VALUES (NEW.a, NEW.b); END"),
        false => ("int", "INSERT INTO log VALUES (NEW.a, NEW.b)"),
    };
    block_on(async {
        let concat = "CASE a % 3 WHEN 0 THEN 'It''s ÄÖ' WHEN 1 THEN 'b\\\\c' ELSE 'Plain' END";
        for sql in [
            format!(
                "CREATE TABLE t (a {number} NOT NULL, b varchar(40) NOT NULL, email varchar(60), lower_email varchar(60), n \
                 {number}, PRIMARY KEY (b, a), CONSTRAINT small CHECK (n IS NULL OR n < 100000))"
            ),
            format!("CREATE TABLE log (a {number}, b varchar(40))"),
            format!(
                "INSERT INTO t (a, b, email) WITH RECURSIVE c AS (SELECT 0 AS n UNION ALL SELECT n + 1 FROM c WHERE n < 99), \
                 d AS (SELECT 1 + p.n + 100 * q.n AS a FROM c AS p, c AS q) SELECT a, {concat}, 'Somebody@EXAMPLE.org' FROM d \
                 WHERE a <= {rows}"
            ),
            format!("CREATE TRIGGER written AFTER UPDATE ON t FOR EACH ROW {trigger}"),
        ] {
            database.ask(&sql).await;
        }
    });
    database
}

fn lower() -> Backfill {
    Backfill::new("t").set("lower_email", "lower(email)")
}

fn options() -> Options {
    Options { rows: (10, 200), first_rows: 50, pause: 0.0, lease: Duration::from_millis(400), ..Options::default() }
}

async fn count(database: &Database, condition: &str) -> String {
    database.ask(&format!("SELECT count(*) FROM {condition}")).await.remove(0)
}

/// All rows have their value, and each was written once.
async fn is_done(place: &Place, database: &Database, rows: u32) {
    let right = count(database, "t WHERE lower_email = 'somebody@example.org'").await;
    assert_eq!(right, rows.to_string(), "{}", place.name());
    assert_eq!(count(database, "log").await, rows.to_string(), "{}", place.name());
    let once = count(database, "(SELECT DISTINCT a, b FROM log) AS d").await;
    assert_eq!(once, rows.to_string(), "{}", place.name());
}

#[test]
fn every_row_gets_its_value_once_and_what_is_verified_is_not_done_again() {
    everywhere(|place| {
        let database = filled(place, ROWS);
        block_on(async {
            let runner = Runner::new("lower", lower()).options(options());
            let outcome = runner.clone().run(&database.url()).await.unwrap();
            assert_eq!(outcome, Outcome::Verified { passes: 2, rejected: 0 }, "{}", place.name());
            is_done(place, &database, ROWS).await;
            let status = status_at(&database.url(), "public", "lower").await.unwrap();
            assert_eq!((status.state, status.changed, status.alive), (State::Verified, u64::from(ROWS), false));
            runner.run(&database.url()).await.unwrap();
            is_done(place, &database, ROWS).await;
            // Another definition is not the same backfill.
            let other = Runner::new("lower", lower().only("a > 5")).run(&database.url()).await.unwrap_err();
            assert!(matches!(other, Error::Run(RunError::Changed { .. })), "{}: {other}", place.name());
        });
    });
}

#[test]
fn cut_off_at_any_moment_it_goes_on_where_it_was() {
    let kills: usize = std::env::var("GUARD_KILLS").map_or(4, |kills| kills.parse().unwrap());
    everywhere(|place| {
        let database = filled(place, ROWS);
        block_on(async {
            let mut cut = 0;
            for kill in 0..kills {
                let url = database.url();
                let run = Runner::new("lower", lower()).options(options()).run(&url);
                let mut run = pin!(run);
                let mut waits = 90 + kill * 37 % 101;
                let ended = poll_fn(|context| match run.as_mut().poll(context) {
                    Poll::Ready(ended) => Poll::Ready(Some(ended)),
                    Poll::Pending if waits == 0 => Poll::Ready(None),
                    Poll::Pending => {
                        waits -= 1;
                        Poll::Pending
                    }
                });
                match ended.await {
                    Some(ended) => drop(ended.unwrap()),
                    None => cut += 1,
                }
            }
            assert!(cut > 0, "{}", place.name());
            let outcome = Runner::new("lower", lower()).options(options()).run(&database.url()).await.unwrap();
            assert!(outcome.is_verified(), "{}: {outcome}", place.name());
            is_done(place, &database, ROWS).await;
        });
    });
}

/// The server works on what it was sent, and fails to answer.
#[test]
fn a_batch_whose_client_is_gone_counts_what_it_changed_or_changes_nothing() {
    on_servers(|place| {
        let database = filled(place, ROWS);
        let Database::MySql { url } = &database else { return };
        block_on(async {
            let begun = Arc::new(AtomicBool::new(false));
            let told = Arc::clone(&begun);
            let runner = Runner::new("lower", lower()).options(options()).on_event(move |event| {
                told.fetch_or(matches!(event, Event::Batch(_)), Ordering::Relaxed);
            });
            let mut other = MySqlConnection::connect(url).await.unwrap();
            {
                let mut run = pin!(runner.run(url));
                let hold = "START TRANSACTION; SELECT * FROM migrate_safety_backfills FOR UPDATE";
                let mut hold = pin!(sqlx::raw_sql(hold).execute(&mut other));
                let held = poll_fn(|context| {
                    assert!(run.as_mut().poll(context).is_pending(), "{}", place.name());
                    if begun.load(Ordering::Relaxed) { hold.as_mut().poll(context) } else { Poll::Pending }
                });
                held.await.unwrap();
                // The next batch waits now for the row that is held.
                let waited = tokio::time::timeout(Duration::from_millis(300), &mut run).await;
                assert!(waited.is_err(), "{}", place.name());
            }
            sqlx::raw_sql("COMMIT").execute(&mut other).await.unwrap();
            tokio::time::sleep(Duration::from_millis(300)).await;
            let counted = database.ask("SELECT pass_changed FROM migrate_safety_backfills").await.remove(0);
            assert_eq!(count(&database, "log").await, counted, "{}", place.name());
            let outcome = Runner::new("lower", lower()).options(options()).run(url).await.unwrap();
            assert!(outcome.is_verified(), "{}: {outcome}", place.name());
            is_done(place, &database, ROWS).await;
        });
    });
}

#[test]
fn several_processes_and_writers_beside_them() {
    everywhere(|place| {
        let database = filled(place, ROWS);
        let over = AtomicBool::new(false);
        let inserted = std::thread::scope(|scope| {
            let writer = scope.spawn(|| {
                let mut rows = 0;
                while !over.load(Ordering::Relaxed) && rows < 40 {
                    let key = i64::from(rows) * 61 + 100_000;
                    let sql = format!("INSERT INTO t (a, b, email) VALUES ({key}, 'C{rows}', 'NEW@x')");
                    block_on(database.ask(&sql));
                    rows += 1;
                    std::thread::sleep(Duration::from_millis(5));
                }
                rows
            });
            let run = || {
                // The writer writes the old column alone, so that passes find its rows until it is done.
                let options = Options { max_passes: 1_000, ..options() };
                let runner = Runner::new("lower", lower()).options(options).workers(2);
                block_on(runner.run(&database.url())).unwrap()
            };
            let runs: Vec<_> = (0..3).map(|_| scope.spawn(run)).collect();
            for run in runs {
                let outcome = run.join().unwrap();
                assert!(outcome.is_verified(), "{}: {outcome}", place.name());
            }
            over.store(true, Ordering::Relaxed);
            writer.join().unwrap()
        });
        block_on(async {
            assert!(inserted > 0);
            assert_eq!(count(&database, "t WHERE email LIKE 'Some%' AND lower_email IS NULL").await, "0");
            let twice = count(&database, "(SELECT a, b FROM log GROUP BY a, b HAVING count(*) > 1) AS d").await;
            assert_eq!(twice, "0", "{}", place.name());
        });
    });
}

#[test]
fn rows_that_do_not_fit_are_recorded_and_left_out() {
    everywhere(|place| {
        let database = filled(place, 600);
        block_on(async {
            let backfill = Backfill::new("t").set("n", "CASE WHEN a IN (7, 300) THEN 1000000 ELSE a END");
            let heard = Arc::new(Mutex::new(Vec::new()));
            let told = Arc::clone(&heard);
            let runner = Runner::new("numbers", backfill.clone()).options(options()).on_event(move |event| {
                if let Event::Rejected(reject) = event {
                    told.lock().unwrap().push(reject.key);
                }
            });
            let outcome = runner.run(&database.url()).await.unwrap();
            assert_eq!(outcome, Outcome::Verified { passes: 2, rejected: 2 }, "{}", place.name());
            assert_eq!(count(&database, "t WHERE n = a").await, "598", "{}", place.name());
            assert_eq!(count(&database, "migrate_safety_backfill_rejects").await, "2", "{}", place.name());
            assert!(heard.lock().unwrap().iter().any(|key| key.ends_with(", 300")), "{:?}", heard.lock().unwrap());

            let none = Options { max_rejects: 0, restart: true, ..options() };
            let stopped = Runner::new("numbers", backfill).options(none).run(&database.url()).await.unwrap_err();
            assert!(matches!(stopped, Error::Run(RunError::TooManyRejects { .. })), "{}: {stopped}", place.name());
        });
    });
}

#[test]
fn it_is_paused_resumed_and_cancelled_from_elsewhere() {
    everywhere(|place| {
        let database = filled(place, ROWS);
        let batches = AtomicU64::new(0);
        let batches = Arc::new(batches);
        std::thread::scope(|scope| {
            let counted = Arc::clone(&batches);
            let slow = Options { rows: (10, 10), first_rows: 10, pause: 1.0, ..options() };
            let runner = Runner::new("lower", lower()).options(slow).on_event(move |event| {
                if matches!(event, Event::Batch(_)) {
                    counted.fetch_add(1, Ordering::Relaxed);
                }
            });
            let url = database.url();
            let run = scope.spawn(move || block_on(runner.run(&url)));
            let url = database.url();
            let until = |wanted: u64| {
                let came = (0..10_000).any(|_| {
                    std::thread::sleep(Duration::from_millis(2));
                    batches.load(Ordering::Relaxed) >= wanted
                });
                assert!(came, "{}: no {wanted} batches", place.name());
            };
            until(3);
            // A writer may be in the way of a word.
            let tell = |word| loop {
                match block_on(control_at(&url, "public", "lower", word)) {
                    Err(Error::Database(_)) => std::thread::sleep(Duration::from_millis(10)),
                    told => return told.unwrap(),
                }
            };
            assert_eq!(tell(Control::Pause).state, State::Paused);
            std::thread::sleep(Duration::from_millis(150));
            let paused = batches.load(Ordering::Relaxed);
            std::thread::sleep(Duration::from_millis(300));
            assert_eq!(batches.load(Ordering::Relaxed), paused, "{}", place.name());
            assert_eq!(tell(Control::Resume).state, State::Running);
            until(paused + 2);
            assert_eq!(tell(Control::Cancel).state, State::Cancelled);
            let cancelled = run.join().unwrap().unwrap_err();
            assert!(matches!(cancelled, Error::Run(RunError::Cancelled(_))), "{}: {cancelled}", place.name());
        });
        let unknown = block_on(status_at(&database.url(), "public", "none")).unwrap_err();
        assert!(matches!(unknown, Error::Unknown(_)), "{}: {unknown}", place.name());
    });
}

/// A server that follows another one of MySQL, from where that is now.
fn follow(source: &MysqlServer) -> MysqlServer {
    let replica = MysqlServer::start(source.product()).unwrap();
    block_on(async {
        let mut of_source = MySqlConnection::connect(&source.url("")).await.unwrap();
        let status = sqlx::raw_sql("SHOW BINARY LOG STATUS").fetch_one(&mut of_source).await.unwrap();
        let (file, position) = (mysql_columns(&status)[0].clone(), mysql_columns(&status)[1].clone());
        let port = source.url("").rsplit(':').next().unwrap().trim_end_matches('/').to_owned();
        let mut connection = MySqlConnection::connect(&replica.url("")).await.unwrap();
        let told = format!(
            "SET GLOBAL server_id = 2; CHANGE REPLICATION SOURCE TO SOURCE_HOST = '127.0.0.1', SOURCE_PORT = {port}, \
             SOURCE_USER = 'root', SOURCE_LOG_FILE = '{file}', SOURCE_LOG_POS = {position}, GET_SOURCE_PUBLIC_KEY = 1; \
             START REPLICA"
        );
        sqlx::raw_sql(AssertSqlSafe(told)).execute(&mut connection).await.unwrap();
    });
    replica
}

#[test]
fn it_waits_for_a_replica_that_does_not_keep_up() {
    let Some(shared) = super::server(Product::MySql9) else { return };
    // What other tests do meanwhile would reach the replica too, without the databases that they had made before.
    let source: &'static MysqlServer = Box::leak(Box::new(MysqlServer::start(shared.product()).unwrap()));
    let replica = follow(source);
    let database = filled(&Place::MySql(source), ROWS);
    let run = |sql: &'static str| {
        block_on(async {
            let mut connection = MySqlConnection::connect(&replica.url("")).await.unwrap();
            sqlx::raw_sql(sql).execute(&mut connection).await.unwrap();
        });
    };
    // What it cannot replay stops it.
    run("CREATE DATABASE in_the_way");
    block_on(async {
        let mut connection = MySqlConnection::connect(&source.url("")).await.unwrap();
        sqlx::raw_sql("CREATE DATABASE in_the_way").execute(&mut connection).await.unwrap();
    });
    let told = Arc::new(Mutex::new(Vec::new()));
    let heard = Arc::clone(&told);
    let runner = Runner::new("lower", lower())
        .options(options())
        .replicas([replica.url("")])
        .on_event(move |event| heard.lock().unwrap().push(event));
    let url = database.url();
    let running = std::thread::spawn(move || block_on(runner.run(&url)));
    std::thread::sleep(Duration::from_millis(1_500));
    assert_eq!(block_on(count(&database, "log")), "0");
    run("DROP DATABASE in_the_way; START REPLICA SQL_THREAD");
    let outcome = running.join().unwrap().unwrap();
    assert_eq!(outcome, Outcome::Verified { passes: 2, rejected: 0 });
    let reason = |event: &Event| match event {
        Event::Waiting { reason, .. } => Some(reason.to_string()),
        _ => None,
    };
    let reasons: Vec<String> = told.lock().unwrap().iter().filter_map(reason).collect();
    assert!(reasons.iter().any(|reason| reason.contains("has stopped replicating: ")), "{reasons:?}");
    // A server that follows nobody is none.
    let alone = Runner::new("other", lower()).replicas([source.url("")]);
    let refused = block_on(alone.run(&database.url())).unwrap_err().to_string();
    assert!(refused.contains("follows no other server"), "{refused}");
}
