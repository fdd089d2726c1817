//! A statement the server rejects.

use super::rule::{Check, Findings, Rule, Sample};
use super::view::{StatementView};
use super::finding::Category;
use crate::layout::LayoutNote;
use crate::sql::ProblemKind;

/// The rule.
pub(super) static RULE: Rule = Rule {
    id: "invalid-sql",
    category: Category::Deployability,
    title: "A statement the server rejects",
    why: "The migration fails when it is deployed.",
    source: "PostgreSQL's grammar",
    bad: &[
        Sample::new("", "ALTER TABEL users ADD COLUMN a int;"),
        Sample::new("CREATE TABLE users (id bigint PRIMARY KEY, email text, org_id bigint);", "UPDATE users SET email = '' ORDER BY id LIMIT 10;"),
    ],
    good: &[
        Sample::new("", "SELECT 1;"),
    ],
    check: Check::Statement(check),
    ..Rule::BASE
};

fn check(view: &StatementView<'_>, findings: &mut Findings<'_>) {
    for problem in view.statement.problems.iter().filter(|p| p.kind == ProblemKind::Invalid) {
        // A rule of its own speaks about it.
        if problem.span.start.offset == 0 && view.migration.notes.contains(&LayoutNote::ByteOrderMark) {
            continue;
        }
        findings.block(format!("the server rejects this: {}", problem.message)).at(problem.span);
    }
}
