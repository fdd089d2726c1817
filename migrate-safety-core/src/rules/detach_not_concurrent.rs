//! DETACH PARTITION without CONCURRENTLY.

use super::finding::Category;
use super::rule::{Check, Findings, Rule, Sample};
use super::view::{OperationView, own_migration};
use crate::sql::Operation;
use crate::sql::operation::TableAction;

/// The rule.
pub(super) static RULE: Rule = Rule {
    id: "detach-not-concurrent",
    category: Category::LockContention,
    title: "DETACH PARTITION without CONCURRENTLY",
    why: "Detaching locks the whole partitioned table ACCESS EXCLUSIVE. The work is short, but it waits for every running \
          query of any partition, and every later one waits behind it.",
    source: "PostgreSQL docs, ALTER TABLE, DETACH PARTITION; measured, PG 14-18",
    bad: &[Sample::new(EVENTS, "ALTER TABLE events DETACH PARTITION events_1;")],
    good: &[
        Sample::new(EVENTS, "-- no-transaction\nALTER TABLE events DETACH PARTITION events_1 CONCURRENTLY;"),
        Sample::new(
            "CREATE TABLE events (at int) PARTITION BY RANGE (at); CREATE TABLE events_1 PARTITION OF events FOR VALUES FROM \
             (1) TO (10); CREATE TABLE events_rest PARTITION OF events DEFAULT;",
            "ALTER TABLE events DETACH PARTITION events_1;",
        ),
    ],
    check: Check::Operation(check),
    ..Rule::BASE
};

const EVENTS: &str = "CREATE TABLE events (at int) PARTITION BY RANGE (at);
    CREATE TABLE events_1 PARTITION OF events FOR VALUES FROM (1) TO (10);";

fn check(view: &OperationView<'_>, findings: &mut Findings<'_>) {
    let Operation::AlterTable(alter) = &view.located.operation else { return };
    let TableAction::DetachPartition { partition, concurrently: false, finalize: false } = &alter.action else { return };
    let Some(parent) = view.scene.target().filter(|parent| view.is_hot(parent.id)) else { return };
    // CONCURRENTLY is refused where there is a default partition.
    if view.scene.version() < 14 || view.scene.catalog.partitions_default(parent.id).is_some() {
        return;
    }
    findings
        .flag(format!("detaching locks {} ACCESS EXCLUSIVE: queries of every partition queue behind it", parent.qualified()))
        .at(view.located.span)
        .help(format!("detach it CONCURRENTLY, {}", own_migration(view.host)))
        .fix(format!("ALTER TABLE {} DETACH PARTITION {} CONCURRENTLY", alter.table.sql(), partition.sql()));
}
