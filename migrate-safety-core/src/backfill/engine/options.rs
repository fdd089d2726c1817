//! How a run behaves.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

/// How a run behaves. None of it is part of the definition: the next run may have others.
#[derive(Clone)]
pub struct Options {
    /// The time a batch should take while nobody else writes the table.
    pub target_time: Duration,
    /// How long a row may be kept from other writers. While there are any, batches are as short as this demands, and a
    /// batch waits no longer than half of it for a row of theirs.
    pub max_lock_wait: Duration,
    /// The fewest and the most rows of a batch; the most are 10,000.
    pub rows: (u32, u32),
    /// How many rows the first batch covers.
    pub first_rows: u32,
    /// The pause behind a batch, as a part of the time for which it kept its rows.
    pub pause: f64,
    /// How far a replica may be behind; `None`: however far.
    pub max_lag: Option<Duration>,
    /// How far replicas are behind, where the server does not know it (MySQL, MariaDB): told by whoever watches them.
    /// `Duration::MAX`: one of them does not replicate.
    pub lag: Option<Arc<dyn Fn() -> Duration + Send + Sync>>,
    /// Which replica does not replicate, and why, if one does not: told by whoever watches them.
    pub broken: Option<Arc<dyn Fn() -> Option<String> + Send + Sync>>,
    /// `statement_timeout` of a batch.
    pub statement_timeout: Duration,
    /// Whether the commit of a batch waits until it is on disk, its rows locked meanwhile. Rows and progress are in one
    /// transaction: without waiting, a crash of the server undoes the last moments of both, and they are done again. That
    /// all is verified is told only when it is on disk.
    pub synchronous_commit: bool,
    /// After how long without a sign of life others take over a range of keys.
    pub lease: Duration,
    /// For how long a batch is tried again that fails for reasons that may pass.
    pub retry_for: Duration,
    /// How many rows that do not fit are recorded and skipped; the next one stops the run.
    pub max_rejects: u64,
    /// How often the table is gone through in one run, the first time included, until nothing is left to do.
    pub max_passes: u32,
    /// Begins anew, whatever was done under this name.
    pub restart: bool,
    /// The schema of the backfill's own tables.
    pub schema: String,
    /// The caller's own brake, asked before each batch.
    pub signal: Option<Arc<dyn Fn() -> Signal + Send + Sync>>,
}

/// What the caller's own brake says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Signal {
    /// Go on.
    Go,
    /// Wait, and ask again.
    Wait,
    /// End the run; the next one goes on from there.
    Stop,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            target_time: Duration::from_millis(200),
            max_lock_wait: Duration::from_millis(50),
            rows: (100, super::super::MAX_BATCH_ROWS),
            first_rows: 1_000,
            pause: 0.1,
            max_lag: Some(Duration::from_secs(5)),
            lag: None,
            broken: None,
            statement_timeout: Duration::from_secs(10),
            synchronous_commit: false,
            lease: Duration::from_secs(30),
            retry_for: Duration::from_secs(600),
            max_rejects: 1_000,
            max_passes: 5,
            restart: false,
            schema: "public".to_owned(),
            signal: None,
        }
    }
}

impl Options {
    /// That a replica is further behind than it may be, or replicates nothing, as far as the caller tells.
    pub(super) fn is_behind(&self) -> Option<String> {
        let (lag, most) = self.lag.as_ref().zip(self.max_lag)?;
        (lag() > most).then(|| {
            let broken = self.broken.as_ref().and_then(|broken| broken());
            broken.unwrap_or_else(|| "a replica is behind".to_owned())
        })
    }

    pub(super) fn ask(&self) -> Signal {
        self.signal.as_ref().map_or(Signal::Go, |signal| signal())
    }
}

impl fmt::Debug for Options {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Options")
            .field("target_time", &self.target_time)
            .field("rows", &self.rows)
            .field("max_lag", &self.max_lag)
            .field("lease", &self.lease)
            .finish_non_exhaustive()
    }
}
