//! What a check takes for given besides the migrations.

use crate::dialect::Target;
use crate::layout::Source;
use std::collections::BTreeMap;

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
}

impl Default for Config {
    /// PostgreSQL 16, no schema, no known sizes; up to 10,000 rows are small.
    fn default() -> Self {
        Self { target: Target::default(), schema: None, table_rows: BTreeMap::new(), small_table_rows: 10_000 }
    }
}
