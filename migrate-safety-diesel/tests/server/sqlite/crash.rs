//! A run is cut off before every statement, or its process is killed: the next run ends in the right state.

use super::{File, Project, Text, connect, everywhere, hasty, project};
use diesel::Connection;
use diesel::connection::InstrumentationEvent;
use diesel_migrations::MigrationHarness;
use migrate_safety_core::guard::{Goal, Settings};
use migrate_safety_diesel::Guard;
use std::panic::{AssertUnwindSafe, catch_unwind, panic_any};
use std::process::{Command, Stdio};
use std::time::Duration;

fn shop() -> Project {
    project(&[
        Text(
            "1_t",
            "CREATE TABLE t (id INTEGER PRIMARY KEY, a INT); INSERT INTO t (a) VALUES (1), (2), (3); CREATE TABLE log (what TEXT)",
            Some("DROP TABLE t"),
            true,
        ),
        Text(
            "2_many",
            "PRAGMA foreign_keys = OFF;\nINSERT INTO log VALUES ('first');\nVACUUM;\nBEGIN;\n\
             INSERT INTO log VALUES ('second');\nALTER TABLE t ADD COLUMN b INT;\nCOMMIT;\nCREATE INDEX t_a ON t (a);\n\
             INSERT INTO log VALUES ('third');\nPRAGMA foreign_keys = ON;",
            Some("INSERT INTO log VALUES ('undone');\nDROP INDEX t_a;\nVACUUM;\nALTER TABLE t DROP COLUMN b"),
            false,
        ),
        Text(
            "3_last",
            "ALTER TABLE t ADD COLUMN c INT; INSERT INTO log VALUES ('last')",
            Some("INSERT INTO log VALUES ('back'); ALTER TABLE t DROP COLUMN c"),
            true,
        ),
    ])
}

const ROWS: &str = "SELECT group_concat(what) FROM (SELECT what FROM log ORDER BY rowid)";

/// Goes to a goal over a connection that is dropped before the statement after so many. Whether it came to its end.
fn cut_off_after(file: &File, goal: &Goal, statements: usize) -> bool {
    struct Cut;

    let mut connection = file.connect();
    let mut left = statements;
    connection.set_instrumentation(move |event: InstrumentationEvent<'_>| {
        if matches!(event, InstrumentationEvent::StartQuery { .. }) {
            match left.checked_sub(1) {
                Some(less) => left = less,
                None if std::thread::panicking() => {}
                None => panic_any(Cut),
            }
        }
    });
    let shop = shop();
    let settings = Settings { allow_data_loss: true, ..hasty() };
    let guard = Guard::new(&shop).unwrap().settings(settings);
    let ran = catch_unwind(AssertUnwindSafe(|| {
        let mut connection = connection;
        guard
            .go(&mut connection, goal, migrate_safety_core::guard::Mode::Run)
            .unwrap_or_else(|error| panic!("{error}"));
    }));
    match ran {
        Ok(()) => true,
        Err(cut) if cut.is::<Cut>() => false,
        Err(other) => std::panic::resume_unwind(other),
    }
}

/// Goes there, and compares with what an undisturbed run leaves.
fn finish(file: &File, goal: &Goal, right: &[Vec<String>; 3], when: &str) {
    let settings = Settings { allow_data_loss: true, ..hasty() };
    file.go(&shop(), settings, goal).unwrap_or_else(|stopped| panic!("{when}: {stopped}"));
    assert_eq!(file.state(ROWS), *right, "{when}");
    assert_eq!(file.ask("SELECT count(*) FROM sqlite_master WHERE name = '_migrate_safety_progress'"), ["0"], "{when}");
}

#[test]
fn cut_off_before_every_statement() {
    // A number of steps that has no factor in common with those of a statement.
    let step = if std::env::var("GUARD_EVERY").is_ok() { 1 } else { 11 };
    everywhere(|wal| {
        let whole = File::new(wal);
        for (goal, begun) in [(Goal::Newest, false), (Goal::DownTo("1".into()), true)] {
            whole.go(&shop(), Settings { allow_data_loss: true, ..hasty() }, &goal).unwrap();
            let right = whole.state(ROWS);
            let mut cuts = 0;
            for statements in (0..).step_by(step) {
                let file = File::new(wal);
                if begun {
                    file.run(&shop());
                }
                let ended = cut_off_after(&file, &goal, statements);
                finish(&file, &goal, &right, &format!("cut off after {statements} statements"));
                if ended {
                    break;
                }
                cuts += 1;
            }
            println!("WAL {wal}, {goal:?}: cut off {cuts} times");
            assert!(cuts > 5, "{cuts}");
        }
    });
}

/// Tells the program that it is a runner, and for which file.
const FILE: &str = "GUARD_RUNNER_FILE";

/// Not a test by itself: what a killed runner runs.
#[test]
fn runner() {
    let Ok(file) = std::env::var(FILE) else { return };
    let (file, wal) = (file.trim_end_matches('+'), file.ends_with('+'));
    let mut connection = connect(file.as_ref(), wal);
    Guard::new(&shop()).unwrap().settings(hasty()).run(&mut connection).unwrap();
}

#[test]
fn killed_at_any_moment() {
    let kills: u64 = std::env::var("GUARD_KILLS").map_or(5, |kills| kills.parse().unwrap());
    everywhere(|wal| {
        let whole = File::new(wal);
        whole.run(&shop());
        let right = whole.state(ROWS);
        for kill in 0..kills {
            let file = File::new(wal);
            let mut program = Command::new(std::env::current_exe().unwrap());
            program.args(["--exact", "sqlite::crash::runner"]);
            program.env(FILE, format!("{}{}", file.path.display(), if wal { "+" } else { "" }));
            let mut child = program.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
            // Spread over the time that a run takes.
            while !file.path.exists() && child.try_wait().unwrap().is_none() {
                std::thread::sleep(Duration::from_micros(200));
            }
            std::thread::sleep(Duration::from_micros(kill * 30_000 / kills));
            let _ = child.kill();
            child.wait().unwrap();
            finish(&file, &Goal::Newest, &right, &format!("kill {kill}"));
            // diesel itself has nothing left to do.
            assert!(!file.connect().has_pending_migration(shop()).unwrap());
        }
    });
}
