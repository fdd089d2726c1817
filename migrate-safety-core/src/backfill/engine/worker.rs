//! One worker: claims ranges of keys and goes through them, batch by batch.

use super::Statement;
use super::batch::Ahead;
use super::claim::Claim;
use super::control::State;
use super::error::{Failure, Remedy, RunError};
use super::io::Io;
use super::lag::{Lag, LagMeter, REPLICAS, Replicas};
use super::options::{Options, Signal};
use super::pace::{Pace, SHARE_OF_WAIT};
use super::progress::{Event, Outcome, Progress};
use super::records::{RangeRow, Totals};
use super::store::{Parameters, Store};
use crate::backfill::Prepared;
use crate::retry::Backoff;
use std::time::Duration;

/// How often others' locks and the replicas are looked at.
pub(super) const LOOK_EVERY: Duration = Duration::from_millis(200);

/// How long a worker that has nothing to do waits before it looks again.
const IDLE: Duration = Duration::from_millis(200);

/// Pauses shorter than this wait for the next one, in seconds.
const SHORTEST_PAUSE: f64 = 0.01;

/// A failure that may pass, or the end of the run.
#[derive(Debug)]
pub(super) enum Trouble {
    Failure(Failure),
    End(RunError),
}

impl From<Failure> for Trouble {
    fn from(failure: Failure) -> Self {
        Self::Failure(failure)
    }
}

impl From<RunError> for Trouble {
    fn from(error: RunError) -> Self {
        Self::End(error)
    }
}

/// A worker.
pub(super) struct Worker {
    pub(super) name: String,
    pub(super) prepared: Prepared,
    pub(super) options: Options,
    pub(super) owner: String,
    pub(super) io: Io,
    pub(super) store: Store,
    pub(super) pace: Pace,
    /// Whether the table takes a batch in one statement.
    pub(super) at_once: bool,
    pub(super) ahead: Option<Ahead>,
    backoff: Backoff,
    /// Since when nothing has succeeded.
    failing_since: Option<Duration>,
    lag: LagMeter,
    lag_seen: Option<Lag>,
    replicas_looked_at: Option<Duration>,
    pub(super) others_looked_at: Option<Duration>,
    pub(super) totals: Totals,
    pub(super) estimated: Option<u64>,
    /// The pass that was on when the run began.
    pub(super) first_pass: u32,
    /// Locked rows that were left to the next pass, one after the other.
    pub(super) postponed: u32,
    rate: Rate,
    /// Seconds; less than none where a pause was too long.
    pause_owed: f64,
}

impl Worker {
    pub(super) fn new(name: &str, prepared: Prepared, options: Options, owner: &str, io: Io) -> Self {
        Self {
            name: name.to_owned(),
            prepared,
            store: Store::new(&options.schema),
            pace: Pace::new(&options),
            options,
            at_once: true,
            ahead: None,
            owner: owner.to_owned(),
            io,
            backoff: Backoff::new(Duration::from_millis(20), Duration::from_secs(5), Backoff::seed()),
            failing_since: None,
            lag: LagMeter::default(),
            lag_seen: None,
            replicas_looked_at: None,
            others_looked_at: None,
            totals: Totals::default(),
            estimated: None,
            first_pass: 1,
            postponed: 0,
            rate: Rate::default(),
            pause_owed: 0.0,
        }
    }

    pub(super) async fn run(mut self) -> Result<Outcome, RunError> {
        self.open().await?;
        let (mut told_paused, mut told_awaiting) = (false, false);
        loop {
            if self.options.ask() == Signal::Stop {
                return Ok(Outcome::Stopped);
            }
            let claim = match self.claim().await {
                Ok(claim) => claim,
                Err(trouble) => {
                    self.recover(trouble).await?;
                    continue;
                }
            };
            self.settled();
            match claim {
                Claim::Range(range) => {
                    told_paused = false;
                    if !self.work(range).await? {
                        return Ok(Outcome::Stopped);
                    }
                }
                Claim::PassOver { pass, changed } => self.io.tell(Event::PassOver { pass, changed }).await,
                Claim::Wait => self.io.sleep(IDLE).await,
                Claim::AwaitOthers => {
                    if !told_awaiting {
                        let reason =
                            "transactions are open that are older than the backfill; rows are compared behind them"
                                .to_owned();
                        self.io.tell(Event::Waiting { reason }).await;
                    }
                    told_awaiting = true;
                    self.io.sleep(IDLE).await;
                }
                Claim::Over { state: State::Verified, pass, .. } => {
                    return Ok(Outcome::Verified { passes: pass, rejected: self.totals.rejected });
                }
                Claim::Over { state: State::Cancelled, .. } => return Err(RunError::Cancelled(self.name)),
                Claim::Over { state: State::Failed, reason, .. } => {
                    let reason = reason.unwrap_or_else(|| "another worker failed".to_owned());
                    return Err(RunError::Failed { name: self.name, reason });
                }
                Claim::Over { .. } => {
                    if !told_paused {
                        self.io.tell(Event::Waiting { reason: "paused; `resume` lets it go on".to_owned() }).await;
                    }
                    told_paused = true;
                    self.io.sleep(IDLE).await;
                }
            }
        }
    }

    /// Goes through a range to its end, or until it is somebody else's. False: the caller wants to stop.
    async fn work(&mut self, mut range: RangeRow) -> Result<bool, RunError> {
        self.pace.resume(range.batch_size);
        loop {
            if !self.may_go_on(&range).await? {
                self.release(&range).await;
                return Ok(false);
            }
            let rows = self.pace.rows();
            match self.batch(&mut range, rows).await {
                Ok(Some(done)) => {
                    self.settled();
                    self.postponed = 0;
                    let now = self.io.clock();
                    self.pace.succeeded(rows, done.visited, done.work, now);
                    self.rate.add(done.visited, now);
                    self.totals.visited += done.visited;
                    self.totals.changed += done.changed;
                    self.io.tell(Event::Batch(self.progress(&range, rows, done.time))).await;
                    if done.last {
                        return Ok(true);
                    }
                    self.rest(done.work).await;
                }
                // Lost to another worker, or to a pause.
                Ok(None) => return Ok(true),
                Err(trouble) => {
                    self.after(trouble, &mut range, rows).await?;
                    match self.reread(&mut range).await {
                        Ok(true) => {}
                        Ok(false) => return Ok(true),
                        Err(trouble) => self.recover(trouble).await?,
                    }
                }
            }
        }
    }

    /// The pause that a batch owes that kept its rows for so long. Short ones are put together, and who slept longer than he wanted, as
    /// one does on a busy machine, owes less.
    async fn rest(&mut self, work: Duration) {
        self.pause_owed += work.as_secs_f64() * self.options.pause.max(0.0);
        if self.pause_owed < SHORTEST_PAUSE {
            return;
        }
        let began = self.io.clock();
        self.io.sleep(Duration::try_from_secs_f64(self.pause_owed).unwrap_or(Duration::MAX)).await;
        let slept = self.io.clock().saturating_sub(began).as_secs_f64();
        self.pause_owed = (self.pause_owed - slept).max(-SHORTEST_PAUSE);
    }

    /// Waits for whatever says so. False: the caller wants to stop.
    async fn may_go_on(&mut self, range: &RangeRow) -> Result<bool, RunError> {
        let mut renewed = self.io.clock();
        let mut waiting = false;
        loop {
            let reason = match self.options.ask() {
                Signal::Stop => return Ok(false),
                Signal::Wait => Some("the caller says so".to_owned()),
                Signal::Go => self.behind(waiting).await?,
            };
            let Some(reason) = reason else { return Ok(true) };
            if !waiting {
                self.io.tell(Event::Waiting { reason }).await;
                waiting = true;
                self.pace.slow_down();
            }
            self.io.sleep(IDLE).await;
            if self.io.clock().saturating_sub(renewed) > self.options.lease / 4 {
                renewed = self.io.clock();
                if let Err(failure) = self.renew(range).await {
                    self.recover(failure.into()).await?;
                }
            }
        }
    }

    /// Why replicas say to wait. From a third of the bound on, until they are back to a sixth: a replica may stand
    /// still meanwhile.
    async fn behind(&mut self, waiting: bool) -> Result<Option<String>, RunError> {
        let Some(bound) = self.options.max_lag else { return Ok(None) };
        let now = self.io.clock();
        // Where there are any, after each batch: what it has added is not on them yet.
        let every = if self.lag_seen.is_some() { Duration::ZERO } else { LOOK_EVERY };
        if self.replicas_looked_at.is_none_or(|then| now.saturating_sub(then) >= every) {
            self.replicas_looked_at = Some(now);
            match self.io.fetch::<Replicas>(Statement::new(REPLICAS, [])).await {
                Ok(replicas) => self.lag_seen = self.lag.measure(replicas, now),
                Err(failure) => {
                    self.recover(failure.into()).await?;
                    return Ok(None);
                }
            }
        }
        let limit = if waiting { bound / 6 } else { bound / 3 };
        let lag = self.lag_seen.filter(|lag| lag.expected > limit);
        Ok(lag.map(|lag| format!("a replica is {:.1} s behind and would fall further", lag.behind.as_secs_f64())))
    }

    /// After a batch that failed: finds out what is at fault, and readies the next attempt.
    async fn after(&mut self, trouble: Trouble, range: &mut RangeRow, rows: u32) -> Result<(), RunError> {
        let failure = match trouble {
            Trouble::Failure(failure) => failure,
            Trouble::End(error) => return Err(error),
        };
        let at_fault = failure.remedy() == Remedy::Rows;
        let locked = failure.class() == crate::retry::ErrorClass::Lock;
        if at_fault && rows > 1 {
            self.pace.suspect(rows);
            return self.roll_back().await;
        }
        if at_fault {
            self.roll_back().await?;
            return match self.reject(range, failure).await {
                Ok(()) => Ok(()),
                Err(trouble) => self.recover(trouble).await,
            };
        }
        // Somebody holds a row for longer than we wait. The first time, he may be done soon.
        let again = self.failing_since.is_some() || self.pace.is_suspecting();
        if locked && again && rows > 1 {
            self.pace.suspect(rows);
        } else if locked && rows == 1 && range.pass == 1 && self.postponed < 3 {
            self.postponed += 1;
            self.roll_back().await?;
            return match self.postpone(range).await {
                Ok(()) => Ok(()),
                Err(trouble) => self.recover(trouble).await,
            };
        } else {
            self.pace.slow_down();
        }
        self.recover(failure.into()).await
    }

    /// Readies the connection for another attempt, after a pause.
    pub(super) async fn recover(&mut self, trouble: Trouble) -> Result<(), RunError> {
        let failure = match trouble {
            Trouble::Failure(failure) => failure,
            Trouble::End(error) => {
                // The connection is not used again.
                let _ = self.io.batch("ROLLBACK").await;
                return Err(error);
            }
        };
        match failure.remedy() {
            Remedy::Reconnect => self.reconnect(failure).await,
            Remedy::Retry => {
                self.pause(&failure).await?;
                self.roll_back().await
            }
            Remedy::Rows | Remedy::None => {
                let _ = self.io.batch("ROLLBACK").await;
                self.give_up(&failure).await;
                Err(RunError::Fatal { failure })
            }
        }
    }

    /// Ends the transaction, or else the connection.
    pub(super) async fn roll_back(&mut self) -> Result<(), RunError> {
        match self.io.batch("ROLLBACK").await {
            Ok(()) => Ok(()),
            Err(failure) => self.reconnect(failure).await,
        }
    }

    /// Connects again, however often that takes.
    pub(super) async fn reconnect(&mut self, mut failure: Failure) -> Result<(), RunError> {
        loop {
            self.pause(&failure).await?;
            match self.io.connect().await {
                Ok(()) => return Ok(()),
                Err(next) if next.remedy() == Remedy::Reconnect => failure = next,
                Err(failure) => return Err(RunError::Fatal { failure }),
            }
        }
    }

    /// Waits before another attempt, unless there have been enough.
    async fn pause(&mut self, failure: &Failure) -> Result<(), RunError> {
        let now = self.io.clock();
        let since = *self.failing_since.get_or_insert(now);
        let stopped = self.options.ask() == Signal::Stop;
        if stopped || now.saturating_sub(since) > self.options.retry_for {
            return Err(RunError::GaveUp { seconds: now.saturating_sub(since).as_secs(), failure: failure.clone() });
        }
        let pause = self.backoff.pause();
        self.io.tell(Event::Retrying { failure: failure.clone(), pause }).await;
        self.io.sleep(pause).await;
        Ok(())
    }

    /// Something has succeeded.
    fn settled(&mut self) {
        self.failing_since = None;
        self.backoff.reset();
    }

    /// Tells the other workers. Should that fail too, they find out for themselves.
    async fn give_up(&self, failure: &Failure) {
        let mut p = Parameters::default();
        let (name, error) = (p.text(&self.name), p.text(failure.to_string()));
        let sql = format!(
            "UPDATE {} SET state = 'failed', error = {error}, updated_at = clock_timestamp() WHERE name = {name} AND \
             state IN ('running', 'verifying')",
            self.store.jobs
        );
        let _ = self.io.execute(Statement::new(sql, p.values())).await;
    }

    fn progress(&self, range: &RangeRow, rows: u32, time: Duration) -> Progress {
        Progress {
            pass: range.pass,
            visited: self.totals.visited,
            changed: self.totals.changed,
            rejected: self.totals.rejected,
            estimated: self.estimated,
            rows_per_second: self.rate.per_second(),
            batch_rows: rows,
            batch_time: time,
            lag: self.lag_seen.map(|lag| lag.behind),
        }
    }

    /// How the transactions of a batch begin. Waiting for somebody's row must not keep others from ours.
    pub(super) fn begin(&self) -> String {
        let wait = (self.options.max_lock_wait.mul_f64(1.0 - SHARE_OF_WAIT)).as_millis().max(1);
        let commit = if self.options.synchronous_commit { "" } else { "; SET LOCAL synchronous_commit = off" };
        format!(
            "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE; SET LOCAL lock_timeout = {wait}; {}{commit}",
            self.settings()
        )
    }

    /// How other transactions begin: they keep nothing that the application wants.
    pub(super) fn begin_bookkeeping(&self) -> String {
        format!("BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE; SET LOCAL lock_timeout = '5s'; {}", self.settings())
    }

    fn settings(&self) -> String {
        format!(
            "SET LOCAL statement_timeout = {}; SET LOCAL idle_in_transaction_session_timeout = {}; SET LOCAL \
             row_security = off; SET LOCAL plan_cache_mode = force_custom_plan",
            self.options.statement_timeout.as_millis().max(1),
            self.options.lease.as_millis().max(1)
        )
    }

    pub(super) fn rows_per_second(&self) -> f64 {
        self.rate.per_second()
    }
}

/// Rows per second over the last few seconds.
#[derive(Debug, Default)]
struct Rate {
    /// The time, and the rows up to then.
    points: std::collections::VecDeque<(Duration, u64)>,
    rows: u64,
}

impl Rate {
    const WINDOW: Duration = Duration::from_secs(10);

    fn add(&mut self, rows: u64, now: Duration) {
        self.rows += rows;
        self.points.push_back((now, self.rows));
        while self.points.front().is_some_and(|(then, _)| now.saturating_sub(*then) > Self::WINDOW) {
            self.points.pop_front();
        }
    }

    fn per_second(&self) -> f64 {
        match (self.points.front(), self.points.back()) {
            (Some((from, before)), Some((to, after))) if to > from => {
                (after - before) as f64 / (*to - *from).as_secs_f64()
            }
            _ => 0.0,
        }
    }
}
