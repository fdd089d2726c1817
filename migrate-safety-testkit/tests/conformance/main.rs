//! Predicted effects against what servers do: every example of every fact, and the cases in `cases/`.
//!
//! `CONFORMANCE_FILTER=text` runs only the cases whose setup or statement contains the text;
//! `CONFORMANCE_MAJORS=14,18` only these versions; `CONFORMANCE_FILE=path` runs the cases of a file instead, in the format
//! of the example `probe`.
//!
//! One disagreement fails the run; all are printed.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod cases;
mod compare;
mod file;
mod predict;
mod row;

use migrate_safety_core::effects::fact::Example;
use migrate_safety_core::effects::postgres;
use migrate_safety_testkit::{Case, Measurement, run_cases, server_for_test};
use row::Row;

/// All cases for a version, the examples of its facts among them.
fn rows(major: u16) -> Vec<Row> {
    let filter = std::env::var("CONFORMANCE_FILTER").unwrap_or_default();
    let examples = postgres::facts().flat_map(|fact| {
        let row = |example: &Example| Row::new(example.setup, example.sql).on(fact.since.max(14), fact.until.min(18));
        fact.examples.iter().map(row)
    });
    let mut rows: Vec<Row> = match std::env::var("CONFORMANCE_FILE") {
        Ok(path) => file::read(&path),
        Err(_) => examples.chain(cases::all()).collect(),
    };
    rows.retain(|row| row.versions.contains(&major) && (row.setup.contains(&filter) || row.sql.contains(&filter)));
    rows
}

fn conform(major: u16) {
    let wanted = std::env::var("CONFORMANCE_MAJORS").unwrap_or_default();
    if !wanted.is_empty() && !wanted.split(',').any(|number| number.parse() == Ok(major)) {
        return;
    }
    if server_for_test(major).is_none() {
        return;
    }
    let rows = rows(major);
    let cases: Vec<Case<'_>> = rows.iter().map(Row::case).collect();
    let results = run_cases(major, &cases).unwrap();
    assert_eq!(results.len(), rows.len());
    let mut report = Vec::new();
    for (row, result) in rows.iter().zip(results) {
        let differences = match result.result {
            Err(error) => vec![format!("not measured: {error}")],
            Ok(measured) => compare_closely(major, row, measured),
        };
        if !differences.is_empty() {
            report.push(format!("{}\n    after {}\n  {}", row.sql, row.setup, differences.join("\n  ")));
        }
    }
    assert!(
        report.is_empty(),
        "PostgreSQL {major} disagrees in {} of {} cases:\n\n{}\n",
        report.len(),
        rows.len(),
        report.join("\n\n")
    );
}

/// The differences of one case. The locks of a statement outside a transaction are watched from other sessions, which on a
/// busy machine may miss a short one: what differs is measured again, and what any of the looks saw was taken.
fn compare_closely(major: u16, row: &Row, mut measured: Measurement) -> Vec<String> {
    const LOOKS: usize = 4;

    let predicted = predict::predict(major, row);
    let mut differences = compare::differences(row, &predicted, &measured);
    for _ in 1..LOOKS {
        if differences.is_empty() || !measured.requires_no_transaction {
            break;
        }
        let again = run_cases(major, &[row.case()]).unwrap().remove(0);
        match again.result {
            Ok(look) => measured.add_locks(look.locks),
            Err(error) => return vec![format!("not measured again: {error}")],
        }
        differences = compare::differences(row, &predicted, &measured);
    }
    differences
}

#[test]
fn postgres_14() {
    conform(14);
}

#[test]
fn postgres_15() {
    conform(15);
}

#[test]
fn postgres_16() {
    conform(16);
}

#[test]
fn postgres_17() {
    conform(17);
}

#[test]
fn postgres_18() {
    conform(18);
}
