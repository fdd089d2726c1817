//! What the guard asks of a connection, and the bookkeeping of sqlx and diesel.

use super::unknown;
use migrate_safety_core::Layout;
use migrate_safety_core::catalog::introspect::AppliedMigration;
use migrate_safety_core::guard::{Answer, Event, Failure, Host, Severity, literal};
use migrate_safety_core::layout::Migration;
use sqlx::migrate::{Migrate, MigrateError, Migrator};
use sqlx::postgres::PgDatabaseError;
use sqlx::{AssertSqlSafe, PgConnection, Row};
use std::time::{Duration, Instant};

/// Hears what happens.
pub(super) type Listener = dyn Fn(&Event) + Send + Sync;

/// Whose bookkeeping.
#[derive(Clone, Copy)]
pub(super) enum Books<'m> {
    /// sqlx's, written by sqlx.
    Sqlx(&'m Migrator),
    /// diesel's.
    Diesel,
}

/// diesel's table.
const DIESEL: &str = "__diesel_schema_migrations";

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
        match self.books {
            Books::Sqlx(migrator) => migrator.table_name.to_string(),
            Books::Diesel => DIESEL.to_owned(),
        }
    }

    fn locks(&self) -> bool {
        match self.books {
            Books::Sqlx(migrator) => migrator.locking,
            Books::Diesel => true,
        }
    }

    fn ignores_missing(&self) -> bool {
        match self.books {
            Books::Sqlx(migrator) => migrator.ignore_missing,
            Books::Diesel => true,
        }
    }

    fn keeps_checksums(&self) -> bool {
        matches!(self.books, Books::Sqlx(_))
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
        match self.books {
            Books::Sqlx(migrator) => {
                find(migrator, migration).map(|found| hexadecimal(&found.checksum)).unwrap_or_default()
            }
            Books::Diesel => crate::checksum(&migration.up.text),
        }
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
    match error {
        sqlx::Error::Database(database) => {
            let more = database.try_downcast_ref::<PgDatabaseError>();
            Failure {
                sqlstate: database.code().map(std::borrow::Cow::into_owned),
                message: database.message().to_owned(),
                detail: more.and_then(|more| more.detail()).map(str::to_owned),
                hint: more.and_then(|more| more.hint()).map(str::to_owned),
                disconnected: false,
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

fn of_migrate(error: MigrateError) -> Failure {
    match error {
        MigrateError::Execute(error) | MigrateError::ExecuteMigration(error, _) => failure(&error),
        other => Failure::of_ours(other.to_string()),
    }
}

/// The migrator's own value of a migration.
fn find<'m>(migrator: &'m Migrator, migration: &Migration) -> Result<&'m sqlx::migrate::Migration, Failure> {
    let version: Option<i64> = migration.id.parse().ok();
    let is_it =
        |found: &&sqlx::migrate::Migration| Some(found.version) == version && !found.migration_type.is_down_migration();
    migrator.iter().find(is_it).ok_or_else(|| unknown(&migration.id))
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
