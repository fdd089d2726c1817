//! REINDEX without CONCURRENTLY.

use super::rule::{Check, Findings, Rule, Sample};
use super::view::{OperationView, own_migration};
use super::finding::Category;
use super::hazard::hazard;
use super::text::insert_after;
use crate::catalog::Resolved;
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
    planned: true,
    check: Check::Operation(check),
    ..Rule::BASE
};

fn check(view: &OperationView<'_>, findings: &mut Findings<'_>) {
    let Operation::Reindex { target, concurrently: false, .. } = &view.located.operation else { return };
    let sentence = match hazard(view) {
        Some(hazard) => hazard.sentence("REINDEX"),
        None if is_unseen(view, target) => "REINDEX keeps every writer out until the index is built".to_owned(),
        None => return,
    };
    let finding = findings.block(sentence);
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

/// Whether what is built anew comes from before what was read, and with it its table.
fn is_unseen(view: &OperationView<'_>, target: &ReindexTarget) -> bool {
    let catalog = view.scene.catalog;
    match target {
        ReindexTarget::Index(name) => catalog.resolve(name) == Resolved::Unknown,
        ReindexTarget::Table(name) => {
            let found = catalog.resolve(name);
            found == Resolved::Unknown
                || found.found().is_some_and(|id| view.is_hot(id) && catalog.relation(id).is_some_and(|r| r.unknown))
        }
        ReindexTarget::Schema(_) | ReindexTarget::Database(_) | ReindexTarget::System(_) => !catalog.complete,
    }
}
