//! The runner is killed: the next run ends in the right state. The runner is this very test program, started again.

use super::project::{Project, Text};
use super::{BOOKS, connect, hasty, number, servers, text, wait_for};
use diesel::{Connection, PgConnection};
use diesel_migrations::MigrationHarness;
use migrate_safety_diesel::{Guard, GuardedHarness, guarded};
use migrate_safety_testkit::{Database, PostgresServer, Stop};
use postgres::Client;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

/// Tells the program that it is a runner, and for which database.
const URL: &str = "GUARD_RUNNER_URL";

/// Tells it by which way it runs the migrations.
const WAY: &str = "GUARD_RUNNER_WAY";

/// A way to run migrations guarded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Way {
    Guard,
    Harness,
    Source,
}

impl Way {
    pub(super) const ALL: [Self; 3] = [Self::Guard, Self::Harness, Self::Source];

    pub(super) fn run(self, connection: &mut PgConnection) {
        match self {
            Self::Guard => drop(Guard::new(&project()).unwrap().settings(hasty()).run(connection).unwrap()),
            Self::Harness => {
                drop(GuardedHarness::new(connection).settings(hasty()).run_pending_migrations(project()).unwrap());
            }
            Self::Source => drop(connection.run_pending_migrations(guarded(project()).settings(hasty())).unwrap()),
        }
    }
}

fn project() -> Project {
    let many = "INSERT INTO log VALUES ('first');\nCREATE INDEX CONCURRENTLY ON t (b);\nINSERT INTO log VALUES ('second');\n\
                CREATE UNIQUE INDEX CONCURRENTLY t_id ON t (id);\nDROP INDEX CONCURRENTLY t_id;\nVACUUM t;";
    Project(vec![
        Text(
            "1_t",
            "CREATE TABLE t (id int, b int); INSERT INTO t SELECT n, n FROM generate_series(1, 3000) n",
            None,
            true,
        ),
        Text("2_log", "CREATE TABLE log (what text)", None, true),
        Text("3_many", many, None, false),
        Text("4_last", "ALTER TABLE t ADD COLUMN d int; INSERT INTO log VALUES ('last')", None, true),
    ])
}

const STATE: &str = "SELECT concat_ws(E'\\n',
    (SELECT string_agg(what, ',' ORDER BY what) FROM log), (SELECT count(*) FROM t),
    (SELECT string_agg(attname, ',' ORDER BY attnum) FROM pg_attribute WHERE attrelid = 't'::regclass AND attnum > 0),
    (SELECT string_agg(concat_ws(' ', indexrelid::regclass, indisvalid), ',' ORDER BY indexrelid::regclass::text)
     FROM pg_index WHERE indrelid = 't'::regclass))";

/// Not a test by itself: what a killed runner runs.
#[test]
fn runner() {
    let Ok(url) = std::env::var(URL) else { return };
    let named = std::env::var(WAY).unwrap();
    let way = Way::ALL.into_iter().find(|way| format!("{way:?}") == named).unwrap();
    way.run(&mut PgConnection::establish(&url).unwrap());
}

/// A program that runs the migrations.
pub(super) fn runner_of(url: &str, way: Way) -> Command {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", "guard::crash::runner", "--nocapture"]).env(URL, url).env(WAY, format!("{way:?}"));
    command.stdout(Stdio::null()).stderr(Stdio::null());
    command
}

fn start_runner(database: &Database) -> Child {
    runner_of(&database.url(), Way::Guard).spawn().unwrap()
}

/// Runs to the end and compares with what an undisturbed run leaves.
pub(super) fn finish(database: &Database, way: Way) {
    way.run(&mut connect(database));
    assert!(!connect(database).has_pending_migration(project()).unwrap());
    assert_eq!(text(database, STATE), "first,last,second\n3000\nid,b,d\nt_b_idx t", "{way:?}");
    assert_eq!(text(database, BOOKS), "1|t\n2|t\n3|t\n4|t");
    assert_eq!(number(database, "SELECT count(*) FROM pg_class WHERE relname = '_migrate_safety_progress'"), 0);
}

#[test]
fn killed_at_any_moment() {
    let kills: u64 = std::env::var("GUARD_KILLS").map_or(4, |kills| kills.parse().unwrap());
    for server in servers() {
        let mut random = 0x2545_f491_4f6c_dd1d_u64 ^ u64::from(server.major());
        let (mut killed, mut round) = (0, 0);
        while killed < kills {
            round += 1;
            let database = server.database(&format!("killed_{round}")).unwrap();
            for _ in 0..4 {
                let mut child = start_runner(&database);
                random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                std::thread::sleep(Duration::from_millis(20 + (random >> 33) % 400));
                if child.try_wait().unwrap().is_some() {
                    break;
                }
                child.kill().unwrap();
                child.wait().unwrap();
                killed += 1;
            }
            finish(&database, Way::Guard);
        }
    }
}

/// A session whose snapshot holds up a concurrent build, and a runner inside that build.
fn held_up(database: &Database, way: Way) -> (Client, Child) {
    let mut first = project();
    first.0.truncate(2);
    Guard::new(&first).unwrap().settings(hasty()).run(&mut connect(database)).unwrap();
    let mut old = database.connect().unwrap();
    old.batch_execute("BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT count(*) FROM t").unwrap();
    let child = runner_of(&database.url(), way).spawn().unwrap();
    let builds = "SELECT EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock' \
                  AND query LIKE '%CONCURRENTLY ON t (b)%' AND pid <> pg_backend_pid())";
    wait_for(database, "the build", builds);
    (old, child)
}

#[test]
fn killed_inside_a_concurrent_build() {
    for server in servers() {
        for way in Way::ALL {
            let database = server.database("inside").unwrap();
            let (mut old, mut child) = held_up(&database, way);
            child.kill().unwrap();
            child.wait().unwrap();
            old.batch_execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'").unwrap();
            wait_for(
                &database,
                "its end",
                "SELECT NOT EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database() \
                 AND query LIKE '%CONCURRENTLY ON t (b)%' AND pid <> pg_backend_pid())",
            );
            old.batch_execute("COMMIT").unwrap();
            assert_eq!(number(&database, "SELECT count(*) FROM pg_index WHERE NOT indisvalid"), 1);
            finish(&database, way);
        }
    }
}

#[test]
fn the_server_is_stopped_inside_a_concurrent_build() {
    for server in servers() {
        // A server of its own: all its sessions end.
        let server = PostgresServer::start_synchronous(server.major()).unwrap();
        for (way, how) in Way::ALL.into_iter().zip([Stop::Fast, Stop::Immediate, Stop::Immediate]) {
            let database = server.database("stopped").unwrap();
            let (_old, mut child) = held_up(&database, way);
            server.stop(how).unwrap();
            child.wait().unwrap();
            server.start_again().unwrap();
            assert_eq!(number(&database, "SELECT count(*) FROM pg_index WHERE NOT indisvalid"), 1, "{way:?}");
            finish(&database, way);
        }
    }
}
