//! What the guard asks of a connection, and the bookkeeping of sqlx and diesel.

use super::books::{Books, DIESEL, find, hexadecimal, of_migrate};
use migrate_safety_core::Layout;
use migrate_safety_core::catalog::introspect::AppliedMigration;
use migrate_safety_core::guard::{Answer, Event, Failure, Host, Severity, literal};
use migrate_safety_core::layout::Migration;
use sqlx::migrate::Migrate;
use sqlx::postgres::PgDatabaseError;
use sqlx::{AssertSqlSafe, PgConnection, Row};
use std::time::{Duration, Instant};

/// Hears what happens.
pub(super) type Listener = dyn Fn(&Event) + Send + Sync;

/// A connection in use by the guard.
pub(super) struct PgHost<'c> {
    connection: &'c mut PgConnection,
    books: Books<'c>,
    listener: Option<&'c Listener>,
    began: Instant,
}

impl<'c> PgHost<'c> {
    pub(super) fn new(connection: &'c mut PgConnection, books: Books<'c>, listener: Option<&'c Listener>) -> Self {
        Self { connection, books, listener, began: Instant::now() }
    }

    async fn send(&mut self, sql: &str) -> Result<(), Failure> {
        let sent = sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut *self.connection).await;
        sent.map(|_| ()).map_err(|error| failure(&error))
    }
}

impl Host for PgHost<'_> {
    fn execute<'a>(&'a mut self, sql: &'a str) -> Answer<'a, Result<(), Failure>> {
        Box::pin(self.send(sql))
    }

    fn fetch<'a>(&'a mut self, sql: &'a str) -> Answer<'a, Result<Vec<String>, Failure>> {
        Box::pin(async move {
            let rows = sqlx::raw_sql(AssertSqlSafe(sql)).fetch_all(&mut *self.connection).await;
            let rows = rows.map_err(|error| failure(&error))?;
            rows.iter().map(|row| row.try_get(0)).collect::<Result<_, _>>().map_err(|error| failure(&error))
        })
    }

    fn begin<'a>(&'a mut self, begin: &'a str, settings: &'a str) -> Answer<'a, Result<(), Failure>> {
        // Not sqlx's own transactions: they would be rolled back by a future that nobody drives any more. A connection
        // that is not clean is closed instead.
        Box::pin(async move { self.send(&format!("{begin}; {settings}")).await })
    }

    fn commit<'a>(&'a mut self, last: &'a str) -> Answer<'a, Result<(), Failure>> {
        Box::pin(async move {
            match last {
                "" => self.send("COMMIT").await,
                last => self.send(&format!("{last}; COMMIT")).await,
            }
        })
    }

    fn rollback(&mut self) -> Answer<'_, Result<(), Failure>> {
        Box::pin(self.send("ROLLBACK"))
    }

    fn books(&self) -> String {
        self.books.table()
    }

    fn locks(&self) -> bool {
        self.books.locks()
    }

    fn ignores_missing(&self) -> bool {
        self.books.ignores_missing()
    }

    fn keeps_checksums(&self) -> bool {
        self.books.keeps_checksums()
    }

    fn open_books(&mut self) -> Answer<'_, Result<(), Failure>> {
        Box::pin(async move {
            match self.books {
                Books::Sqlx(migrator) => {
                    for schema in migrator.create_schemas.iter() {
                        self.connection.create_schema_if_not_exists(schema).await.map_err(of_migrate)?;
                    }
                    self.connection.ensure_migrations_table(&migrator.table_name).await.map_err(of_migrate)
                }
                Books::Diesel => self.send(Layout::Diesel.bookkeeping().unwrap_or_default()).await,
            }
        })
    }

    fn applied(&mut self) -> Answer<'_, Result<Vec<AppliedMigration>, Failure>> {
        Box::pin(async move {
            match self.books {
                Books::Sqlx(migrator) => {
                    let table = &migrator.table_name;
                    let dirty = self.connection.dirty_version(table).await.map_err(of_migrate)?;
                    let applied = self.connection.list_applied_migrations(table).await.map_err(of_migrate)?;
                    let record = |record: &sqlx::migrate::AppliedMigration| AppliedMigration {
                        version: record.version.to_string(),
                        checksum: Some(hexadecimal(&record.checksum)),
                        success: dirty != Some(record.version),
                    };
                    Ok(applied.iter().map(record).collect())
                }
                Books::Diesel => {
                    let versions = self.fetch(&format!("SELECT version::text FROM {DIESEL} ORDER BY 1")).await?;
                    let record = |version| AppliedMigration { version, checksum: None, success: true };
                    Ok(versions.into_iter().map(record).collect())
                }
            }
        })
    }

    fn record(&self, migration: &Migration, took: Duration) -> Result<String, Failure> {
        match self.books {
            // What sqlx 0.9 leaves after its INSERT and its UPDATE of the time.
            Books::Sqlx(migrator) => {
                let found = find(migrator, migration)?;
                Ok(format!(
                    "INSERT INTO {} (version, description, success, checksum, execution_time) \
                     VALUES ({}, {}, true, decode('{}', 'hex'), {})",
                    migrator.table_name,
                    found.version,
                    literal(&found.description),
                    hexadecimal(&found.checksum),
                    took.as_nanos()
                ))
            }
            Books::Diesel => Ok(format!("INSERT INTO {DIESEL} (version) VALUES ({})", literal(&migration.id))),
        }
    }

    fn forget(&self, migration: &Migration) -> Result<String, Failure> {
        match self.books {
            Books::Sqlx(migrator) => {
                let version = find(migrator, migration)?.version;
                Ok(format!("DELETE FROM {} WHERE version = {version}", migrator.table_name))
            }
            Books::Diesel => Ok(format!("DELETE FROM {DIESEL} WHERE version = {}", literal(&migration.id))),
        }
    }

    fn checksum(&self, migration: &Migration) -> String {
        self.books.checksum(migration)
    }

    fn pause(&mut self, time: Duration) -> Answer<'_, ()> {
        Box::pin(sqlx::__rt::sleep(time))
    }

    fn now(&self) -> Duration {
        self.began.elapsed()
    }

    fn tell(&mut self, event: &Event) {
        tell(self.listener, event);
    }
}

/// Passes an event on.
pub(super) fn tell(listener: Option<&Listener>, event: &Event) {
    match event.severity() {
        Severity::Info => tracing::info!(target: "migrate_safety", "{event}"),
        Severity::Warning => tracing::warn!(target: "migrate_safety", "{event}"),
    }
    if let Some(listener) = listener {
        listener(event);
    }
}

/// What the server or the driver says.
pub(super) fn failure(error: &sqlx::Error) -> Failure {
    #[cfg(any(feature = "mysql", feature = "sqlite"))]
    if let sqlx::Error::Database(database) = error
        && let Some(failure) = super::database_host::failure(database.as_ref())
    {
        return failure;
    }
    match error {
        sqlx::Error::Database(database) => {
            let more = database.try_downcast_ref::<PgDatabaseError>();
            Failure {
                sqlstate: database.code().map(std::borrow::Cow::into_owned),
                message: database.message().to_owned(),
                detail: more.and_then(|more| more.detail()).map(str::to_owned),
                hint: more.and_then(|more| more.hint()).map(str::to_owned),
                ..Failure::default()
            }
        }
        other => Failure {
            message: other.to_string(),
            disconnected: matches!(
                other,
                sqlx::Error::Io(_)
                    | sqlx::Error::Tls(_)
                    | sqlx::Error::Protocol(_)
                    | sqlx::Error::PoolTimedOut
                    | sqlx::Error::PoolClosed
                    | sqlx::Error::WorkerCrashed
            ),
            ..Failure::default()
        },
    }
}
