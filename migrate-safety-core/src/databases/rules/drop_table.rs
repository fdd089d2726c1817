//! A table is dropped with its rows.

use super::known::count;
use crate::databases::rule::{ALL, DatabaseRule, Look};
use crate::databases::view::MigrationView;
use crate::effects::DataLossKind;
use crate::dialect::Target;
use crate::rules::{Category, Rule, Sample, StatementFindings};

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
        planned: true,
        ..Rule::BASE
    },
    dialects: ALL,
    look: Look::Outcome(look),
};

const LOGINS: &str = "CREATE TABLE logins (id bigint PRIMARY KEY, at datetime);";

fn look(view: &MigrationView<'_>, findings: &mut StatementFindings<'_>) {
    let anew = view.made_anew();
    for judged in view.judged {
        let losses = judged.outcome.effects.data_loss.iter().filter(|loss| {
            loss.how == DataLossKind::Dropped && loss.column.is_none() && view.was_known(loss.relation.id)
        });
        let losses = losses.filter(|loss| !anew.contains(&loss.relation.id) && !view.is_index_made_anew(&loss.relation.name));
        let names: Vec<&str> = losses.map(|loss| loss.relation.name.as_str()).collect();
        let Some(first) = names.first() else { continue };
        let Some(mut to) = findings.statement(judged.index) else { continue };
        let them = if names.len() == 1 { "its" } else { "their" };
        to.flag(format!("{} and all {them} rows are gone for good", names.join(", ")))
            .at(judged.statement.span)
            .help(
                "drop it as the last step, in a migration of its own, when no release uses it any more; until then \
                 rename it, and keep a copy",
            )
            .verify(count(view.target().dialect, first));
    }
}
