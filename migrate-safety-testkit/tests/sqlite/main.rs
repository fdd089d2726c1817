//! What is said of SQLite, held against the library: each statement is run on a database of its own, and what it does
//! there has to be what was predicted.
//!
//! * the examples of every fact;
//! * statements that are accepted or refused (`cases.rs`);
//! * the schema that is left, by both;
//! * the samples of the rules (`samples.rs`).
//!
//! With a file in `SQLITE_CASES`, its cases are tried too: `-- setup` starts what is there before those that follow,
//! `-- statement` a case. With directories in `SQLITE_HISTORIES`, separated by colons, their migrations are run and replayed too; with some in
//! `SQLITE_STATEMENTS`, every script in them is read by both.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod cases;
mod fill;
mod history;
mod measure;
mod picture;
mod predict;
mod samples;
mod statements;

use measure::Measured;
use migrate_safety_core::databases::sqlite::facts;
use predict::Predicted;

/// The version of the library that the tests are built with.
const BUNDLED: u16 = 351;

#[test]
fn the_library_is_the_one_that_is_meant() {
    let version = rusqlite::version_number();
    assert_eq!(version / 1_000_000 * 100 + version / 1000 % 1000, i32::from(BUNDLED));
}

#[test]
fn examples_of_facts() {
    let own = facts().filter(|fact| (fact.since..=fact.until).contains(&BUNDLED));
    let all: Vec<_> =
        own.flat_map(|fact| fact.examples.iter().map(|example| (fact.id, example.setup, example.sql))).collect();
    compare(&all);
}

#[test]
fn statements() {
    let all: Vec<_> = cases::CASES.iter().map(|(setup, sql)| ("case", *setup, *sql)).collect();
    compare(&all);
}

#[test]
fn cases_of_a_file() {
    let Ok(path) = std::env::var("SQLITE_CASES") else { return };
    let text = std::fs::read_to_string(&path).unwrap();
    let (mut setup, mut cases) = ("", Vec::new());
    for block in text.split("-- ").skip(1) {
        let (word, sql) = block.split_once('\n').unwrap_or((block, ""));
        let sql = sql.trim().trim_end_matches(';');
        match word.trim() {
            "setup" => setup = sql,
            "statement" => cases.push(("case", setup, sql)),
            other => panic!("{path}: `-- {other}` starts no part of a case"),
        }
    }
    println!("{} cases", cases.len());
    compare(&cases);
}

/// Predicts and measures, two at a time.
fn compare(cases: &[(&str, &str, &str)]) {
    let half = cases.len().div_ceil(2).max(1);
    let wrong: Vec<String> = std::thread::scope(|scope| {
        let run = |part: &[(&str, &str, &str)]| part.iter().filter_map(|case| difference(*case)).collect::<Vec<_>>();
        let parts: Vec<_> = cases.chunks(half).map(|part| scope.spawn(move || run(part))).collect();
        parts.into_iter().flat_map(|part| part.join().unwrap()).collect()
    });
    assert!(wrong.is_empty(), "{} of {} differ:\n{}", wrong.len(), cases.len(), wrong.join("\n"));
}

fn difference((id, setup, sql): (&str, &str, &str)) -> Option<String> {
    let predicted = Predicted::of(setup, sql);
    let measured = Measured::of(setup, sql);
    let differences = predicted.differences(&measured);
    (!differences.is_empty()).then(|| format!("{id}: {setup} | {sql}\n    {}", differences.join("\n    ")))
}
