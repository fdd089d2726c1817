//! A statement that fails on the schema as the history leaves it.

use super::rule::{Check, Findings, Rule, Sample};
use super::view::{StatementView};
use super::finding::Category;
use crate::sql::{ProblemKind, Span};

/// The rule.
pub(super) static RULE: Rule = Rule {
    id: "statement-fails",
    category: Category::Deployability,
    title: "A statement that fails on the schema as the history leaves it",
    why: "The migration fails when it is deployed: an object is missing, exists already, or does not allow the change.",
    source: "the replayed catalog",
    bad: &[
        Sample::new("", "ALTER TABLE absent ADD COLUMN a int;"),
        Sample::new("CREATE TABLE users (id bigint PRIMARY KEY, email text, org_id bigint);", "CREATE TABLE users (id bigint);"),
    ],
    good: &[
        Sample::new("CREATE TABLE users (id bigint PRIMARY KEY, email text, org_id bigint);", "CREATE TABLE IF NOT EXISTS users (id bigint);"),
        Sample::new(
            "CREATE TABLE reserved (name text); CREATE TABLE names (name text); \
             CREATE FUNCTION not_reserved() RETURNS trigger LANGUAGE plpgsql AS \
             'BEGIN IF NEW.name IN (SELECT name FROM reserved) THEN RAISE EXCEPTION ''reserved''; END IF; RETURN NEW; END'; \
             CREATE TRIGGER not_reserved BEFORE INSERT ON names FOR EACH ROW EXECUTE FUNCTION not_reserved();",
            "INSERT INTO names VALUES ('a');",
        ),
    ],
    folded_into: &["constraint-index-dropped"],
    check: Check::Statement(check),
    ..Rule::BASE
};

fn check(view: &StatementView<'_>, findings: &mut Findings<'_>) {
    for judged in view.operations {
        // Code under an IF is there because its author did not know either.
        if judged.located.routine.as_ref().is_some_and(|frame| frame.conditional) {
            continue;
        }
        let unread = judged.located.routine.is_some().then(|| unread_before(view, judged.located.span)).flatten();
        for failure in judged.effects.failures.iter().filter(|f| !f.only_with_rows) {
            let (message, sqlstate) = (&failure.message, failure.sqlstate);
            match unread {
                Some(line) => findings.flag(format!(
                    "this fails unless what is put together at run time on line {line} sees to it: {message} ({sqlstate})"
                )),
                None => findings.block(format!("this fails: {message} ({sqlstate})")),
            }
            .at(judged.located.span);
        }
    }
}

/// The line of a statement that procedural code puts together before it gets here.
fn unread_before(view: &StatementView<'_>, here: Span) -> Option<u32> {
    let mut dynamic = view.statement.problems.iter().filter(|problem| problem.kind == ProblemKind::Dynamic);
    let last = dynamic.rfind(|problem| problem.span.start.offset < here.start.offset)?;
    Some(last.span.start.line)
}
