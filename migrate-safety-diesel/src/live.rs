//! What a live PostgreSQL server holds.

use diesel::connection::SimpleConnection;
use diesel::result::DatabaseErrorKind;
use diesel::sql_types::Text;
use diesel::{PgConnection, QueryableByName, RunQueryDsl, sql_query};
use migrate_safety_core::catalog::introspect::{BEGIN, Limits, Live, ReadError, Reading, Step};

/// Why a live server could not be read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The connection ended while the catalog was read.
    #[error("the server went away while its catalog was read: {0}; try again when it is back")]
    Interrupted(String),
    /// The server refused a statement, for a limit or a lock among others.
    #[error("the catalog could not be read: {0}; raise the limits, or try again when other sessions' DDL has ended")]
    Refused(String),
    /// The server's answer was not understood.
    #[error(transparent)]
    Read(#[from] ReadError),
}

impl From<diesel::result::Error> for Error {
    fn from(error: diesel::result::Error) -> Self {
        use diesel::result::Error as Diesel;
        match error {
            Diesel::DatabaseError(DatabaseErrorKind::ClosedConnection, info) => {
                Self::Interrupted(info.message().to_owned())
            }
            Diesel::BrokenTransactionManager => Self::Interrupted(error.to_string()),
            other => Self::Refused(other.to_string()),
        }
    }
}

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
