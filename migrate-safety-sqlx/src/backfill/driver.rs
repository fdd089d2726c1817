//! Executing what a run asks for.

use migrate_safety_core::backfill::{Action, Answer, Event, Failure, Outcome, Run, RunError, Statement};
use sqlx::postgres::{PgConnectOptions, PgRow};
use sqlx::{AssertSqlSafe, Connection, PgConnection, Row};
use std::time::{Duration, Instant};

/// How long a connection may take to come about.
const PATIENCE: Duration = Duration::from_secs(10);

/// A connection to be, and what is done over it.
pub(super) trait Link: Send {
    /// Drops the connection, if there is one, and makes a new one.
    fn connect(&mut self) -> impl Future<Output = Result<(), Failure>> + Send;
    /// Sends statements as one text.
    fn batch(&mut self, sql: String) -> impl Future<Output = Result<(), Failure>> + Send;
    /// Executes a statement, and says how many rows it changed.
    fn execute(&mut self, statement: Statement) -> impl Future<Output = Result<u64, Failure>> + Send;
    /// Executes a statement, and hands over the column `answer` of its rows.
    fn fetch(&mut self, statement: Statement) -> impl Future<Output = Result<Vec<String>, Failure>> + Send;
    /// The same for several, sent as one text.
    fn fetch_all(&mut self, sql: String) -> impl Future<Output = Result<Vec<String>, Failure>> + Send;
    /// Ends the connection.
    fn close(&mut self) -> impl Future<Output = ()> + Send;
}

/// Carries a run through.
pub(super) async fn drive(
    mut run: Run,
    mut link: impl Link,
    tell: &(dyn Fn(Event) + Send + Sync),
) -> Result<Outcome, RunError> {
    let mut answer = Answer::Done;
    let mut since = Instant::now();
    while let Some(action) = {
        let elapsed = since.elapsed();
        since = Instant::now();
        run.next(answer, elapsed)
    } {
        answer = match perform(action, &mut link, tell).await {
            Ok(answer) => answer,
            Err(failure) => Answer::Failed(failure),
        };
    }
    link.close().await;
    run.finish()
}

async fn perform(
    action: Action,
    link: &mut impl Link,
    tell: &(dyn Fn(Event) + Send + Sync),
) -> Result<Answer, Failure> {
    Ok(match action {
        Action::Connect => {
            link.connect().await?;
            Answer::Done
        }
        // sqlx brings no public timer; this one is that of whichever runtime it was built with.
        Action::Sleep(duration) => {
            sqlx::__rt::sleep(duration).await;
            Answer::Done
        }
        Action::Tell(event) => {
            tracing::debug!(?event);
            tell(event);
            Answer::Done
        }
        Action::Batch(sql) => {
            link.batch(sql).await?;
            Answer::Done
        }
        Action::Execute(statement) => Answer::Affected(link.execute(statement).await?),
        Action::Fetch(statement) => Answer::Rows(link.fetch(statement).await?),
        Action::Transactions(transactions) => {
            let sql = transactions.iter().map(|t| format!("{};\n{};\nCOMMIT;\n", t.begin, t.statement)).collect();
            Answer::Rows(link.fetch_all(sql).await?)
        }
    })
}

/// A connection to PostgreSQL.
pub(super) struct PgLink {
    options: PgConnectOptions,
    connection: Option<PgConnection>,
}

impl PgLink {
    pub(super) fn new(options: PgConnectOptions) -> Self {
        Self { options, connection: None }
    }

    fn connected(&mut self) -> Result<&mut PgConnection, Failure> {
        self.connection.as_mut().ok_or_else(|| Failure::disconnected("not connected"))
    }
}

impl Link for PgLink {
    async fn connect(&mut self) -> Result<(), Failure> {
        self.connection = None;
        let connecting = PgConnection::connect_with(&self.options);
        self.connection = Some(in_time(connecting).await?.map_err(failure)?);
        Ok(())
    }

    async fn batch(&mut self, sql: String) -> Result<(), Failure> {
        sqlx::raw_sql(AssertSqlSafe(sql)).execute(self.connected()?).await.map(drop).map_err(failure)
    }

    async fn execute(&mut self, statement: Statement) -> Result<u64, Failure> {
        let done = query(statement).execute(self.connected()?).await.map_err(failure)?;
        Ok(done.rows_affected())
    }

    async fn fetch(&mut self, statement: Statement) -> Result<Vec<String>, Failure> {
        texts(&query(statement).fetch_all(self.connected()?).await.map_err(failure)?)
    }

    async fn fetch_all(&mut self, sql: String) -> Result<Vec<String>, Failure> {
        texts(&sqlx::raw_sql(AssertSqlSafe(sql)).fetch_all(self.connected()?).await.map_err(failure)?)
    }

    async fn close(&mut self) {
        if let Some(connection) = self.connection.take() {
            // The server notices by itself if this fails.
            let _ = connection.close().await;
        }
    }
}

fn texts(rows: &[PgRow]) -> Result<Vec<String>, Failure> {
    rows.iter().map(|row| row.try_get("answer")).collect::<Result<_, _>>().map_err(failure)
}

/// What comes of a connection that is waited for.
pub(super) async fn in_time<T>(connecting: impl Future<Output = T>) -> Result<T, Failure> {
    let late = |_| Failure::disconnected(format!("no answer within {} s", PATIENCE.as_secs()));
    sqlx::__rt::timeout(PATIENCE, connecting).await.map_err(late)
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
