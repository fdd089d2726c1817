//! Held tables, and runners side by side.

use super::project::{Project, Text};
use super::{BOOKS, connect, hasty, number, servers, text};
use diesel_migrations::MigrationHarness;
use migrate_safety_core::guard::Settings;
use migrate_safety_diesel::{Guard, GuardedHarness, guarded};
use migrate_safety_testkit::Database;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

fn add_column() -> Project {
    Project(vec![Text("1_a", "CREATE TABLE u (a int); ALTER TABLE t ADD COLUMN a int", None, true)])
}

/// A reader of `t` in a transaction that ends after a while, and how long another query on it waited meanwhile.
fn held(database: &Database, run: impl FnOnce()) -> Duration {
    database.connect().unwrap().batch_execute("CREATE TABLE t (id int)").unwrap();
    let mut holder = database.connect().unwrap();
    holder.batch_execute("BEGIN; SELECT count(*) FROM t").unwrap();
    let release = std::thread::spawn(move || {
        std::thread::sleep(Duration::from_millis(2500));
        holder.batch_execute("COMMIT").unwrap();
    });
    let mut reader = database.connect().unwrap();
    let traffic = std::thread::spawn(move || {
        let (began, mut longest) = (Instant::now(), Duration::ZERO);
        while began.elapsed() < Duration::from_millis(2600) {
            let asked = Instant::now();
            reader.batch_execute("SELECT count(*) FROM t").unwrap();
            longest = longest.max(asked.elapsed());
            std::thread::sleep(Duration::from_millis(5));
        }
        longest
    });
    run();
    release.join().unwrap();
    traffic.join().unwrap()
}

#[test]
fn no_query_waits_longer_than_the_lock_timeout() {
    for server in servers() {
        let at_most = hasty().lock_timeout + Duration::from_millis(600);
        let diesel = server.database("held_diesel").unwrap();
        let waited = held(&diesel, || drop(connect(&diesel).run_pending_migrations(add_column()).unwrap()));
        assert!(waited > Duration::from_millis(1500), "without a guard they wait for the holder: {waited:?}");
        println!("PostgreSQL {}, held for 2.5 s: without a guard the longest wait was {waited:.1?}", server.major());

        let guard = server.database("held_guard").unwrap();
        let run = || drop(Guard::new(&add_column()).unwrap().settings(hasty()).run(&mut connect(&guard)).unwrap());
        let waited = held(&guard, run);
        println!("guarded {waited:.1?}, with {:?} for a lock", hasty().lock_timeout);
        assert!(waited < at_most, "{waited:?}");

        // In diesel's own transaction, by savepoints.
        let source = server.database("held_source").unwrap();
        let run = || drop(connect(&source).run_pending_migrations(guarded(add_column()).settings(hasty())).unwrap());
        let waited = held(&source, run);
        println!("in diesel's own transaction {waited:.1?}");
        assert!(waited < at_most, "{waited:?}");
        assert_eq!(number(&source, "SELECT count(*) FROM __diesel_schema_migrations"), 1);
        assert_eq!(text(&source, "SELECT to_regclass('u')::text"), "u");
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
        let project = Project(vec![Text("1_a", CROSSED, None, true), Text("2_b", UNSERIAL, None, true)]);
        let settings = Settings { lock_timeout: Duration::from_secs(20), ..hasty() };
        let tables = "CREATE TABLE t (id int); CREATE TABLE u (id int); CREATE SEQUENCE s";
        let database = server.database("deadlock").unwrap();
        database.connect().unwrap().batch_execute(tables).unwrap();
        let other = cross(&database);
        let guard = Guard::new(&project).unwrap().settings(settings.clone());
        let report = guard.run(&mut connect(&database)).unwrap();
        other.join().unwrap();
        let why = |n: usize| report.migrations[n].retries.iter().map(|retried| retried.reason.as_str());
        assert!(why(0).all(|reason| reason.contains("40P01")) && why(0).count() == 1, "{report}");
        assert!(why(1).all(|reason| reason.contains("40001")) && why(1).count() == 2, "{report}");

        // In diesel's own transaction.
        let database = server.database("deadlock_source").unwrap();
        database.connect().unwrap().batch_execute(tables).unwrap();
        let other = cross(&database);
        connect(&database).run_pending_migrations(guarded(project).settings(settings)).unwrap();
        other.join().unwrap();
        assert_eq!(text(&database, BOOKS).lines().count(), 2);
    }
}

#[test]
fn ten_at_once_apply_each_migration_once() {
    let rounds: usize = std::env::var("GUARD_ROUNDS").map_or(1, |rounds| rounds.parse().unwrap());
    for server in servers().iter().flat_map(|server| std::iter::repeat_n(server, rounds)) {
        let database = server.database("replicas").unwrap();
        let client = &mut database.connect().unwrap();
        client.batch_execute("CREATE TABLE t (id int); INSERT INTO t SELECT generate_series(1, 20000)").unwrap();
        let project = Project(vec![
            Text("1_log", "CREATE TABLE log (at timestamptz); INSERT INTO log SELECT now()", None, true),
            Text("2_index", "CREATE INDEX CONCURRENTLY t_id ON t (id)", None, false),
        ]);
        std::thread::scope(|scope| {
            for n in 0..10 {
                let (database, project) = (&database, project.clone());
                scope.spawn(move || {
                    let connection = &mut connect(database);
                    let settings = Settings { wait_for_others: Duration::from_secs(60), ..Settings::default() };
                    if n % 2 == 0 {
                        Guard::new(&project).unwrap().settings(settings).run(connection).unwrap();
                    } else {
                        GuardedHarness::new(connection).settings(settings).run_pending_migrations(project).unwrap();
                    }
                });
            }
        });
        assert_eq!(number(&database, "SELECT count(*) FROM log"), 1);
        assert_eq!(number(&database, "SELECT count(*) FROM pg_index WHERE NOT indisvalid"), 0);
        assert_eq!(text(&database, BOOKS).lines().count(), 2);
        assert_eq!(
            number(
                &database,
                "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' \
         AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
            ),
            0
        );
    }
}
