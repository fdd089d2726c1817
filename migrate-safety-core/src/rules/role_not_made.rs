//! A role is named that the history does not make.

use super::finding::Category;
use super::rule::{Check, Findings, Rule, Sample};
use super::view::{OperationView, listed};
use crate::sql::{Ident, Operation};

/// The rule.
pub(super) static RULE: Rule = Rule {
    id: "role-not-made",
    category: Category::Deployability,
    title: "A role is named that no migration makes",
    why: "Roles belong to the server, not to the database: one that is there on the author's server may be missing on \
          the next, and the migration fails there (42704, or 22023 of `SET`).",
    source: "PostgreSQL docs, SET ROLE; GRANT; 22. Database Roles; measured, PG 14–18",
    bad: &[
        Sample::new("", "SET LOCAL ROLE reporting_owner;"),
        Sample::new("", "SET LOCAL SESSION AUTHORIZATION 'reporting_owner';"),
        Sample::new(PLANS, "ALTER TABLE plans OWNER TO reporting_owner;"),
        Sample::new(PLANS, "GRANT SELECT ON plans TO PUBLIC, reporting;"),
    ],
    good: &[
        Sample::new("", "SET LOCAL ROLE NONE;"),
        Sample::new("", "SET LOCAL SESSION AUTHORIZATION DEFAULT;"),
        Sample::new(PLANS, "GRANT SELECT ON plans TO PUBLIC, CURRENT_USER;"),
        Sample::new(PLANS, "CREATE ROLE reports; ALTER TABLE plans OWNER TO reports; ALTER TABLE plans OWNER TO CURRENT_USER; DROP ROLE reports;"),
    ],
    check: Check::Operation(check),
    ..Rule::BASE
};

const PLANS: &str = "CREATE TABLE plans (id bigint PRIMARY KEY);";

fn check(view: &OperationView<'_>, findings: &mut Findings<'_>) {
    // What asks first whether it is there stands under a condition.
    if view.located.routine.as_ref().is_some_and(|frame| frame.conditional) {
        return;
    }
    let mut missing = view.located.operation.roles_named();
    missing.retain(|role| !view.scene.catalog.knows_role(role));
    if missing.is_empty() {
        return;
    }
    let names: Vec<&str> = missing.iter().map(Ident::as_str).collect();
    let quoted: Vec<String> = names.iter().map(|name| format!("'{}'", name.replace('\'', "''"))).collect();
    let (the_role, where_it) = match names.as_slice() {
        [_] => ("the role", "where it is missing"),
        _ => ("the roles", "where one is missing"),
    };
    let code = if matches!(view.located.operation, Operation::Set { .. }) { "22023" } else { "42704" };
    findings
        .flag(format!("no migration makes {the_role} {}, and this fails {where_it} ({code})", listed(&names)))
        .at(view.located.span)
        .verify(format!("SELECT rolname FROM pg_roles WHERE rolname IN ({})", quoted.join(", ")));
}
