//! A table or view is dropped that a running release may use.

use crate::databases::rule::{ALL, DatabaseRule, Look};
use crate::databases::view::MigrationView;
use crate::effects::BreakageKind;
use crate::dialect::Target;
use crate::rules::{Category, Rule, Sample, StatementFindings};

/// The rule.
pub(super) static RULE: DatabaseRule = DatabaseRule {
    rule: Rule {
        id: "relation-still-used",
        category: Category::RollingDeploy,
        title: "A table or view is dropped that a running release may use",
        why: "Every statement of a release that is still running that names it fails, and a rollback of the deploy \
              brings such code back.",
        source: "MySQL manual, DROP TABLE; SQLite, DROP TABLE",
        bad: &[
            Sample::new(LOGINS, "DROP TABLE logins;").of(Target::mysql(800)).with(&["drop-table"]),
            Sample::new(LOGINS, "DROP TABLE logins;").of(Target::sqlite(345)).with(&["drop-table"]),
        ],
        good: &[Sample::new("", "CREATE TABLE scratch (id int); DROP TABLE scratch;").of(Target::sqlite(345))],
        told_once: true,
        ..Rule::BASE
    },
    dialects: ALL,
    look: Look::Outcome(look),
};

const LOGINS: &str = "CREATE TABLE logins (id bigint PRIMARY KEY, at datetime);";

fn look(view: &MigrationView<'_>, findings: &mut StatementFindings<'_>) {
    for judged in view.judged {
        let gone = judged.outcome.effects.breaks.iter();
        let gone = gone.filter(|broken| broken.what == BreakageKind::Gone && broken.column.is_none());
        let was_known = |name: &str| view.table_before(name).is_some() || view.view_before(name);
        let names: Vec<&str> = gone
            .map(|broken| broken.relation.name.as_str())
            .filter(|name| was_known(name) && !view.has_name(name))
            .collect();
        let Some(mut to) = findings.statement(judged.index).filter(|_| !names.is_empty()) else { continue };
        let names = names.join(", ");
        to.flag(format!("a running release that uses {names} fails from now on"))
            .at(judged.statement.span)
            .help("contract last: first deploy a release that does not name it, and drop it in a migration after that")
            .verify(format!("no release that is still running reads or writes {names}"));
    }
}
