//! A column is dropped that a running release may use.

use super::known::forget_column;
use crate::databases::rule::{ALL, DatabaseRule, Look};
use crate::databases::view::MigrationView;
use crate::databases::name::Name;
use crate::effects::BreakageKind;
use crate::dialect::Target;
use crate::rules::{Category, Rule, Sample, StatementFindings};

/// The rule.
pub(super) static RULE: DatabaseRule = DatabaseRule {
    rule: Rule {
        id: "column-still-used",
        category: Category::RollingDeploy,
        title: "A column is dropped that a running release may use",
        why: "Every statement of a release that is still running that names the column fails from then on, and a \
              rollback of the deploy brings such code back.",
        source: "MySQL manual, ALTER TABLE; SQLite, ALTER TABLE DROP COLUMN",
        bad: &[
            Sample::new(USERS, "ALTER TABLE users DROP COLUMN legacy;").of(Target::mysql(800)).with(&["drop-column"]),
            Sample::new(USERS, "ALTER TABLE users DROP COLUMN legacy;").of(Target::sqlite(345)).rows(FEW).with(&["drop-column"]),
        ],
        good: &[Sample::new(USERS, "ALTER TABLE users ADD COLUMN a int; ALTER TABLE users DROP COLUMN a;").of(Target::sqlite(345)).rows(FEW)],
        ..Rule::BASE
    },
    dialects: ALL,
    look: Look::Outcome(look),
};

const FEW: &[(&str, u64)] = &[("users", 300)];
const USERS: &str = "CREATE TABLE users (id bigint NOT NULL PRIMARY KEY, email varchar(100), legacy varchar(20), org_id bigint);";

fn look(view: &MigrationView<'_>, findings: &mut StatementFindings<'_>) {
    let rebuilt = view.rebuilt_without();
    for judged in view.judged {
        let gone = judged.outcome.effects.breaks.iter().filter(|broken| broken.what == BreakageKind::Gone);
        let names: Vec<String> = gone
            .filter_map(|broken| Some((&broken.relation, &broken.column.as_ref()?.1)))
            .filter(|(relation, column)| view.column_was_known(&relation.name, column))
            .filter(|(relation, column)| {
                let table = view.after.tables.values().find(|table| table.id == relation.id);
                table.is_none_or(|table| table.column(&Name::new(column)).is_none())
            })
            .map(|(relation, column)| format!("{}.{column}", relation.name))
            .chain(rebuilt.iter().filter(|(index, _)| *index == judged.index).map(|(_, name)| name.clone()))
            .collect();
        let Some(mut to) = findings.statement(judged.index).filter(|_| !names.is_empty()) else { continue };
        let names = names.join(", ");
        to.flag(format!("a running release that uses {names} fails from now on"))
            .at(judged.statement.span)
            .help(format!(
                "contract last: {}, and drop the column in a migration that is deployed after it",
                forget_column(view.host)
            ))
            .verify(format!("no release that is still running reads or writes {names}"));
    }
}
