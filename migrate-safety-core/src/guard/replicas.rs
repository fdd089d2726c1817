//! How far replicas lag behind during a run.

use super::activity::ask;
use super::error::Reason;
use super::host::Failure;
use super::run::Runner;
use crate::retry::ErrorClass;
use serde::Deserialize;
use std::time::Duration;

/// How often replicas are looked at that have not caught up in the end.
const LOOK_EVERY: Duration = Duration::from_millis(100);

/// What has been seen of the replicas.
#[derive(Clone, Debug, Default)]
pub(super) struct Replicas {
    /// There are some.
    any: bool,
    /// Up to where the server had written when, as far as the slowest replica has not replayed it.
    written: Vec<(Duration, u64)>,
    /// The longest lag.
    pub(super) worst: Option<Duration>,
}

/// The server and its slowest replica, in bytes of the write-ahead log.
#[derive(Clone, Copy, Debug, Deserialize)]
struct Seen {
    replicas: u64,
    written: u64,
    /// None where this role may not see it.
    replayed: Option<u64>,
    /// `replay_lag`. It stands still while a replica replays nothing.
    seconds: Option<f64>,
}

const QUESTION: &str = "SELECT json_build_object('replicas', count(*),
    'written', pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0')::int8,
    'replayed', CASE WHEN bool_and(replay_lsn IS NOT NULL) THEN pg_wal_lsn_diff(min(replay_lsn), '0/0')::int8 END,
    'seconds', extract(epoch FROM max(replay_lag))::float8)::text
  FROM pg_catalog.pg_stat_replication WHERE coalesce(state, 'streaming') IN ('streaming', 'catchup')";

impl Replicas {
    /// Takes what is seen at a time; how far the slowest replica is behind.
    fn take(&mut self, seen: Seen, now: Duration) -> Option<Duration> {
        let replayed = seen.replayed?;
        if self.written.last().is_none_or(|(_, written)| *written < seen.written) {
            self.written.push((now, seen.written));
        }
        self.written.retain(|(_, written)| *written > replayed);
        let behind = self.written.first().map_or(Duration::ZERO, |(since, _)| now.saturating_sub(*since));
        let told = seen.seconds.and_then(|seconds| Duration::try_from_secs_f64(seconds.max(0.0)).ok());
        self.worst = self.worst.max(Some(behind)).max(told);
        Some(behind)
    }
}

impl Runner<'_> {
    /// Looks for the first time.
    pub(super) async fn find_replicas(&mut self) -> Result<(), Reason> {
        let seen = self.see_replicas().await.map_err(Reason::server("looking at the replicas"))?;
        self.replicas.any = seen.is_some_and(|seen| seen.replicas > 0);
        if seen.is_some_and(|seen| seen.replicas > 0 && seen.replayed.is_none()) {
            let note = "how far the replicas lag behind is not to be seen by this role: grant it pg_monitor";
            self.report.notes.push(note.to_owned());
            self.replicas.any = false;
        }
        Ok(())
    }

    /// Looks after something that took long. A connection that is gone is noticed by what comes next.
    pub(super) async fn look_at_replicas(&mut self) {
        if self.replicas.any {
            // What was done is done, whatever comes of this.
            let _ = self.see_replicas().await;
        }
    }

    /// Looks until the replicas have replayed all of the run, or are known to lag behind for longer than the threshold.
    pub(super) async fn wait_for_replicas(&mut self) -> Result<(), Reason> {
        let mut end = None;
        while self.replicas.any {
            let seen = match self.see_replicas().await {
                Err(failure) if failure.class() == ErrorClass::Disconnected => {
                    return Err(Reason::Connection(failure.to_string()));
                }
                Err(failure) => {
                    self.report.notes.push(format!("looking at the replicas failed: {failure}"));
                    break;
                }
                Ok(seen) => seen,
            };
            // Those that are gone are not waited for.
            let Some(Seen { written, replayed: Some(replayed), .. }) = seen else { break };
            let late = self.replicas.worst.is_some_and(|worst| worst > self.settings.threshold);
            if late || replayed >= *end.get_or_insert(written) {
                break;
            }
            self.host.pause(LOOK_EVERY).await;
        }
        self.report.replica_lag = self.replicas.worst;
        Ok(())
    }

    async fn see_replicas(&mut self) -> Result<Option<Seen>, Failure> {
        let seen: Option<Seen> = ask(self.host, QUESTION).await?.into_iter().next();
        if let Some(seen) = seen {
            self.replicas.take(seen, self.host.now());
        }
        Ok(seen)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_replica_that_stands_still_is_behind_by_the_age_of_what_it_lacks() {
        let mut replicas = Replicas::default();
        let mut at = |seconds: u64, written: u64, replayed: Option<u64>, told: Option<f64>| {
            let seen = Seen { replicas: 1, written, replayed, seconds: told };
            replicas.take(seen, Duration::from_secs(seconds)).map(|lag| lag.as_secs())
        };
        assert_eq!(at(0, 10, Some(10), None), Some(0));
        assert_eq!(at(1, 20, Some(10), None), Some(0));
        assert_eq!(at(4, 30, Some(10), None), Some(3));
        assert_eq!(at(5, 30, Some(20), None), Some(1));
        // What somebody else writes meanwhile is behind as well.
        assert_eq!(at(6, 31, Some(30), Some(2.5)), Some(0));
        assert_eq!(at(7, 31, None, None), None);
        assert_eq!(at(7, 31, Some(31), None), Some(0));
        assert_eq!(replicas.worst, Some(Duration::from_secs(3)));
    }
}
