//! A table is dropped with its rows.

use super::known::count;
use crate::databases::rule::{ALL, DatabaseRule, Look};
use crate::databases::view::StatementView;
use crate::effects::DataLossKind;
use crate::dialect::Target;
use crate::rules::{Category, Findings, Rule, Sample};

/// The rule.
pub(super) static RULE: DatabaseRule = DatabaseRule {
    rule: Rule {
        id: "drop-table",
        category: Category::DataLoss,
        title: "A table is dropped with its rows",
        why: "Rows of a dropped table come back from a backup or not at all; a down migration makes an empty table.",
        source: "MySQL manual, DROP TABLE; SQLite, DROP TABLE",
        bad: &[
            Sample::new(LOGINS, "DROP TABLE logins;").of(Target::mysql(800)).with(&["relation-still-used"]),
            Sample::new(LOGINS, "DROP TABLE logins;").of(Target::sqlite(345)).with(&["relation-still-used"]),
        ],
        good: &[
            Sample::new("", "CREATE TABLE scratch (id int); DROP TABLE scratch;").of(Target::sqlite(345)),
            Sample::new("", "DROP TABLE IF EXISTS logins;").of(Target::mysql(800)),
        ],
        ..Rule::BASE
    },
    dialects: ALL,
    look: Look::Statement(look),
};

const LOGINS: &str = "CREATE TABLE logins (id bigint PRIMARY KEY, at datetime);";

fn look(view: &StatementView<'_>, findings: &mut Findings<'_>) {
    let losses = view.old_losses(DataLossKind::Dropped);
    let names: Vec<&str> = losses.iter().filter(|l| l.column.is_none()).map(|l| l.relation.name.as_str()).collect();
    let Some(first) = names.first() else { return };
    let them = if names.len() == 1 { "its" } else { "their" };
    findings
        .flag(format!("{} and all {them} rows are gone for good", names.join(", ")))
        .at(view.span())
        .help(
            "drop it as the last step, in a migration of its own, when no release uses it any more; until then rename \
             it, and keep a copy",
        )
        .verify(count(view.target().dialect, first));
}
