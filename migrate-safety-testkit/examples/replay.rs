//! Predictions against a real server, statement by statement, over a history of migrations.
//!
//! ```text
//! cargo run -p migrate-safety-testkit --example replay -- migrations [--major 16] [--from 1] [--to 100]
//! ```
//!
//! Each statement is measured after all migrations before its own, on tables filled with synthetic rows, and after the
//! statements before it in its migration. Prints what differs.

#[path = "../tests/conformance/compare.rs"]
mod compare;
#[path = "../tests/conformance/predict.rs"]
mod predict;
#[allow(dead_code, reason = "the builder is for tables of cases")]
#[path = "../tests/conformance/row.rs"]
mod row;

use migrate_safety_core::sql::parse;
use migrate_safety_core::{MigrationSet, Target};
use migrate_safety_testkit::{Case, run_cases};
use row::Row;
use std::error::Error;
use std::process::ExitCode;

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("replay: {error}");
            ExitCode::from(2)
        }
    }
}

fn run() -> Result<(), Box<dyn Error>> {
    let mut args = std::env::args().skip(1);
    let (mut directory, mut major, mut from, mut to) = (None, 16, 1, usize::MAX);
    while let Some(arg) = args.next() {
        let mut number = || args.next().unwrap_or_default().parse::<usize>();
        match arg.as_str() {
            "--major" => major = u16::try_from(number()?)?,
            "--from" => from = number()?,
            "--to" => to = number()?,
            _ => directory = Some(arg),
        }
    }
    let set = MigrationSet::from_dir(directory.ok_or("which directory?")?)?;
    let rows = rows(&set, Target::postgres(major), from, to);
    let cases: Vec<Case<'_>> = rows.iter().map(|(_, row)| row.case()).collect();
    let mut differing = 0;
    for ((name, row), result) in rows.iter().zip(run_cases(major, &cases)?) {
        let differences = match result.result {
            Err(error) => vec![format!("not measured: {error}")],
            Ok(measured) => compare::differences(row, &predict::predict(major, row), &measured),
        };
        if !differences.is_empty() {
            differing += 1;
            println!("{name}: {}\n  {}\n", row.sql, differences.join("\n  "));
        }
    }
    println!("{differing} of {} statements differ", rows.len());
    Ok(())
}

/// One row per statement of the migrations that are asked for.
fn rows(set: &MigrationSet, target: Target, from: usize, to: usize) -> Vec<(String, Row)> {
    let mut rows = Vec::new();
    let mut history = String::new();
    for (number, migration) in set.migrations.iter().enumerate() {
        let text = &*migration.up.text;
        if (from..=to).contains(&(number + 1)) {
            let setup: &'static str = history.clone().leak();
            let mut before = String::new();
            for statement in parse(target, text).statements {
                let sql: &'static str = text.get(statement.span.range()).unwrap_or_default().to_owned().leak();
                let row = Row::new(setup, sql).after(before.clone().leak());
                rows.push((format!("{} {}", number + 1, migration.name), row));
                before.push_str(sql);
                before.push_str(";\n");
            }
        }
        history.push_str(text);
        history.push_str("\n;\n");
    }
    rows
}
