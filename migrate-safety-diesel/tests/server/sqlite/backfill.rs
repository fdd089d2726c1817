//! Backfills.

use super::{File, everywhere};
use diesel::connection::SimpleConnection;
use migrate_safety_diesel::backfill::{
    Backfill, Control, Error, Event, Options, Outcome, Runner, State, control_at, status_at,
};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

const ROWS: u32 = 3_000;

/// A table with a key of two columns, one of them a text, and a log of what is written.
fn filled(wal: bool) -> File {
    let file = File::new(wal);
    let mut connection = file.connect();
    let rows = format!(
        "CREATE TABLE t (a INTEGER NOT NULL, b TEXT NOT NULL, email TEXT, lower_email TEXT, n INTEGER, PRIMARY KEY (b, a),
             CHECK (n IS NULL OR n < 100000));
         CREATE TABLE log (a INTEGER, b TEXT);
         INSERT INTO t (a, b, email) WITH RECURSIVE c (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < {ROWS})
             SELECT n, CASE n % 3 WHEN 0 THEN 'It''s ÄÖ' WHEN 1 THEN 'b\\c' ELSE 'Plain' END, 'Somebody@EXAMPLE.org' FROM c;
         CREATE TRIGGER written AFTER UPDATE ON t BEGIN
             SELECT RAISE(ABORT, 'not that one') WHERE NEW.n = 4711; INSERT INTO log VALUES (NEW.a, NEW.b); END"
    );
    connection.batch_execute(&rows).unwrap();
    file
}

fn url(file: &File) -> String {
    format!("sqlite:{}", file.path.display())
}

fn runner() -> Runner {
    Runner::new("lower", Backfill::new("t").set("lower_email", "lower(email)")).options(options())
}

fn options() -> Options {
    Options { rows: (10, 200), first_rows: 50, pause: 0.0, lease: Duration::from_millis(300), ..Options::default() }
}

/// All rows have their value, and each was written once.
fn is_done(file: &File) {
    let rows = ROWS.to_string();
    assert_eq!(file.ask("SELECT count(*) FROM t WHERE lower_email = 'somebody@example.org'"), [rows.as_str()]);
    assert_eq!(file.ask("SELECT count(*) FROM log"), [rows.as_str()]);
    assert_eq!(file.ask("SELECT count(*) FROM (SELECT DISTINCT a, b FROM log)"), [rows.as_str()]);
}

#[test]
fn every_row_gets_its_value_once() {
    everywhere(|wal| {
        let file = filled(wal);
        let outcome = runner().workers(2).run(&url(&file)).unwrap();
        assert_eq!(outcome, Outcome::Verified { passes: 2, rejected: 0 });
        is_done(&file);
        let status = status_at(&url(&file), "main", "lower").unwrap();
        assert_eq!((status.state, status.changed, status.alive), (State::Verified, u64::from(ROWS), false));
        runner().run(&url(&file)).unwrap();
        is_done(&file);
        let paused = control_at(&url(&file), "main", "lower", Control::Pause);
        assert!(matches!(paused, Err(Error::NothingTo { state: State::Verified, .. })), "{paused:?}");
        assert!(matches!(status_at(&url(&file), "main", "other"), Err(Error::Unknown(_))));
    });
}

#[test]
fn rows_that_do_not_fit_are_recorded_and_left_out() {
    let file = filled(false);
    let backfill = Backfill::new("t").set("n", "CASE a WHEN 7 THEN 1000000 WHEN 300 THEN 4711 ELSE a END");
    let outcome = Runner::new("numbers", backfill).options(options()).run(&url(&file)).unwrap();
    assert_eq!(outcome, Outcome::Verified { passes: 2, rejected: 2 });
    assert_eq!(file.ask("SELECT count(*) FROM t WHERE n = a"), [(ROWS - 2).to_string()]);
    let messages = "SELECT message FROM migrate_safety_backfill_rejects ORDER BY message";
    assert!(file.ask(messages)[1].contains("not that one"), "{:?}", file.ask(messages));
}

#[test]
fn what_is_wrong_is_told_before_the_first_row() {
    let file = File::new(false);
    let absent = runner().run(&url(&file)).unwrap_err();
    assert!(matches!(absent, Error::Unreachable(_)), "{absent}");
    assert!(!file.path.exists());
    drop(file.connect());
    let error = runner().run(&url(&file)).unwrap_err().to_string();
    assert!(error.contains("there is no table t"), "{error}");
}

/// Tells the program that it runs a backfill, and in which file.
const FILE: &str = "BACKFILL_FILE";

/// Not a test by itself: what is killed.
#[test]
fn worker() {
    let Ok(url) = std::env::var(FILE) else { return };
    let slow = Options { rows: (10, 20), first_rows: 10, pause: 0.2, ..options() };
    runner().options(slow).run(&url).unwrap();
}

#[test]
fn killed_at_any_moment_it_goes_on_where_it_was() {
    let kills: usize = std::env::var("GUARD_KILLS").map_or(4, |kills| kills.parse().unwrap());
    everywhere(|wal| {
        let file = filled(wal);
        let (mut before, mut killed) = (0, 0);
        for kill in 0..kills {
            if before == ROWS {
                break;
            }
            let mut program = Command::new(std::env::current_exe().unwrap());
            program.args(["--exact", "sqlite::backfill::worker"]).env(FILE, url(&file));
            let mut child = program.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
            let begun = (0..2000).any(|_| {
                std::thread::sleep(Duration::from_millis(1));
                file.ask("SELECT count(*) FROM log")[0].parse::<u32>().unwrap() > before
                    || child.try_wait().unwrap().is_some()
            });
            assert!(begun);
            std::thread::sleep(Duration::from_micros(kill as u64 * 3_700 % 20_000));
            let _ = child.kill();
            child.wait().unwrap();
            before = file.ask("SELECT count(*) FROM log")[0].parse().unwrap();
            killed += u32::from(before < ROWS);
        }
        assert!(killed > 2, "it was killed {killed} times only");
        assert!(runner().run(&url(&file)).unwrap().is_verified());
        is_done(&file);
    });
}

#[test]
fn it_is_paused_and_resumed_from_elsewhere() {
    let file = filled(true);
    let batches = Arc::new(AtomicU64::new(0));
    let counted = Arc::clone(&batches);
    let slow = Options { rows: (10, 20), first_rows: 10, pause: 1.0, ..options() };
    let runner = runner().options(slow).on_event(move |event| {
        counted.fetch_add(u64::from(matches!(event, Event::Batch(_))), Ordering::Relaxed);
    });
    // A writer may be in the way of a word.
    let tell = |word| loop {
        match control_at(&url(&file), "main", "lower", word) {
            Err(Error::Database(_) | Error::Unknown(_)) => std::thread::sleep(Duration::from_millis(10)),
            told => return told.unwrap(),
        }
    };
    std::thread::scope(|scope| {
        let run = scope.spawn(|| runner.run(&url(&file)).unwrap());
        assert_eq!(tell(Control::Pause).state, State::Paused);
        std::thread::sleep(Duration::from_millis(100));
        let paused = batches.load(Ordering::Relaxed);
        std::thread::sleep(Duration::from_millis(300));
        assert_eq!(batches.load(Ordering::Relaxed), paused);
        assert!(!run.is_finished());
        assert_eq!(tell(Control::Resume).state, State::Running);
        assert!(run.join().unwrap().is_verified());
    });
    is_done(&file);
}
