//! The backfill's own tables on MySQL, MariaDB and SQLite, and the statements about them.

use super::super::control::{Control, State};
use super::super::error::Failure;
use crate::backfill::databases::words::Words;
use crate::dialect::Dialect;
use serde::Deserialize;
use std::time::Duration;

/// A row per backfill.
pub(super) const JOBS: &str = "migrate_safety_backfills";

/// A row per row that does not fit.
const REJECTS: &str = "migrate_safety_backfill_rejects";

/// The statements about one backfill.
pub(super) struct Store {
    words: &'static Words,
    /// The condition on its row.
    is_it: String,
    name: String,
}

/// A backfill.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Job {
    pub(super) definition: String,
    pub(super) state: String,
    pub(super) pass: u32,
    /// Up to which key it has come in this pass, and where the pass ends: arrays of literals in JSON.
    #[serde(deserialize_with = "key")]
    pub(super) cursor: Option<Vec<String>>,
    #[serde(deserialize_with = "key")]
    pub(super) last_key: Option<Vec<String>>,
    pub(super) visited: u64,
    /// Rows changed in this pass.
    pub(super) pass_changed: u64,
    pub(super) rejected: u64,
    pub(super) batch_size: u32,
    pub(super) estimated_rows: Option<u64>,
    pub(super) fence: u64,
    pub(super) error: Option<String>,
}

impl Job {
    /// Whether all keys of the pass are done.
    pub(super) fn is_exhausted(&self) -> bool {
        self.last_key.is_none() || self.cursor == self.last_key
    }
}

/// An array in JSON, which is kept as text.
fn key<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<Vec<String>>, D::Error> {
    let text: Option<String> = Option::deserialize(deserializer)?;
    text.map(|text| serde_json::from_str(&text)).transpose().map_err(serde::de::Error::custom)
}

/// A key as it is recorded of a row that does not fit.
fn shortened(key: &str) -> String {
    const LONGEST: usize = 480;

    if key.chars().count() <= LONGEST {
        return key.to_owned();
    }
    let start: String = key.chars().take(LONGEST).collect();
    format!("{start}… {} bytes", key.len())
}

fn json(key: &[String]) -> String {
    serde_json::Value::from(key.to_vec()).to_string()
}

const ACTIVE: &str = "state IN ('running', 'verifying')";

impl Store {
    pub(super) fn new(words: &'static Words, name: &str) -> Self {
        let name = (words.literal)(name);
        Self { words, is_it: format!("name = {name}"), name }
    }

    fn key(&self, key: Option<&[String]>) -> String {
        key.map_or_else(|| "NULL".to_owned(), |key| (self.words.literal)(&json(key)))
    }

    /// Makes the tables that are not there.
    pub(super) fn create(&self) -> String {
        let Words { types: [name, key, text, number, time], options, .. } = self.words;
        format!(
            "CREATE TABLE IF NOT EXISTS {JOBS} (
    name {name} NOT NULL PRIMARY KEY,
    table_name {text} NOT NULL,
    definition {text} NOT NULL,
    state {name} NOT NULL,
    pass {number} NOT NULL DEFAULT 1,
    cursor_key {text},
    last_key {text},
    estimated_rows {number},
    visited {number} NOT NULL DEFAULT 0,
    pass_changed {number} NOT NULL DEFAULT 0,
    changed {number} NOT NULL DEFAULT 0,
    rejected {number} NOT NULL DEFAULT 0,
    batch_size {number} NOT NULL DEFAULT 0,
    owner {text},
    fence {number} NOT NULL DEFAULT 0,
    lease_until {time} NOT NULL DEFAULT 0,
    error {text},
    started_at {name} NOT NULL,
    updated_at {name} NOT NULL){options};
CREATE TABLE IF NOT EXISTS {REJECTS} (
    name {name} NOT NULL,
    row_key {key} NOT NULL,
    pass {number} NOT NULL,
    error_code {name} NOT NULL,
    message {text} NOT NULL,
    rejected_at {name} NOT NULL,
    PRIMARY KEY (name, row_key)){options}"
        )
    }

    /// Removes what an earlier run has left.
    pub(super) fn forget(&self) -> String {
        format!("DELETE FROM {JOBS} WHERE {0}; DELETE FROM {REJECTS} WHERE {0}", self.is_it)
    }

    /// Begins the backfill, unless it was begun.
    pub(super) fn insert(
        &self,
        table: &str,
        definition: &str,
        last: Option<&[String]>,
        estimate: Option<u64>,
    ) -> String {
        let Words { insert_new, literal, stamp, .. } = self.words;
        let estimate = estimate.map_or_else(|| "NULL".to_owned(), |rows| rows.to_string());
        format!(
            "{insert_new} {JOBS} (name, table_name, definition, state, last_key, estimated_rows, started_at, updated_at) \
             VALUES ({}, {}, {}, 'running', {}, {estimate}, {stamp}, {stamp})",
            self.name,
            literal(table),
            literal(definition),
            self.key(last),
        )
    }

    /// Gives the row, as JSON.
    pub(super) fn job(&self) -> String {
        let columns = [
            ("definition", "definition"),
            ("state", "state"),
            ("pass", "pass"),
            ("cursor", "cursor_key"),
            ("last_key", "last_key"),
            ("visited", "visited"),
            ("pass_changed", "pass_changed"),
            ("rejected", "rejected"),
            ("batch_size", "batch_size"),
            ("estimated_rows", "estimated_rows"),
            ("fence", "fence"),
            ("error", "error"),
        ];
        let pairs: Vec<String> = columns.iter().map(|(name, column)| format!("'{name}', {column}")).collect();
        format!("SELECT {}({}) AS answer FROM {JOBS} WHERE {}", self.words.object, pairs.join(", "), self.is_it)
    }

    /// Takes it, if nobody has it.
    pub(super) fn take(&self, owner: &str, lease: Duration) -> String {
        let now = self.words.now;
        format!(
            "UPDATE {JOBS} SET owner = {}, fence = fence + 1, lease_until = {now} + {}, updated_at = {} WHERE {} AND \
             {ACTIVE} AND lease_until < {now}",
            (self.words.literal)(owner),
            lease.as_secs_f64(),
            self.words.stamp,
            self.is_it,
        )
    }

    /// Leaves it to whoever comes next.
    pub(super) fn release(&self, fence: u64) -> String {
        format!("UPDATE {JOBS} SET lease_until = 0 WHERE {} AND fence = {fence}", self.is_it)
    }

    /// Whether it is still this worker's, with its cursor where the batch begins.
    fn held(&self, job: &Job) -> String {
        let same = (self.words.same)("cursor_key", &self.key(job.cursor.as_deref()));
        format!("{} AND fence = {} AND pass = {} AND {ACTIVE} AND {same}", self.is_it, job.fence, job.pass)
    }

    /// The same, as a condition on another table's rows.
    pub(super) fn is_held(&self, job: &Job) -> String {
        format!("EXISTS (SELECT 1 FROM {JOBS} WHERE {})", self.held(job))
    }

    /// A batch and its progress, in one transaction: nothing is done unless the backfill is held.
    pub(super) fn batch(
        &self,
        job: &Job,
        write: &str,
        upto: &[String],
        visited: u64,
        size: u32,
        lease: Duration,
    ) -> String {
        let Words { begin, lock_row, changed, now, stamp, .. } = self.words;
        format!(
            "{begin}; {}; {write}; UPDATE {JOBS} SET pass_changed = pass_changed + {changed}, visited = visited + \
             {visited}, cursor_key = {}, batch_size = {size}, lease_until = {now} + {}, updated_at = {stamp} WHERE {}; COMMIT",
            lock_row(JOBS, &self.is_it),
            self.key(Some(upto)),
            lease.as_secs_f64(),
            self.held(job),
        )
    }

    /// Records a row that does not fit, and goes behind it.
    pub(super) fn reject(&self, job: &Job, key: &[String], failure: &Failure) -> String {
        let Words { begin, lock_row, replace, literal, stamp, .. } = self.words;
        let row = literal(&shortened(&key.join(", ")));
        format!(
            "{begin}; {}; {replace} {REJECTS} (name, row_key, pass, error_code, message, rejected_at) SELECT {}, {row}, {}, {}, \
             {}, {stamp} FROM {JOBS} WHERE {held}; UPDATE {JOBS} SET cursor_key = {}, visited = visited + 1, rejected = \
             (SELECT count(*) FROM {REJECTS} WHERE {} AND pass = {pass}), updated_at = {stamp} WHERE {held}; COMMIT",
            lock_row(JOBS, &self.is_it),
            self.name,
            job.pass,
            literal(&failure.sqlstate),
            literal(&failure.message),
            self.key(Some(key)),
            self.is_it,
            pass = job.pass,
            held = self.held(job),
        )
    }

    /// From the start again, up to the last key of now.
    pub(super) fn begin_pass(&self, fence: u64, pass: u32, last: Option<&[String]>) -> String {
        format!(
            "UPDATE {JOBS} SET state = 'verifying', pass = {pass}, changed = changed + pass_changed, pass_changed = 0, \
             visited = 0, rejected = 0, cursor_key = NULL, last_key = {}, updated_at = {} WHERE {} AND fence = {fence} AND {ACTIVE}",
            self.key(last),
            self.words.stamp,
            self.is_it,
        )
    }

    /// A whole pass has found nothing to do. Rows that did not fit in an earlier pass, and do now, are forgotten.
    pub(super) fn verified(&self, fence: u64, pass: u32) -> String {
        let Words { begin, stamp, .. } = self.words;
        format!(
            "{begin}; DELETE FROM {REJECTS} WHERE {0} AND pass <> {pass}; UPDATE {JOBS} SET state = 'verified', rejected = \
             (SELECT count(*) FROM {REJECTS} WHERE {0}), error = NULL, lease_until = 0, updated_at = {stamp} WHERE {0} AND \
             fence = {fence} AND {ACTIVE}; COMMIT",
            self.is_it,
        )
    }

    pub(super) fn fail(&self, reason: &str) -> String {
        format!(
            "UPDATE {JOBS} SET state = 'failed', error = {}, lease_until = 0, updated_at = {} WHERE {} AND {ACTIVE}",
            (self.words.literal)(reason),
            self.words.stamp,
            self.is_it,
        )
    }

    /// What has failed goes on.
    pub(super) fn revive(&self) -> String {
        format!(
            "UPDATE {JOBS} SET state = CASE WHEN pass = 1 THEN 'running' ELSE 'verifying' END, error = NULL, updated_at = {} \
             WHERE {} AND state = 'failed'",
            self.words.stamp, self.is_it,
        )
    }
}

/// Gives, as `answer`, the status of a backfill on such a server, as JSON for [`Status`](super::super::Status); no row if
/// there is none of this name. Nothing, if this build lacks the dialect.
pub fn status_on(dialect: Dialect, name: &str) -> Option<String> {
    let words = Words::of(dialect)?;
    let store = Store::new(words, name);
    let alive = format!("CASE WHEN lease_until > {} THEN 1 ELSE 0 END", words.now);
    let columns = [
        ("name", "name"),
        ("table", "table_name"),
        ("definition", "definition"),
        ("state", "state"),
        ("workers", &alive),
        ("pass", "pass"),
        ("visited", "visited"),
        ("changed", "changed + pass_changed"),
        ("rejected", "rejected"),
        ("mismatched", "0"),
        ("estimated", "estimated_rows"),
        ("rows_per_second", "NULL"),
        ("error", "error"),
        ("started_at", "started_at"),
        ("updated_at", "updated_at"),
    ];
    let pairs: Vec<String> = columns.iter().map(|(name, column)| format!("'{name}', {column}")).collect();
    Some(format!("SELECT {}({}) AS answer FROM {JOBS} WHERE {}", words.object, pairs.join(", "), store.is_it))
}

/// Tells a backfill on such a server; changes no row if there is none of this name or it has come to an end before.
/// Nothing, if this build lacks the dialect.
pub fn control_on(dialect: Dialect, name: &str, control: Control) -> Option<String> {
    let words = Words::of(dialect)?;
    let store = Store::new(words, name);
    let (state, from) = match control {
        Control::Pause => ("'paused'", &[State::Running, State::Verifying][..]),
        Control::Resume => (
            "CASE WHEN pass = 1 THEN 'running' ELSE 'verifying' END",
            &[State::Paused, State::Failed, State::Cancelled][..],
        ),
        Control::Cancel => ("'cancelled'", &[State::Running, State::Verifying, State::Paused, State::Failed][..]),
    };
    let from: Vec<String> = from.iter().map(|state| format!("'{state}'")).collect();
    Some(format!(
        "UPDATE {JOBS} SET state = {state}, error = NULL, updated_at = {} WHERE {} AND state IN ({})",
        words.stamp,
        store.is_it,
        from.join(", ")
    ))
}
