//! What the tests share.

use migrate_safety_core::backfill::{Action, Answer, Failure, Statement};
use migrate_safety_sqlx::backfill::{Backfill, Error, Event, Options, Outcome, Runner};
use postgres::types::ToSql;
use postgres::{Client, NoTls, SimpleQueryMessage};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// Without pauses that are for the benefit of others.
pub(crate) fn options() -> Options {
    Options { pause: 0.0, lease: Duration::from_secs(2), retry_for: Duration::from_secs(20), ..Options::default() }
}

/// Runs a backfill to its end, and what it told on the way.
pub(crate) fn run_with(
    url: &str,
    name: &str,
    backfill: &Backfill,
    options: Options,
    workers: u32,
) -> (Result<Outcome, Error>, Vec<Event>) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let events = Arc::new(Mutex::new(Vec::new()));
    let heard = Arc::clone(&events);
    let runner = Runner::new(name, backfill.clone())
        .options(options)
        .workers(workers)
        .on_event(move |event| heard.lock().unwrap().push(event));
    let outcome = runtime.block_on(runner.run(url));
    let events = std::mem::take(&mut *events.lock().unwrap());
    (outcome, events)
}

/// Runs a backfill to its end.
pub(crate) fn run(url: &str, name: &str, backfill: &Backfill) -> Result<Outcome, Error> {
    run_with(url, name, backfill, options(), 1).0
}

/// A number that a query gives.
pub(crate) fn number(client: &mut Client, sql: &str) -> i64 {
    client.query_one(sql, &[]).unwrap().get(0)
}

/// How many rows a query gives that the other does not, in both directions.
pub(crate) fn differences(client: &mut Client, one: &str, other: &str) -> i64 {
    number(
        client,
        &format!("SELECT count(*) FROM (({one} EXCEPT ALL {other}) UNION ALL ({other} EXCEPT ALL {one})) AS d"),
    )
}

/// A number from the environment, for what is done at another scale by hand.
pub(crate) fn scale(variable: &str, otherwise: u64) -> u64 {
    std::env::var(variable).ok().and_then(|text| text.parse().ok()).unwrap_or(otherwise)
}

/// Does what a run asks for, over a driver of the tests' own.
pub(crate) fn perform(client: &mut Option<Client>, url: &str, action: Action) -> Result<Answer, Failure> {
    let failed = |error: postgres::Error| match error.as_db_error() {
        Some(said) => Failure { sqlstate: said.code().code().to_owned(), message: said.message().to_owned() },
        None => Failure::disconnected(error.to_string()),
    };
    let gone = || Failure::disconnected("not connected");
    match action {
        Action::Connect => {
            *client = Some(Client::connect(url, NoTls).map_err(failed)?);
            Ok(Answer::Done)
        }
        Action::Batch(sql) => {
            client.as_mut().ok_or_else(gone)?.batch_execute(&sql).map_err(failed)?;
            Ok(Answer::Done)
        }
        Action::Execute(Statement { sql, parameters }) => {
            let values: Vec<&(dyn ToSql + Sync)> = parameters.iter().map(|value| value as _).collect();
            client.as_mut().ok_or_else(gone)?.execute(&sql, &values).map(Answer::Affected).map_err(failed)
        }
        Action::Fetch(Statement { sql, parameters }) => {
            let values: Vec<&(dyn ToSql + Sync)> = parameters.iter().map(|value| value as _).collect();
            let rows = client.as_mut().ok_or_else(gone)?.query(&sql, &values).map_err(failed)?;
            Ok(Answer::Rows(rows.iter().map(|row| row.get("answer")).collect()))
        }
        Action::Transactions(transactions) => {
            let sql: String = transactions.iter().map(|t| format!("{}; {}; COMMIT;", t.begin, t.statement)).collect();
            let messages = client.as_mut().ok_or_else(gone)?.simple_query(&sql).map_err(failed)?;
            Ok(Answer::Rows(messages.iter().filter_map(answer).collect()))
        }
        Action::Sleep(pause) => {
            std::thread::sleep(pause);
            Ok(Answer::Done)
        }
        Action::Tell(_) => Ok(Answer::Done),
    }
}

/// What a row of a simple query answers.
fn answer(message: &SimpleQueryMessage) -> Option<String> {
    match message {
        SimpleQueryMessage::Row(row) => row.get("answer").map(str::to_owned),
        _ => None,
    }
}
