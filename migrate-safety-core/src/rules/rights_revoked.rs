//! Rights on a table are taken away that a running release may need.

use super::finding::Category;
use super::known::some_of;
use super::rule::{Check, Findings, Rule, Sample};
use super::view::OperationView;
use crate::sql::Operation;

/// The rule.
pub(super) static RULE: Rule = Rule {
    id: "rights-revoked",
    category: Category::RollingDeploy,
    title: "Rights are taken away that a running release may need",
    why: "Statements of a release that is still running fail with `permission denied` from the commit on, if it connects \
          as a role that had the rights by this grant.",
    source: "PostgreSQL docs, REVOKE",
    bad: &[Sample::new("CREATE TABLE notes (id bigint PRIMARY KEY);", "REVOKE DELETE ON notes FROM PUBLIC;")],
    good: &[Sample::new("", "CREATE TABLE notes (id bigint PRIMARY KEY); REVOKE ALL ON notes FROM PUBLIC;")],
    check: Check::Operation(check),
    ..Rule::BASE
};

fn check(view: &OperationView<'_>, findings: &mut Findings<'_>) {
    let Operation::Grant { revoke: true, relations, .. } = &view.located.operation else { return };
    let ids = relations.iter().filter_map(|name| view.scene.relation(name)).filter(|id| view.is_old(*id));
    let names: Vec<String> =
        ids.filter_map(|id| view.scene.catalog.relation(id)).map(crate::catalog::Relation::qualified).collect();
    if names.is_empty() {
        return;
    }
    findings
        .flag(format!("a running release that needs the rights on {} is refused from now on", some_of(&names)))
        .at(view.located.span)
        .help("first deploy a release that does not use them, and revoke them in a migration after that")
        .verify("which roles have these rights, and does a running release connect as one of them?");
}
