//! Rows of the backfill's own tables, as they come from the server.

use serde::Deserialize;

/// The values of a key, as text.
pub(super) type KeyValues = Vec<String>;

/// A backfill.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct JobRow {
    pub(super) definition: String,
    pub(super) schema_version: String,
    pub(super) state: String,
    pub(super) pass: u32,
    /// Up to which key ranges have been handed out; absent before the first.
    pub(super) frontier: Option<KeyValues>,
    /// Where the pass ends; absent for an empty table.
    pub(super) last_key: Option<KeyValues>,
    /// Whether transactions are open that are older than the backfill. What they write is not seen before they end, and
    /// they may have begun before the application wrote both columns.
    pub(super) awaits_others: bool,
    pub(super) estimated_rows: Option<u64>,
    pub(super) error: Option<String>,
}

impl JobRow {
    /// Whether all keys of the pass have been handed out.
    pub(super) fn is_exhausted(&self) -> bool {
        self.last_key.is_none() || self.frontier == self.last_key
    }
}

/// A range of keys: those behind `cursor` up to `upper` are left to do.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct RangeRow {
    pub(super) pass: u32,
    pub(super) number: u32,
    pub(super) cursor: Option<KeyValues>,
    pub(super) upper: KeyValues,
    pub(super) batch_size: u32,
    pub(super) fence: u64,
}

impl RangeRow {
    /// What tells it from others, and from the same in other hands.
    pub(super) fn identity(&self) -> (u32, u32, u64) {
        (self.pass, self.number, self.fence)
    }
}

/// What the ranges of a pass add up to.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
pub(super) struct Totals {
    pub(super) visited: u64,
    pub(super) changed: u64,
    pub(super) rejected: u64,
    pub(super) mismatched: u64,
    /// Ranges that are not done.
    pub(super) open: u64,
}

/// Where a batch ends.
#[derive(Clone, Debug, Default, Deserialize)]
pub(super) struct Bound {
    /// Its last key; absent if fewer rows are left than it may have.
    pub(super) bound: Option<KeyValues>,
    /// How many rows are left, in that case.
    pub(super) rest: Option<u64>,
}

/// What a batch finds when it begins.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Held {
    /// Whether the range is still this worker's, and where it left it.
    pub(super) held: bool,
    pub(super) state: String,
}

/// What came of a batch that was done in one go.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct AtOnce {
    /// Whether the cursor was moved.
    pub(super) moved: bool,
    pub(super) state: String,
    pub(super) changed: u64,
    pub(super) mismatched: u64,
    /// Whether others write the table, or wait for this transaction; absent if nobody looked.
    pub(super) others: Option<bool>,
    /// How long the server worked.
    pub(super) seconds: f64,
}

/// What the end of a batch has seen.
#[derive(Clone, Copy, Debug, Deserialize)]
pub(super) struct ProgressRow {
    /// Whether others write the table, or wait for this transaction; absent if nobody looked.
    pub(super) others: Option<bool>,
}

/// Rows of a range compared with what they should hold.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
pub(super) struct Compared {
    pub(super) mismatched: u64,
    /// Of the keys of rows that do not match.
    pub(super) checksum: i64,
}
