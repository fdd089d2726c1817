//! A way back that does nothing.

use super::down_fails::{failure, file_name};
use super::finding::Category;
use super::rule::{Check, Findings, Rule, Sample};
use super::undo::differences;
use super::view::{MigrationView, Undone};
use crate::sql::Operation;

const TABLES: &str = "CREATE TABLE users (id bigint PRIMARY KEY, email text);";

/// The rule.
pub(super) static RULE: Rule = Rule {
    id: "down-empty",
    category: Category::Rollback,
    title: "A way back that does nothing",
    why: "The host takes the migration for undone and runs it again with the next release: it then fails on what is \
          still there.",
    source: "sqlx and diesel delete the record of a migration when its way back has run",
    bad: &[Sample::new(TABLES, "ALTER TABLE users ADD COLUMN a int;").down("-- This file should undo `up.sql`\n")],
    good: &[
        Sample::new(TABLES, "ALTER TABLE users ADD COLUMN a int;").down("ALTER TABLE users DROP COLUMN a;"),
        Sample::new(TABLES, "INSERT INTO users VALUES (1, 'a@example.org');").down(""),
    ],
    check: Check::Migration(check),
    ..Rule::BASE
};

fn check(view: &MigrationView<'_>, findings: &mut Findings<'_>) {
    let (Some(down), Some(undone), Some(before)) = (&view.migration.down, view.undone, view.before) else { return };
    if !is_empty(undone) || failure(undone).is_some() {
        return;
    }
    if let Some(first) = differences(before, view.after).first() {
        findings
            .flag(format!("{} does nothing, but this migration does: after it {first}", file_name(&down.path)))
            .help("write the way back, or one that fails with a message if there can be none");
    }
}

/// Whether a way back has no statement that does anything.
pub(super) fn is_empty(undone: &Undone) -> bool {
    undone.operations.iter().all(|(_, judged)| {
        matches!(
            judged.located.operation,
            Operation::Select(_) | Operation::Set { .. } | Operation::Session { .. } | Operation::Transaction(_)
        )
    })
}
