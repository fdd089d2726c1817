//! A psql command in a migration.

use super::rule::{Check, Findings, Rule, Sample};
use super::view::{StatementView};
use super::finding::Category;
use crate::sql::ProblemKind;

/// The rule.
pub(super) static RULE: Rule = Rule {
    id: "psql-command",
    category: Category::Deployability,
    title: "A psql command in a migration",
    why: "Backslash commands are psql's own; the server rejects them as syntax errors.",
    source: "PostgreSQL docs, psql, Meta-Commands",
    bad: &[
        Sample::new("", "\\connect other\n"),
    ],
    good: &[
        Sample::new("", "SELECT 1;"),
    ],
    check: Check::Statement(check),
    ..Rule::BASE
};

fn check(view: &StatementView<'_>, findings: &mut Findings<'_>) {
    for problem in view.statement.problems.iter().filter(|p| p.kind == ProblemKind::PsqlCommand) {
        findings.block("this is a command of psql, not SQL").at(problem.span).help("leave it out");
    }
}
