//! Long work after a strong lock in the same transaction.

use super::rule::{Check, Findings, Rule, Sample};
use super::view::{MigrationView, Judged};
use super::finding::Category;
use super::hazard::BLOCKS_WRITES;
use crate::effects::LockedKind;
use crate::sql::Operation;

/// The rule.
pub(super) static RULE: Rule = Rule {
    id: "work-under-lock",
    category: Category::LockContention,
    title: "Long work after a strong lock in the same transaction",
    why: "Locks are held to the end of the transaction. What a later statement reads or writes row by row keeps the earlier statement's lock standing.",
    source: "PostgreSQL docs, 13.3.1 Table-Level Locks",
    bad: &[
        Sample::new("CREATE TABLE users (id bigint PRIMARY KEY, email text, org_id bigint); CREATE TABLE logs (id bigint PRIMARY KEY, user_id bigint);", "ALTER TABLE users ADD COLUMN active boolean; UPDATE users SET active = true;").with(&["backfill-not-batched", "bulk-change-replicated", "schema-and-data"]),
    ],
    good: &[
        Sample::new("CREATE TABLE users (id bigint PRIMARY KEY, email text, org_id bigint);", "ALTER TABLE users ADD COLUMN active boolean;"),
    ],
    check: Check::Migration(check),
    ..Rule::BASE
};

fn check(view: &MigrationView<'_>, findings: &mut Findings<'_>) {
    // The strongest lock of the current transaction: table, mode, line.
    let mut held: Option<(&str, crate::sql::LockMode, u32)> = None;
    let mut transaction = 0;
    let mut reported = false;
    for (_, judged) in view.operations {
        if judged.now.transaction != transaction {
            (held, transaction, reported) = (None, judged.now.transaction, false);
        }
        if let Some((table, mode, line)) = held
            && !reported
            && !holds_own_lock(judged)
            && super::not_valid_validated_at_once::validated(judged).is_none()
            && let Some(work) = judged.heavy_on().next()
        {
            reported = true;
            findings
                .block(format!(
                    "this works through {} while this transaction holds {} on {table} since line {line}",
                    work.name,
                    mode.sql()
                ))
                .at(judged.located.span)
                .help("do it in a migration of its own");
        }
        let strongest = judged
            .effects
            .locks
            .iter()
            .filter(|l| l.mode >= BLOCKS_WRITES && is_queried(l.kind) && judged.sizes.is_hot(l.relation.id))
            .max_by_key(|l| l.mode);
        if let Some(lock) = strongest
            && held.is_none_or(|(_, mode, _)| lock.mode > mode)
        {
            held = Some((&lock.relation.name, lock.mode, judged.located.span.start.line));
        }
    }
}

/// Whether queries name relations of this kind.
fn is_queried(kind: LockedKind) -> bool {
    matches!(kind, LockedKind::Table | LockedKind::View)
}

/// Whether the operation's own lock is a finding of its own already.
fn holds_own_lock(judged: &Judged) -> bool {
    let strong = judged.effects.locks.iter().any(|l| l.mode >= BLOCKS_WRITES && judged.sizes.is_hot(l.relation.id));
    strong || matches!(judged.located.operation, Operation::Truncate { .. })
}
