//! Connections to PostgreSQL.

use super::Error;
use super::driver::{Link, not_connected};
use diesel::connection::SimpleConnection;
use diesel::pg::Pg;
use diesel::query_builder::{BoxedSqlQuery, SqlQuery};
use diesel::result::{DatabaseErrorKind, Error as Diesel};
use diesel::sql_types::{Nullable, Text};
use diesel::{Connection, PgConnection, QueryableByName, RunQueryDsl, sql_query};
use migrate_safety_core::backfill::{Backfill, Failure, Prepared, Statement};
use migrate_safety_core::catalog::introspect::Limits;

/// A connection to be.
pub(super) struct PgLink {
    url: String,
    connection: Option<PgConnection>,
}

/// The one column of what is asked for.
#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = Text)]
    answer: String,
}

impl PgLink {
    pub(super) fn new(url: &str) -> Self {
        Self { url: url.to_owned(), connection: None }
    }

    fn connected(&mut self) -> Result<&mut PgConnection, Failure> {
        self.connection.as_mut().ok_or_else(not_connected)
    }
}

impl Link for PgLink {
    /// libpq tells why a connection does not come about in words only.
    fn connect(&mut self) -> Result<(), Failure> {
        self.connection = None;
        let connection = PgConnection::establish(&self.url);
        let mut connection = connection.map_err(|error| Failure::disconnected(error.to_string()))?;
        connection.batch_execute("SET application_name = 'migrate-safety backfill'").map_err(failure)?;
        self.connection = Some(connection);
        Ok(())
    }

    fn batch(&mut self, sql: &str) -> Result<(), Failure> {
        self.connected()?.batch_execute(sql).map_err(failure)
    }

    fn execute(&mut self, statement: Statement) -> Result<u64, Failure> {
        let rows = query(statement).execute(self.connected()?).map_err(failure)?;
        Ok(rows as u64)
    }

    fn fetch(&mut self, statement: Statement) -> Result<Vec<String>, Failure> {
        fetch(self.connected()?, statement).map_err(failure)
    }
}

/// Holds a backfill against the live schema.
pub(super) fn prepare(backfill: &Backfill, url: &str) -> Result<Prepared, Error> {
    let live = crate::introspect(&mut connect(url)?, Limits::default())?;
    Ok(backfill.prepare(&live.catalog)?)
}

pub(super) fn connect(url: &str) -> Result<PgConnection, Error> {
    PgConnection::establish(url).map_err(|error| Error::Unreachable(error.to_string()))
}

/// The texts that a statement gives.
pub(super) fn fetch(connection: &mut PgConnection, statement: Statement) -> Result<Vec<String>, Diesel> {
    let rows: Vec<Row> = query(statement).load(connection)?;
    Ok(rows.into_iter().map(|row| row.answer).collect())
}

pub(super) fn query(statement: Statement) -> BoxedSqlQuery<'static, Pg, SqlQuery> {
    let query = sql_query(statement.sql).into_boxed();
    statement.parameters.into_iter().fold(query, BoxedSqlQuery::bind::<Nullable<Text>, _>)
}

/// diesel keeps the SQLSTATE to itself; what it says of the kind, and the server's words, have to do.
fn failure(error: Diesel) -> Failure {
    let sqlstate = match &error {
        Diesel::DatabaseError(kind, said) => match kind {
            DatabaseErrorKind::ClosedConnection | DatabaseErrorKind::UnableToSendCommand => "08006",
            DatabaseErrorKind::SerializationFailure => "40001",
            DatabaseErrorKind::ReadOnlyTransaction => "25006",
            DatabaseErrorKind::UniqueViolation => "23505",
            DatabaseErrorKind::ForeignKeyViolation => "23503",
            DatabaseErrorKind::NotNullViolation => "23502",
            DatabaseErrorKind::CheckViolation => "23514",
            DatabaseErrorKind::ExclusionViolation => "23P01",
            _ => by_words(said.message()),
        },
        Diesel::BrokenTransactionManager => "08006",
        _ => "",
    };
    let message = match &error {
        Diesel::DatabaseError(_, said) => said.message().to_owned(),
        other => other.to_string(),
    };
    Failure { sqlstate: sqlstate.to_owned(), message }
}

/// Words that servers of all versions use in English.
const WORDS: [(&str, &str); 16] = [
    ("canceling statement due to lock timeout", "55P03"),
    ("could not obtain lock", "55P03"),
    ("deadlock detected", "40P01"),
    ("canceling statement due to", "57014"),
    ("terminating connection", "57P01"),
    ("server closed the connection", "08006"),
    ("no connection to the server", "08006"),
    ("could not receive data", "08006"),
    ("SSL SYSCALL error", "08006"),
    ("permission denied", "42501"),
    ("must be owner", "42501"),
    ("row-level security policy", "42501"),
    ("No space left on device", "53100"),
    ("could not extend file", "53100"),
    ("schema \"", "3F000"),
    ("out of memory", "53200"),
];

/// Words about values.
const DATA_WORDS: [&str; 12] = [
    "invalid input",
    "out of range",
    "value too long",
    "division by zero",
    "numeric field overflow",
    "invalid regular expression",
    "cannot be cast",
    "is not valid",
    "invalid byte sequence",
    "violates check constraint",
    "cannot extract",
    "cannot cast",
];

fn by_words(message: &str) -> &'static str {
    let known = WORDS.iter().find(|(words, _)| message.contains(words)).map(|(_, code)| *code);
    known.or_else(|| DATA_WORDS.iter().any(|words| message.contains(words)).then_some("22000")).unwrap_or_default()
}
