//! A forgotten transaction holds the table, and traffic queues behind the migration.

use super::{block_on, hasty, migrator, pool, servers, wait_for};
use migrate_safety_core::guard::{Activity, Event, Policy, Settings};
use migrate_safety_sqlx::Guard;
use migrate_safety_testkit::Database;
use sqlx::migrate::Migrator;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// How long the forgotten transaction lasts.
const HELD: Duration = Duration::from_secs(3);
const LOCK_TIMEOUT: Duration = Duration::from_millis(400);

/// Readers that ask again and again; the longest answer is what they say in the end.
struct Traffic {
    stop: Arc<AtomicBool>,
    readers: Vec<JoinHandle<Duration>>,
}

impl Traffic {
    fn start(database: &Database) -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        let reader = |_| {
            let (stop, mut client) = (Arc::clone(&stop), database.connect().unwrap());
            std::thread::spawn(move || {
                let mut longest = Duration::ZERO;
                while !stop.load(Ordering::Relaxed) {
                    let began = Instant::now();
                    client.batch_execute("SELECT count(*) FROM t").unwrap();
                    longest = longest.max(began.elapsed());
                    std::thread::sleep(Duration::from_millis(5));
                }
                longest
            })
        };
        let readers = (0..4).map(reader).collect();
        Self { stop, readers }
    }

    fn longest(self) -> Duration {
        self.stop.store(true, Ordering::Relaxed);
        self.readers.into_iter().map(|reader| reader.join().unwrap()).max().unwrap()
    }
}

/// Someone reads the table in a transaction and forgets to end it.
fn forget(database: &Database) -> JoinHandle<()> {
    let mut holder = database.connect().unwrap();
    holder.batch_execute("SET application_name = 'forgotten'; BEGIN; SELECT count(*) FROM t").unwrap();
    std::thread::spawn(move || {
        std::thread::sleep(HELD);
        holder.batch_execute("COMMIT").unwrap();
    })
}

#[test]
fn no_query_waits_longer_than_the_lock_timeout() {
    for server in servers() {
        let migrator = migrator(&[("1_a.sql", "ALTER TABLE t ADD COLUMN a int")]);

        let unguarded = server.database("unguarded").unwrap();
        unguarded.connect().unwrap().batch_execute("CREATE TABLE t (id int)").unwrap();
        let (holder, traffic) = (forget(&unguarded), Traffic::start(&unguarded));
        block_on(async { migrator.run(&pool(&unguarded, 1).await).await }).unwrap();
        let waited = traffic.longest();
        holder.join().unwrap();
        assert!(waited > HELD - Duration::from_millis(800), "without a guard they wait for the holder: {waited:?}");
        println!("PostgreSQL {}, held for {HELD:?}: without a guard the longest wait was {waited:.1?}", server.major());

        let guarded = server.database("guarded").unwrap();
        guarded.connect().unwrap().batch_execute("CREATE TABLE t (id int)").unwrap();
        let (holder, traffic) = (forget(&guarded), Traffic::start(&guarded));
        let told = Arc::new(Mutex::new(Vec::new()));
        let heard = Arc::clone(&told);
        let settings = Settings { lock_timeout: LOCK_TIMEOUT, ..Settings::default() };
        let guard = Guard::new(&migrator).settings(settings);
        let guard = guard.on_event(move |event| heard.lock().unwrap().push(event.clone()));
        let began = Instant::now();
        let report = block_on(async { guard.run(&pool(&guarded, 1).await).await }).unwrap();
        let took = began.elapsed();
        let waited = traffic.longest();
        holder.join().unwrap();
        println!(
            "guarded {waited:.1?}, with {LOCK_TIMEOUT:?} for a lock, and the migration was through after {took:.1?}"
        );
        // The machine that tests may be busy.
        assert!(waited < LOCK_TIMEOUT + Duration::from_millis(600), "{waited:?}\n{report}");
        assert!(took > Duration::from_secs(1) && took < HELD + Duration::from_secs(5), "{took:?}");
        assert_eq!(report.migrations[0].locks[0].mode, "AccessExclusiveLock");
        // It is not even asked for while a transaction that has been open for long is in the way.
        let told = told.lock().unwrap();
        let blockers = told.iter().find_map(|event| match event {
            Event::HoldingBack { blockers, .. } => Some(blockers),
            _ => None,
        });
        assert_forgotten(&blockers.unwrap_or_else(|| panic!("{told:?}\n{report}"))[0]);
    }
}

#[track_caller]
fn assert_forgotten(blocker: &Activity) {
    assert_eq!(blocker.application, "forgotten");
    assert_eq!(blocker.relation.as_deref(), Some("public.t"));
    assert_eq!(blocker.state, "idle in transaction");
    assert!(blocker.query.contains("SELECT count(*) FROM t"), "{blocker}");
    assert!(blocker.pid.is_some() && blocker.transaction_seconds.is_some(), "{blocker}");
}

/// Calls back when the first migration begins.
fn when_it_begins<'m>(migrator: &'m Migrator, settings: Settings, then: impl FnOnce() + Send + 'static) -> Guard<'m> {
    let then = Mutex::new(Some(then));
    Guard::new(migrator).settings(settings).on_event(move |event| {
        if let (Event::Started { .. }, Some(then)) = (event, then.lock().unwrap().take()) {
            then();
        }
    })
}

#[test]
fn an_attempt_that_times_out_is_made_again_and_names_who_was_in_the_way() {
    for server in servers() {
        let database = server.database("again").unwrap();
        database.connect().unwrap().batch_execute("CREATE TABLE t (id int)").unwrap();
        let migrator = migrator(&[("1_a.sql", "CREATE TABLE u (id int); ALTER TABLE t ADD COLUMN a int")]);
        let mut holder = database.connect().unwrap();
        // Too young to be held back for.
        let hold = move || {
            std::thread::spawn(move || {
                holder.batch_execute("SET application_name = 'forgotten'; BEGIN; SELECT count(*) FROM t").unwrap();
                std::thread::sleep(Duration::from_secs(2));
                holder.batch_execute("COMMIT").unwrap();
            });
            std::thread::sleep(Duration::from_millis(300));
        };
        let guard = when_it_begins(&migrator, hasty(), hold);
        let report = block_on(async { guard.run(&pool(&database, 1).await).await }).unwrap();
        let retried = &report.migrations[0].retries[0];
        assert!(retried.reason.contains("55P03"), "{report}");
        assert!(retried.took >= Duration::from_millis(300) && retried.took < Duration::from_secs(1), "{report}");
        assert_forgotten(&retried.blockers[0]);
        assert_eq!(report.migrations[0].statements.len(), 2, "{report}");
    }
}

/// A migration that takes `t`, then `u`.
const CROSSED: &str = "ALTER TABLE t ADD COLUMN a int; SELECT pg_sleep(0.4); ALTER TABLE u ADD COLUMN a int";

/// A session that takes `u`, then `t`: the migration is the one that the server ends.
fn cross(database: &Database) -> JoinHandle<()> {
    let mut client = database.connect().unwrap();
    client.batch_execute("SET deadlock_timeout = '1min'; BEGIN; LOCK TABLE u IN ACCESS SHARE MODE").unwrap();
    std::thread::spawn(move || {
        let began =
            "SELECT EXISTS (SELECT FROM pg_locks WHERE relation = 't'::regclass AND mode = 'AccessExclusiveLock')";
        while !client.query_one(began, &[]).unwrap().get::<_, bool>(0) {
            std::thread::sleep(Duration::from_millis(10));
        }
        client.batch_execute("LOCK TABLE t IN ACCESS SHARE MODE; COMMIT").unwrap();
    })
}

/// A migration that meets another transaction's changes twice.
const UNSERIAL: &str = "DO $$ BEGIN IF nextval('s') < 3 THEN \
     RAISE EXCEPTION 'could not serialize access' USING ERRCODE = '40001'; END IF; END $$";

#[test]
fn a_deadlock_and_a_serialization_failure_are_run_again() {
    for server in servers() {
        let database = server.database("deadlock").unwrap();
        super::execute(&database, "CREATE TABLE t (id int); CREATE TABLE u (id int); CREATE SEQUENCE s");
        let other = cross(&database);
        let migrator = migrator(&[("1_a.sql", CROSSED), ("2_b.sql", UNSERIAL)]);
        let settings = Settings { lock_timeout: Duration::from_secs(20), ..hasty() };
        let guard = Guard::new(&migrator).settings(settings);
        let report = block_on(async { guard.run(&pool(&database, 1).await).await }).unwrap();
        other.join().unwrap();
        let why = |n: usize| report.migrations[n].retries.iter().map(|retried| retried.reason.as_str());
        assert!(why(0).all(|reason| reason.contains("40P01")) && why(0).count() == 1, "{report}");
        assert!(why(1).all(|reason| reason.contains("40001")) && why(1).count() == 2, "{report}");
    }
}

#[test]
fn who_waits_for_a_migration_is_seen_and_a_long_lock_is_flagged() {
    for server in servers() {
        let database = server.database("waiters").unwrap();
        database.connect().unwrap().batch_execute("CREATE TABLE t (id int)").unwrap();
        let migrator = migrator(&[("1_a.sql", "ALTER TABLE t ADD COLUMN a int; SELECT pg_sleep(1)")]);
        let mut reader = database.connect().unwrap();
        let read = move || {
            std::thread::spawn(move || {
                std::thread::sleep(Duration::from_millis(200));
                reader.batch_execute("SET application_name = 'shop'; SELECT id FROM t").unwrap();
            });
        };
        let settings = Settings { threshold: Duration::from_millis(300), policy: Policy::Allow, ..Settings::default() };
        let told = Arc::new(Mutex::new(Vec::new()));
        let (heard, read) = (Arc::clone(&told), Mutex::new(Some(read)));
        let guard = Guard::new(&migrator).settings(settings).on_event(move |event| {
            heard.lock().unwrap().push(event.to_string());
            if let (Event::Started { .. }, Some(read)) = (event, read.lock().unwrap().take()) {
                read();
            }
        });
        let report = block_on(async { guard.run(&pool(&database, 1).await).await });
        let report = report.unwrap();
        let told = told.lock().unwrap().join("\n");
        for what in ["held AccessExclusiveLock on public.t", "was waited for", "(shop)", "FLAG: migration 1 kept"] {
            assert!(told.contains(what), "{what}\n{told}");
        }
        let run = &report.migrations[0];
        assert!(run.locks[0].held > Duration::from_secs(1), "{report}");
        assert_eq!(run.waiters[0].session.application, "shop", "{report}");
        assert_eq!(report.flags().len(), 2, "{report}");
    }
}

#[test]
fn patience_ends_and_nothing_is_left() {
    for server in servers() {
        let database = server.database("patience").unwrap();
        let mut holder = database.connect().unwrap();
        holder.batch_execute("CREATE TABLE t (id int)").unwrap();
        holder.batch_execute("BEGIN; SELECT count(*) FROM t").unwrap();
        let migrator = migrator(&[("1_a.sql", "CREATE TABLE u (id int); ALTER TABLE t ADD COLUMN a int")]);
        let settings = Settings {
            lock_timeout: Duration::from_millis(100),
            patience: Duration::from_millis(700),
            ..Settings::default()
        };
        let guard = Guard::new(&migrator).settings(settings);
        let stopped = block_on(async { guard.run(&pool(&database, 1).await).await }).unwrap_err();
        let said = stopped.to_string();
        assert!(said.contains("did not get its locks") && said.contains("holds AccessShareLock on public.t"), "{said}");
        assert_eq!(super::text(&database, "SELECT coalesce(to_regclass('u')::text, 'none')"), "none");
        holder.batch_execute("COMMIT").unwrap();
        block_on(async { guard.run(&pool(&database, 1).await).await }).unwrap();
        wait_for(&database, "the table", "SELECT to_regclass('u') IS NOT NULL");
    }
}
