//! How the straight-line code of a worker asks for I/O: it leaves an action, and goes on when the answer is there.

use super::error::Failure;
use super::{Action, Answer, Event, Statement, Transaction};
use serde::de::DeserializeOwned;
use std::future::poll_fn;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::Poll;
use std::time::Duration;

/// The two sides of a run share one.
#[derive(Clone, Debug, Default)]
pub(super) struct Io {
    shared: Arc<Mutex<Shared>>,
}

#[derive(Debug, Default)]
struct Shared {
    action: Option<Action>,
    answer: Option<Answer>,
    clock: Duration,
}

impl Io {
    /// Hands over an answer.
    pub(super) fn answer(&self, answer: Answer, elapsed: Duration) {
        let mut shared = self.lock();
        shared.clock += elapsed;
        shared.answer = Some(answer);
    }

    /// What is asked for.
    pub(super) fn take_action(&self) -> Option<Action> {
        self.lock().action.take()
    }

    /// The time since the run began.
    pub(super) fn clock(&self) -> Duration {
        self.lock().clock
    }

    pub(super) async fn connect(&self) -> Result<(), Failure> {
        self.ask(Action::Connect).await.map(drop)
    }

    pub(super) async fn batch(&self, sql: &str) -> Result<(), Failure> {
        self.ask(Action::Batch(sql.to_owned())).await.map(drop)
    }

    pub(super) async fn execute(&self, statement: Statement) -> Result<u64, Failure> {
        match self.ask(Action::Execute(statement)).await? {
            Answer::Affected(rows) => Ok(rows),
            _ => Err(Failure::protocol("expected the number of rows")),
        }
    }

    /// The one row of a statement, read from JSON.
    pub(super) async fn fetch<T: DeserializeOwned>(&self, statement: Statement) -> Result<T, Failure> {
        self.fetch_optional(statement).await?.ok_or_else(|| Failure::protocol("expected a row"))
    }

    /// The row of a statement, if it gives one, read from JSON.
    pub(super) async fn fetch_optional<T: DeserializeOwned>(&self, statement: Statement) -> Result<Option<T>, Failure> {
        let Answer::Rows(rows) = self.ask(Action::Fetch(statement)).await? else {
            return Err(Failure::protocol("expected rows"));
        };
        rows.first().map(|row| read(row)).transpose()
    }

    /// The rows of transactions, each one's one, as JSON.
    pub(super) async fn transactions(&self, transactions: Vec<Transaction>) -> Result<Vec<String>, Failure> {
        let count = transactions.len();
        match self.ask(Action::Transactions(transactions)).await? {
            Answer::Rows(rows) if rows.len() == count => Ok(rows),
            _ => Err(Failure::protocol("expected a row of each transaction")),
        }
    }

    /// Waiting and telling do not fail.
    pub(super) async fn sleep(&self, duration: Duration) {
        let _ = self.ask(Action::Sleep(duration)).await;
    }

    pub(super) async fn tell(&self, event: Event) {
        let _ = self.ask(Action::Tell(event)).await;
    }

    async fn ask(&self, action: Action) -> Result<Answer, Failure> {
        self.lock().action = Some(action);
        let answer = poll_fn(|_| {
            let mut shared = self.lock();
            // The answer that begins a run is none to an action.
            if shared.action.is_some() {
                shared.answer = None;
                return Poll::Pending;
            }
            shared.answer.take().map_or(Poll::Pending, Poll::Ready)
        });
        match answer.await {
            Answer::Failed(failure) => Err(failure),
            answer => Ok(answer),
        }
    }

    fn lock(&self) -> MutexGuard<'_, Shared> {
        self.shared.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// An answer, read from JSON.
pub(super) fn read<T: DeserializeOwned>(answer: &str) -> Result<T, Failure> {
    serde_json::from_str(answer).map_err(|error| Failure::protocol(&error.to_string()))
}
