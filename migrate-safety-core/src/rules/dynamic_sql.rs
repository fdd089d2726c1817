//! SQL put together at run time.

use super::rule::{Check, Findings, Rule, Sample};
use super::view::{StatementView};
use super::finding::Category;
use crate::sql::ProblemKind;

/// The rule.
pub(super) static RULE: Rule = Rule {
    id: "dynamic-sql",
    category: Category::Deployability,
    title: "SQL put together at run time",
    why: "What it does cannot be known before it runs.",
    source: "PostgreSQL docs, 41.5.4 Executing Dynamic Commands",
    bad: &[
        Sample::new("CREATE TABLE users (id bigint PRIMARY KEY, email text, org_id bigint);", "DO $$ DECLARE r record; BEGIN FOR r IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' LOOP EXECUTE 'ALTER TABLE ' || r.tablename || ' ADD COLUMN x int'; END LOOP; END $$;"),
    ],
    good: &[
        Sample::new("CREATE TABLE users (id bigint PRIMARY KEY, email text, org_id bigint);", "DO $$ BEGIN EXECUTE 'ALTER TABLE users ADD COLUMN x int'; END $$;"),
    ],
    check: Check::Statement(check),
    ..Rule::BASE
};

fn check(view: &StatementView<'_>, findings: &mut Findings<'_>) {
    for problem in view.statement.problems.iter().filter(|p| p.kind == ProblemKind::Dynamic) {
        findings
            .flag(problem.message.to_string())
            .at(problem.span)
            .verify("which statements does it run, on which tables, and how large are they?");
    }
}
