//! REINDEX without CONCURRENTLY.

use super::rule::{Check, Findings, Rule, Sample};
use super::view::{OperationView, own_migration};
use super::finding::Category;
use super::hazard::hazard;
use super::text::insert_after;
use crate::sql::Operation;
use crate::sql::operation::ReindexTarget;

/// The rule.
pub(super) static RULE: Rule = Rule {
    id: "reindex-not-concurrent",
    category: Category::LockContention,
    title: "REINDEX without CONCURRENTLY",
    why: "A plain REINDEX stops writes to the table, and reads through the index, until it is built anew.",
    source: "PostgreSQL docs, REINDEX, Rebuilding Indexes Concurrently",
    bad: &[
        Sample::new("CREATE TABLE users (id bigint PRIMARY KEY, email text, org_id bigint);", "REINDEX TABLE users;"),
    ],
    good: &[
        Sample::new("CREATE TABLE users (id bigint PRIMARY KEY, email text, org_id bigint);", "-- no-transaction\nREINDEX TABLE CONCURRENTLY users;"),
    ],
    check: Check::Operation(check),
    ..Rule::BASE
};

fn check(view: &OperationView<'_>, findings: &mut Findings<'_>) {
    let Operation::Reindex { target, concurrently: false, .. } = &view.located.operation else { return };
    let Some(hazard) = hazard(view) else { return };
    let finding = findings.block(hazard.sentence("REINDEX"));
    finding.at(view.located.span);
    let word = match target {
        ReindexTarget::Index(_) => "INDEX",
        ReindexTarget::Table(_) => "TABLE",
        ReindexTarget::Schema(_) => "SCHEMA",
        ReindexTarget::Database(_) | ReindexTarget::System(_) => "DATABASE",
    };
    finding.help(format!("reindex CONCURRENTLY, {}", own_migration(view.host)));
    if view.is_direct()
        && view.scene.version() >= 12
        && let Some(fix) = insert_after(view.sql, word, "CONCURRENTLY")
    {
        finding.fix(fix);
    }
}
