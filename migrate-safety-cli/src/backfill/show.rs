//! Progress on standard error: a line that is written over on a terminal, else a line now and then.

use migrate_safety_sqlx::backfill::{Event, Progress};
use std::collections::VecDeque;
use std::io::{IsTerminal, Write};
use std::time::{Duration, Instant};

/// How often the line is written, on a terminal and elsewhere.
const EVERY: (Duration, Duration) = (Duration::from_millis(100), Duration::from_secs(10));

/// Over what time the speed is measured.
const WINDOW: Duration = Duration::from_secs(10);

/// How wide the bar is.
const WIDTH: usize = 24;

/// Shows what happens.
#[derive(Debug)]
pub(super) struct Display {
    terminal: bool,
    workers: u32,
    written: Option<Instant>,
    points: VecDeque<(Instant, u64)>,
    pass: u32,
}

impl Display {
    pub(super) fn new(workers: u32) -> Self {
        let terminal = std::io::stderr().is_terminal();
        Self { terminal, workers, written: None, points: VecDeque::new(), pass: 0 }
    }

    pub(super) fn show(&mut self, event: Event) {
        match event {
            Event::Batch(progress) => self.progress(&progress),
            Event::Opened { warnings, resumed } => {
                if resumed {
                    self.say("it was begun before and goes on");
                }
                warnings.iter().for_each(|warning| self.say(&format!("warning: {warning}")));
            }
            Event::Rejected(reject) => {
                self.say(&format!("the row with the key {} does not fit: {}", reject.key, reject.failure));
            }
            Event::Retrying { failure, pause } if pause > Duration::from_millis(500) => {
                self.say(&format!("{failure}; the next attempt is in {:.1} s", pause.as_secs_f64()));
            }
            Event::Waiting { reason } => self.say(&format!("waiting: {reason}")),
            Event::PassOver { pass: 1, changed } => self.say(&format!("{changed} rows changed; now they are verified")),
            Event::PassOver { pass, changed } if changed > 0 => {
                self.say(&format!("pass {pass} has changed {changed} rows that were not as they should be"));
            }
            _ => {}
        }
    }

    /// Removes the line of progress.
    pub(super) fn clear(&mut self) {
        if self.terminal && self.written.take().is_some() {
            write("\r\x1b[K");
        }
    }

    fn say(&mut self, text: &str) {
        self.clear();
        write(&format!("{text}\n"));
    }

    fn progress(&mut self, progress: &Progress) {
        let now = Instant::now();
        if self.pass != progress.pass {
            self.pass = progress.pass;
            self.points.clear();
        }
        self.points.push_back((now, progress.visited));
        while self.points.front().is_some_and(|(then, _)| now.duration_since(*then) > WINDOW) {
            self.points.pop_front();
        }
        let every = if self.terminal { EVERY.0 } else { EVERY.1 };
        if self.written.is_some_and(|then| now.duration_since(then) < every) {
            return;
        }
        let line = line(progress, self.speed(), self.workers);
        write(&if self.terminal { format!("\r\x1b[K{line}") } else { format!("{line}\n") });
        self.written = Some(now);
    }

    fn speed(&self) -> f64 {
        match (self.points.front(), self.points.back()) {
            (Some((from, before)), Some((to, after))) if to > from => {
                after.saturating_sub(*before) as f64 / to.duration_since(*from).as_secs_f64()
            }
            _ => 0.0,
        }
    }
}

/// `verifying [====>   ]  41.2 %  1,234,567 rows  52,000 rows/s  ETA 0:01:23  batch 4,000  lag 0.2 s`
fn line(progress: &Progress, speed: f64, workers: u32) -> String {
    let mut line = String::from(if progress.pass == 1 { "backfill " } else { "verifying " });
    if let Some(share) = progress.share() {
        let full = (share * WIDTH as f64) as usize;
        line.push_str(&format!("[{}{}] {:5.1} %  ", "=".repeat(full), " ".repeat(WIDTH - full), share * 100.0));
    }
    line.push_str(&format!("{} rows  {} rows/s", grouped(progress.visited), grouped(speed as u64)));
    let left = progress.estimated.map(|all| all.saturating_sub(progress.visited) as f64);
    if let Some(left) = left.filter(|_| speed >= 1.0) {
        let seconds = (left / speed) as u64;
        line.push_str(&format!("  ETA {}:{:02}:{:02}", seconds / 3_600, seconds / 60 % 60, seconds % 60));
    }
    line.push_str(&format!("  batch {}", grouped(u64::from(progress.batch_rows))));
    if workers > 1 {
        line.push_str(&format!(" × {workers}"));
    }
    if let Some(lag) = progress.lag {
        line.push_str(&format!("  lag {:.1} s", lag.as_secs_f64()));
    }
    if progress.rejected > 0 {
        line.push_str(&format!("  {} rejected", grouped(progress.rejected)));
    }
    line
}

/// 1234567 as `1,234,567`.
pub(super) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

fn write(text: &str) {
    // Who does not read it does not miss it.
    let _ = std::io::stderr().lock().write_all(text.as_bytes());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_says_how_far_and_how_fast() {
        let mut progress = Progress {
            pass: 1,
            visited: 1_250_000,
            changed: 1_000_000,
            rejected: 2,
            estimated: Some(5_000_000),
            rows_per_second: 0.0,
            batch_rows: 4_000,
            batch_time: Duration::from_millis(30),
            lag: Some(Duration::from_millis(240)),
        };
        assert_eq!(
            line(&progress, 50_000.0, 4),
            "backfill [======                  ]  25.0 %  1,250,000 rows  50,000 rows/s  ETA 0:01:15  batch 4,000 × 4  \
             lag 0.2 s  2 rejected"
        );
        progress = Progress { pass: 2, estimated: None, lag: None, rejected: 0, ..progress };
        assert_eq!(line(&progress, 0.0, 1), "verifying 1,250,000 rows  0 rows/s  batch 4,000");
    }
}
