//! What a run tells.

use super::error::Failure;
use std::fmt;
use std::time::Duration;

/// Something that happened.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Event {
    /// The run begins or goes on; these are the warnings.
    Opened {
        /// What should be known.
        warnings: Vec<String>,
        /// Whether an earlier run has done a part.
        resumed: bool,
    },
    /// A batch was committed.
    Batch(Progress),
    /// A row does not fit and was skipped.
    Rejected(Reject),
    /// A batch failed and is tried again.
    Retrying {
        /// Why.
        failure: Failure,
        /// After which pause.
        pause: Duration,
    },
    /// The run waits.
    Waiting {
        /// For what.
        reason: String,
    },
    /// A pass over the table is over.
    PassOver {
        /// Which one.
        pass: u32,
        /// Rows it has changed.
        changed: u64,
    },
}

/// Where a backfill is. Rows are those of this pass, of all workers as far as they are known.
#[derive(Clone, Debug, PartialEq)]
pub struct Progress {
    /// 1: the backfill itself; later ones verify it and repair what they find.
    pub pass: u32,
    /// Rows gone through.
    pub visited: u64,
    /// Rows changed.
    pub changed: u64,
    /// Rows that do not fit.
    pub rejected: u64,
    /// Rows the table has, as the server estimates.
    pub estimated: Option<u64>,
    /// Rows this worker goes through per second.
    pub rows_per_second: f64,
    /// Rows of the last batch.
    pub batch_rows: u32,
    /// How long it took.
    pub batch_time: Duration,
    /// How far the slowest replica is behind, as far as known.
    pub lag: Option<Duration>,
}

/// A row that does not fit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reject {
    /// Its key.
    pub key: String,
    /// What the server said.
    pub failure: Failure,
}

/// How a run ended.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Outcome {
    /// Every row has its value: a whole pass has found no other.
    Verified {
        /// Passes it took.
        passes: u32,
        /// Rows that do not fit and were skipped. Only without any is the data ready for the next step.
        rejected: u64,
    },
    /// The caller stopped it.
    Stopped,
}

impl Progress {
    /// The share that is done, if the number of rows is known.
    pub fn share(&self) -> Option<f64> {
        let all = self.estimated.filter(|rows| *rows > 0)?;
        Some((self.visited as f64 / all as f64).min(1.0))
    }

    /// How long the pass still takes at the present speed, for this many workers.
    pub fn remaining(&self, workers: u32) -> Option<Duration> {
        let left = self.estimated?.saturating_sub(self.visited);
        let speed = self.rows_per_second * f64::from(workers.max(1));
        (speed > 0.0).then(|| Duration::try_from_secs_f64(left as f64 / speed).ok()).flatten()
    }
}

impl Outcome {
    /// Whether every row has its value, without exception.
    pub fn is_verified(&self) -> bool {
        matches!(self, Self::Verified { rejected: 0, .. })
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Verified { passes, rejected: 0 } => write!(f, "verified: every row has its value ({passes} passes)"),
            Self::Verified { rejected, .. } => write!(
                f,
                "done, but {rejected} rows do not fit and were skipped: they are in migrate_safety_backfill_rejects"
            ),
            Self::Stopped => f.write_str("stopped; the next run goes on from there"),
        }
    }
}
