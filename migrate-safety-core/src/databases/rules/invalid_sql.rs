//! A statement the server rejects.

use crate::databases::rule::{ALL, DatabaseRule, Look};
use crate::databases::view::StatementView;
use crate::dialect::Target;
use crate::rules::{Category, Findings, Rule, Sample};
use crate::sql::ProblemKind;

/// The rule.
pub(super) static RULE: DatabaseRule = DatabaseRule {
    rule: Rule {
        id: "invalid-sql",
        category: Category::Deployability,
        title: "A statement the server rejects",
        why: "The migration fails when it is deployed.",
        source: "the server's grammar",
        bad: &[
            Sample::new("", "ALTER TABEL users ADD COLUMN a int;").of(Target::mysql(800)),
            Sample::new("", "CREATE TABLE t (a int,);").of(Target::sqlite(345)),
        ],
        good: &[Sample::new("", "SELECT 1;").of(Target::sqlite(345))],
        ..Rule::BASE
    },
    dialects: ALL,
    look: Look::Statement(look),
};

fn look(view: &StatementView<'_>, findings: &mut Findings<'_>) {
    for problem in view.statement.problems.iter().filter(|problem| problem.kind == ProblemKind::Invalid) {
        findings.block(format!("the server rejects this: {}", problem.message)).at(problem.span);
    }
}
