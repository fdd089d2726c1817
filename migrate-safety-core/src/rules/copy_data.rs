//! COPY … FROM stdin with data.

use super::rule::{Check, Findings, Rule, Sample};
use super::view::{StatementView};
use super::finding::Category;
use crate::sql::ProblemKind;

/// The rule.
pub(super) static RULE: Rule = Rule {
    id: "copy-data",
    category: Category::Deployability,
    title: "COPY … FROM stdin with data",
    why: "Only psql can send the data: sqlx and diesel send the file as SQL, and the server rejects it.",
    source: "PostgreSQL docs, COPY",
    bad: &[
        Sample::new("CREATE TABLE t (a int);", "COPY t (a) FROM stdin;\n1\n\\.\n"),
    ],
    good: &[
        Sample::new("CREATE TABLE t (a int);", "INSERT INTO t (a) VALUES (1);"),
    ],
    check: Check::Statement(check),
    ..Rule::BASE
};

fn check(view: &StatementView<'_>, findings: &mut Findings<'_>) {
    for problem in view.statement.problems.iter().filter(|p| p.kind == ProblemKind::CopyData) {
        findings
            .block("no Rust runner can execute COPY … FROM stdin: its data is a matter between psql and the server")
            .at(problem.span)
            .help("write INSERT statements");
    }
}
