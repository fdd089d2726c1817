//! How long a statement keeps a server at work on large tables, by their sizes.
//!
//! The rates are assumptions: those of a middling disk in a cloud, and of a server with nothing else to do. They are
//! stated wherever an estimate is shown. What is known only by its rows is taken to have 200 bytes for each.

use crate::catalog::Catalog;
use crate::effects::{Effects, RelationRef};
use crate::rules::extent::Rows;
use crate::rules::view::{Judged, Sizes};
use crate::sizes::{Size, Sizing};
use crate::sql::operation::{ConstraintKind, TableAction};
use crate::sql::{LocatedOperation, Operation};
use std::fmt;
use std::time::Duration;

/// What is assumed, in words.
pub const ASSUMPTION: &str = "estimates assume that a server reads 100 MB, writes 40 MB, sorts 500,000 index entries \
                              or changes 10,000 rows a second, and that nothing else keeps it busy";

/// Bytes a second that a table is read at.
const READ: u64 = 100_000_000;
/// Bytes a second at which a table or an index is written anew, with its log.
const WRITTEN: u64 = 40_000_000;
/// Bytes a second of such work that a replica replays: one process does it.
pub(crate) const REPLAYED: u64 = WRITTEN;
/// Entries of a new index a second.
const INDEXED: u64 = 500_000;
/// Rows changed a second, on the server and on a replica: for a row with two or three indexes.
pub(crate) const CHANGED: u64 = 10_000;
/// Bytes of a row where nobody knows.
const ROW_BYTES: u64 = 200;
/// Bytes of an entry of an index, with what its pages leave free.
const ENTRY_BYTES: u64 = 30;

/// Work that grows with a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Work {
    /// The table is read through.
    Scan,
    /// The table and all of its indexes are written anew.
    Rewrite,
    /// The table is read through to build an index.
    IndexBuild,
    /// Its rows are changed.
    Change,
}

/// How long a piece of work takes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Estimate {
    /// Which work.
    pub work: Work,
    /// On which table, `schema.name`.
    pub relation: String,
    /// Its rows, if they are known.
    pub rows: Option<u64>,
    /// Its bytes, measured or, where only the rows are known, estimated.
    pub bytes: u64,
    /// How long.
    pub duration: Duration,
    /// How long a replica replays what the work writes.
    pub replay: Duration,
}

impl Work {
    /// The name in JSON: `index-build`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Scan => "scan",
            Self::Rewrite => "rewrite",
            Self::IndexBuild => "index-build",
            Self::Change => "change",
        }
    }

    fn in_words(self) -> &'static str {
        match self {
            Self::Scan => "reading",
            Self::Rewrite => "rewriting",
            Self::IndexBuild => "building an index of",
            Self::Change => "changing the rows of",
        }
    }
}

impl fmt::Display for Estimate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} takes about {}", self.work.in_words(), self.relation, about(self.duration))?;
        let rows = self.rows.map(|rows| format!("{} rows, ", grouped(rows))).unwrap_or_default();
        write!(f, " ({rows}{})", of_bytes(self.bytes))
    }
}

/// The estimates for the operations of a statement, on tables that are known to be large. `catalog` may be that before
/// or after them.
pub(crate) fn estimates(operations: &[Judged], catalog: &Catalog, sizing: Sizing<'_>) -> Vec<Estimate> {
    let mut found: Vec<Estimate> = Vec::new();
    for judged in operations {
        // The time of a change counts its reading.
        let is_changed = |e: &Estimate| judged.writes.iter().any(|w| w.table.name == e.relation);
        let structure = of_structure(&judged.located, &judged.effects, &judged.sizes, catalog, sizing);
        found.extend(structure.into_iter().filter(|e| e.work != Work::Scan || !is_changed(e)));
        let large = |table: &&RelationRef| judged.sizes.is_hot(table.id) && sizing.is_large(table);
        let tables = judged.writes.iter().filter(|w| w.rows == Rows::All && w.verb.locks_rows()).map(|w| &w.table);
        found.extend(tables.filter(large).map(|table| change(table, sizing)));
    }
    merge(found)
}

/// The estimates for what an operation reads and writes anew.
pub(crate) fn of_structure(
    located: &LocatedOperation,
    effects: &Effects,
    sizes: &Sizes,
    catalog: &Catalog,
    sizing: Sizing<'_>,
) -> Vec<Estimate> {
    let large = |table: &&RelationRef| sizes.is_hot(table.id) && sizing.is_large(table);
    let rewritten = effects.rewrites.iter().filter(large).map(|table| rewrite(table, catalog, sizing));
    let builds = builds_index(&located.operation);
    let read = effects.scans.iter().filter(|r| !effects.rewrites.contains(r)).filter(large);
    rewritten
        .chain(read.map(|table| match builds {
            Some(passes) => index_build(table, passes, sizing),
            None => scan(table, sizing),
        }))
        .collect()
}

fn size(table: &RelationRef, sizing: Sizing<'_>) -> (Option<u64>, u64) {
    let Size { rows, bytes } = sizing.of(table.id, &table.name);
    (rows, bytes.unwrap_or_else(|| rows.unwrap_or_default().saturating_mul(ROW_BYTES)))
}

fn scan(table: &RelationRef, sizing: Sizing<'_>) -> Estimate {
    let (rows, bytes) = size(table, sizing);
    let (duration, replay) = (at(bytes, READ), Duration::ZERO);
    Estimate { work: Work::Scan, relation: table.name.clone(), rows, bytes, duration, replay }
}

fn rewrite(table: &RelationRef, catalog: &Catalog, sizing: Sizing<'_>) -> Estimate {
    let (rows, bytes) = size(table, sizing);
    let entries = rows.unwrap_or_default();
    let mut written = bytes;
    let mut duration = at(bytes, READ) + at(bytes, WRITTEN);
    for index in catalog.indexes_of(table.id) {
        let measured = catalog.relation(*index).and_then(|r| sizing.of(r.id, &r.qualified()).bytes);
        written = written.saturating_add(measured.unwrap_or_else(|| entries.saturating_mul(ENTRY_BYTES)));
        duration += at(entries, INDEXED);
    }
    let replay = at(written, REPLAYED);
    Estimate { work: Work::Rewrite, relation: table.name.clone(), rows, bytes, duration, replay }
}

fn index_build(table: &RelationRef, passes: u64, sizing: Sizing<'_>) -> Estimate {
    let (rows, bytes) = size(table, sizing);
    let entries = rows.unwrap_or_default();
    let duration = at(bytes.saturating_mul(passes), READ) + at(entries, INDEXED);
    let replay = at(entries.saturating_mul(ENTRY_BYTES), REPLAYED);
    Estimate { work: Work::IndexBuild, relation: table.name.clone(), rows, bytes, duration, replay }
}

/// The estimate for a change of all rows of a table.
pub(crate) fn change(table: &RelationRef, sizing: Sizing<'_>) -> Estimate {
    let (rows, bytes) = size(table, sizing);
    let duration = at(rows.unwrap_or_default(), CHANGED);
    Estimate { work: Work::Change, relation: table.name.clone(), rows, bytes, duration, replay: duration }
}

/// How often the table is read for the index that an operation builds, if it builds one.
fn builds_index(operation: &Operation) -> Option<u64> {
    match operation {
        Operation::CreateIndex(index) => Some(if index.concurrently { 2 } else { 1 }),
        Operation::Reindex { concurrently, .. } => Some(if *concurrently { 2 } else { 1 }),
        Operation::AlterTable(alter) => match &alter.action {
            TableAction::AddConstraint(constraint) => match &constraint.kind {
                ConstraintKind::Unique(unique) => unique.using_index.is_none().then_some(1),
                ConstraintKind::Exclude(_) => Some(1),
                _ => None,
            },
            _ => None,
        },
        _ => None,
    }
}

fn at(amount: u64, a_second: u64) -> Duration {
    Duration::from_millis(amount.saturating_mul(1000) / a_second)
}

/// The same work on the same table, once.
fn merge(found: Vec<Estimate>) -> Vec<Estimate> {
    let mut merged: Vec<Estimate> = Vec::new();
    for estimate in found {
        match merged.iter_mut().find(|e| e.work == estimate.work && e.relation == estimate.relation) {
            Some(known) => {
                known.duration += estimate.duration;
                known.replay += estimate.replay;
            }
            None => merged.push(estimate),
        }
    }
    merged
}

/// `40 s`, `3 min`, `2 h`.
pub(crate) fn about(duration: Duration) -> String {
    match duration.as_secs() {
        0 => "a second".to_owned(),
        seconds @ 1..120 => format!("{seconds} s"),
        seconds @ 120..7200 => format!("{} min", seconds / 60),
        seconds => format!("{} h", seconds / 3600),
    }
}

/// `12,000,000`
pub(crate) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

fn of_bytes(bytes: u64) -> String {
    const UNITS: [(u64, &str); 3] = [(1_000_000_000, "GB"), (1_000_000, "MB"), (1000, "kB")];
    match UNITS.iter().find(|(unit, _)| bytes >= 10 * unit) {
        Some((unit, name)) => format!("{} {name}", bytes / unit),
        None => format!("{bytes} bytes"),
    }
}
