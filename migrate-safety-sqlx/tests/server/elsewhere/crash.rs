//! A run is cut off at every point at which it waits for an answer, or its process is killed: the next run ends in the
//! right state, or says what nobody can tell.

use super::{Database, Files, Place, block_on, everywhere, hasty, migrator, on_sqlite, sqlite_options};
use migrate_safety_core::guard::Reason;
use migrate_safety_sqlx::Guard;
use sqlx::{Connection, MySqlConnection, SqliteConnection};
use std::future::poll_fn;
use std::pin::pin;
use std::process::{Command, Stdio};
use std::task::Poll;
use std::time::Duration;

const SQLITE: Files = &[
    (
        "1_t.sql",
        "CREATE TABLE t (id INTEGER PRIMARY KEY, a INT); INSERT INTO t (a) VALUES (1), (2), (3); CREATE TABLE log (what TEXT)",
    ),
    (
        "2_many.sql",
        "-- no-transaction\nPRAGMA foreign_keys = OFF;\nINSERT INTO log VALUES ('first');\nVACUUM;\nBEGIN;\n\
         INSERT INTO log VALUES ('second');\nALTER TABLE t ADD COLUMN b INT;\nCOMMIT;\nCREATE INDEX t_a ON t (a);\n\
         INSERT INTO log VALUES ('third');\nPRAGMA foreign_keys = ON;",
    ),
    ("3_last.sql", "ALTER TABLE t ADD COLUMN c INT; INSERT INTO log VALUES ('last')"),
];

const MYSQL: Files = &[
    (
        "1_t.sql",
        "CREATE TABLE t (id int PRIMARY KEY, a int);\nINSERT INTO t VALUES (1, 1), (2, 2), (3, 3);\nCREATE TABLE log (what varchar(20));",
    ),
    (
        "2_many.sql",
        "SET foreign_key_checks = 0;\nINSERT INTO log VALUES ('first');\nALTER TABLE t ADD COLUMN b int;\n\
         START TRANSACTION;\nINSERT INTO log VALUES ('second');\nINSERT INTO t (id, a) VALUES (4, 4);\nCOMMIT;\nSET sql_safe_updates = 0;\nCREATE INDEX t_a ON t (a);\n\
         INSERT INTO log VALUES ('third');\nOPTIMIZE TABLE t;\nALTER TABLE t RENAME COLUMN b TO bb;\nDELETE FROM t WHERE a = 4;\n\
         SET foreign_key_checks = 1",
    ),
    ("3_last.sql", "ALTER TABLE t ADD COLUMN c int; INSERT INTO log VALUES ('last')"),
];

fn files(place: &Place) -> Files {
    if place.is_sqlite() { SQLITE } else { MYSQL }
}

/// Runs the migrations over a connection of its own, which is dropped after so many waits. Whether it came to its end.
pub(super) async fn cut_off_after(database: &Database, guard: &Guard<'_>, waits: usize) -> bool {
    match database {
        Database::Sqlite { file, wal } => {
            let mut connection = SqliteConnection::connect_with(&sqlite_options(file, *wal)).await.unwrap();
            ends_within(guard.run(&mut connection), waits).await
        }
        Database::MySql { url, .. } => {
            let mut connection = MySqlConnection::connect(url).await.unwrap();
            ends_within(guard.run(&mut connection), waits).await
        }
    }
}

async fn ends_within<T, E: std::fmt::Display>(future: impl Future<Output = Result<T, E>>, mut waits: usize) -> bool {
    let mut future = pin!(future);
    poll_fn(|context| match future.as_mut().poll(context) {
        Poll::Ready(Ok(_)) => Poll::Ready(true),
        Poll::Ready(Err(error)) => panic!("{error}"),
        Poll::Pending if waits == 0 => Poll::Ready(false),
        Poll::Pending => {
            waits -= 1;
            Poll::Pending
        }
    })
    .await
}

/// Runs to the end, and compares with what an undisturbed run leaves.
async fn finish(place: &Place, database: &Database, right: &(Vec<String>, Vec<String>), when: &str) {
    let finished = database.run(files(place), hasty()).await;
    finished.unwrap_or_else(|stopped| panic!("{}, {when}: {stopped}", place.name()));
    assert_eq!(state(database).await, *right, "{}, {when}", place.name());
    database.run_unguarded(&migrator(files(place))).await.unwrap();
}

/// Everything but the time that a migration took.
async fn state(database: &Database) -> (Vec<String>, Vec<String>) {
    let mut rows = database.ask("SELECT what FROM log ORDER BY what").await;
    rows.extend(database.ask("SELECT * FROM t ORDER BY id").await);
    rows.extend(database.books().await);
    (database.schema().await, rows)
}

#[test]
fn cut_off_at_every_wait() {
    everywhere(|place| {
        let migrator = migrator(files(place));
        let guard = Guard::new(&migrator).settings(hasty());
        block_on(async {
            let whole = place.database();
            whole.run(files(place), hasty()).await.unwrap();
            let right = state(&whole).await;
            // A number of steps that has no factor in common with those of a statement.
            let step = if std::env::var("GUARD_EVERY").is_ok() { 1 } else { 7 };
            let mut waits = 0;
            let mut cuts = 0;
            loop {
                let database = place.database();
                let ended = cut_off_after(&database, &guard, waits).await;
                finish(place, &database, &right, &format!("cut off after {waits} waits")).await;
                if ended {
                    break;
                }
                (waits, cuts) = (waits + step, cuts + 1);
            }
            println!("{}: cut off {cuts} times, at up to {waits} waits", place.name());
            assert!(cuts > 5, "{}: {cuts}", place.name());
        });
    });
}

/// Tells the program that it is a runner, and for which file.
const FILE: &str = "GUARD_RUNNER_FILE";

/// Not a test by itself: what a killed runner runs.
#[test]
fn runner() {
    let Ok(file) = std::env::var(FILE) else { return };
    let (file, wal) = (file.trim_end_matches('+'), file.ends_with('+'));
    let migrator = migrator(SQLITE);
    block_on(async {
        let mut connection = SqliteConnection::connect_with(&sqlite_options(file.as_ref(), wal)).await.unwrap();
        Guard::new(&migrator).settings(hasty()).run(&mut connection).await.unwrap();
    });
}

#[test]
fn killed_at_any_moment() {
    let kills: u64 = std::env::var("GUARD_KILLS").map_or(6, |kills| kills.parse().unwrap());
    on_sqlite(|place| {
        let whole = place.database();
        block_on(whole.run(SQLITE, hasty())).unwrap();
        let right = block_on(state(&whole));
        for kill in 0..kills {
            let database = place.database();
            let Database::Sqlite { file, wal } = &database else { panic!("no SQLite") };
            let mut program = Command::new(std::env::current_exe().unwrap());
            program.args(["--exact", "elsewhere::crash::runner"]);
            program.env(FILE, format!("{}{}", file.display(), if *wal { "+" } else { "" }));
            let mut child = program.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
            // Spread over the time that a run takes.
            while !file.exists() && child.try_wait().unwrap().is_none() {
                std::thread::sleep(Duration::from_micros(200));
            }
            std::thread::sleep(Duration::from_micros(kill * 60_000 / kills));
            let _ = child.kill();
            child.wait().unwrap();
            block_on(finish(place, &database, &right, &format!("kill {kill}")));
        }
    });
}

#[test]
fn what_nobody_can_tell_is_said() {
    super::on_servers(|place| {
        const FILES: Files = &[(
            "1_t.sql",
            "CREATE TABLE t (a int);\nCREATE PROCEDURE p() INSERT INTO t VALUES (1);\nCALL p();\nCREATE TABLE u (a int)",
        )];
        block_on(async {
            let database = place.database();
            database.run(FILES, hasty()).await.unwrap();
            // As if the process had been killed in the call.
            database.ask("DROP TABLE u").await;
            database.ask("UPDATE _sqlx_migrations SET success = FALSE").await;
            database
                .ask(
                    "CREATE TABLE _migrate_safety_progress (books varchar(100), version varchar(64), direction varchar(8), \
                     done longtext, running longtext, PRIMARY KEY (books, version, direction))",
                )
                .await;
            let done = r#"["CREATE TABLE t (a int)", "CREATE PROCEDURE p() INSERT INTO t VALUES (1)"]"#;
            let running = r#"{"statement": "CALL p()", "seen": []}"#;
            database
                .ask(&format!(
                    "INSERT INTO _migrate_safety_progress VALUES ('_sqlx_migrations', '1', 'up', '{done}', '{running}')"
                ))
                .await;
            let stopped = database.run(FILES, hasty()).await.unwrap_err();
            assert!(matches!(stopped.reason, Reason::Unclear { line: 3, .. }), "{}: {stopped}", place.name());
            // Told that it has not been under way, it goes on.
            database.ask("UPDATE _migrate_safety_progress SET running = NULL").await;
            database.run(FILES, hasty()).await.unwrap();
            assert_eq!(database.ask("SELECT a FROM t").await, ["1", "1"]);
        });
    });
}
