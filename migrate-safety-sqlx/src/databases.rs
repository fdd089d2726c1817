//! Reading what a database of MySQL, MariaDB or SQLite holds: the questions are core's, the answers the driver's.

use crate::Error;
use migrate_safety_core::Dialect;
use migrate_safety_core::databases::live::{Live, Reading, Row as Answer};
use sqlx::{AssertSqlSafe, Row};

/// Reads the schema, the sizes and the applied migrations of the connection's MySQL or MariaDB database.
///
/// It sets `lock_wait_timeout` and `sql_mode` of the session: give it a connection of its own. A table that is being
/// altered does not keep the rest from being read: it is in [`Live::unread`].
///
/// # Errors
/// The connection is lost, it has no database, or an answer is not understood.
#[cfg(feature = "mysql")]
pub async fn introspect_mysql(connection: &mut sqlx::MySqlConnection) -> Result<Live, Error> {
    let mut reading = Reading::new(Dialect::MySql)?;
    while let Some(question) = reading.next_question() {
        let rows = sqlx::raw_sql(AssertSqlSafe(question.to_owned())).fetch_all(&mut *connection).await;
        let answer = told(rows)?.map(|rows| {
            // Texts of the information schema may come as bytes.
            let text = |row: &sqlx::mysql::MySqlRow, at| {
                let bytes = row.try_get_unchecked::<Option<Vec<u8>>, _>(at).ok().flatten();
                bytes.map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
            };
            rows.iter().map(|row| (0..row.len()).map(|at| text(row, at)).collect()).collect::<Vec<Answer>>()
        });
        reading.take(answer)?;
    }
    Ok(reading.finish()?)
}

/// Reads the schema, the sizes and the applied migrations of the connection's SQLite database.
///
/// # Errors
/// The file cannot be read or is no database, or an answer is not understood.
#[cfg(feature = "sqlite")]
pub async fn introspect_sqlite(connection: &mut sqlx::SqliteConnection) -> Result<Live, Error> {
    let mut reading = Reading::new(Dialect::Sqlite)?;
    while let Some(question) = reading.next_question() {
        let rows = sqlx::raw_sql(AssertSqlSafe(question.to_owned())).fetch_all(&mut *connection).await;
        let answer = told(rows)?.map(|rows| {
            let text = |row: &sqlx::sqlite::SqliteRow, at| row.try_get::<Option<String>, _>(at).ok().flatten();
            rows.iter().map(|row| (0..row.len()).map(|at| text(row, at)).collect()).collect::<Vec<Answer>>()
        });
        reading.take(answer)?;
    }
    Ok(reading.finish()?)
}

/// What the server answered, be it an error; a connection that is lost answers nothing.
fn told<R>(rows: Result<Vec<R>, sqlx::Error>) -> Result<Result<Vec<R>, String>, Error> {
    match rows {
        Ok(rows) => Ok(Ok(rows)),
        Err(sqlx::Error::Database(error)) => Ok(Err(error.message().to_owned())),
        Err(error @ (sqlx::Error::Io(_) | sqlx::Error::Protocol(_) | sqlx::Error::WorkerCrashed)) => {
            Err(Error::Interrupted(error.to_string()))
        }
        Err(error) => Err(Error::Failed(error.to_string())),
    }
}
