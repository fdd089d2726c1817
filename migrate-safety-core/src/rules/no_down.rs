//! A migration without a way back in a project that has them.

use super::finding::Category;
use super::rule::{Check, Rule, Sample, SetFindings};
use super::view::SetView;
use crate::layout::Layout;

/// The rule.
pub(super) static RULE: Rule = Rule {
    id: "no-down",
    category: Category::Rollback,
    title: "A migration without a way back in a project that has them",
    why: "Rolling back stops at the migration that cannot be undone, and the ones below it can no longer be reached.",
    source: "diesel `migration revert`, sqlx `migrate revert`",
    bad: &[Sample::new("", "CREATE TABLE plans (id int PRIMARY KEY);").diesel()],
    good: &[
        Sample::new("", "CREATE TABLE plans (id int PRIMARY KEY);").diesel().down("DROP TABLE plans;"),
        Sample::new("", "CREATE TABLE plans (id int PRIMARY KEY);"),
    ],
    check: Check::Set(check),
    ..Rule::BASE
};

fn check(view: &SetView<'_>, findings: &mut SetFindings<'_>) {
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
