//! A schema change and a large change of data in one transaction.

use super::extent::Rows;
use super::finding::Category;
use super::hazard::BLOCKS_WRITES;
use super::rule::{Check, Findings, Rule, Sample};
use super::view::{Judged, MigrationView};
use crate::effects::{LockedKind, RelationRef};

const TABLES: &str = "CREATE TABLE users (id bigint PRIMARY KEY, org_id bigint);
CREATE TABLE logs (id bigint PRIMARY KEY, user_id bigint);";

/// The rule.
pub(super) static RULE: Rule = Rule {
    id: "schema-and-data",
    category: Category::Deployability,
    title: "A schema change and a large change of data in one transaction",
    why: "The change of data takes as long as the table is large, the schema change has to be short. Together they can \
          neither be timed nor retried apart, and an error in the data undoes the schema change that a release waits \
          for.",
    source: "PostgreSQL docs, 13.3.1 Table-Level Locks",
    bad: &[Sample::new(TABLES, "ALTER TABLE users ADD COLUMN a int; UPDATE logs SET user_id = 1 WHERE user_id IS NULL;")
        .with(&["backfill-not-batched", "bulk-change-replicated", "work-under-lock"])],
    good: &[
        Sample::new(TABLES, "ALTER TABLE users ADD COLUMN a int; UPDATE logs SET user_id = 1 WHERE id = 5 AND user_id IS NULL;"),
        Sample::new(TABLES, "CREATE TABLE plans (id int); INSERT INTO plans VALUES (1), (2);"),
    ],
    planned: true,
    check: Check::Migration(check),
    ..Rule::BASE
};

fn check(view: &MigrationView<'_>, findings: &mut Findings<'_>) {
    let changed = |judged: &Judged| judged.writes.iter().any(|w| w.hot && w.rows == Rows::All && w.verb.locks_rows());
    let Some((statement, data)) = view.operations.iter().find(|(_, judged)| changed(judged)) else { return };
    let others = view.operations.iter().filter(|(other, judged)| {
        other != statement && judged.now.transaction == data.now.transaction
    });
    let schema = others.into_iter().find_map(|(_, judged)| Some((judged, locked(judged)?)));
    let Some((judged, table)) = schema else { return };
    let line = judged.located.span.start.line;
    findings
        .flag(format!(
            "this changes data in the transaction that changes the schema of {} at line {line}: both happen or neither",
            table.name
        ))
        .at(data.located.span)
        .help("change the schema in one migration and the data in a later one");
}

/// The live table whose schema an operation changes.
fn locked(judged: &Judged) -> Option<&RelationRef> {
    let strong = judged.effects.locks.iter().filter(|l| l.mode >= BLOCKS_WRITES && l.kind == LockedKind::Table);
    strong.map(|l| &l.relation).find(|relation| judged.sizes.is_hot(relation.id))
}
