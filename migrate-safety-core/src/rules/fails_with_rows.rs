//! A statement that fails as soon as the table has rows.

use super::rule::{Check, Findings, Rule, Sample};
use super::view::{StatementView};
use super::finding::Category;
use crate::effects::LockedKind;

/// The rule.
pub(super) static RULE: Rule = Rule {
    id: "fails-with-rows",
    category: Category::ConstraintValidation,
    title: "A statement that fails as soon as the table has rows",
    why: "It passes on an empty development database and fails on the one that matters.",
    source: "PostgreSQL docs, ALTER TABLE, ADD COLUMN",
    bad: &[
        Sample::new("CREATE TABLE users (id bigint PRIMARY KEY, email text, org_id bigint);", "ALTER TABLE users ADD COLUMN role text NOT NULL;").with(&["inserts-fail"]),
    ],
    good: &[
        Sample::new("CREATE TABLE users (id bigint PRIMARY KEY, email text, org_id bigint);", "ALTER TABLE users ADD COLUMN role text NOT NULL DEFAULT 'member';"),
    ],
    check: Check::Statement(check),
    ..Rule::BASE
};

fn check(view: &StatementView<'_>, findings: &mut Findings<'_>) {
    for judged in view.operations {
        let tables = judged.effects.locks.iter().filter(|l| l.kind == LockedKind::Table);
        if tables.map(|l| l.relation.id).all(|id| judged.sizes.empty.contains(&id)) {
            continue;
        }
        for failure in judged.effects.failures.iter().filter(|f| f.only_with_rows) {
            findings
                .block(format!("this fails if the table has rows: {} ({})", failure.message, failure.sqlstate))
                .at(judged.located.span)
                .help("give the column a default, or add it nullable, fill it, and make it NOT NULL after");
        }
    }
}
