//! An extension that does not come with the server.

use super::finding::Category;
use super::rule::{Check, Findings, Rule, Sample};
use super::view::OperationView;
use crate::catalog::builtin::comes_with_server;
use crate::sql::Operation;

/// The rule.
pub(super) static RULE: Rule = Rule {
    id: "extension-not-shipped",
    category: Category::Deployability,
    title: "An extension that does not come with PostgreSQL",
    why: "Its files have to be installed on every server the migration reaches: the one in production, its replicas, those \
          of the tests and of each colleague. Where they are missing the migration fails (0A000, before PostgreSQL 15 58P01), and with it the deploy; \
          hosted servers allow only those of their list.",
    source: "PostgreSQL docs, CREATE EXTENSION; Appendix F; measured, PG 14–18",
    bad: &[Sample::new("", "CREATE EXTENSION house_made;"), Sample::new("", "CREATE EXTENSION IF NOT EXISTS house_made;")],
    good: &[Sample::new("", "CREATE EXTENSION IF NOT EXISTS plpgsql;")],
    check: Check::Operation(check),
    ..Rule::BASE
};

fn check(view: &OperationView<'_>, findings: &mut Findings<'_>) {
    let Operation::CreateExtension { name, .. } = &view.located.operation else { return };
    let asked_before = view.located.routine.as_ref().is_some_and(|frame| frame.conditional);
    if asked_before || comes_with_server(name.as_str()) || view.scene.catalog.extensions.contains_key(name) {
        return;
    }
    findings
        .flag(format!("{name} does not come with PostgreSQL, and this fails where it is not installed"))
        .at(view.located.span)
        .verify(format!(
            "SELECT name FROM pg_available_extensions WHERE name = '{}'",
            name.as_str().replace('\'', "''")
        ));
}
