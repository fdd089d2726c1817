//! How large tables are, as far as anybody knows.

use crate::catalog::RelationId;
use crate::config::Config;
use crate::effects::RelationRef;
use std::collections::BTreeMap;

/// The size of a table or an index.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Size {
    /// Rows, as estimated by the planner or told in the settings.
    pub rows: Option<u64>,
    /// Bytes on disk.
    pub bytes: Option<u64>,
}

/// Sizes from the settings, and from a live database. What the settings say of the rows of a table counts more.
#[derive(Clone, Copy, Debug)]
pub struct Sizing<'a> {
    config: &'a Config,
    measured: Option<&'a BTreeMap<RelationId, Size>>,
}

impl<'a> Sizing<'a> {
    pub(crate) fn new(config: &'a Config, measured: Option<&'a BTreeMap<RelationId, Size>>) -> Self {
        Self { config, measured }
    }

    /// What is known of a table or an index.
    pub fn of(&self, id: RelationId, qualified: &str) -> Size {
        let measured = self.measured.and_then(|sizes| sizes.get(&id)).copied().unwrap_or_default();
        match self.config.table_rows.get(qualified) {
            // The bytes are those of the present rows.
            Some(rows) if measured.rows != Some(*rows) => Size { rows: Some(*rows), bytes: None },
            _ => measured,
        }
    }

    /// The rows of a relation that an effect names.
    pub fn rows(&self, relation: &RelationRef) -> Option<u64> {
        self.of(relation.id, &relation.name).rows
    }

    /// Whether a table is known to have few rows.
    pub fn is_small(&self, id: RelationId, qualified: &str) -> bool {
        self.of(id, qualified).rows.is_some_and(|rows| rows <= self.config.small_table_rows)
    }

    /// Whether a table is known to have many rows.
    pub fn is_large(&self, relation: &RelationRef) -> bool {
        self.rows(relation).is_some_and(|rows| rows > self.config.small_table_rows)
    }
}
