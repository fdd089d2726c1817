//! A statement that could not be read.

use crate::databases::rule::{ALL, DatabaseRule, Look};
use crate::databases::view::StatementView;
use crate::rules::{Category, Findings, Rule};
use crate::sql::ProblemKind;

/// The rule.
pub(super) static RULE: DatabaseRule = DatabaseRule {
    rule: Rule {
        id: "not-understood",
        category: Category::Deployability,
        title: "A statement that could not be read",
        why: "What it does to the database is not known, nor is what later statements then find.",
        source: "this tool's grammar",
        ..Rule::BASE
    },
    dialects: ALL,
    look: Look::Statement(look),
};

fn look(view: &StatementView<'_>, findings: &mut Findings<'_>) {
    let unread = |kind| matches!(kind, ProblemKind::Unsupported | ProblemKind::Dynamic);
    for problem in view.statement.problems.iter().filter(|problem| unread(problem.kind)) {
        findings
            .flag(format!("this was not understood: {}", problem.message))
            .at(problem.span)
            .verify("what does this statement lock, rewrite or delete?");
    }
}
