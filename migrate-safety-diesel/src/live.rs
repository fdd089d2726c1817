//! What a live PostgreSQL server holds.

use crate::Error;
use diesel::connection::SimpleConnection;
use diesel::sql_types::Text;
use diesel::{PgConnection, QueryableByName, RunQueryDsl, sql_query};
use migrate_safety_core::catalog::introspect::{BEGIN, Limits, Live, Reading, Step};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

/// The one text column of a question.
#[derive(QueryableByName)]
pub(crate) struct Answer {
    #[diesel(sql_type = Text)]
    pub(crate) answer: String,
}

/// Reads what the connection's database holds, in a transaction of its own.
///
/// A table that another session has locked does not keep the rest from being read: it is in
/// [`Live::unread`]. The connection must not be in a transaction.
///
/// The limits are the server's: libpq waits for a server that is stopped as long as TCP lets it. Where that may happen,
/// use [`introspect_within`].
///
/// # Errors
/// The connection is lost, a limit is exceeded, or an answer is not understood.
pub fn introspect(connection: &mut PgConnection, limits: Limits) -> Result<Live, Error> {
    connection.batch_execute(BEGIN)?;
    let live = read(connection, limits);
    let ended = connection.batch_execute("ROLLBACK");
    let live = live?;
    ended?;
    Ok(live)
}

/// [`introspect`], waiting no longer than this for all of it; the connection comes back with what was read.
///
/// diesel waits in libpq, which nothing interrupts: the reading is done on a thread of its own, which is left behind with
/// the connection when the server does not answer, and ends when it does or TCP gives up.
///
/// # Errors
/// As of [`introspect`]; [`Error::Silent`] when the time is over.
pub fn introspect_within(
    mut connection: PgConnection,
    limits: Limits,
    patience: Duration,
) -> Result<(Live, PgConnection), Error> {
    let (done, answer) = mpsc::sync_channel(1);
    let reading = thread::Builder::new().name("introspect".to_owned()).spawn(move || {
        let live = introspect(&mut connection, limits);
        // Nobody waits any more if this fails.
        let _ = done.send(live.map(|live| (live, connection)));
    });
    reading.map_err(|error| Error::Refused(format!("no thread to read it on: {error}")))?;
    answer.recv_timeout(patience).unwrap_or(Err(Error::Silent(patience)))
}

fn read(connection: &mut PgConnection, limits: Limits) -> Result<Live, Error> {
    let mut reading = Reading::new(limits);
    while let Some(step) = reading.next_step() {
        match step {
            Step::Execute(sql) => connection.batch_execute(&sql)?,
            Step::Fetch(sql) => {
                let sql = format!("SELECT * FROM ({sql}) AS answers (answer)");
                let answers: Vec<Answer> = sql_query(sql).load(connection)?;
                reading.take(answers.into_iter().map(|row| row.answer).collect())?;
            }
        }
    }
    Ok(reading.finish()?)
}
