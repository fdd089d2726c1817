//! Reading what a database of MySQL, MariaDB or SQLite holds: the questions are core's, the answers diesel's.

use crate::Error;
use crate::connection::Driver;
use diesel::result::Error as Diesel;
use migrate_safety_core::databases::live::{Live, Reading};

/// Reads the schema, the sizes and the applied migrations of the connection's SQLite database.
///
/// # Errors
/// The file cannot be read or is no database, or an answer is not understood.
#[cfg(feature = "sqlite")]
pub fn introspect_sqlite(connection: &mut diesel::SqliteConnection) -> Result<Live, Error> {
    read(connection)
}

/// Reads the schema, the sizes and the applied migrations of the connection's MariaDB database. MySQL does not tell its
/// schema to a driver that prepares every question, as diesel does.
///
/// It sets `lock_wait_timeout` and `sql_mode` of the session: give it a connection of its own. A table that is being
/// altered does not keep the rest from being read: it is in [`Live::unread`].
///
/// # Errors
/// It is MySQL, the connection is lost, it has no database, or an answer is not understood.
#[cfg(feature = "mysql")]
pub fn introspect_mysql(connection: &mut diesel::MysqlConnection) -> Result<Live, Error> {
    read(connection)
}

pub(crate) fn read<C: Driver>(connection: &mut C) -> Result<Live, Error> {
    if let Some(why) = connection.unfit() {
        return Err(Error::Refused(why));
    }
    let mut reading = Reading::new(C::DIALECT)?;
    while let Some(question) = reading.next_question() {
        let answer = match connection.rows(question) {
            Ok(rows) => Ok(rows),
            // What the server refuses is an answer; a connection that is lost answers nothing.
            Err(error) => match connection.said(&error).failure {
                failure if matches!(error, Diesel::DatabaseError(..)) && !failure.disconnected => Err(failure.message),
                _ => return Err(error.into()),
            },
        };
        reading.take(answer)?;
    }
    Ok(reading.finish()?)
}
