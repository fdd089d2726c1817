//! A rewrite rule changes what statements of the running release do.

use super::finding::Category;
use super::rule::{Check, Findings, Rule, Sample};
use super::view::OperationView;
use crate::sql::Operation;

/// The rule.
pub(super) static RULE: Rule = Rule {
    id: "rule-on-live-table",
    category: Category::RollingDeploy,
    title: "A rewrite rule is created on an existing table",
    why: "From the commit on, statements of the release that is still running do something else than they say; those \
          done INSTEAD report no rows changed, and RETURNING fails unless the rule has one.",
    source: "PostgreSQL docs, 41.4 Rules on INSERT, UPDATE, and DELETE; 41.6 Rules and Command Status",
    bad: &[Sample::new(LOGS, "CREATE RULE keep AS ON DELETE TO logs DO INSTEAD NOTHING;")],
    good: &[Sample::new(
        "",
        "CREATE TABLE logs (id bigint PRIMARY KEY); CREATE RULE keep AS ON DELETE TO logs DO INSTEAD NOTHING;",
    )],
    check: Check::Operation(check),
    ..Rule::BASE
};

const LOGS: &str = "CREATE TABLE logs (id bigint PRIMARY KEY);";

fn check(view: &OperationView<'_>, findings: &mut Findings<'_>) {
    let Operation::CreateRule { table, .. } = &view.located.operation else { return };
    let found = view.scene.relation(table).filter(|id| view.is_old(*id)).and_then(|id| view.scene.catalog.relation(id));
    let Some(relation) = found.filter(|relation| relation.table().is_some()) else { return };
    let name = relation.qualified();
    findings
        .flag(format!("statements on {name} are rewritten from now on, those of the running release too"))
        .at(view.located.span)
        .help("prefer a trigger: it sees rows, and RETURNING and row counts stay right")
        .verify(format!("does every running release still work when its statements on {name} are rewritten?"));
}
