//! How many rows the next batch covers.

use super::options::Options;
use std::time::Duration;

/// How long other writers are reckoned with after the last sight of one.
const OTHERS_STAY: Duration = Duration::from_secs(10);

/// The part of the time for which a row may be kept that a batch may take; the rest is for its own waiting.
pub(super) const SHARE_OF_WAIT: f64 = 0.7;

/// The size of batches.
#[derive(Clone, Debug)]
pub(super) struct Pace {
    rows: f64,
    least: f64,
    most: f64,
    quiet: Duration,
    shared: Duration,
    /// Until when other writers are reckoned with.
    others_until: Duration,
    /// Rows among which one is that does not fit or is locked.
    suspects: Option<u32>,
}

impl Pace {
    pub(super) fn new(options: &Options) -> Self {
        let most = options.rows.1.clamp(1, crate::backfill::MAX_BATCH_ROWS);
        let least = options.rows.0.clamp(1, most);
        Self {
            rows: f64::from(options.first_rows.clamp(least, most)),
            least: f64::from(least),
            most: f64::from(most),
            quiet: options.target_time,
            shared: options.target_time.min(options.max_lock_wait.mul_f64(SHARE_OF_WAIT)),
            others_until: OTHERS_STAY,
            suspects: None,
        }
    }

    /// How many rows the next batch covers.
    pub(super) fn rows(&self) -> u32 {
        match self.suspects {
            Some(suspects) => (suspects / 2).max(1),
            None => self.rows as u32,
        }
    }

    /// Goes on with the size that an earlier worker had found.
    pub(super) fn resume(&mut self, rows: u32) {
        self.rows = f64::from(rows).clamp(self.least, self.most);
    }

    /// Takes note of others that write the table.
    pub(super) fn saw_others(&mut self, now: Duration) {
        self.others_until = now + OTHERS_STAY;
    }

    /// A batch that was to have `rows` rows was committed; it found `visited` and kept them for `time`.
    pub(super) fn succeeded(&mut self, rows: u32, visited: u64, time: Duration, now: Duration) {
        if let Some(suspects) = self.suspects {
            self.suspects = suspects.checked_sub(rows).filter(|left| *left > 0);
            return;
        }
        // The rest of a range says nothing about a full batch.
        if visited < u64::from(rows / 2) {
            return;
        }
        let target = if now < self.others_until { self.shared } else { self.quiet };
        let ratio = target.as_secs_f64() / time.as_secs_f64().max(0.000_1);
        // Slow to grow: one batch of cheap rows says little.
        self.rows = ((visited as f64).max(self.least) * ratio.clamp(0.5, 1.5)).clamp(self.least, self.most);
    }

    /// A batch failed for the time it took or for somebody's lock.
    pub(super) fn slow_down(&mut self) {
        self.rows = (self.rows / 2.0).max(self.least);
    }

    /// One of the next `rows` rows is at fault: they are tried by halves.
    pub(super) fn suspect(&mut self, rows: u32) {
        self.suspects = Some(rows);
    }

    /// Whether a row at fault is being looked for.
    pub(super) fn is_suspecting(&self) -> bool {
        self.suspects.is_some()
    }

    /// The row at fault is dealt with.
    pub(super) fn cleared(&mut self) {
        self.suspects = None;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MS: Duration = Duration::from_millis(1);

    #[test]
    fn batches_are_short_while_others_write_and_grow_to_the_target_after() {
        let mut pace = Pace::new(&Options::default());
        let per_row = Duration::from_micros(50);
        let mut now = Duration::ZERO;
        let mut run = |pace: &mut Pace, seconds: u64| {
            for _ in 0..seconds * 20 {
                let rows = pace.rows();
                now += MS * 50;
                pace.succeeded(rows, rows.into(), per_row * rows, now);
            }
            pace.rows()
        };
        let shared = run(&mut pace, 9);
        assert!((600..=800).contains(&shared), "{shared}");
        let alone = run(&mut pace, 10);
        assert!((3_500..=4_500).contains(&alone), "{alone}");
        pace.saw_others(Duration::from_secs(1_000));
        assert!(run(&mut pace, 5) <= 800);
    }

    #[test]
    fn a_row_at_fault_is_found_by_halves() {
        let mut pace = Pace::new(&Options { first_rows: 1_000, ..Options::default() });
        // The 700th of 1,000.
        let (mut from, mut attempts) = (0, 0);
        let fault = 700;
        loop {
            let rows = pace.rows();
            attempts += 1;
            if !(from..from + rows).contains(&fault) {
                from += rows;
                pace.succeeded(rows, rows.into(), MS, MS);
            } else if rows == 1 {
                break;
            } else {
                pace.suspect(rows);
            }
        }
        assert_eq!(from, fault);
        assert!(attempts < 30, "{attempts}");
        pace.cleared();
        assert!(pace.rows() >= 1_000);
    }
}
