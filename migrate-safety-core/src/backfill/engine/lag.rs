//! How far replicas are behind.

use serde::Deserialize;
use std::collections::VecDeque;
use std::time::Duration;

/// Where the server and its slowest replica are, in bytes of WAL; and the lag that the server has measured.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
pub(super) struct Replicas {
    /// Where the server writes.
    pub(super) written: Option<u64>,
    /// What the slowest has replayed; absent where the role may not see it.
    pub(super) replayed: Option<u64>,
    /// `replay_lag`, in seconds.
    pub(super) seconds: Option<f64>,
}

/// The question, its answer a row of JSON.
pub(super) const REPLICAS: &str = "SELECT json_build_object(
    'written', CASE WHEN count(*) > 0 THEN pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0')::bigint END,
    'replayed', CASE WHEN bool_and(replay_lsn IS NOT NULL) THEN pg_wal_lsn_diff(min(replay_lsn), '0/0')::bigint END,
    'seconds', extract(epoch FROM max(replay_lag))::float8)::text AS answer
FROM pg_stat_replication WHERE state IN ('streaming', 'catchup')";

/// What was written and replayed when. The server's own figure stands still while a replica replays nothing, and says
/// nothing of what is still on its way; this one does.
#[derive(Clone, Debug, Default)]
pub(super) struct LagMeter {
    /// What is not replayed yet.
    written: VecDeque<(Duration, u64)>,
    /// Up to where, over the last seconds.
    replayed: VecDeque<(Duration, u64)>,
}

/// How many points in time are kept.
const KEPT: usize = 1_000;

/// Over what time the speed of a replica is measured, at least and at most.
const WINDOW: (Duration, Duration) = (Duration::from_millis(300), Duration::from_secs(3));

impl LagMeter {
    /// The lag of the slowest replica, or how long it will take to replay what is written; absent where it cannot be
    /// seen.
    pub(super) fn measure(&mut self, replicas: Replicas, now: Duration) -> Option<Duration> {
        let (written, replayed) = (replicas.written?, replicas.replayed?);
        if self.written.len() == KEPT {
            // The oldest stays: what it says about the lag is true for as long as it is not replayed.
            self.written.remove(1);
        }
        self.written.push_back((now, written));
        while self.written.front().is_some_and(|(_, lsn)| *lsn <= replayed) {
            self.written.pop_front();
        }
        self.replayed.push_back((now, replayed));
        while self.replayed.front().is_some_and(|(then, _)| now.saturating_sub(*then) > WINDOW.1) {
            self.replayed.pop_front();
        }
        // Who has replayed everything is not behind, whatever the last figure was.
        if replayed >= written {
            self.replayed.clear();
            return Some(Duration::ZERO);
        }
        let oldest = self.written.front().map_or(Duration::ZERO, |(then, _)| now.saturating_sub(*then));
        let told = replicas.seconds.and_then(|s| Duration::try_from_secs_f64(s).ok()).unwrap_or_default();
        let to_come =
            self.speed().and_then(|speed| Duration::try_from_secs_f64((written - replayed) as f64 / speed).ok());
        Some(oldest.max(told).max(to_come.unwrap_or_default()))
    }

    /// Bytes replayed per second while there was something to replay.
    fn speed(&self) -> Option<f64> {
        let ((from, before), (to, after)) = (self.replayed.front()?, self.replayed.back()?);
        let time = to.saturating_sub(*from);
        (time >= WINDOW.0 && after > before).then(|| (after - before) as f64 / time.as_secs_f64())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_replica_that_stands_still_falls_behind() {
        let mut meter = LagMeter::default();
        let mut at = |second: u64, written, replayed| {
            let replicas = Replicas { written: Some(written), replayed, seconds: Some(0.2) };
            meter.measure(replicas, Duration::from_secs(second))
        };
        assert_eq!(at(1, 100, Some(100)), Some(Duration::ZERO));
        assert_eq!(at(2, 200, Some(100)), Some(Duration::from_millis(200)));
        assert_eq!(at(5, 300, Some(100)), Some(Duration::from_secs(3)));
        assert_eq!(at(6, 320, Some(250)), Some(Duration::from_secs(1)));
        // At 100 a second, what is written takes longer than it is old.
        assert_eq!(at(7, 600, Some(300)), Some(Duration::from_secs(3)));
        assert_eq!(at(8, 400, None), None);
    }
}
