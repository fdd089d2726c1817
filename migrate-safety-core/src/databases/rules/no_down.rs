//! A migration without a way back in a project that has them.

use crate::databases::rule::{ALL, DatabaseRule, Look};
use crate::databases::view::SetView;
use crate::layout::Layout;
use crate::dialect::Target;
use crate::rules::{Category, Rule, Sample, SetFindings};

/// The rule.
pub(super) static RULE: DatabaseRule = DatabaseRule {
    rule: Rule {
        id: "no-down",
        category: Category::Rollback,
        title: "A migration without a way back in a project that has them",
        why: "Rolling back stops at the migration that cannot be undone, and the ones below it can no longer be reached.",
        source: "diesel `migration revert`, sqlx `migrate revert`",
        bad: &[Sample::new("", "CREATE TABLE plans (id int PRIMARY KEY);").diesel().of(Target::sqlite(345))],
        good: &[
            Sample::new("", "CREATE TABLE plans (id int PRIMARY KEY);").diesel().down("DROP TABLE plans;").of(Target::sqlite(345)),
            Sample::new("", "CREATE TABLE plans (id int PRIMARY KEY);").of(Target::mysql(800)),
        ],
        ..Rule::BASE
    },
    dialects: ALL,
    look: Look::Set(look),
};

fn look(view: &SetView<'_>, findings: &mut SetFindings<'_>) {
    let migrations = &view.set.migrations;
    let (wanted, file) = match view.set.layout {
        Layout::Diesel => (true, "down.sql"),
        Layout::Sqlx | Layout::Plain => (migrations.iter().any(|migration| migration.down.is_some()), ".down.sql"),
    };
    if !wanted || !view.set.complete {
        return;
    }
    for (index, _) in migrations.iter().enumerate().filter(|(_, migration)| migration.down.is_none()) {
        if let Some(mut findings) = findings.migration(index) {
            findings
                .flag("there is no way back from this migration")
                .help(format!("add its {file}; if it cannot be undone, let it say so and fail"));
        }
    }
}
