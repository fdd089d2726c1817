//! What a rule may look at.

use super::extent::{Change, Loaded, Rows, Verb};
use super::known::some_of;
use crate::catalog::{Catalog, RelationId, Removed, Stamp};
use crate::config::Config;
use crate::effects::scene::Scene;
use crate::effects::{Effects, RelationRef};
use crate::layout::{Layout, Migration, MigrationSet};
use crate::sizes::Sizing;
use crate::sql::{LocatedOperation, LockMode, ObjectName, Operation, Script, Span, Statement};
use std::sync::Arc;

/// In what kind of transaction a statement runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// The host opens a transaction around the migration.
    Host,
    /// The migration's own `BEGIN`.
    Explicit,
    /// Several statements sent as one message run in one implicit transaction (docs, 55.2.2.1).
    Implicit,
    /// A statement of its own.
    Autocommit,
}

impl Scope {
    /// Whether statements that refuse a transaction block fail here.
    pub fn is_block(self) -> bool {
        self != Self::Autocommit
    }
}

/// One operation, before it is applied.
#[derive(Clone, Copy, Debug)]
pub struct OperationView<'a> {
    /// The operation, the catalog before it, the session.
    pub scene: Scene<'a>,
    /// The operation with its place.
    pub located: &'a LocatedOperation,
    /// What it does.
    pub effects: &'a Effects,
    /// How it relates to what is new and small.
    pub judged: &'a Sizes,
    /// The rows it changes.
    pub changes: &'a [Change<'a>],
    /// The rows of tables that the migration made, as far as they are known.
    pub loaded: &'a Loaded,
    /// Its statement, without its operations: those before it are its `siblings`.
    pub statement: &'a Statement,
    /// Whether its statement has no other operation.
    pub alone: bool,
    /// Its statement's text.
    pub sql: &'a str,
    /// In what kind of transaction it runs.
    pub scope: Scope,
    /// Its migration.
    pub migration: &'a Migration,
    /// What the statements before it in its migration did, each operation with the index of its statement.
    pub earlier: &'a [(usize, Judged)],
    /// What the operations before it in its statement did.
    pub siblings: &'a [Judged],
    /// How the host lays migrations out.
    pub host: Layout,
    /// Settings of the check.
    pub config: &'a Config,
    /// How large tables are.
    pub sizing: Sizing<'a>,
}

impl OperationView<'_> {
    /// Whether the operation stands in the statement itself, so that a fix can be made of the statement's text.
    pub fn is_direct(&self) -> bool {
        self.located.routine.is_none()
    }

    /// Whether this relation is a hazard to lock for long: it was there before the migration and is not known to be
    /// small.
    pub fn is_hot(&self, relation: RelationId) -> bool {
        self.judged.is_hot(relation)
    }

    /// The relations of a list that are hot, in words: `public.users and public.orders`.
    pub fn hot_names<'r>(&self, relations: impl IntoIterator<Item = &'r RelationRef>) -> Option<String> {
        let hot: Vec<&str> = relations.into_iter().filter(|r| self.is_hot(r.id)).map(|r| r.name.as_str()).collect();
        (!hot.is_empty()).then(|| some_of(&hot))
    }

    /// What happened before it in its migration.
    pub fn before_it(&self) -> impl Iterator<Item = &Judged> {
        self.earlier.iter().map(|(_, judged)| judged).chain(self.siblings)
    }

    /// The lock this operation takes on a relation.
    pub fn lock_on(&self, relation: RelationId) -> Option<LockMode> {
        self.effects.locks.iter().find(|l| l.relation.id == relation).map(|l| l.mode)
    }
}

/// `a`, `a and b`, `a, b and c`.
pub fn listed(names: &[&str]) -> String {
    match names {
        [] => String::new(),
        [one] => (*one).to_owned(),
        [head @ .., last] => format!("{} and {last}", head.join(", ")),
    }
}

/// Which of the relations an operation touches are new or small.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sizes {
    /// Created in this migration or transaction: nobody waits for them.
    pub fresh: Vec<RelationId>,
    /// Known to have few rows.
    pub small: Vec<RelationId>,
    /// Created in this migration or transaction, or truncated in this transaction, and not filled since.
    pub empty: Vec<RelationId>,
}

impl Sizes {
    /// Whether a lock on this relation, held for long, is felt.
    pub fn is_hot(&self, relation: RelationId) -> bool {
        !self.fresh.contains(&relation) && !self.small.contains(&relation)
    }
}

/// An operation that has been judged.
#[derive(Clone, Debug)]
pub struct Judged {
    /// The operation with its place.
    pub located: LocatedOperation,
    /// What it does.
    pub effects: Arc<Effects>,
    /// What is new and small.
    pub sizes: Arc<Sizes>,
    /// The rows it changed.
    pub writes: Vec<Write>,
    /// What it took away.
    pub removed: Arc<Removed>,
    /// The transaction it ran in.
    pub now: Stamp,
    /// In what kind of transaction it ran.
    pub scope: Scope,
}

/// A change to the rows of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Write {
    /// The table.
    pub table: RelationRef,
    /// What was done.
    pub verb: Verb,
    /// To how many rows.
    pub rows: Rows,
    /// Whether the table is [hot](OperationView::is_hot).
    pub hot: bool,
}

impl Judged {
    /// Whether it keeps a table busy for a time that grows with its rows, and which: read through or rewritten.
    pub fn heavy_on(&self) -> impl Iterator<Item = &RelationRef> {
        let heavy = self.effects.scans.iter().chain(&self.effects.rewrites);
        heavy.filter(|r| self.sizes.is_hot(r.id))
    }
}

/// One statement, judged.
#[derive(Clone, Copy, Debug)]
pub struct StatementView<'a> {
    /// The statement as read, but for its operations.
    pub statement: &'a Statement,
    /// Its text.
    pub sql: &'a str,
    /// Its operations, those of called routines included.
    pub operations: &'a [Judged],
    /// What it does as a whole.
    pub effects: &'a Effects,
    /// In what kind of transaction it runs.
    pub scope: Scope,
    /// Its migration.
    pub migration: &'a Migration,
    /// How many statements the migration has.
    pub statements: usize,
    /// How the host lays migrations out.
    pub host: Layout,
}

/// One migration, judged.
#[derive(Clone, Copy, Debug)]
pub struct MigrationView<'a> {
    /// The migration.
    pub migration: &'a Migration,
    /// Its number in the set, from 1: what it made has a stamp with this [`Stamp::migration`].
    pub number: u32,
    /// From which migration on what was made is used by nobody yet: this one, or the first of a guarded run.
    pub since: u32,
    /// All its operations in order, each with the index of its statement.
    pub operations: &'a [(usize, Judged)],
    /// The schema before it; kept only for a migration that has a way back.
    pub before: Option<&'a Catalog>,
    /// The schema after it.
    pub after: &'a Catalog,
    /// What its way back does when it is run after it.
    pub undone: Option<&'a Undone>,
    /// How the host lays migrations out.
    pub host: Layout,
    /// Settings of the check.
    pub config: &'a Config,
    /// How large tables are.
    pub sizing: Sizing<'a>,
}

/// The way back of a migration, run after it.
#[derive(Clone, Debug)]
pub struct Undone {
    /// Its text, read; the operations of its statements are in `operations`.
    pub script: Script,
    /// All its operations in order, each with the index of its statement.
    pub operations: Vec<(usize, Judged)>,
    /// The schema after it.
    pub catalog: Catalog,
}

/// All migrations.
#[derive(Clone, Copy, Debug)]
pub struct SetView<'a> {
    /// The set.
    pub set: &'a MigrationSet,
    /// The schema that it leaves. What migration `n` of the set (from 0) made has a stamp with `migration == n + 1`.
    pub catalog: &'a Catalog,
    /// Settings of the check.
    pub config: &'a Config,
    /// How large tables are.
    pub sizing: Sizing<'a>,
}

/// How to take a statement out of the host's transaction, in the host's terms.
pub fn own_migration(host: Layout) -> &'static str {
    match host {
        Layout::Sqlx => "in a migration file of its own whose first line is `-- no-transaction`",
        Layout::Diesel => "in a migration of its own with `run_in_transaction = false` in its metadata.toml",
        Layout::Plain => "by itself, outside a transaction",
    }
}

/// The table an operation is about, where it is about one.
pub fn target_of(operation: &Operation) -> Option<&ObjectName> {
    match operation {
        Operation::AlterTable(alter) => Some(&alter.table),
        Operation::CreateIndex(index) => Some(&index.table),
        Operation::CreateTrigger(trigger) => Some(&trigger.table),
        Operation::RefreshMaterializedView { name, .. } => Some(name),
        Operation::Update(update) => Some(&update.table.name),
        Operation::Delete(delete) => Some(&delete.table.name),
        _ => None,
    }
}

/// A span to show for a whole migration: its first character.
pub const WHOLE: Span = Span::START;
