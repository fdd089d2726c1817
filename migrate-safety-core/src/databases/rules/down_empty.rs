//! A way back that does nothing.

use super::undo::differences;
use crate::databases::operation::Operation;
use crate::databases::rule::{ALL, DatabaseRule, Look};
use crate::databases::view::{MigrationView, Undone};
use crate::dialect::Target;
use crate::rules::{Category, Findings, Rule, Sample};

/// The rule.
pub(super) static RULE: DatabaseRule = DatabaseRule {
    rule: Rule {
        id: "down-empty",
        category: Category::Rollback,
        title: "A way back that does nothing",
        why: "The host takes the migration for undone and runs it again with the next release: it then fails on what \
              is still there.",
        source: "sqlx and diesel delete the record of a migration when its way back has run",
        bad: &[Sample::new(USERS, "ALTER TABLE users ADD COLUMN a int;").down("-- none\n").of(Target::sqlite(345))],
        good: &[
            Sample::new(USERS, "ALTER TABLE users ADD COLUMN a int;")
                .down("ALTER TABLE users DROP COLUMN a;")
                .of(Target::mysql(800)),
            Sample::new(USERS, "INSERT INTO users VALUES (1, 'a@example.org');").down("").of(Target::mysql(800)),
        ],
        ..Rule::BASE
    },
    dialects: ALL,
    look: Look::Migration(look),
};

const USERS: &str = "CREATE TABLE users (id bigint NOT NULL PRIMARY KEY, email varchar(100));";

fn look(view: &MigrationView<'_>, findings: &mut Findings<'_>) {
    let (Some(down), Some(undone)) = (&view.migration.down, view.undone) else { return };
    if !is_empty(undone) {
        return;
    }
    if let Some(first) = differences(view.before, view.after).first() {
        let name = down.path.file_name().unwrap_or(down.path.as_os_str()).to_string_lossy();
        findings
            .flag(format!("{name} does nothing, but this migration does: after it {first}"))
            .help("write the way back, or one that fails with a message if there can be none");
    }
}

/// Whether a way back has no statement that does anything.
pub(super) fn is_empty(undone: &Undone) -> bool {
    undone.judged.iter().all(|judged| {
        let idle = matches!(
            judged.statement.operation,
            Operation::Select(_) | Operation::Set { .. } | Operation::Transaction(_) | Operation::Other { .. }
        );
        idle && judged.statement.problems.is_empty()
    })
}
