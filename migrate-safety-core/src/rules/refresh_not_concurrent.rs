//! REFRESH MATERIALIZED VIEW without CONCURRENTLY.

use super::rule::{Check, Findings, Rule, Sample};
use super::view::{OperationView};
use super::finding::Category;
use super::text::insert_after;
use crate::sql::Operation;

/// The rule.
pub(super) static RULE: Rule = Rule {
    id: "refresh-not-concurrent",
    category: Category::LockContention,
    title: "REFRESH MATERIALIZED VIEW without CONCURRENTLY",
    why: "Nobody can read the materialised view while its query runs.",
    source: "PostgreSQL docs, REFRESH MATERIALIZED VIEW",
    bad: &[
        Sample::new("CREATE TABLE users (id bigint PRIMARY KEY, email text, org_id bigint); CREATE MATERIALIZED VIEW m AS SELECT id FROM users; CREATE UNIQUE INDEX ON m (id);", "REFRESH MATERIALIZED VIEW m;"),
    ],
    good: &[
        Sample::new("CREATE TABLE users (id bigint PRIMARY KEY, email text, org_id bigint); CREATE MATERIALIZED VIEW m AS SELECT id FROM users; CREATE UNIQUE INDEX ON m (id);", "REFRESH MATERIALIZED VIEW CONCURRENTLY m;"),
    ],
    check: Check::Operation(check),
    ..Rule::BASE
};

fn check(view: &OperationView<'_>, findings: &mut Findings<'_>) {
    let Operation::RefreshMaterializedView { name, concurrently: false, with_data: true } = &view.located.operation else {
        return;
    };
    let Some(id) = view.scene.relation(name) else { return };
    // An unpopulated one cannot be read anyway.
    let populated = view.scene.catalog.relation(id).and_then(|r| r.view()).is_none_or(|v| v.populated);
    if !view.is_hot(id) || !populated {
        return;
    }
    let finding = findings.block(format!("nobody can read {name} while its query runs"));
    finding
        .at(view.located.span)
        .help("refresh it CONCURRENTLY; that needs a unique index on plain columns over all rows");
    if view.is_direct()
        && let Some(fix) = insert_after(view.sql, "VIEW", "CONCURRENTLY")
    {
        finding.fix(fix);
    }
}
