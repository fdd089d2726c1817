//! A migration sleeps while it holds a lock.

use super::finding::Category;
use super::hazard::{BLOCKS_WRITES, stops};
use super::rule::{Check, Findings, Rule, Sample};
use super::view::{Judged, OperationView};
use crate::effects::{LockedKind, RelationLock};
use crate::sql::plpgsql::sleeps;

const USERS: &str = "CREATE TABLE users (id bigint PRIMARY KEY, email text);";

/// The rule.
pub(super) static RULE: Rule = Rule {
    id: "sleep-under-lock",
    category: Category::LockContention,
    title: "A migration sleeps while it holds a lock",
    why: "Locks are kept to the end of the transaction. While it sleeps, everybody who needs the table waits for nothing.",
    source: "PostgreSQL docs, 13.3.1 Table-Level Locks; 9.9.5 Delaying Execution",
    bad: &[Sample::new(USERS, "ALTER TABLE users ADD COLUMN a int; SELECT pg_sleep(10);")],
    good: &[
        Sample::new(USERS, "SELECT pg_sleep(1); ALTER TABLE users ADD COLUMN a int;"),
        Sample::new("", "CREATE TABLE users (id bigint PRIMARY KEY); SELECT pg_sleep(1);"),
    ],
    check: Check::Operation(check),
    ..Rule::BASE
};

fn check(view: &OperationView<'_>, findings: &mut Findings<'_>) {
    if !sleeps(&view.located.operation) {
        return;
    }
    let here = |judged: &&Judged| judged.now.transaction == view.scene.now.transaction;
    let mut held = view.before_it().filter(here).flat_map(|judged| judged.effects.locks.iter().map(move |l| (judged, l)));
    let is_felt = |(judged, lock): &(&Judged, &RelationLock)| {
        lock.mode >= BLOCKS_WRITES && lock.kind == LockedKind::Table && !judged.sizes.fresh.contains(&lock.relation.id)
    };
    let Some((_, lock)) = held.find(is_felt) else { return };
    findings
        .block(format!("this sleeps while it holds {} on {}: {} to it waits", lock.mode, lock.relation.name, stops(lock.mode)))
        .at(view.located.span)
        .help("sleep between transactions, never in one that has locked a table");
}
