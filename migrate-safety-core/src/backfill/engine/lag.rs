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

/// How far a replica is behind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Lag {
    pub(super) behind: Duration,
    /// How far it will be when as much has been written again as since the last look.
    pub(super) expected: Duration,
}

/// What was written and replayed when. The server's own figure stands still while a replica replays nothing, and says
/// nothing of what is still on its way; this one does.
#[derive(Clone, Debug)]
pub(super) struct LagMeter {
    /// What is not replayed yet.
    written: VecDeque<(Duration, u64)>,
    /// Up to where, over the last seconds, since the replica last had nothing to do.
    replayed: VecDeque<(Duration, u64)>,
    /// Bytes that it replays per second.
    speed: f64,
    /// When it was last believed more.
    trusted: Option<Duration>,
    /// Where the server was at the last look.
    last: Option<u64>,
}

/// How many points in time are kept.
const KEPT: usize = 1_000;

/// Over what time the speed of a replica is measured, at least and at most.
const WINDOW: (Duration, Duration) = (Duration::from_secs(1), Duration::from_secs(3));

/// What a replica is believed to replay per second before it has shown what it can: the first batches are kept small by
/// it.
const FIRST_SPEED: f64 = 1e6;

/// By how much more it is believed in a second in which it has replayed everything, and up to what. A replica that works
/// by fits and starts must not be judged by its best moment.
const TRUST: f64 = 1.5;
const TRUST_EVERY: Duration = Duration::from_secs(1);
const MOST_SPEED: f64 = 1e9;

impl Default for LagMeter {
    fn default() -> Self {
        Self { written: VecDeque::new(), replayed: VecDeque::new(), speed: FIRST_SPEED, trusted: None, last: None }
    }
}

impl LagMeter {
    /// The lag of the slowest replica; absent where it cannot be seen.
    pub(super) fn measure(&mut self, replicas: Replicas, now: Duration) -> Option<Lag> {
        let (written, replayed) = (replicas.written?, replicas.replayed?);
        let added = self.last.replace(written).map_or(0, |last| written.saturating_sub(last));
        if self.written.len() == KEPT {
            // The oldest stays: what it says about the lag is true for as long as it is not replayed.
            self.written.remove(1);
        }
        self.written.push_back((now, written));
        while self.written.front().is_some_and(|(_, lsn)| *lsn <= replayed) {
            self.written.pop_front();
        }
        self.replayed.push_back((now, replayed));
        while self.replayed.get(1).is_some_and(|(then, _)| now.saturating_sub(*then) > WINDOW.1) {
            self.replayed.pop_front();
        }
        let measured = self.measured_speed();
        if replayed >= written {
            // Whoever has replayed everything could have done more.
            self.replayed.clear();
            self.speed = self.speed.max(measured.unwrap_or_default());
            if added > 0 && self.trusted.is_none_or(|then| now.saturating_sub(then) >= TRUST_EVERY) {
                self.trusted = Some(now);
                self.speed = (self.speed * TRUST).min(MOST_SPEED);
            }
        } else if let Some(speed) = measured {
            self.speed = speed;
        }
        let to_come = (written.saturating_sub(replayed) + added) as f64 / self.speed;
        let to_come = Duration::try_from_secs_f64(to_come).unwrap_or(Duration::MAX);
        // Whoever has replayed everything is not behind, whatever the last figure was.
        let told = replicas.seconds.filter(|_| replayed < written).and_then(|s| Duration::try_from_secs_f64(s).ok());
        let oldest = self.written.front().map_or(Duration::ZERO, |(then, _)| now.saturating_sub(*then));
        let behind = oldest.max(told.unwrap_or_default());
        Some(Lag { behind, expected: behind.max(to_come) })
    }

    /// Bytes replayed per second while there was something to replay. A standstill counts as the little that it is.
    fn measured_speed(&self) -> Option<f64> {
        let ((from, before), (to, after)) = (self.replayed.front()?, self.replayed.back()?);
        let time = to.saturating_sub(*from);
        let bytes = after.saturating_sub(*before).max(1);
        (time >= WINDOW.0).then(|| bytes as f64 / time.as_secs_f64())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MB: u64 = 1_000_000;

    fn at(meter: &mut LagMeter, millis: u64, written: u64, replayed: Option<u64>) -> Option<Lag> {
        let replicas = Replicas { written: Some(written), replayed, seconds: Some(0.2) };
        meter.measure(replicas, Duration::from_millis(millis))
    }

    #[test]
    fn a_replica_that_stands_still_falls_behind() {
        let mut meter = LagMeter::default();
        assert_eq!(at(&mut meter, 0, 100, Some(100)), Some(Lag::default()));
        assert_eq!(at(&mut meter, 100, 200, Some(100)).unwrap().behind, Duration::from_millis(200));
        let lag = at(&mut meter, 5_000, 300, Some(100)).unwrap();
        assert_eq!(lag.behind, Duration::from_millis(4_900));
        // It has replayed nothing for long: nobody knows when it will.
        assert!(lag.expected > Duration::from_secs(60));
        assert_eq!(at(&mut meter, 6_000, 300, Some(300)), Some(Lag::default()));
        assert_eq!(at(&mut meter, 7_000, 400, None), None);
    }

    #[test]
    fn what_is_on_its_way_counts_before_it_is_late() {
        let mut meter = LagMeter::default();
        let mut expected =
            |millis, written, replayed| at(&mut meter, millis, written, Some(replayed)).unwrap().expected;
        expected(0, 0, 0);
        // 4 MB are on their way, and the next batch is as large.
        assert_eq!(expected(10, 4 * MB, 0), Duration::from_secs(8));
        // It replays 10 MB a second.
        expected(510, 10 * MB, 5 * MB);
        assert_eq!(expected(1_010, 20 * MB, 10 * MB), Duration::from_secs(2));
        // Who keeps up is believed more and more.
        let mut before = Duration::from_secs(2);
        for look in 1..9 {
            let now = expected(1_010 + 1_000 * look, (20 + look) * MB, (20 + look) * MB);
            assert!(now < before);
            before = now;
        }
    }
}
