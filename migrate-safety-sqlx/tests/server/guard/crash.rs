//! The runner is killed, the server crashes: the next run ends in the right state.
//!
//! The runner that is killed is this very test program, started again to run [`runner`] alone.

use super::{BOOKS, block_on, migrator, number, own_tables, pool, servers, text, wait_for};
use migrate_safety_core::guard::{Outcome, Policy, Settings};
use migrate_safety_sqlx::Guard;
use migrate_safety_testkit::{Database, PostgresServer, Stop};
use postgres::Client;
use sqlx::migrate::Migrator;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

/// Tells the program that it is a runner, and for which database.
pub(super) const URL: &str = "GUARD_RUNNER_URL";

/// A history with everything that can be interrupted.
pub(super) const FILES: &[(&str, &str)] = &[
    ("1_t.sql", "CREATE TABLE t (id int, a int, b int); INSERT INTO t SELECT n, n, n FROM generate_series(1, 3000) n"),
    ("2_log.sql", "CREATE TABLE log (what text)"),
    ("3_index.sql", "-- no-transaction\nCREATE INDEX CONCURRENTLY t_a ON t (a)"),
    (
        "4_many.sql",
        "-- no-transaction\nSET search_path = public;\nINSERT INTO log VALUES ('first');\n\
         CREATE INDEX CONCURRENTLY ON t (b);\nINSERT INTO log VALUES ('second');\nALTER TABLE t ADD COLUMN c int;\n\
         CREATE UNIQUE INDEX CONCURRENTLY t_id ON t (id);\nDROP INDEX CONCURRENTLY t_a;\n\
         REINDEX INDEX CONCURRENTLY t_id;\nVACUUM t;\nBEGIN;\nINSERT INTO log VALUES ('third');\nCOMMIT;",
    ),
    ("5_last.sql", "ALTER TABLE t ADD COLUMN d int; INSERT INTO log VALUES ('last')"),
];

/// What there is in the end.
const STATE: &str = "SELECT concat_ws(E'\\n',
    (SELECT string_agg(what, ',' ORDER BY what) FROM log), (SELECT count(*) FROM t),
    (SELECT string_agg(attname, ',' ORDER BY attnum) FROM pg_attribute WHERE attrelid = 't'::regclass AND attnum > 0),
    (SELECT string_agg(concat_ws(' ', indexrelid::regclass, indisvalid), ',' ORDER BY indexrelid::regclass::text)
     FROM pg_index WHERE indrelid = 't'::regclass))";

const RIGHT: &str = "first,last,second,third\n3000\nid,a,b,c,d\nt_b_idx t,t_id t";

fn settings() -> Settings {
    Settings { lock_timeout: Duration::from_secs(20), policy: Policy::Warn, ..Settings::default() }
}

/// Not a test by itself: what a killed runner runs.
#[test]
fn runner() {
    let Ok(url) = std::env::var(URL) else { return };
    let migrator = migrator(FILES);
    let report = block_on(async {
        let pool = sqlx::postgres::PgPoolOptions::new().max_connections(1).connect(&url).await.unwrap();
        Guard::new(&migrator).settings(settings()).run(&pool).await
    });
    report.unwrap();
}

/// A program that runs the migrations.
pub(super) fn runner_of(url: &str) -> Command {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", "guard::crash::runner", "--nocapture"]).env(URL, url);
    command.stdout(Stdio::null()).stderr(Stdio::null());
    command
}

fn start_runner(database: &Database) -> Child {
    runner_of(&database.url()).spawn().unwrap()
}

fn kill(mut child: Child) {
    child.kill().unwrap();
    child.wait().unwrap();
}

/// Runs to the end and compares with what an undisturbed run leaves.
pub(super) fn finish(database: &Database, migrator: &Migrator) -> migrate_safety_core::guard::RunReport {
    let report = block_on(async {
        let report = Guard::new(migrator).settings(settings()).run(&pool(database, 1).await).await.unwrap();
        // sqlx itself agrees.
        migrator.run(&pool(database, 1).await).await.unwrap();
        report
    });
    assert_eq!(text(database, STATE), RIGHT, "{report}");
    assert_eq!(text(database, BOOKS), books_of(migrator));
    assert_eq!(own_tables(database), 0);
    report
}

/// What sqlx records of these migrations.
fn books_of(migrator: &Migrator) -> String {
    let row = |migration: &sqlx::migrate::Migration| {
        let checksum: String = migration.checksum.iter().map(|byte| format!("{byte:02x}")).collect();
        format!("{}|{}|t|{checksum}|t|t", migration.version, migration.description)
    };
    migrator.iter().map(row).collect::<Vec<_>>().join("\n")
}

#[test]
fn killed_at_any_moment() {
    let kills: u64 = std::env::var("GUARD_KILLS").map_or(6, |kills| kills.parse().unwrap());
    for server in servers() {
        let mut random = 0x9e37_79b9_7f4a_7c15_u64 ^ u64::from(server.major());
        let (mut killed, mut round) = (0, 0);
        while killed < kills {
            round += 1;
            let database = server.database(&format!("killed_{round}")).unwrap();
            // Several kills of one history.
            for _ in 0..4 {
                let mut child = start_runner(&database);
                random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                std::thread::sleep(Duration::from_millis(20 + (random >> 33) % 400));
                if child.try_wait().unwrap().is_some() {
                    break;
                }
                kill(child);
                killed += 1;
            }
            finish(&database, &migrator(FILES));
        }
    }
}

/// The runner stops at a statement of migration 4, since that waits for a lock or for an old transaction.
fn held_at(database: &Database, hold: &str, at: &str) -> (Client, Child) {
    let migrator = migrator(&FILES[..3]);
    block_on(async { Guard::new(&migrator).settings(settings()).run(&pool(database, 1).await).await }).unwrap();
    let mut holder = database.connect().unwrap();
    holder.batch_execute(hold).unwrap();
    let child = start_runner(database);
    let waits = format!(
        "SELECT EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock' AND query LIKE '%{at}%'
                        AND pid <> pg_backend_pid())"
    );
    wait_for(database, at, &waits);
    (holder, child)
}

const ANY: &str = "SELECT NOT EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' \
         AND database = (SELECT oid FROM pg_database WHERE datname = current_database()))";

#[test]
fn killed_inside_a_concurrent_build() {
    let old = "BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT count(*) FROM t";
    for server in servers() {
        // The server goes on with the build and ends it.
        let database = server.database("build_goes_on").unwrap();
        let (mut holder, child) = held_at(&database, old, "CONCURRENTLY ON t (b)");
        kill(child);
        holder.batch_execute("COMMIT").unwrap();
        wait_for(&database, "the end of the build", ANY);
        assert_eq!(number(&database, "SELECT count(*) FROM pg_index WHERE indrelid = 't'::regclass AND indisvalid"), 2);
        let report = finish(&database, &migrator(FILES));
        assert_eq!(report.migrations[0].outcome, Outcome::Resumed(2), "{report}");

        // The server stops as well, and leaves an invalid index.
        let database = server.database("build_ends").unwrap();
        let (mut holder, child) = held_at(&database, old, "CONCURRENTLY ON t (b)");
        kill(child);
        let stop = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND query LIKE '%CONCURRENTLY ON t (b)%' \
                    AND pid <> pg_backend_pid()";
        holder.batch_execute(stop).unwrap();
        wait_for(&database, "the end of the session", ANY);
        holder.batch_execute("COMMIT").unwrap();
        assert_eq!(number(&database, "SELECT count(*) FROM pg_index WHERE NOT indisvalid"), 1);
        let report = finish(&database, &migrator(FILES));
        assert!(report.notes.iter().any(|note| note.contains("DROP INDEX CONCURRENTLY")), "{report}");
    }
}

#[test]
fn killed_between_a_build_and_the_note_of_it() {
    for server in servers() {
        let database = server.database("not_noted").unwrap();
        let old = "BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT count(*) FROM t";
        let (mut holder, child) = held_at(&database, old, "CONCURRENTLY ON t (b)");
        let mut keeper = database.connect().unwrap();
        keeper.batch_execute("BEGIN; LOCK TABLE _migrate_safety_progress").unwrap();
        holder.batch_execute("COMMIT").unwrap();
        let built = "SELECT bool_and(indisvalid) FROM pg_index WHERE indrelid = 't'::regclass \
                     HAVING count(*) = 2";
        let mut client = database.connect().unwrap();
        while client.query(built, &[]).unwrap().first().is_none_or(|row| !row.get::<_, bool>(0)) {
            std::thread::sleep(Duration::from_millis(20));
        }
        kill(child);
        let stop = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'";
        keeper.batch_execute(&format!("{stop}; COMMIT")).unwrap();
        wait_for(&database, "the end of the session", ANY);
        let report = finish(&database, &migrator(FILES));
        assert!(!report.to_string().contains("CREATE INDEX CONCURRENTLY ON t (b)"), "{report}");
    }
}

#[test]
fn killed_at_each_statement() {
    let points = [
        ("BEGIN; LOCK TABLE log IN SHARE MODE", "first"),
        // In nobody's way but that of ACCESS EXCLUSIVE.
        ("BEGIN; LOCK TABLE t IN ACCESS SHARE MODE", "ADD COLUMN c"),
        ("BEGIN; LOCK TABLE _sqlx_migrations IN SHARE MODE", "INSERT INTO _sqlx_migrations"),
    ];
    for server in servers() {
        for (n, (hold, at)) in points.into_iter().enumerate() {
            let database = server.database(&format!("statement_{n}")).unwrap();
            let (mut holder, child) = held_at(&database, hold, at);
            kill(child);
            holder.batch_execute("ROLLBACK").unwrap();
            finish(&database, &migrator(FILES));
        }
    }
}

#[test]
fn the_server_goes_away_inside_a_concurrent_build() {
    let old = "BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT count(*) FROM t";
    for server in servers() {
        // A server of its own: all its sessions end.
        let server = PostgresServer::start_synchronous(server.major()).unwrap();
        let restart = |how| {
            server.stop(how).unwrap();
            std::thread::sleep(Duration::from_millis(500));
            server.start_again().unwrap();
        };
        for (name, blow) in [("crash", None), ("fast", Some(Stop::Fast)), ("immediate", Some(Stop::Immediate))] {
            let database = server.database(name).unwrap();
            let (mut holder, mut child) = held_at(&database, old, "CONCURRENTLY ON t (b)");
            match blow {
                Some(how) => restart(how),
                None => crash(&database, &mut holder),
            }
            // The runner comes back by itself.
            assert!(child.wait().unwrap().success(), "{name}");
            finish(&database, &migrator(FILES));
        }
    }
}

/// The death of one backend makes the server end all of them and recover.
fn crash(database: &Database, holder: &mut Client) {
    let victim: i32 = holder.query_one("SELECT pg_backend_pid()", &[]).unwrap().get(0);
    let mut admin = database.connect().unwrap();
    // Our answer is lost with it.
    let _ = admin.batch_execute(&format!("COPY (SELECT 1) TO PROGRAM 'kill -9 {victim}'"));
    while database.connect().is_err() {
        std::thread::sleep(Duration::from_millis(50));
    }
}
