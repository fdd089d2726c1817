//! A role is taken on that the history does not make.

use super::finding::Category;
use super::rule::{Check, Findings, Rule, Sample};
use super::view::OperationView;

/// The rule.
pub(super) static RULE: Rule = Rule {
    id: "role-not-made",
    category: Category::Deployability,
    title: "A role is taken on that no migration makes",
    why: "Roles belong to the server, not to the database: one that is there on the author's server may be missing on \
          the next, and the migration fails there (22023).",
    source: "PostgreSQL docs, SET ROLE; 22. Database Roles; measured, PG 14–18",
    bad: &[
        Sample::new("", "SET LOCAL ROLE reporting_owner;"),
        Sample::new("", "SET LOCAL SESSION AUTHORIZATION 'reporting_owner';"),
    ],
    good: &[Sample::new("", "SET LOCAL ROLE NONE;"), Sample::new("", "SET LOCAL SESSION AUTHORIZATION DEFAULT;")],
    check: Check::Operation(check),
    ..Rule::BASE
};

fn check(view: &OperationView<'_>, findings: &mut Findings<'_>) {
    let Some(role) = view.located.operation.role_taken().filter(|role| !view.scene.catalog.knows_role(role)) else {
        return;
    };
    findings
        .flag(format!("no migration makes the role {role}, and this fails where it is missing (22023)"))
        .at(view.located.span)
        .verify(format!("SELECT rolname FROM pg_roles WHERE rolname = '{}'", role.as_str().replace('\'', "''")));
}
