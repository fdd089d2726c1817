//! Statements are read by the grammar of the version they are for.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use migrate_safety_core::Target;
use migrate_safety_core::sql::{ProblemKind, parse};

/// Since when a server takes a statement, and the statement.
fn rows() -> Vec<(u16, &'static str)> {
    let lines = include_str!("versions.txt").lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    lines
        .map(|line| {
            let (since, sql) = line.split_once(" | ").unwrap();
            (since.parse().unwrap(), sql)
        })
        .collect()
}

#[test]
fn a_statement_is_invalid_before_its_version() {
    let mut wrong = Vec::new();
    for (since, sql) in rows() {
        for version in Target::OLDEST_POSTGRES..=Target::NEWEST_POSTGRES {
            let script = parse(Target::postgres(version), sql);
            let problems: Vec<_> = script.statements.iter().flat_map(|s| &s.problems).collect();
            let invalid = problems.iter().any(|p| p.kind == ProblemKind::Invalid);
            let others = problems.iter().any(|p| p.kind != ProblemKind::Invalid);
            if invalid != (version < since) || others {
                wrong.push(format!("{version}, since {since}: {sql}: {problems:?}"));
                break;
            }
        }
    }
    assert!(wrong.is_empty(), "{} rows:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn the_message_names_both_versions() {
    let script = parse(Target::postgres(16), "ALTER TABLE t ADD CONSTRAINT c NOT NULL a NOT VALID");
    let messages: Vec<&str> = script.statements[0].problems.iter().map(|p| &*p.message).collect();
    assert_eq!(messages, ["a NOT NULL constraint of the table needs PostgreSQL 18; the target is 16"]);
}
