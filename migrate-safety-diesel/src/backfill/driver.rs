//! Executing what a run asks for.

use diesel::connection::SimpleConnection;
use diesel::pg::Pg;
use diesel::query_builder::{BoxedSqlQuery, SqlQuery};
use diesel::result::{DatabaseErrorKind, Error as Diesel};
use diesel::sql_types::{Nullable, Text};
use diesel::{Connection, PgConnection, QueryableByName, RunQueryDsl, sql_query};
use migrate_safety_core::backfill::{Action, Answer, Event, Failure, Outcome, Run, RunError, Statement, Transaction};
use std::time::Instant;

/// The one column of what is asked for.
#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = Text)]
    answer: String,
}

/// Carries a run through.
pub(super) fn drive(mut run: Run, url: &str, tell: &dyn Fn(Event)) -> Result<Outcome, RunError> {
    let mut connection = None;
    let mut answer = Answer::Done;
    let mut since = Instant::now();
    loop {
        let elapsed = since.elapsed();
        since = Instant::now();
        let Some(action) = run.next(answer, elapsed) else { return run.finish() };
        answer = perform(action, &mut connection, url, tell).unwrap_or_else(Answer::Failed);
    }
}

fn perform(
    action: Action,
    connection: &mut Option<PgConnection>,
    url: &str,
    tell: &dyn Fn(Event),
) -> Result<Answer, Failure> {
    match action {
        Action::Connect => {
            *connection = None;
            *connection = Some(connect(url)?);
            Ok(Answer::Done)
        }
        Action::Sleep(duration) => {
            std::thread::sleep(duration);
            Ok(Answer::Done)
        }
        Action::Tell(event) => {
            tracing::debug!(?event);
            tell(event);
            Ok(Answer::Done)
        }
        Action::Batch(sql) => {
            connected(connection)?.batch_execute(&sql).map_err(failure)?;
            Ok(Answer::Done)
        }
        Action::Execute(statement) => {
            let rows = query(statement).execute(connected(connection)?).map_err(failure)?;
            Ok(Answer::Affected(rows as u64))
        }
        // diesel has no rows of several statements at once.
        Action::Transactions(transactions) => {
            let connection = connected(connection)?;
            let mut answers = Vec::new();
            for Transaction { begin, statement } in transactions {
                connection.batch_execute(&begin).map_err(failure)?;
                let statement = Statement { sql: statement, parameters: Vec::new() };
                answers.extend(fetch(connection, statement).map_err(failure)?);
                connection.batch_execute("COMMIT").map_err(failure)?;
            }
            Ok(Answer::Rows(answers))
        }
        Action::Fetch(statement) => Ok(Answer::Rows(fetch(connected(connection)?, statement).map_err(failure)?)),
    }
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

/// libpq tells why a connection does not come about in words only.
fn connect(url: &str) -> Result<PgConnection, Failure> {
    let mut connection = PgConnection::establish(url).map_err(|error| Failure::disconnected(error.to_string()))?;
    connection.batch_execute("SET application_name = 'migrate-safety backfill'").map_err(failure)?;
    Ok(connection)
}

fn connected(connection: &mut Option<PgConnection>) -> Result<&mut PgConnection, Failure> {
    connection.as_mut().ok_or_else(|| Failure::disconnected("not connected"))
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
