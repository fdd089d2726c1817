//! What a live PostgreSQL server holds.

use crate::Error;
use diesel::connection::SimpleConnection;
use diesel::sql_types::Text;
use diesel::{PgConnection, QueryableByName, RunQueryDsl, sql_query};
use migrate_safety_core::catalog::introspect::{BEGIN, Limits, Live, Reading, Step};

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
/// The limits are the server's: libpq waits for a server that is stopped as long as TCP lets it.
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
