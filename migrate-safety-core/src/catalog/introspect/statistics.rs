//! Sizes and use of a live server.

use super::build::Builder;
use super::rows::{HealthRow, IndexStatisticsRow, ReplicaRow, TableStatisticsRow};
use crate::catalog::RelationId;
use std::collections::BTreeMap;
use std::time::Duration;

/// What a server knows of its tables, indexes and replicas. Counters of what happened count since their last reset.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Statistics {
    /// Of tables and materialised views.
    pub tables: BTreeMap<RelationId, TableStatistics>,
    /// Of indexes.
    pub indexes: BTreeMap<RelationId, IndexStatistics>,
    /// For how long the counters have been counting.
    pub counted: Duration,
    /// The age of the oldest open transaction of this database that the role may see.
    pub oldest_transaction: Option<Duration>,
    /// Whether it is a standby itself.
    pub standby: bool,
    /// Its replicas, if the role may see them.
    pub replicas: Vec<Replica>,
}

/// Size and use of a table.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TableStatistics {
    /// Estimated rows: the planner's number, or the counted one where that is higher. Absent where the table was never
    /// analysed and nothing was counted.
    pub rows: Option<u64>,
    /// Bytes, those of its TOAST table included.
    pub bytes: u64,
    /// Dead rows.
    pub dead_rows: u64,
    /// Rows inserted, updated or deleted.
    pub writes: u64,
}

/// Size and use of an index.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct IndexStatistics {
    /// Bytes.
    pub bytes: u64,
    /// How often it was scanned (`idx_scan`).
    pub scans: u64,
}

/// A replica.
#[derive(Clone, Debug, PartialEq)]
pub struct Replica {
    /// Its `application_name`.
    pub name: String,
    /// `streaming` …
    pub state: Option<String>,
    /// How far behind it is, as far as it is known.
    pub lag: Option<Duration>,
    /// How many bytes of WAL it has not replayed.
    pub lag_bytes: Option<u64>,
}

impl Statistics {
    /// Rows written per second to a table, on average since the counters began.
    pub fn writes_per_second(&self, table: RelationId) -> Option<f64> {
        let seconds = self.counted.as_secs_f64();
        let writes = self.tables.get(&table)?.writes;
        (seconds > 0.0).then(|| writes as f64 / seconds)
    }

    pub(super) fn add_tables(&mut self, builder: &Builder, rows: Vec<TableStatisticsRow>) {
        for row in rows {
            let Some(id) = builder.relation_id(row.relation) else { continue };
            let rows = row.planned_rows.max(row.live_rows);
            let table = TableStatistics {
                rows: if row.analyzed || rows > 0 { Some(rows) } else { row.few() },
                bytes: row.bytes.unwrap_or_default(),
                dead_rows: row.dead_rows,
                writes: row.writes,
            };
            self.tables.insert(id, table);
        }
    }

    pub(super) fn add_indexes(&mut self, builder: &Builder, rows: Vec<IndexStatisticsRow>) {
        for row in rows {
            let Some(id) = builder.relation_id(row.relation) else { continue };
            self.indexes.insert(id, IndexStatistics { bytes: row.bytes.unwrap_or_default(), scans: row.scans });
        }
    }

    pub(super) fn add_health(&mut self, row: &HealthRow) {
        self.counted = seconds(row.counted_seconds);
        self.oldest_transaction = row.oldest_transaction_seconds.map(seconds);
        self.standby = row.standby;
    }

    pub(super) fn add_replicas(&mut self, rows: Vec<ReplicaRow>) {
        self.replicas = rows
            .into_iter()
            .map(|row| Replica {
                name: row.name,
                state: row.state,
                lag: row.lag_seconds.map(seconds),
                lag_bytes: row.lag_bytes.and_then(|bytes| u64::try_from(bytes).ok()),
            })
            .collect();
    }
}

fn seconds(seconds: f64) -> Duration {
    Duration::try_from_secs_f64(seconds.max(0.0)).unwrap_or_default()
}

impl TableStatisticsRow {
    /// The most rows that a table can have which was never analyzed and is too small to hold many: one that has just
    /// been made.
    fn few(&self) -> Option<u64> {
        /// The header of a row and the pointer to it.
        const LEAST_BYTES: u64 = 28;
        const FEW: u64 = 10_000;

        let most = self.bytes.filter(|_| self.weighed)? / LEAST_BYTES;
        (most <= FEW).then_some(most)
    }
}
