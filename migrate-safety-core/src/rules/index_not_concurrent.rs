//! CREATE INDEX without CONCURRENTLY on an existing table.

use super::rule::{Check, Findings, Rule, Sample};
use super::view::{OperationView, own_migration};
use super::finding::Category;
use super::hazard::hazard;
use super::text::insert_after;
use crate::sql::Operation;

/// The rule.
pub(super) static RULE: Rule = Rule {
    id: "index-not-concurrent",
    category: Category::LockContention,
    title: "CREATE INDEX without CONCURRENTLY on an existing table",
    why: "A plain index build holds SHARE on the table while it reads it through: every INSERT, UPDATE and DELETE waits until it ends, and what waits fills the connection pool.",
    source: "PostgreSQL docs, CREATE INDEX, Building Indexes Concurrently",
    bad: &[
        Sample::new("CREATE TABLE users (id bigint PRIMARY KEY, email text, org_id bigint);", "CREATE INDEX users_org_idx ON users (org_id);"),
    ],
    good: &[
        Sample::new("CREATE TABLE users (id bigint PRIMARY KEY, email text, org_id bigint);", "-- no-transaction\nCREATE INDEX CONCURRENTLY users_org_idx ON users (org_id);"),
        Sample::new("", "CREATE TABLE t (a int); CREATE INDEX ON t (a);"),
    ],
    planned: true,
    check: Check::Operation(check),
    ..Rule::BASE
};

fn check(view: &OperationView<'_>, findings: &mut Findings<'_>) {
    let Operation::CreateIndex(index) = &view.located.operation else { return };
    let Some(hazard) = hazard(view) else { return };
    let partitioned = view.scene.relation(&index.table).and_then(|id| view.scene.catalog.table(id));
    let partitioned = partitioned.is_some_and(crate::catalog::Table::is_partitioned);
    let finding = findings.block(hazard.sentence("the index build"));
    finding.at(view.located.span);
    if partitioned {
        finding.help(
            "create the index `ON ONLY` the partitioned table, build one CONCURRENTLY on each partition, then attach \
             them with ALTER INDEX … ATTACH PARTITION",
        );
        return;
    }
    finding.help(format!("build it CONCURRENTLY, {}", own_migration(view.host)));
    if view.is_direct()
        && let Some(fix) = insert_after(view.sql, "INDEX", "CONCURRENTLY")
    {
        finding.fix(fix);
    }
}
