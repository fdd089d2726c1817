//! Connections to MySQL, MariaDB and SQLite.

use super::driver::{Link, in_time};
use super::{Control, Error, Status};
use crate::guard::class_of;
use migrate_safety_core::Dialect;
use migrate_safety_core::backfill::{DatabasePlan, Failure, Statement, control_on, status_on};
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, Row};
use std::str::FromStr;

/// Where the database of a URL is.
#[derive(Clone)]
pub(super) enum Place {
    #[cfg(feature = "mysql")]
    MySql(sqlx::mysql::MySqlConnectOptions),
    #[cfg(feature = "sqlite")]
    Sqlite(sqlx::sqlite::SqliteConnectOptions),
}

/// A URL that is not understood; it is not repeated, since it may hold a password.
fn misread(error: sqlx::Error) -> crate::Error {
    crate::Error::Unopened { target: "the database of the URL".to_owned(), reason: error.to_string() }
}

impl Place {
    /// That of a URL, if it is not one of PostgreSQL.
    pub(super) fn of(url: &str) -> Result<Option<Self>, crate::Error> {
        match Dialect::of_url(url) {
            #[cfg(feature = "mysql")]
            Some(Dialect::MySql | Dialect::MariaDb) => {
                let url = url.strip_prefix("mariadb:").map_or_else(|| url.to_owned(), |rest| format!("mysql:{rest}"));
                let options = sqlx::mysql::MySqlConnectOptions::from_str(&url).map_err(misread)?;
                Ok(Some(Self::MySql(options.disable_statement_logging())))
            }
            #[cfg(feature = "sqlite")]
            Some(Dialect::Sqlite) => {
                let options = sqlx::sqlite::SqliteConnectOptions::from_str(url).map_err(misread)?;
                // There are no rows to move in a file that is not there.
                Ok(Some(Self::Sqlite(options.create_if_missing(false).disable_statement_logging())))
            }
            _ => Ok(None),
        }
    }

    fn dialect(&self) -> Dialect {
        match self {
            #[cfg(feature = "mysql")]
            Self::MySql(_) => Dialect::MySql,
            #[cfg(feature = "sqlite")]
            Self::Sqlite(_) => Dialect::Sqlite,
        }
    }

    fn name(&self) -> String {
        match self {
            #[cfg(feature = "mysql")]
            Self::MySql(options) => format!("{}:{}", options.get_host(), options.get_port()),
            #[cfg(feature = "sqlite")]
            Self::Sqlite(options) => options.get_filename().display().to_string(),
        }
    }

    async fn open(&self) -> Result<AnyConnection, sqlx::Error> {
        Ok(match self {
            #[cfg(feature = "mysql")]
            Self::MySql(options) => AnyConnection::MySql(sqlx::MySqlConnection::connect_with(options).await?),
            #[cfg(feature = "sqlite")]
            Self::Sqlite(options) => AnyConnection::Sqlite(sqlx::SqliteConnection::connect_with(options).await?),
        })
    }

    /// Opens it, and says what is wrong if it cannot be.
    async fn reach(&self) -> Result<DatabaseLink, Error> {
        let mut link = DatabaseLink::new(self.clone());
        link.connect()
            .await
            .map_err(|failure| crate::Error::Unopened { target: self.name(), reason: failure.message })?;
        Ok(link)
    }

    /// Holds a backfill against the live schema.
    pub(super) async fn prepare(&self, backfill: &super::Backfill) -> Result<DatabasePlan, Error> {
        let mut link = self.reach().await?;
        let live = match link.connection.as_mut() {
            #[cfg(feature = "mysql")]
            Some(AnyConnection::MySql(connection)) => crate::introspect_mysql(connection).await?,
            #[cfg(feature = "sqlite")]
            Some(AnyConnection::Sqlite(connection)) => crate::introspect_sqlite(connection).await?,
            None => return Err(crate::Error::Interrupted("the connection is gone".to_owned()).into()),
        };
        link.close().await;
        Ok(backfill.prepare_on(&live.schema())?)
    }

    /// Where a backfill is.
    pub(super) async fn status(&self, name: &str) -> Result<Status, Error> {
        let mut link = self.reach().await?;
        let status = link.status(name).await;
        link.close().await;
        status
    }

    /// Tells a backfill to pause, to go on, or to end for good.
    pub(super) async fn control(&self, name: &str, control: Control) -> Result<Status, Error> {
        let mut link = self.reach().await?;
        let before = link.status(name).await?;
        let sql = control_on(self.dialect(), name, control).unwrap_or_default();
        let done = link.execute(Statement { sql, parameters: Vec::new() }).await.map_err(reading)?;
        if done == 0 {
            return Err(Error::NothingTo { name: name.to_owned(), state: before.state, control: word(control) });
        }
        let status = link.status(name).await;
        link.close().await;
        status
    }
}

pub(super) fn word(control: Control) -> &'static str {
    match control {
        Control::Pause => "pause",
        Control::Resume => "resume",
        Control::Cancel => "cancel",
    }
}

fn reading(failure: Failure) -> Error {
    crate::Error::Failed(failure.message).into()
}

enum AnyConnection {
    #[cfg(feature = "mysql")]
    MySql(sqlx::MySqlConnection),
    #[cfg(feature = "sqlite")]
    Sqlite(sqlx::SqliteConnection),
}

/// A connection to be.
pub(super) struct DatabaseLink {
    place: Place,
    connection: Option<AnyConnection>,
}

impl DatabaseLink {
    pub(super) fn new(place: Place) -> Self {
        Self { place, connection: None }
    }

    fn connected(&mut self) -> Result<&mut AnyConnection, Failure> {
        self.connection.as_mut().ok_or_else(|| Failure::disconnected("not connected"))
    }

    async fn status(&mut self, name: &str) -> Result<Status, Error> {
        let sql = status_on(self.place.dialect(), name).unwrap_or_default();
        let rows = match self.fetch(Statement { sql, parameters: Vec::new() }).await {
            Ok(rows) => rows,
            // No backfill has ever run here.
            Err(failure) if failure.message.contains("no such table") || failure.message.contains("doesn't exist") => {
                Vec::new()
            }
            Err(failure) => return Err(reading(failure)),
        };
        let row = rows.first().ok_or_else(|| Error::Unknown(name.to_owned()))?;
        let status: Result<Status, _> = serde_json::from_str(row);
        let status = status.map_err(|error| crate::Error::Failed(error.to_string()))?;
        Ok(Status { alive: status.workers > 0, ..status })
    }
}

impl Link for DatabaseLink {
    async fn connect(&mut self) -> Result<(), Failure> {
        self.connection = None;
        self.connection = Some(in_time(self.place.open()).await?.map_err(failure)?);
        Ok(())
    }

    async fn batch(&mut self, sql: String) -> Result<(), Failure> {
        self.execute(Statement { sql, parameters: Vec::new() }).await.map(drop)
    }

    async fn execute(&mut self, statement: Statement) -> Result<u64, Failure> {
        let query = sqlx::raw_sql(AssertSqlSafe(statement.sql));
        let done = match self.connected()? {
            #[cfg(feature = "mysql")]
            AnyConnection::MySql(connection) => query.execute(connection).await.map(|done| done.rows_affected()),
            #[cfg(feature = "sqlite")]
            AnyConnection::Sqlite(connection) => query.execute(connection).await.map(|done| done.rows_affected()),
        };
        done.map_err(failure)
    }

    async fn fetch(&mut self, statement: Statement) -> Result<Vec<String>, Failure> {
        self.fetch_all(statement.sql).await
    }

    async fn fetch_all(&mut self, sql: String) -> Result<Vec<String>, Failure> {
        let query = sqlx::raw_sql(AssertSqlSafe(sql));
        match self.connected()? {
            #[cfg(feature = "mysql")]
            AnyConnection::MySql(connection) => {
                let rows = query.fetch_all(connection).await.map_err(failure)?;
                let text = |row: &sqlx::mysql::MySqlRow| {
                    // JSON and texts come as bytes alike.
                    let bytes: Vec<u8> = row.try_get_unchecked("answer")?;
                    Ok(String::from_utf8_lossy(&bytes).into_owned())
                };
                rows.iter().map(text).collect::<Result<_, sqlx::Error>>().map_err(failure)
            }
            #[cfg(feature = "sqlite")]
            AnyConnection::Sqlite(connection) => {
                let rows = query.fetch_all(connection).await.map_err(failure)?;
                rows.iter().map(|row| row.try_get_unchecked("answer")).collect::<Result<_, _>>().map_err(failure)
            }
        }
    }

    async fn close(&mut self) {
        match self.connection.take() {
            #[cfg(feature = "mysql")]
            Some(AnyConnection::MySql(connection)) => drop(connection.close().await),
            #[cfg(feature = "sqlite")]
            Some(AnyConnection::Sqlite(connection)) => drop(connection.close().await),
            None => {}
        }
    }
}

fn failure(error: sqlx::Error) -> Failure {
    match &error {
        sqlx::Error::Database(said) => match class_of(said.as_ref()) {
            Some((class, is_about_a_row)) => Failure::of_class(class, is_about_a_row, said.message()),
            None => Failure { sqlstate: String::new(), message: said.message().to_owned() },
        },
        sqlx::Error::Io(_) | sqlx::Error::Protocol(_) | sqlx::Error::WorkerCrashed | sqlx::Error::Tls(_) => {
            Failure::disconnected(error.to_string())
        }
        other => Failure { sqlstate: String::new(), message: other.to_string() },
    }
}
