//! The hazard behind most lock findings: a lock that writers feel, held while a table is read through or rewritten.

use super::view::OperationView;
use crate::effects::RelationRef;
use crate::sql::{LockMode, Operation};

/// A long lock: which tables wait, in which mode, for which work.
#[derive(Debug)]
pub(crate) struct Hazard {
    /// The tables that writers cannot write meanwhile, in words.
    pub(crate) locked: String,
    /// The strongest mode among them.
    pub(crate) mode: LockMode,
    /// What keeps the server busy, in words: `rewrites public.users`.
    pub(crate) work: String,
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
    let strong = effects.locks.iter().filter(|l| l.mode >= BLOCKS_WRITES && view.is_hot(l.relation.id));
    let tables: Vec<_> = strong.filter(|l| l.kind != crate::effects::LockedKind::Index).collect();
    let mode = tables.iter().map(|l| l.mode).max()?;
    let locked: Vec<&str> = tables.iter().map(|l| l.relation.name.as_str()).collect();
    let rewritten = view.hot_names(&effects.rewrites).map(|names| format!("rewrites {names}"));
    let only_read: Vec<RelationRef> = effects.scans.iter().filter(|s| !effects.rewrites.contains(s)).cloned().collect();
    let read = view.hot_names(&only_read).map(|names| format!("reads all of {names}"));
    let rebuilt = || {
        let names = view.hot_names(&effects.rebuilds_indexes)?;
        Some(format!("rebuilds {names}"))
    };
    let work = match (rewritten, read) {
        (Some(rewritten), Some(read)) => format!("{rewritten} and {read}"),
        (Some(work), None) | (None, Some(work)) => work,
        (None, None) => rebuilt()?,
    };
    Some(Hazard { locked: super::view::listed(&locked), mode, work })
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
