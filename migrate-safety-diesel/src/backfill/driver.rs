//! Executing what a run asks for.

use migrate_safety_core::backfill::{Action, Answer, Event, Failure, Outcome, Run, RunError, Statement, Transaction};
use std::time::Instant;

/// A connection to be, and what is done over it.
pub(super) trait Link {
    /// Drops the connection, if there is one, and makes a new one.
    fn connect(&mut self) -> Result<(), Failure>;
    /// Sends statements as one text.
    fn batch(&mut self, sql: &str) -> Result<(), Failure>;
    /// Executes a statement, and says how many rows it changed.
    fn execute(&mut self, statement: Statement) -> Result<u64, Failure>;
    /// Executes a statement, and hands over the one column of its rows.
    fn fetch(&mut self, statement: Statement) -> Result<Vec<String>, Failure>;
}

/// Carries a run through.
pub(super) fn drive(mut run: Run, mut link: impl Link, tell: &dyn Fn(Event)) -> Result<Outcome, RunError> {
    let mut answer = Answer::Done;
    let mut since = Instant::now();
    loop {
        let elapsed = since.elapsed();
        since = Instant::now();
        let Some(action) = run.next(answer, elapsed) else { return run.finish() };
        answer = perform(action, &mut link, tell).unwrap_or_else(Answer::Failed);
    }
}

fn perform(action: Action, link: &mut impl Link, tell: &dyn Fn(Event)) -> Result<Answer, Failure> {
    Ok(match action {
        Action::Connect => {
            link.connect()?;
            Answer::Done
        }
        Action::Sleep(duration) => {
            std::thread::sleep(duration);
            Answer::Done
        }
        Action::Tell(event) => {
            tracing::debug!(?event);
            tell(event);
            Answer::Done
        }
        Action::Batch(sql) => {
            link.batch(&sql)?;
            Answer::Done
        }
        Action::Execute(statement) => Answer::Affected(link.execute(statement)?),
        Action::Fetch(statement) => Answer::Rows(link.fetch(statement)?),
        // diesel has no rows of several statements at once.
        Action::Transactions(transactions) => {
            let mut answers = Vec::new();
            for Transaction { begin, statement } in transactions {
                link.batch(&begin)?;
                answers.extend(link.fetch(Statement { sql: statement, parameters: Vec::new() })?);
                link.batch("COMMIT")?;
            }
            Answer::Rows(answers)
        }
    })
}

/// What is asked of a link before it is connected.
pub(super) fn not_connected() -> Failure {
    Failure::disconnected("not connected")
}
