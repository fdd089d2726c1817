//! Runs against a server that is a script, with a clock that only pauses move.

use super::*;
use crate::catalog::introspect::AppliedMigration;
use crate::layout::{Layout, Migration, MigrationSet};
use std::collections::VecDeque;
use std::future::ready;
use std::time::Duration;

/// Answers from a script and keeps what it was asked.
#[derive(Default)]
struct Script {
    /// Everything that changes something, in order.
    sent: Vec<String>,
    /// What the statements of migrations are answered with; in order, then all is well.
    answers: VecDeque<Option<&'static str>>,
    /// What questions that contain a text are answered with.
    rows: Vec<(&'static str, Vec<String>)>,
    events: Vec<Event>,
    now: Duration,
}

const LOCKED: Option<&str> = Some("55P03");

impl Script {
    fn answering(answers: &[Option<&'static str>]) -> Self {
        Self { answers: answers.iter().copied().collect(), ..Self::default() }
    }

    fn answer(&mut self, sql: &str) -> Result<(), Failure> {
        self.sent.push(sql.to_owned());
        let is_guards = ["SET ", "BEGIN", "COMMIT", "ROLLBACK", "INSERT INTO _", "DELETE FROM _", "CREATE TABLE IF"];
        if sql.split("; ").all(|sql| is_guards.iter().any(|start| sql.starts_with(start))) {
            return Ok(());
        }
        match self.answers.pop_front().flatten() {
            None => Ok(()),
            Some("gone") => Err(Failure { disconnected: true, ..Failure::of_ours("gone") }),
            Some(code) => Err(Failure { sqlstate: Some(code.to_owned()), ..Failure::of_ours("no") }),
        }
    }
}

impl Host for Script {
    fn execute<'a>(&'a mut self, sql: &'a str) -> Answer<'a, Result<(), Failure>> {
        Box::pin(ready(self.answer(sql)))
    }

    fn fetch<'a>(&'a mut self, sql: &'a str) -> Answer<'a, Result<Vec<String>, Failure>> {
        let rows = self.rows.iter().find(|(text, _)| sql.contains(text)).map(|(_, rows)| rows.clone());
        let rows = rows.unwrap_or_else(|| match sql {
            sql if sql.contains("server_version_num") => {
                vec![r#"{"version": 16, "progress": false, "messages": "C"}"#.to_owned()]
            }
            _ => Vec::new(),
        });
        Box::pin(ready(Ok(rows)))
    }

    fn begin<'a>(&'a mut self, begin: &'a str, settings: &'a str) -> Answer<'a, Result<(), Failure>> {
        Box::pin(ready(self.answer(&format!("{begin}; {settings}"))))
    }

    fn commit<'a>(&'a mut self, last: &'a str) -> Answer<'a, Result<(), Failure>> {
        let last = if last.is_empty() { String::new() } else { format!("{last}; ") };
        Box::pin(ready(self.answer(&format!("{last}COMMIT"))))
    }

    fn rollback(&mut self) -> Answer<'_, Result<(), Failure>> {
        Box::pin(ready(self.answer("ROLLBACK")))
    }

    fn books(&self) -> String {
        "books".to_owned()
    }

    fn ignores_missing(&self) -> bool {
        false
    }

    fn open_books(&mut self) -> Answer<'_, Result<(), Failure>> {
        Box::pin(ready(Ok(())))
    }

    fn applied(&mut self) -> Answer<'_, Result<Vec<AppliedMigration>, Failure>> {
        Box::pin(ready(Ok(Vec::new())))
    }

    fn record(&self, _: &Migration, _: Duration) -> Result<String, Failure> {
        Ok("INSERT INTO _books".to_owned())
    }

    fn forget(&self, _: &Migration) -> Result<String, Failure> {
        Ok("DELETE FROM _books".to_owned())
    }

    fn checksum(&self, migration: &Migration) -> String {
        migration.up.text.to_string()
    }

    fn keeps_checksums(&self) -> bool {
        true
    }

    fn pause(&mut self, time: Duration) -> Answer<'_, ()> {
        self.now += time;
        Box::pin(ready(()))
    }

    fn now(&self) -> Duration {
        self.now
    }

    fn tell(&mut self, event: &Event) {
        self.events.push(event.clone());
    }
}

fn run_one(script: &mut Script, text: &str) -> Result<RunReport, Stopped> {
    let set = MigrationSet::from_text("1_a.sql", text, Layout::Sqlx);
    let settings = Settings { patience: Duration::from_secs(20), ..Settings::default() };
    let migration = &set.migrations[0];
    let wrapped = Wrapped { layout: Layout::Sqlx, migration, direction: Direction::Up, record: Record::Apart };
    block_on_ready(run_wrapped(script, wrapped, &settings))
}

#[test]
fn a_transaction_is_run_again_from_its_beginning_until_it_has_its_locks() {
    let mut script = Script::answering(&[None, LOCKED, LOCKED, Some("40P01")]);
    let report = run_one(&mut script, "ALTER TABLE t ADD a int; ALTER TABLE u ADD a int").unwrap();
    let begun = script.sent.iter().filter(|sql| sql.starts_with("BEGIN; SET LOCAL lock_timeout = 2000")).count();
    assert_eq!(begun, 4);
    assert_eq!(script.sent.iter().filter(|sql| *sql == "ROLLBACK").count(), 3);
    assert_eq!(script.sent.iter().filter(|sql| *sql == "COMMIT").count(), 1);
    let run = &report.migrations[0];
    assert_eq!(run.retries.len(), 3);
    // Failed attempts are not counted among what was run.
    assert_eq!(run.statements.len(), 2);
    let pauses = script.events.iter().filter(|event| matches!(event, Event::Retrying { .. })).count();
    assert_eq!(pauses, 3);
}

#[test]
fn patience_ends() {
    let mut script = Script::answering(&[LOCKED; 1000]);
    let stopped = run_one(&mut script, "ALTER TABLE t ADD a int").unwrap_err();
    assert!(matches!(stopped.reason, Reason::Blocked { .. }), "{stopped}");
    assert!(script.now >= Duration::from_secs(20) && script.now < Duration::from_secs(60), "{:?}", script.now);
    assert!(script.answers.len() > 900, "it is not asked for again and again without a pause");
    assert_eq!(stopped.report.migrations[0].outcome, Outcome::Failed);
}

#[test]
fn what_does_not_pass_is_not_tried_again() {
    let mut script = Script::answering(&[Some("42P01")]);
    let stopped = run_one(&mut script, "SELECT 1;\nALTER TABLE t ADD a int").unwrap_err();
    assert!(matches!(stopped.reason, Reason::Failed { line: 1, .. }), "{stopped}");
    assert_eq!(script.sent.last().unwrap(), "ROLLBACK");
    // A file that ends its transaction itself has done something by then.
    let mut script = Script::answering(&[LOCKED]);
    let stopped = run_one(&mut script, "CREATE TABLE t (a int); COMMIT; ALTER TABLE t ADD b int").unwrap_err();
    assert!(matches!(stopped.reason, Reason::Failed { .. }), "{stopped}");
    // Of a connection that is gone nothing is asked.
    let mut script = Script::answering(&[Some("gone")]);
    let stopped = run_one(&mut script, "ALTER TABLE t ADD a int").unwrap_err();
    assert!(stopped.reason.is_disconnect(), "{stopped}");
    assert_ne!(script.sent.last().unwrap(), "ROLLBACK");
}

#[test]
fn a_procedure_that_may_have_committed_is_not_called_again() {
    let mut script = Script::answering(&[LOCKED]);
    let stopped = run_one(&mut script, "-- no-transaction\nCALL fill()").unwrap_err();
    assert!(matches!(stopped.reason, Reason::Failed { line: 2, .. }), "{stopped}");
    let mut script = Script::answering(&[LOCKED]);
    run_one(&mut script, "-- no-transaction\nVACUUM t").unwrap();
    assert_eq!(script.sent.iter().filter(|sql| *sql == "VACUUM t").count(), 2);
}

#[test]
fn an_invalid_index_is_dropped_before_it_is_built_again() {
    let index = r#"{"oid": 7, "name": "i", "sql": "public.i", "whole": false}"#;
    let mut script = Script { rows: vec![("pg_catalog.pg_index", vec![index.to_owned()])], ..Script::default() };
    let report = run_one(&mut script, "-- no-transaction\nCREATE INDEX CONCURRENTLY i ON t (a)").unwrap();
    let at = |sql: &str| script.sent.iter().position(|sent| sent == sql).unwrap();
    assert!(at("DROP INDEX CONCURRENTLY IF EXISTS public.i") < at("CREATE INDEX CONCURRENTLY i ON t (a)"));
    // Nobody queues behind it, so that it may wait for long.
    assert!(at("SET lock_timeout = 20000") < at("CREATE INDEX CONCURRENTLY i ON t (a)"));
    assert_eq!(report.notes.len(), 1);
}

#[test]
fn the_lock_is_polled_for_and_its_holder_told() {
    let server = r#"{"database": "d", "version": 16, "messages": "C", "recovery": false, "read_only": false, "books": true,
        "may_write": true, "notices_client": true, "other": null, "progress": false, "checksums": false, "locked": true}"#;
    let holder = r#"{"pid": 5, "application": "other", "state": "active", "query": "CREATE INDEX"}"#;
    let rows = vec![
        ("pg_is_in_recovery()", vec![server.to_owned()]),
        ("pg_try_advisory_lock", vec!["false".to_owned()]),
        ("objsubid = 1", vec![holder.to_owned()]),
    ];
    let mut script = Script { rows, ..Script::default() };
    let settings = Settings { wait_for_others: Duration::from_secs(30), ..Settings::default() };
    let set = MigrationSet::from_text("1_a.sql", "SELECT 1", Layout::Sqlx);
    let stopped = block_on_ready(run(&mut script, &set, &settings, &Goal::Newest, Mode::Run)).unwrap_err();
    assert!(stopped.to_string().contains("pid 5 (other) active: CREATE INDEX"), "{stopped}");
    assert!(script.now >= Duration::from_secs(30) && script.now < Duration::from_secs(32), "{:?}", script.now);
    assert!(script.events.len() >= 3, "{:?}", script.events);
    assert!(script.sent.is_empty(), "{:?}", script.sent);
}

#[test]
fn a_lock_that_the_session_does_not_keep_stops_the_run() {
    let server = r#"{"database": "d", "version": 16, "messages": "C", "recovery": false, "read_only": false,
        "books": true, "may_write": true, "notices_client": true, "other": null, "progress": false,
        "checksums": false, "locked": "#;
    let set = MigrationSet::from_text("1_a.sql", "SELECT 1", Layout::Sqlx);
    let mut script = Script {
        rows: vec![
            ("AS locked", vec![format!("{server}false}}")]),
            ("pg_try_advisory_lock", vec!["true".to_owned()]),
            ("pg_advisory_unlock", vec!["false".to_owned()]),
        ],
        ..Script::default()
    };
    // Before the lock is taken there is none to have.
    script.rows.insert(0, ("true AS locked", vec![format!("{server}true}}")]));
    let stopped = block_on_ready(run(&mut script, &set, &Settings::default(), &Goal::Newest, Mode::Run)).unwrap_err();
    assert!(matches!(stopped.reason, Reason::LockLost), "{stopped}");
    assert!(stopped.to_string().contains("pool in session mode"), "{stopped}");
    assert!(script.sent.is_empty(), "{:?}", script.sent);
}
