//! A strong lock on a large table without a limit on the wait for it.

use super::finding::Category;
use super::hazard::{BLOCKS_WRITES, stops};
use super::rule::{Check, Findings, Rule};
use super::view::OperationView;
use crate::effects::LockedKind;

/// The rule.
pub(super) static RULE: Rule = Rule {
    id: "no-lock-timeout",
    category: Category::LockContention,
    title: "No lock_timeout before a strong lock on a large table",
    why: "A lock that is only waited for already stops whatever comes after it. Neither sqlx nor diesel limits the \
          wait, so one long transaction elsewhere stops the table for as long as it lasts.",
    source: "PostgreSQL docs, 20.11.1 Statement Behavior (lock_timeout)",
    bad: &[],
    good: &[],
    check: Check::Operation(check),
    ..Rule::BASE
};

fn check(view: &OperationView<'_>, findings: &mut Findings<'_>) {
    if view.scene.session.get("lock_timeout").is_some_and(|v| !v.trim_start_matches('0').is_empty()) {
        return;
    }
    // Only where the size is known: for any other table this would be said of almost every migration.
    let large = view.effects.locks.iter().find(|l| {
        l.mode >= BLOCKS_WRITES
            && l.kind == LockedKind::Table
            && view.is_hot(l.relation.id)
            && view.sizing.is_large(&l.relation)
    });
    let Some(lock) = large else { return };
    let name = &lock.relation.name;
    findings
        .flag(format!("while it waits for {} on {name}, {} to it waits too, without limit", lock.mode, stops(lock.mode)))
        .at(view.located.span)
        .help("put `SET LOCAL lock_timeout = '2s';` before it, and retry the migration when it gives up");
}
