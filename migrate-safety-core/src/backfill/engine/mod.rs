//! Running a backfill, without doing the I/O.
//!
//! [`Run`] says what to do with a connection and takes what came of it, so that a synchronous and an asynchronous driver
//! share all of it. One run is one worker; any number of them, on any number of machines, share a backfill of the same
//! name: they claim ranges of keys from the database.
//!
//! ```text
//! let mut run = Run::new(name, prepared, options, owner);
//! let mut answer = Answer::Done;
//! while let Some(action) = run.next(answer, since_the_last_answer) {
//!     answer = match action { Action::Connect => …, Action::Fetch(statement) => …, … };
//! }
//! let outcome = run.finish()?;
//! ```

mod at_once;
mod batch;
mod claim;
mod control;
mod error;
mod io;
mod lag;
mod open;
mod options;
mod pace;
mod pass;
mod progress;
mod records;
#[cfg(any(feature = "mysql", feature = "sqlite"))]
pub(super) mod solo;
mod store;
mod worker;

pub use control::{Control, State, Status, control_statement, status_statement};
pub use error::{Failure, RunError};
pub use options::{Options, Signal};
pub use progress::{Event, Outcome, Progress, Reject};

use super::Prepared;
use io::Io;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, Waker};
use std::time::Duration;
use worker::Worker;

/// What to do next.
#[derive(Clone, Debug)]
pub enum Action {
    /// Drop the connection, if there is one, and make a new one: [`Answer::Done`].
    Connect,
    /// Send these statements as one simple query: [`Answer::Done`].
    Batch(String),
    /// Execute this: [`Answer::Affected`].
    Execute(Statement),
    /// Execute this and hand over the column `answer` of its rows: [`Answer::Rows`].
    Fetch(Statement),
    /// Execute these one after the other, as one simple query where the driver can, and hand over the column `answer` of
    /// the rows of all of them: [`Answer::Rows`]. After a failure the transaction need not be ended.
    Transactions(Vec<Transaction>),
    /// Wait: [`Answer::Done`].
    Sleep(Duration),
    /// Tell whoever listens: [`Answer::Done`].
    Tell(Event),
}

/// A statement in a transaction of its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Transaction {
    /// `BEGIN`, and settings.
    pub begin: String,
    /// The statement, without parameters; `COMMIT` follows it.
    pub statement: String,
}

/// A statement with parameters, all of them texts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Statement {
    /// The statement, with `$1`, `$2` …
    pub sql: String,
    /// The values.
    pub parameters: Vec<Option<String>>,
}

/// What came of an action.
#[derive(Clone, Debug)]
pub enum Answer {
    /// It is done.
    Done,
    /// How many rows it changed.
    Affected(u64),
    /// The rows it gave.
    Rows(Vec<String>),
    /// It failed.
    Failed(Failure),
}

type Work = Pin<Box<dyn Future<Output = Result<Outcome, RunError>> + Send>>;

/// One worker of a backfill.
pub struct Run {
    io: Io,
    /// Absent when it has ended.
    work: Option<Work>,
    ended: Option<Result<Outcome, RunError>>,
}

impl Run {
    /// A worker of the backfill of this name. `owner` says to people which process it is.
    pub fn new(name: &str, prepared: Prepared, options: Options, owner: &str) -> Self {
        let io = Io::default();
        let worker = Worker::new(name, prepared, options, owner, io.clone());
        Self { io, work: Some(Box::pin(worker.run())), ended: None }
    }

    /// A worker of a backfill on MySQL, MariaDB or SQLite.
    #[cfg(any(feature = "mysql", feature = "sqlite"))]
    pub fn elsewhere(name: &str, plan: super::DatabasePlan, options: Options, owner: &str) -> Self {
        let io = Io::default();
        let worker = solo::Worker::new(name, plan, options, owner, io.clone());
        Self { io, work: Some(Box::pin(worker.run())), ended: None }
    }

    /// Takes what came of the last action ([`Answer::Done`] at the beginning) and how long that took, and says what to
    /// do next; `None` when the run has ended.
    pub fn next(&mut self, answer: Answer, elapsed: Duration) -> Option<Action> {
        let work = self.work.as_mut()?;
        self.io.answer(answer, elapsed);
        // Nothing but an answer ever wakes it.
        match work.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
            Poll::Pending => self.io.take_action(),
            Poll::Ready(ended) => {
                self.work = None;
                self.ended = Some(ended);
                None
            }
        }
    }

    /// How it ended.
    ///
    /// # Errors
    /// It could not be carried through; what is done is kept.
    pub fn finish(self) -> Result<Outcome, RunError> {
        self.ended.unwrap_or(Err(RunError::Unfinished))
    }
}

impl std::fmt::Debug for Run {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Run").field("ended", &self.ended).finish_non_exhaustive()
    }
}

impl Statement {
    pub(super) fn new(sql: impl Into<String>, parameters: impl IntoIterator<Item = Option<String>>) -> Self {
        Self { sql: sql.into(), parameters: parameters.into_iter().collect() }
    }
}
