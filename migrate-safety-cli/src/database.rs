//! Live databases: the commands that look at one share how it is named and read.

use clap::Args;
use migrate_safety_core::catalog::introspect::{Limits, Live, Unread};
use migrate_safety_core::databases;
use migrate_safety_core::dialect::{Dialect, Target};
use migrate_safety_sqlx::Error;
use sqlx::Connection;
use sqlx::mysql::{MySqlConnectOptions, MySqlConnection};
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use std::str::FromStr;
use std::time::Duration;

/// Which database a command looks at that needs one.
#[derive(Debug, Args)]
pub(crate) struct Database {
    /// The database: postgres://…, mysql://user:password@host:port/name or sqlite:FILE [default: that of DATABASE_URL].
    #[arg(long, value_name = "URL")]
    database_url: Option<String>,
}

impl Database {
    /// The URL, or that of the environment.
    pub(crate) fn url_or_environment(&self) -> Result<String, String> {
        self.database_url.clone().filter(|url| !url.is_empty()).map_or_else(of_environment, Ok)
    }
}

/// Which database a command looks at that can do without one. That `DATABASE_URL` is set is no wish to connect: it is,
/// wherever a host is developed.
#[derive(Debug, Args)]
pub(crate) struct OptionalDatabase {
    /// Look at this database: postgres://…, mysql://user:password@host:port/name or sqlite:FILE.
    #[arg(long, value_name = "URL")]
    database_url: Option<String>,
    /// Look at the database of DATABASE_URL.
    #[arg(long, conflicts_with = "database_url")]
    live: bool,
}

impl OptionalDatabase {
    /// The URL, if a database is asked for.
    pub(crate) fn url(&self) -> Result<Option<String>, String> {
        match &self.database_url {
            // `--database-url "$DATABASE_URL"` where the variable is not set.
            Some(url) if url.is_empty() => of_environment().map(Some),
            Some(url) => Ok(Some(url.clone())),
            None if self.live => of_environment().map(Some),
            None => Ok(None),
        }
    }
}

fn of_environment() -> Result<String, String> {
    let url = std::env::var("DATABASE_URL").unwrap_or_default();
    if url.is_empty() { Err("which database? Give --database-url, or set DATABASE_URL".to_owned()) } else { Ok(url) }
}

/// How long a connection may take to come about.
pub(crate) const PATIENCE: Duration = Duration::from_secs(10);

/// How long all of a reading may take: a server that hangs does not end it by its own `statement_timeout`.
const READING: Duration = Duration::from_secs(120);

/// For which server a URL is, in its usual version.
pub(crate) fn server_of(url: &str) -> Target {
    Dialect::of_url(url).map_or_else(Target::default, Target::usual)
}

/// What a database holds.
pub(crate) enum Held {
    /// In a PostgreSQL server.
    Postgres(Box<Live>),
    /// Elsewhere.
    Other(Box<databases::live::Live>),
}

impl Held {
    /// What could not be read.
    pub(crate) fn unread(&self) -> &[Unread] {
        match self {
            Self::Postgres(live) => &live.unread,
            Self::Other(live) => &live.unread,
        }
    }
}

/// Reads what a database holds.
pub(crate) fn read(url: &str) -> Result<Held, String> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(|e| e.to_string())?;
    match Dialect::of_url(url) {
        None | Some(Dialect::Postgres) => Ok(Held::Postgres(Box::new(runtime.block_on(introspect(url))?))),
        Some(dialect) => Ok(Held::Other(Box::new(runtime.block_on(of_other(dialect, url))?))),
    }
}

/// Reads a database of MySQL, MariaDB or SQLite.
async fn of_other(dialect: Dialect, url: &str) -> Result<databases::live::Live, String> {
    let reading = async {
        if dialect == Dialect::Sqlite {
            // Nothing is made where there is no such file.
            let options = sqlite_options(url)?.create_if_missing(false);
            let mut connection = open_sqlite(&options).await?;
            let live = migrate_safety_sqlx::introspect_sqlite(&mut connection).await;
            let _ = connection.close().await;
            return live.map_err(|error| format!("{}: {error}", options.get_filename().display()));
        }
        let mut connection = open_mysql(&mysql_options(url)?).await?;
        let live = migrate_safety_sqlx::introspect_mysql(&mut connection).await;
        let _ = connection.close().await;
        live.map_err(|error| error.to_string())
    };
    tokio::time::timeout(READING, reading).await.map_err(|_| too_long())?
}

/// Where a database of SQLite is, and how it is opened. It is made only if the URL says so (`mode=rwc`).
pub(crate) fn sqlite_options(url: &str) -> Result<SqliteConnectOptions, String> {
    SqliteConnectOptions::from_str(url).map_err(|error| error.to_string())
}

/// Opens it, and says best what is wrong.
pub(crate) async fn open_sqlite(options: &SqliteConnectOptions) -> Result<SqliteConnection, String> {
    let file = options.get_filename();
    let opened = SqliteConnection::connect_with(options).await;
    opened.map_err(|error| {
        let make = if file.exists() { "" } else { "; there is no such file: a URL that ends with ?mode=rwc makes it" };
        format!("{}: {}{make}", file.display(), said(&error))
    })
}

/// Where a server of MySQL or MariaDB is.
pub(crate) fn mysql_options(url: &str) -> Result<MySqlConnectOptions, String> {
    let url = url.strip_prefix("mariadb:").map_or_else(|| url.to_owned(), |rest| format!("mysql:{rest}"));
    MySqlConnectOptions::from_str(&url).map_err(|error| error.to_string())
}

/// Connects to it, and says best what is wrong.
pub(crate) async fn open_mysql(options: &MySqlConnectOptions) -> Result<MySqlConnection, String> {
    let server = format!("{}:{}", options.get_host(), options.get_port());
    let connecting = tokio::time::timeout(PATIENCE, MySqlConnection::connect_with(options)).await;
    connecting
        .map_err(|_| format!("no MySQL server answered at {server} within {} seconds", PATIENCE.as_secs()))?
        .map_err(|error| format!("no connection to the MySQL server at {server}: {}", said(&error)))
}

/// What a driver says, without its own words around it.
fn said(error: &sqlx::Error) -> String {
    match error {
        sqlx::Error::Database(error) => error.message().to_owned(),
        other => other.to_string(),
    }
}

fn too_long() -> String {
    format!(
        "the server was not done telling its catalog after {} seconds: it hangs, or has too much to do; see what holds it \
         up, and try again",
        READING.as_secs()
    )
}

async fn introspect(url: &str) -> Result<Live, String> {
    let connecting = tokio::time::timeout(PATIENCE, migrate_safety_sqlx::connect(url)).await;
    let mut connection = connecting
        .map_err(|_| {
            format!(
                "no PostgreSQL server answered {} within {} seconds; check the host and the port, and that the server is \
                 not stopped or overloaded",
                migrate_safety_sqlx::place(url),
                PATIENCE.as_secs()
            )
        })?
        .map_err(|error: Error| error.to_string())?;
    let reading = migrate_safety_sqlx::introspect(&mut connection, Limits::default());
    let live = tokio::time::timeout(READING, reading).await.map_err(|_| too_long())?;
    if live.is_ok() {
        // The server notices by itself if this fails; one that does not answer would keep us waiting.
        let _ = connection.close().await;
    }
    live.map_err(|error| format!("the PostgreSQL server {}: {error}", migrate_safety_sqlx::place(url)))
}
