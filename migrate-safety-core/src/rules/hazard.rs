//! The hazard behind most lock findings: a lock that writers feel, held while a table is read through or rewritten.

use super::known::some_of;
use super::view::OperationView;
use crate::effects::{LockedKind, RelationLock};
use crate::sql::{LockMode, Operation};

/// A long lock: which tables wait, in which mode, for which work.
#[derive(Debug)]
pub(crate) struct Hazard {
    /// What keeps the server busy, in words: `rewrites public.users`.
    work: String,
    /// What nobody can do meanwhile, in words: `read or write it`.
    denied: String,
}

impl Hazard {
    /// `subject rewrites public.users while nobody can read or write it`.
    pub(crate) fn sentence(&self, subject: &str) -> String {
        format!("{subject} {} while nobody can {}", self.work, self.denied)
    }
}

/// Locks from here up stop writers (docs, table 13.2 "Conflicting Lock Modes").
pub(crate) const BLOCKS_WRITES: LockMode = LockMode::Share;

/// Whether the operation holds a lock that stops writers of a hot table while it works through a hot table.
pub(crate) fn hazard(view: &OperationView<'_>) -> Option<Hazard> {
    // TRUNCATE swaps in an empty file: no row is read or written.
    if matches!(view.located.operation, Operation::Truncate { .. }) {
        return None;
    }
    let effects = view.effects;
    if effects.scans.is_empty() && effects.rewrites.is_empty() && effects.rebuilds_indexes.is_empty() {
        return None;
    }
    let strong = effects.locks.iter().filter(|l| l.mode >= BLOCKS_WRITES && view.is_hot(l.relation.id));
    // A query of a table locks all of its indexes to plan: one that is rebuilt by itself stops the table.
    let rebuilt_alone = |l: &&RelationLock| effects.scans.is_empty() && effects.rebuilds_indexes.contains(&l.relation);
    let tables: Vec<_> = strong.filter(|l| l.kind != LockedKind::Index || rebuilt_alone(l)).collect();
    if tables.is_empty() {
        return None;
    }
    let rewritten = view.hot_names(&effects.rewrites).map(|names| format!("rewrites {names}"));
    let only_read = || effects.scans.iter().filter(|s| !effects.rewrites.contains(s));
    let read = view.hot_names(only_read()).map(|names| format!("reads all of {names}"));
    let rebuilt = || {
        let names = view.hot_names(&effects.rebuilds_indexes)?;
        Some(format!("rebuilds {names}"))
    };
    let work = match (rewritten, read) {
        (Some(rewritten), Some(read)) => format!("{rewritten} and {read}"),
        (Some(work), None) | (None, Some(work)) => work,
        (None, None) => rebuilt()?,
    };
    let mut worked: Vec<&str> = effects.rewrites.iter().chain(only_read()).map(|r| r.name.as_str()).collect();
    worked.sort_unstable();
    Some(Hazard { work, denied: denied(&tables, &worked) })
}

/// What nobody can do to the locked tables, those that are worked through being named already.
fn denied(locked: &[&RelationLock], worked: &[&str]) -> String {
    let of = |exclusive: bool| {
        let these = locked.iter().filter(|l| (l.mode == LockMode::AccessExclusive) == exclusive);
        these.map(|l| l.relation.name.as_str()).collect::<Vec<_>>()
    };
    let named = |tables: &[&str]| match tables {
        _ if tables != worked => some_of(tables),
        [_] => "it".to_owned(),
        _ => "them".to_owned(),
    };
    let (unreadable, unwritable) = (of(true), of(false));
    match (unreadable.as_slice(), unwritable.as_slice()) {
        (tables, []) => format!("read or write {}", named(tables)),
        ([], tables) => format!("write to {}", named(tables)),
        (both, writes) => format!("read or write {}, nor write to {}", named(both), named(writes)),
    }
}

/// What nobody can do while a lock of this mode is held.
pub(crate) fn stops(mode: LockMode) -> &'static str {
    match mode {
        LockMode::AccessExclusive => "every read and write",
        LockMode::Exclusive | LockMode::ShareRowExclusive | LockMode::Share => "every write",
        _ => "other schema changes",
    }
}

/// Whether a rule of its own speaks about this operation's hazard.
pub(crate) fn has_own_rule(operation: &Operation) -> bool {
    use crate::sql::operation::TableAction;
    match operation {
        Operation::CreateIndex(_)
        | Operation::Reindex { .. }
        | Operation::Vacuum { .. }
        | Operation::ClusterTable { .. }
        | Operation::RefreshMaterializedView { .. } => true,
        Operation::CreateTable(table) => table.partition_of.is_some(),
        Operation::AlterTable(alter) => matches!(
            alter.action,
            TableAction::AddConstraint(_) | TableAction::SetNotNull { .. } | TableAction::AttachPartition { .. }
        ),
        _ => false,
    }
}
