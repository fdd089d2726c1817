//! The samples of the rules: what they show runs, or is refused as it is said.

use crate::measure::{Database, message};
use migrate_safety_core::databases::RULES;
use migrate_safety_core::layout::Layout;
use migrate_safety_core::rules::Sample;
use migrate_safety_core::{Dialect, check};
use rusqlite::Connection;

#[test]
fn samples_run_as_it_is_said_of_them() {
    let samples =
        RULES.iter().flat_map(|rule| rule.rule.bad.iter().chain(rule.rule.good).map(|sample| (rule.rule.id, sample)));
    let own = samples
        .filter(|(_, sample)| sample.target.dialect == Dialect::Sqlite && sample.target.version <= crate::BUNDLED);
    let wrong: Vec<String> =
        own.filter_map(|(id, sample)| difference(sample).map(|what| format!("{id}: {what}"))).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn difference(sample: &Sample) -> Option<String> {
    let (set, config) = sample.load();
    let report = check(&set, &config);
    let migration = set.migrations.first()?;
    let refused = report
        .all_findings()
        .find(|f| matches!(f.rule, "statement-fails" | "invalid-sql" | "client-command" | "not-understood"));
    let ends_host =
        report.all_findings().any(|f| f.rule == "commit-in-transaction" && f.message.contains("then fails"));
    let database = Database::new();
    let connection = database.open();
    connection.execute_batch(sample.before).ok()?;
    fill(&connection);
    let (begin, commit) = if migration.transaction { ("BEGIN;", ";COMMIT") } else { ("", "") };
    let enforced = if sample.host == Layout::Sqlx { "PRAGMA foreign_keys = ON;" } else { "" };
    let text = format!("{enforced}{begin}{}\n{commit}", migration.up.text);
    let failed = connection.execute_batch(&text).err().map(message);
    match (failed, refused) {
        (None, None) if !ends_host => None,
        (Some(_), Some(_)) => None,
        (Some(_), None) if ends_host => None,
        // The row has NULLs.
        (Some(_), None) if report.all_findings().any(|f| f.rule == "rows-may-violate") => None,
        (failed, refused) => {
            let said = refused.map(|finding| &finding.message);
            Some(format!("the library: {failed:?}; said: {said:?}: {}", sample.sql))
        }
    }
}

/// Puts a row into every table that takes one of defaults.
fn fill(connection: &Connection) {
    let mut tables = connection.prepare("SELECT name FROM sqlite_schema WHERE type = 'table'").unwrap();
    let tables: Vec<String> = tables.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect();
    for table in tables {
        let _ = connection.execute_batch(&format!("INSERT INTO \"{table}\" DEFAULT VALUES"));
    }
}
