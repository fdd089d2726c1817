//! How long a step takes, and how one knows.

use super::words::listed;
use crate::plan::{Plan, Step, StepKind};
use std::collections::BTreeSet;

/// How long a step takes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Estimate {
    /// By people.
    Theirs,
    /// As long as any change of the catalog.
    Moment,
    /// So many seconds.
    Seconds(u64),
    /// The number of rows of these tables is not known.
    Unknown(Vec<String>),
}

/// What is done with a row, and how many a second, on the slow side.
///
/// Measured on PostgreSQL 16 with two million rows of 170 bytes, on a machine of two cores that was busy with other
/// things: `VALIDATE CONSTRAINT` read 1,100,000 rows a second, `CREATE INDEX CONCURRENTLY` on a text indexed 78,000, a
/// rewrite wrote 41,000, batches of 10,000 updated 6,700.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Pace {
    Read,
    Index,
    Rewrite,
    Batch,
}

impl Pace {
    fn rows_per_second(self) -> u64 {
        match self {
            Self::Read => 1_000_000,
            Self::Index => 75_000,
            Self::Rewrite => 40_000,
            Self::Batch => 6_000,
        }
    }
}

/// How the figures come about, for the runbook.
pub(super) const HOW: &str = "Estimated from the number of rows, at 1,000,000 rows read, 75,000 indexed, 40,000 \
    rewritten and 6,000 updated in batches a second: measured with narrow rows on a busy machine of two cores. Wide \
    rows, cold caches, triggers and indexes on what is updated make it slower; replace the figures by those of a run on \
    a copy of the database.";

impl Plan {
    /// How long a step takes.
    pub(super) fn estimate(&self, step: &Step) -> Estimate {
        if step.kind == StepKind::Application {
            return Estimate::Theirs;
        }
        let batched = step.backfill.as_ref().map(|prepared| {
            let table = prepared.table();
            table.schema.as_ref().map_or_else(|| table.name.to_string(), |schema| format!("{schema}.{}", table.name))
        });
        let work = &step.work;
        let parts: Vec<(&String, Pace)> = match &batched {
            Some(table) => vec![(table, Pace::Batch)],
            None => [(&work.scans, Pace::Read), (&work.indexed, Pace::Index), (&work.rewrites, Pace::Rewrite)]
                .into_iter()
                .flat_map(|(tables, pace)| tables.iter().map(move |table| (table, pace)))
                .collect(),
        };
        if parts.is_empty() {
            return if work.is_momentary() {
                Estimate::Moment
            } else {
                Estimate::Unknown(work.rebuilds_indexes.clone())
            };
        }
        let unknown: BTreeSet<&String> =
            parts.iter().map(|(table, _)| *table).filter(|table| !self.table_rows.contains_key(*table)).collect();
        if !unknown.is_empty() {
            return Estimate::Unknown(unknown.into_iter().cloned().collect());
        }
        let seconds = parts.iter().map(|(table, pace)| {
            let rows = self.table_rows.get(*table).copied().unwrap_or_default();
            rows.div_ceil(pace.rows_per_second())
        });
        Estimate::Seconds(seconds.fold(0, u64::saturating_add))
    }
}

impl std::fmt::Display for Estimate {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Theirs => f.write_str("–"),
            Self::Moment => f.write_str("under a second, once it has its locks"),
            Self::Seconds(..60) => f.write_str("under a minute"),
            Self::Seconds(seconds @ ..7200) => write!(f, "about {} min", seconds.div_ceil(60)),
            Self::Seconds(seconds) => write!(f, "about {} h", seconds.div_ceil(3600)),
            Self::Unknown(tables) => write!(f, "unknown, like the size of {}", listed(tables)),
        }
    }
}
