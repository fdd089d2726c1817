//! A statement that fails on the schema as the history leaves it.

use super::rule::{Check, Findings, Rule, Sample};
use super::view::{StatementView};
use super::finding::Category;

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
        for failure in judged.effects.failures.iter().filter(|f| !f.only_with_rows) {
            findings.block(format!("this fails: {} ({})", failure.message, failure.sqlstate)).at(judged.located.span);
        }
    }
}
