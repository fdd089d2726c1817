//! What a check takes for given besides the migrations, and its file, `migrate-safety.toml`.

mod baseline;
mod file;
mod nearest;

pub use file::{ConfigError, ConfigFile, FILE_NAME};
pub(crate) use nearest::nearest;

use crate::dialect::Target;
use crate::layout::Source;
use crate::rules::{Finding, Status};
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

/// Settings of a check.
#[derive(Clone, Debug)]
pub struct Config {
    /// The server the migrations are for.
    pub target: Target,
    /// The schema before the first migration, as SQL (`pg_dump --schema-only`); then nothing else exists.
    pub schema: Option<Source>,
    /// Rows of a table, by `schema.table`, where they are known.
    pub table_rows: BTreeMap<String, u64>,
    /// A table with at most this many rows is small: locks held while it is read or rewritten are short.
    pub small_table_rows: u64,
    /// What becomes of the findings of a rule, by its id.
    pub rules: BTreeMap<String, Level>,
    /// Migrations up to and with this version are replayed, not reported.
    pub start_after: Option<String>,
    /// Only these files are reported, the others replayed.
    pub only: Option<BTreeSet<PathBuf>>,
}

/// What becomes of a rule's findings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    /// They are left out.
    Allow,
    /// They are FLAGs.
    Flag,
    /// They are BLOCKs.
    Block,
}

impl Level {
    /// All of them, by the names they have in the file.
    pub const NAMES: [(&str, Self); 3] = [("allow", Self::Allow), ("flag", Self::Flag), ("block", Self::Block)];

    /// The status it gives a finding; `None`: there is none.
    pub fn status(self) -> Option<Status> {
        match self {
            Self::Allow => None,
            Self::Flag => Some(Status::Flag),
            Self::Block => Some(Status::Block),
        }
    }
}

impl Config {
    /// Up to how many rows a table is small, unless told otherwise.
    pub const SMALL_TABLE_ROWS: u64 = 10_000;

    /// Gives the findings the status that the settings say, and leaves out what they allow.
    pub(crate) fn apply_levels(&self, findings: &mut Vec<Finding>) {
        findings.retain_mut(|finding| match self.rules.get(finding.rule) {
            None => true,
            Some(level) => level.status().map(|status| finding.status = status).is_some(),
        });
    }
}

impl Default for Config {
    /// PostgreSQL 16, no schema, no known sizes; up to 10,000 rows are small; everything is reported.
    fn default() -> Self {
        Self {
            target: Target::default(),
            schema: None,
            table_rows: BTreeMap::new(),
            small_table_rows: Self::SMALL_TABLE_ROWS,
            rules: BTreeMap::new(),
            start_after: None,
            only: None,
        }
    }
}
