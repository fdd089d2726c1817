//! What a statement does: the facts that hold, added up.
//!
//! One connection writes at a time, and its lock is on the whole database: RESERVED while it writes, EXCLUSIVE for the
//! moment in which it commits (without a write-ahead log), EXCLUSIVE from begin to end for `VACUUM`. It holds it until
//! its transaction ends. Source: "File Locking And Concurrency In SQLite Version 3", "Write-Ahead Logging".

use super::facts::{Does, Part, facts};
use crate::databases::effects::{Outcome, Scene};
use crate::databases::name::ObjectName;
use crate::databases::operation::{IndexDef, IndexKind, Maintenance, Operation};
use crate::databases::schema::Table;
use crate::effects::{Failure, ForeignLock};

/// What a statement does here, besides what it does everywhere.
pub(crate) fn effects(scene: &Scene<'_>, outcome: &mut Outcome) {
    for part in parts(scene) {
        for fact in facts().filter(|fact| fact.applies(&part)) {
            perform(&part, &fact.does, outcome);
            outcome.effects.facts.push(fact.id);
        }
    }
    locks(scene, outcome);
}

/// The statement; of an `ALTER TABLE`, its actions.
fn parts<'a>(scene: &'a Scene<'a>) -> Vec<Part<'a>> {
    match scene.operation {
        Operation::AlterTable(alter) => {
            let table = scene.table(&alter.table);
            let part =
                |action: &'a crate::databases::operation::Action| Part { scene, table, action: Some(&action.kind) };
            alter.actions.iter().map(part).collect()
        }
        operation => {
            let table = subject(operation).and_then(|name| scene.table(name));
            vec![Part { scene, table, action: None }]
        }
    }
}

/// The table that a statement is about, if it is about one.
fn subject(operation: &Operation) -> Option<&ObjectName> {
    match operation {
        Operation::DropTable { tables, .. } => tables.first(),
        Operation::CreateIndex(create) => Some(&create.table),
        Operation::CreateTrigger(create) => Some(&create.table),
        Operation::Insert(insert) => Some(&insert.table),
        Operation::Update(update) => update.tables.first(),
        Operation::Delete(delete) => delete.tables.first(),
        _ => None,
    }
}

fn perform(part: &Part<'_>, does: &Does, outcome: &mut Outcome) {
    let scene = part.scene;
    let effects = &mut outcome.effects;
    let reference = |table: &Table| scene.reference(table);
    match does {
        Does::Nothing => {}
        Does::Rewrites => effects.rewrites.extend(part.table.map(reference)),
        Does::RewritesAll => effects.rewrites.extend(scene.schema.tables.values().map(reference)),
        Does::Scans => effects.scans.extend(part.table.map(reference)),
        Does::RebuildsIndexes(of) => effects.rebuilds_indexes.extend(of(part).into_iter().map(reference)),
        Does::NeedsNoTransaction => effects.requires_no_transaction = true,
        Does::Loses(of) => effects.data_loss.extend(of(part)),
        Does::Refuses(says) => effects.failures.extend(says(part).map(|message| failure(message, false))),
        // A table that the statement's own migration has made and not filled has no rows to be in the way.
        Does::RefusesRows(_) if part.table.is_some_and(|table| scene.is_empty(table)) => {}
        Does::RefusesRows(says) => effects.failures.extend(says(part).map(|message| failure(message, true))),
    }
}

/// SQLITE_ERROR.
fn failure(message: String, only_with_rows: bool) -> Failure {
    Failure { sqlstate: "1", message, only_with_rows }
}

/// The lock on the database, told of the tables that the statement is about.
fn locks(scene: &Scene<'_>, outcome: &mut Outcome) {
    let mode = match scene.operation {
        Operation::Maintain { command: Maintenance::Vacuum, into_file: false, .. } => "EXCLUSIVE",
        _ => "RESERVED",
    };
    let written: Vec<&Table> = match scene.operation {
        Operation::AlterTable(alter) => scene.table(&alter.table).into_iter().collect(),
        Operation::DropTable { tables, .. } => tables.iter().filter_map(|table| scene.table(table)).collect(),
        Operation::CreateIndex(create) => {
            let exists = create.index.name.as_ref().is_some_and(|name| scene.schema.table_of_index(name).is_some());
            scene.table(&create.table).into_iter().filter(|_| !exists).collect()
        }
        Operation::DropIndex { index, .. } => scene.schema.table_of_index(&index.name).into_iter().collect(),
        Operation::CreateTrigger(create) => scene.table(&create.table).into_iter().collect(),
        Operation::Insert(insert) => scene.table(&insert.table).into_iter().collect(),
        Operation::Update(update) => update.tables.iter().filter_map(|table| scene.table(table)).collect(),
        Operation::Delete(delete) => delete.tables.iter().filter_map(|table| scene.table(table)).collect(),
        Operation::Maintain { command: Maintenance::Vacuum, into_file: false, .. } => {
            scene.schema.tables.values().collect()
        }
        Operation::Maintain { command: Maintenance::Reindex, tables, .. } => reindexed(scene, tables),
        _ => Vec::new(),
    };
    let lasting = written.into_iter().filter(|table| !table.temporary);
    outcome.effects.foreign_locks.extend(lasting.map(|table| ForeignLock { relation: scene.reference(table), mode }));
}

/// The tables of which indexes are built anew.
pub(super) fn reindexed<'a>(scene: &Scene<'a>, named: &[ObjectName]) -> Vec<&'a Table> {
    let of = |table: &&Table| {
        let is_meant = |name: &ObjectName| {
            scene.schema.key(name) == scene.schema.key(&table.name) || table.index(&name.name).is_some()
        };
        let mut indexes = table.indexes.iter().filter(|index| !is_rowid(table, index));
        indexes.next().is_some() && (named.is_empty() || named.iter().any(is_meant))
    };
    scene.schema.tables.values().filter(of).collect()
}

/// Whether a key is the table's own order: no index is made for it.
pub(crate) fn is_rowid(table: &Table, index: &IndexDef) -> bool {
    let [column] = index.columns()[..] else { return false };
    let is_integer = table.column(column).is_some_and(|column| &*column.data_type.name == "integer");
    index.kind == IndexKind::Primary && (is_integer || table.options.without_rowid)
}
