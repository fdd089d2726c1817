//! Why a live database cannot be read.

use diesel::result::DatabaseErrorKind;
use migrate_safety_core::catalog::introspect::ReadError;

/// Why a live server could not be read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The connection ended while the catalog was read.
    #[error("the server went away while its catalog was read: {0}; try again when it is back")]
    Interrupted(String),
    /// The server has not told everything within the time that the caller gave it.
    #[error(
        "the server has not told its catalog within {} seconds: it is stopped, cut off, or has too much to do; see whether \
         it runs, and try again",
        .0.as_secs()
    )]
    Silent(std::time::Duration),
    /// The server refused a statement, for a limit or a lock among others.
    #[error("the catalog could not be read: {0}; raise the limits, or try again when other sessions' DDL has ended")]
    Refused(String),
    /// The server's answer was not understood.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// A database of MySQL, MariaDB or SQLite could not be read.
    #[cfg(any(feature = "mysql", feature = "sqlite"))]
    #[error("the database could not be read: {0}")]
    Databases(#[from] migrate_safety_core::databases::live::ReadError),
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
