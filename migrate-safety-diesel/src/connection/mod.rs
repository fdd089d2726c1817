//! diesel's connections, as far as they differ for what is done over them.

#[cfg(feature = "mysql")]
mod mysql;
#[cfg(feature = "postgres")]
mod postgres;
#[cfg(feature = "sqlite")]
mod sqlite;

use diesel::connection::AnsiTransactionManager;
use diesel::migration::MigrationConnection;
use diesel::result::{Error, QueryResult};
use migrate_safety_core::Dialect;
use migrate_safety_core::guard::Failure;

/// A connection that migrations are run over: a `PgConnection` or, with the features `sqlite` and `mysql`, a
/// `SqliteConnection` or a `MysqlConnection` to MariaDB. Of a pooled connection, pass what it points to: `&mut *pooled`.
pub trait Guardable: Driver {}

impl<C: Driver> Guardable for C {}

/// What the connections do each in their way. It is sealed: nobody else can name it.
pub trait Driver: MigrationConnection<TransactionManager = AnsiTransactionManager> + Send + 'static {
    /// Which database it is; MySQL stands for MariaDB too.
    const DIALECT: Dialect;

    /// diesel learns of a commit that is sent as part of a text: libpq tells it after each message whether there is a
    /// transaction.
    const FOLLOWS_TRANSACTIONS: bool = false;

    /// Runs one query, and gives all columns of its rows as text.
    ///
    /// # Errors
    /// What the server says.
    fn rows(&mut self, sql: &str) -> QueryResult<Vec<Vec<Option<String>>>>;

    /// Runs one statement, and says how many rows it has changed.
    ///
    /// # Errors
    /// What the server says.
    fn count(&mut self, sql: &str) -> QueryResult<usize>;

    /// Why nothing can be run over this connection, if so.
    fn unfit(&mut self) -> Option<String> {
        None
    }

    /// What the latest error of this connection means; the connection may be asked for more.
    fn said(&mut self, error: &Error) -> Said;
}

/// What the server says, or diesel.
#[derive(Debug, Default)]
pub struct Said {
    pub(crate) failure: Failure,
    /// A value does not fit, or a constraint is violated.
    pub(crate) is_about_a_row: bool,
}

impl Said {
    /// What is no error of the server's.
    fn of_diesel(error: &Error) -> Self {
        let disconnected = matches!(error, Error::BrokenTransactionManager);
        Self::of_failure(Failure { message: error.to_string(), disconnected, ..Failure::default() })
    }

    /// What is about no row.
    fn of_failure(failure: Failure) -> Self {
        Self { failure, is_about_a_row: false }
    }
}
