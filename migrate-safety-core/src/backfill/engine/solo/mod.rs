//! One worker at a time: a cursor in the row of the backfill, kept under a lease with a fencing token.
//!
//! For servers where ranges by several workers gain little: SQLite has one writer, and MySQL replays on its replicas one
//! after the other what several have written at once. Any number of processes may run a backfill of one name; one of them
//! works, the others take over when its lease is over.

mod store;

pub use store::{control_on, status_on};

use super::Statement;
use super::control::State;
use super::error::{Failure, Remedy, RunError};
use super::io::Io;
use super::options::{Options, Signal};
use super::pace::Pace;
use super::progress::{Event, Outcome, Progress, Reject};
use crate::backfill::DatabasePlan;
use crate::retry::Backoff;
use std::time::Duration;
use store::{Job, Store};

/// How long a worker that has nothing to do waits before it looks again.
const IDLE: Duration = Duration::from_millis(200);

/// How many keys of rows without their value are named.
const EXAMPLES: u32 = 10;

/// A failure that may pass, or the end of the run.
enum Trouble {
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

/// What is to be done next.
enum Next {
    /// Go on, with this worker's token.
    Batch(Job),
    /// Look again.
    Again,
    /// Look again later, because of this.
    Wait(&'static str),
    Over(Outcome),
}

/// A worker.
pub(super) struct Worker {
    name: String,
    plan: DatabasePlan,
    options: Options,
    owner: String,
    io: Io,
    store: Store,
    pace: Pace,
    backoff: Backoff,
    /// Since when nothing has succeeded.
    failing_since: Option<Duration>,
    /// The token under which this worker has the backfill.
    fence: Option<u64>,
    /// The pass that was on when the run began.
    first_pass: u32,
    /// Rows since the run began, and when that was.
    rate: (u64, Duration),
    opened: bool,
}

impl Worker {
    pub(super) fn new(name: &str, plan: DatabasePlan, options: Options, owner: &str, io: Io) -> Self {
        Self {
            name: name.to_owned(),
            store: Store::new(plan.words, name),
            pace: Pace::new(&options),
            plan,
            options,
            owner: owner.to_owned(),
            io,
            backoff: Backoff::new(Duration::from_millis(20), Duration::from_secs(5), Backoff::seed()),
            failing_since: None,
            fence: None,
            first_pass: 1,
            rate: (0, Duration::ZERO),
            opened: false,
        }
    }

    pub(super) async fn run(mut self) -> Result<Outcome, RunError> {
        let ended = self.go().await;
        if let Some(fence) = self.fence {
            // Failing that, others wait until the lease is over.
            let _ = self.io.batch(&self.store.release(fence)).await;
        }
        ended
    }

    async fn go(&mut self) -> Result<Outcome, RunError> {
        if let Err(failure) = self.connect().await {
            match failure.remedy() {
                Remedy::Reconnect => self.reconnect(failure).await?,
                _ => return Err(RunError::Refused { failure }),
            }
        }
        let mut told = String::new();
        loop {
            match self.options.ask() {
                Signal::Stop => return Ok(Outcome::Stopped),
                Signal::Wait => {
                    self.wait("the caller says so", &mut told).await;
                    continue;
                }
                Signal::Go => {}
            }
            if let Some(why) = self.options.is_behind() {
                self.wait(&why, &mut told).await;
                continue;
            }
            let next = match self.next().await {
                Ok(next) => next,
                Err(trouble) => {
                    self.recover(trouble).await?;
                    continue;
                }
            };
            match next {
                Next::Over(outcome) => return Ok(outcome),
                Next::Again => {}
                Next::Wait(reason) => self.wait(reason, &mut told).await,
                Next::Batch(job) => {
                    told.clear();
                    self.batch_or_recover(job).await?;
                }
            }
        }
    }

    async fn wait(&mut self, reason: &str, told: &mut String) {
        if told != reason {
            self.io.tell(Event::Waiting { reason: reason.to_owned() }).await;
            reason.clone_into(told);
        }
        self.io.sleep(IDLE).await;
    }

    async fn connect(&self) -> Result<(), Failure> {
        self.io.connect().await?;
        self.io.batch(self.plan.words.session).await
    }

    /// Begins the backfill, or goes on with it: what fails without having changed anything comes first.
    async fn open(&mut self) -> Result<(), Trouble> {
        self.io.batch(&format!("EXPLAIN {}", self.plan.write_sql(&[]))).await?;
        self.io.batch(&self.store.create()).await?;
        let last = self.last_key().await?;
        let estimate = self.one(&(self.plan.words.estimate)(&self.plan.table));
        let estimate: Vec<Option<u64>> = self.io.fetch(estimate).await?;
        let estimate = estimate.into_iter().next().flatten();
        let definition = self.plan.definition();
        self.io.batch(self.plan.words.begin).await?;
        if self.options.restart {
            self.io.batch(&self.store.forget()).await?;
        }
        let insert = self.store.insert(&self.plan.table, &definition, last.as_deref(), estimate);
        let inserted = self.io.execute(Statement::new(insert, [])).await?;
        self.io.batch("COMMIT").await?;
        // Once is enough, should the connection be lost.
        self.options.restart = false;
        let job = self.job().await?;
        if job.definition != definition {
            let name = self.name.clone();
            return Err(RunError::Changed { name, what: "definition", before: job.definition, now: definition }.into());
        }
        if inserted == 0 && job.state == State::Failed.name() {
            self.io.batch(&self.store.revive()).await?;
        }
        self.first_pass = job.pass;
        if job.batch_size > 0 {
            self.pace.resume(job.batch_size);
        }
        self.opened = true;
        let warnings = self.plan.warnings().iter().map(ToString::to_string).collect();
        self.io.tell(Event::Opened { warnings, resumed: inserted == 0 }).await;
        Ok(())
    }

    /// A question whose answer is one value, in an array.
    fn one(&self, sql: &str) -> Statement {
        Statement::new(format!("SELECT {}(({sql})) AS answer", self.plan.words.array), [])
    }

    async fn last_key(&self) -> Result<Option<Vec<String>>, Failure> {
        self.io.fetch_optional(Statement::new(self.plan.last_key_sql(), [])).await
    }

    async fn job(&self) -> Result<Job, Failure> {
        let job: Option<Job> = self.io.fetch_optional(Statement::new(self.store.job(), [])).await?;
        job.ok_or_else(|| Failure {
            sqlstate: "02000".to_owned(),
            message: format!("the backfill `{}` has been removed from {}", self.name, store::JOBS),
        })
    }

    async fn next(&mut self) -> Result<Next, Trouble> {
        if !self.opened {
            self.open().await?;
        }
        let mut taken = false;
        if self.fence.is_none() {
            // Whoever takes it raises the token, under which nobody else writes any more.
            let take = self.store.take(&self.owner, self.options.lease);
            taken = self.io.execute(Statement::new(take, [])).await? > 0;
        }
        let job = self.job().await?;
        self.settled();
        match State::named(&job.state) {
            State::Verified => {
                self.fence = None;
                return Ok(Next::Over(Outcome::Verified { passes: job.pass, rejected: job.rejected }));
            }
            State::Cancelled => return Err(RunError::Cancelled(self.name.clone()).into()),
            State::Failed => {
                let reason = job.error.unwrap_or_else(|| "another worker failed".to_owned());
                return Err(RunError::Failed { name: self.name.clone(), reason }.into());
            }
            State::Paused => return Ok(Next::Wait("paused; `resume` lets it go on")),
            State::Running | State::Verifying => {}
        }
        match self.fence {
            Some(fence) if fence == job.fence => {}
            None if taken => self.fence = Some(job.fence),
            _ => {
                self.fence = None;
                return Ok(Next::Wait("another process is at it"));
            }
        }
        if !job.is_exhausted() {
            return Ok(Next::Batch(job));
        }
        self.end_pass(&job).await?;
        Ok(Next::Again)
    }

    /// All of a pass is done: another one, or the end.
    async fn end_pass(&mut self, job: &Job) -> Result<(), Trouble> {
        let last = self.last_key().await?;
        let passes = job.pass.saturating_sub(self.first_pass) + 1;
        let end = if job.pass > 1 && job.pass_changed == 0 {
            self.store.verified(job.fence, job.pass)
        } else if job.pass == 1 || passes < self.options.max_passes {
            self.store.begin_pass(job.fence, job.pass + 1, last.as_deref())
        } else {
            let sql = self.plan.examples_sql(EXAMPLES);
            let keys: Option<Vec<String>> = self.io.fetch_optional(Statement::new(sql, [])).await?;
            let keys = keys.into_iter().map(|key| key.join(", ")).collect();
            let error = RunError::NotConverging { pass: job.pass, rows: job.pass_changed, keys };
            self.store.fail(&error.to_string())
        };
        self.io.batch(&end).await?;
        self.io.tell(Event::PassOver { pass: job.pass, changed: job.pass_changed }).await;
        Ok(())
    }

    async fn batch_or_recover(&mut self, job: Job) -> Result<(), RunError> {
        let rows = self.pace.rows();
        let began = self.io.clock();
        match self.batch(&job, rows).await {
            Ok((visited, took)) => {
                self.settled();
                let now = self.io.clock();
                // A server of one writer: every other one waits for as long as a batch lasts.
                self.pace.saw_others(now);
                self.pace.succeeded(rows, visited, took, now);
                self.rate.0 += visited;
                if let Ok(after) = self.job().await {
                    self.io.tell(Event::Batch(self.progress(&after, rows, took))).await;
                }
                let pause = now.saturating_sub(began).mul_f64(self.options.pause.clamp(0.0, 100.0));
                self.io.sleep(pause.max(Duration::from_millis(1))).await;
                Ok(())
            }
            Err(Trouble::Failure(failure)) if failure.remedy() == Remedy::Rows => {
                self.roll_back().await?;
                if rows > 1 {
                    self.pace.suspect(rows);
                    return Ok(());
                }
                match self.reject(&job, failure).await {
                    Ok(()) => Ok(()),
                    Err(trouble) => self.recover(trouble).await,
                }
            }
            Err(trouble) => {
                self.pace.slow_down();
                self.recover(trouble).await
            }
        }
    }

    /// One batch in one transaction with its progress. Rows gone through, and for how long others waited.
    async fn batch(&self, job: &Job, rows: u32) -> Result<(u64, Duration), Trouble> {
        let last = job.last_key.as_deref().unwrap_or_default();
        let after = job.cursor.as_deref();
        // Found without locks.
        let bound: Option<Vec<String>> =
            self.io.fetch_optional(Statement::new(self.plan.bound_sql(after, last, rows), [])).await?;
        let (upto, visited) = match bound {
            Some(bound) => (bound, u64::from(rows)),
            None => {
                let rest: Vec<u64> = self.io.fetch(self.one(&self.plan.rest_sql(after, last))).await?;
                (last.to_vec(), rest.first().copied().unwrap_or_default())
            }
        };
        let mut conditions = self.plan.range(after, &upto);
        conditions.push(self.store.is_held(job));
        let began = self.io.clock();
        let sql = self.store.batch(
            job,
            &self.plan.write_sql(&conditions),
            &upto,
            visited,
            self.pace.rows(),
            self.options.lease,
        );
        self.io.batch(&sql).await?;
        Ok((visited, self.io.clock().saturating_sub(began)))
    }

    /// The next row does not fit: it is recorded and left out.
    async fn reject(&mut self, job: &Job, failure: Failure) -> Result<(), Trouble> {
        let last = job.last_key.as_deref().unwrap_or_default();
        let bound = self.plan.bound_sql(job.cursor.as_deref(), last, 1);
        let Some(key) = self.io.fetch_optional::<Vec<String>>(Statement::new(bound, [])).await? else { return Ok(()) };
        if job.rejected >= self.options.max_rejects {
            let error = RunError::TooManyRejects { key: key.join(", "), failure, allowed: self.options.max_rejects };
            self.io.batch(&self.store.fail(&error.to_string())).await?;
            return Err(error.into());
        }
        self.io.batch(&self.store.reject(job, &key, &failure)).await?;
        self.pace.cleared();
        self.io.tell(Event::Rejected(Reject { key: key.join(", "), failure })).await;
        Ok(())
    }

    fn progress(&self, job: &Job, rows: u32, time: Duration) -> Progress {
        let seconds = self.io.clock().saturating_sub(self.rate.1).as_secs_f64();
        Progress {
            pass: job.pass,
            visited: job.visited,
            changed: job.pass_changed,
            rejected: job.rejected,
            estimated: job.estimated_rows,
            rows_per_second: if seconds > 0.0 { self.rate.0 as f64 / seconds } else { 0.0 },
            batch_rows: rows,
            batch_time: time,
            lag: self.options.lag.as_ref().map(|lag| lag()),
        }
    }

    /// Readies the connection for another attempt, after a pause.
    async fn recover(&mut self, trouble: Trouble) -> Result<(), RunError> {
        let failure = match trouble {
            Trouble::Failure(failure) => failure,
            Trouble::End(error) => {
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
                if !self.opened {
                    return Err(RunError::Refused { failure });
                }
                let _ = self.io.batch(&self.store.fail(&failure.to_string())).await;
                Err(RunError::Fatal { failure })
            }
        }
    }

    /// Ends the transaction, if one is open.
    async fn roll_back(&mut self) -> Result<(), RunError> {
        match self.io.batch("ROLLBACK").await {
            Err(failure) if failure.remedy() == Remedy::Reconnect => self.reconnect(failure).await,
            _ => Ok(()),
        }
    }

    /// Connects again, however often that takes.
    async fn reconnect(&mut self, mut failure: Failure) -> Result<(), RunError> {
        loop {
            self.pause(&failure).await?;
            match self.connect().await {
                Ok(()) => return Ok(()),
                Err(next) if next.remedy() == Remedy::Reconnect => failure = next,
                Err(failure) => return Err(RunError::Fatal { failure }),
            }
        }
    }

    async fn pause(&mut self, failure: &Failure) -> Result<(), RunError> {
        let now = self.io.clock();
        let since = *self.failing_since.get_or_insert(now);
        let tried = now.saturating_sub(since);
        if self.options.ask() == Signal::Stop || tried > self.options.retry_for {
            return Err(RunError::GaveUp { seconds: tried.as_secs(), failure: failure.clone() });
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
}
