//! An index is dropped that a constraint stands on.

use super::finding::Category;
use super::rule::{Check, Findings, Rule, Sample};
use super::view::OperationView;
use crate::catalog::{Catalog, RelationId};
use crate::sql::Operation;

const USERS: &str = "CREATE TABLE users (id bigint PRIMARY KEY, email text UNIQUE);";

/// The rule.
pub(super) static RULE: Rule = Rule {
    id: "constraint-index-dropped",
    category: Category::IndexDependencies,
    title: "An index is dropped that a constraint stands on",
    why: "The index is part of the constraint: the server refuses to drop it alone, and the migration fails when it is \
          deployed. Without the constraint nothing keeps the values apart, and foreign keys that refer to it go too.",
    source: "PostgreSQL docs, DROP INDEX; 5.15 Dependency Tracking",
    bad: &[Sample::new(USERS, "DROP INDEX users_email_key;")],
    good: &[Sample::new(
        "CREATE TABLE users (id bigint PRIMARY KEY, email text); CREATE INDEX users_email ON users (email);",
        "-- no-transaction\nDROP INDEX CONCURRENTLY users_email;",
    )],
    check: Check::Operation(check),
    ..Rule::BASE
};

fn check(view: &OperationView<'_>, findings: &mut Findings<'_>) {
    let Operation::DropIndex { names, .. } = &view.located.operation else { return };
    let catalog = view.scene.catalog;
    for id in names.iter().filter_map(|name| view.scene.relation(name)) {
        let Some((table, constraint)) = constraint_of(catalog, id) else { continue };
        let Some(index) = catalog.relation(id) else { continue };
        findings
            .block(format!("this fails: the constraint {constraint} of {table} stands on the index {}", index.name))
            .at(view.located.span)
            .help(format!(
                "if nothing needs the values to be unique any more, drop the constraint: ALTER TABLE … DROP CONSTRAINT \
                 {constraint}"
            ));
    }
}

/// The table and the name of the constraint behind an index.
fn constraint_of(catalog: &Catalog, id: RelationId) -> Option<(String, String)> {
    let index = catalog.index(id)?;
    let constraint = catalog.constraint(index.table, index.constraint?)?;
    Some((catalog.relation(index.table)?.qualified(), constraint.name.sql()))
}
