//! Executing a reading of a server's catalog.

use crate::Error;
use migrate_safety_core::catalog::introspect::{BEGIN, Limits, Live, Reading, Step};
use sqlx::postgres::PgConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, PgConnection, Row};
use std::str::FromStr;
use std::time::Duration;

/// How much longer than its `statement_timeout` a server may take until its answer is here.
const GRACE: Duration = Duration::from_secs(5);

/// How often a reading begins anew when a relation is locked or dropped under it.
const ATTEMPTS: usize = 3;

/// Connects to the database of a URL.
///
/// # Errors
/// The URL is wrong, the server cannot be reached, or it refuses.
pub async fn connect(url: &str) -> Result<PgConnection, Error> {
    if !["postgres://", "postgresql://"].iter().any(|scheme| url.starts_with(scheme)) {
        return Err(Error::Url("it is not one of a PostgreSQL database".to_owned()));
    }
    let options = PgConnectOptions::from_str(url).map_err(Error::url)?.disable_statement_logging();
    let options = options.application_name("migrate-safety");
    PgConnection::connect_with(&options).await.map_err(|error| Error::connecting(place_of(&options), error))
}

/// Where the server of a URL is, for a message: `at localhost:5432`; never what is secret in it.
#[must_use]
pub fn place(url: &str) -> String {
    PgConnectOptions::from_str(url).map_or_else(|_| String::new(), |options| format!("at {}", place_of(&options)))
}

fn place_of(options: &PgConnectOptions) -> String {
    match options.get_socket() {
        Some(socket) => socket.display().to_string(),
        None => format!("{}:{}", options.get_host(), options.get_port()),
    }
}

/// Reads what the connection's database holds, in a transaction of its own.
///
/// A table that another session has locked does not keep the rest from being read: it is in
/// [`Live::unread`]. The connection must not be in a transaction.
///
/// The limits are the server's. One that is stopped, or cut off without a word, keeps none of them: where there is a
/// `statement_timeout`, an answer that is not here five seconds after it is waited for no longer ([`Error::Silent`]). The
/// connection is of no use then. Dropped, the future leaves nothing behind.
///
/// # Errors
/// The connection is lost, a limit is exceeded, or an answer is not understood.
pub async fn introspect(connection: &mut PgConnection, limits: Limits) -> Result<Live, Error> {
    let mut attempt = 1;
    loop {
        match read(connection, limits).await {
            Err(error) if attempt < ATTEMPTS && error.may_pass() => attempt += 1,
            result => return result,
        }
    }
}

async fn read(connection: &mut PgConnection, limits: Limits) -> Result<Live, Error> {
    // Dropped on an error or when the caller gives up, it is rolled back.
    let mut transaction = answered(limits, connection.begin_with(BEGIN)).await?;
    let mut reading = Reading::new(limits);
    while let Some(step) = reading.next_step() {
        match step {
            Step::Execute(sql) => {
                answered(limits, sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut *transaction)).await?;
            }
            Step::Fetch(sql) => {
                let rows = answered(limits, sqlx::raw_sql(AssertSqlSafe(sql)).fetch_all(&mut *transaction)).await?;
                let texts = rows.iter().map(|row| row.try_get(0)).collect::<Result<_, _>>().map_err(Error::reading)?;
                reading.take(texts)?;
            }
        }
    }
    answered(limits, transaction.rollback()).await?;
    Ok(reading.finish()?)
}

/// What the server answers, if it does within its `statement_timeout` and a little more.
async fn answered<T>(limits: Limits, answer: impl Future<Output = Result<T, sqlx::Error>>) -> Result<T, Error> {
    if limits.statement_timeout.is_zero() {
        return answer.await.map_err(Error::reading);
    }
    let most = limits.statement_timeout + GRACE;
    match sqlx::__rt::timeout(most, answer).await {
        Ok(answer) => answer.map_err(Error::reading),
        Err(_) => Err(Error::Silent(most)),
    }
}
