//! A statement that was not understood.

use super::rule::{Check, Findings, Rule, Sample};
use super::view::{StatementView};
use super::finding::Category;
use crate::sql::ProblemKind;

/// The rule.
pub(super) static RULE: Rule = Rule {
    id: "not-understood",
    category: Category::Deployability,
    title: "A statement that was not understood",
    why: "What it locks, rewrites or breaks is not known; the names it mentions count as unknown from here on.",
    source: "this checker's own limits",
    bad: &[],
    good: &[
        Sample::new("", "SELECT 1;"),
    ],
    check: Check::Statement(check),
    ..Rule::BASE
};

fn check(view: &StatementView<'_>, findings: &mut Findings<'_>) {
    for problem in view.statement.problems.iter().filter(|p| p.kind == ProblemKind::Unsupported) {
        findings
            .flag(format!("this statement was not understood: {}", problem.message))
            .at(problem.span)
            .verify("which locks does it take, and how long does it hold them?");
    }
}
