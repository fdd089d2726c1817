//! Executing what a run asks for.

use migrate_safety_core::backfill::{Action, Answer, Event, Failure, Outcome, Run, RunError, Statement};
use sqlx::postgres::{PgConnectOptions, PgRow};
use sqlx::{AssertSqlSafe, Connection, PgConnection, Row};
use std::time::{Duration, Instant};

/// How long a connection may take to come about.
const PATIENCE: Duration = Duration::from_secs(10);

/// Carries a run through.
pub(super) async fn drive(
    mut run: Run,
    options: &PgConnectOptions,
    tell: &(dyn Fn(Event) + Send + Sync),
) -> Result<Outcome, RunError> {
    let mut connection = None;
    let mut answer = Answer::Done;
    let mut since = Instant::now();
    while let Some(action) = {
        let elapsed = since.elapsed();
        since = Instant::now();
        run.next(answer, elapsed)
    } {
        answer = match perform(action, &mut connection, options, tell).await {
            Ok(answer) => answer,
            Err(failure) => Answer::Failed(failure),
        };
    }
    if let Some(connection) = connection {
        // The server notices by itself if this fails.
        let _ = connection.close().await;
    }
    run.finish()
}

async fn perform(
    action: Action,
    connection: &mut Option<PgConnection>,
    options: &PgConnectOptions,
    tell: &(dyn Fn(Event) + Send + Sync),
) -> Result<Answer, Failure> {
    match action {
        Action::Connect => {
            *connection = None;
            *connection = Some(connect(options).await?);
            Ok(Answer::Done)
        }
        // sqlx brings no public timer; this one is that of whichever runtime it was built with.
        Action::Sleep(duration) => {
            sqlx::__rt::sleep(duration).await;
            Ok(Answer::Done)
        }
        Action::Tell(event) => {
            tracing::debug!(?event);
            tell(event);
            Ok(Answer::Done)
        }
        Action::Batch(sql) => {
            let connection = connected(connection)?;
            sqlx::raw_sql(AssertSqlSafe(sql)).execute(connection).await.map_err(failure)?;
            Ok(Answer::Done)
        }
        Action::Execute(statement) => {
            let done = query(statement).execute(connected(connection)?).await.map_err(failure)?;
            Ok(Answer::Affected(done.rows_affected()))
        }
        Action::Fetch(statement) => {
            let rows = query(statement).fetch_all(connected(connection)?).await.map_err(failure)?;
            texts(&rows)
        }
        Action::Transactions(transactions) => {
            let sql: String =
                transactions.iter().map(|t| format!("{};\n{};\nCOMMIT;\n", t.begin, t.statement)).collect();
            let rows = sqlx::raw_sql(AssertSqlSafe(sql)).fetch_all(connected(connection)?).await.map_err(failure)?;
            texts(&rows)
        }
    }
}

fn texts(rows: &[PgRow]) -> Result<Answer, Failure> {
    let texts = rows.iter().map(|row| row.try_get("answer")).collect::<Result<_, _>>().map_err(failure)?;
    Ok(Answer::Rows(texts))
}

async fn connect(options: &PgConnectOptions) -> Result<PgConnection, Failure> {
    match sqlx::__rt::timeout(PATIENCE, PgConnection::connect_with(options)).await {
        Ok(connection) => connection.map_err(failure),
        Err(_) => Err(Failure::disconnected(format!("no answer within {} s", PATIENCE.as_secs()))),
    }
}

fn connected(connection: &mut Option<PgConnection>) -> Result<&mut PgConnection, Failure> {
    connection.as_mut().ok_or_else(|| Failure::disconnected("not connected"))
}

fn query(statement: Statement) -> sqlx::query::Query<'static, sqlx::Postgres, sqlx::postgres::PgArguments> {
    let query = sqlx::query(AssertSqlSafe(statement.sql));
    statement.parameters.into_iter().fold(query, sqlx::query::Query::bind)
}

fn failure(error: sqlx::Error) -> Failure {
    match error {
        sqlx::Error::Database(said) => Failure {
            sqlstate: said.code().map(std::borrow::Cow::into_owned).unwrap_or_default(),
            message: said.message().to_owned(),
        },
        sqlx::Error::Io(_) | sqlx::Error::Protocol(_) | sqlx::Error::WorkerCrashed | sqlx::Error::Tls(_) => {
            Failure::disconnected(error.to_string())
        }
        other => Failure { sqlstate: String::new(), message: other.to_string() },
    }
}
