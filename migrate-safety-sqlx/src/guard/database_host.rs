//! What the guard asks of a connection to MySQL, MariaDB or SQLite, and the bookkeeping of sqlx and diesel there.

use super::books::{Books, DIESEL, find, hexadecimal, of_migrate};
use super::host::{Listener, failure as failure_of, tell};
use migrate_safety_core::catalog::introspect::AppliedMigration;
use migrate_safety_core::guard::databases::literal;
use migrate_safety_core::guard::{Answer, Event, Failure, Host};
use migrate_safety_core::layout::Migration;
use migrate_safety_core::retry::{ErrorClass, mysql_is_about_a_row, sqlite_is_about_a_row};
use migrate_safety_core::{Dialect, Layout};
use sqlx::error::DatabaseError;
use sqlx::migrate::{Migrate, Migrator};
use sqlx::{AssertSqlSafe, Row};
use std::time::{Duration, Instant};

/// A connection to either.
pub(super) enum Connection<'c> {
    #[cfg(feature = "mysql")]
    MySql(&'c mut sqlx::MySqlConnection),
    #[cfg(feature = "sqlite")]
    Sqlite(&'c mut sqlx::SqliteConnection),
}

impl Connection<'_> {
    pub(super) fn dialect(&self) -> Dialect {
        match self {
            #[cfg(feature = "mysql")]
            Self::MySql(_) => Dialect::MySql,
            #[cfg(feature = "sqlite")]
            Self::Sqlite(_) => Dialect::Sqlite,
        }
    }

    fn migrate(&mut self) -> &mut (dyn Migrate + Send) {
        match self {
            #[cfg(feature = "mysql")]
            Self::MySql(connection) => *connection,
            #[cfg(feature = "sqlite")]
            Self::Sqlite(connection) => *connection,
        }
    }

    async fn send(&mut self, sql: &str) -> Result<(), Failure> {
        let query = sqlx::raw_sql(AssertSqlSafe(sql));
        let sent = match self {
            #[cfg(feature = "mysql")]
            Self::MySql(connection) => query.execute(&mut **connection).await.map(drop),
            #[cfg(feature = "sqlite")]
            Self::Sqlite(connection) => query.execute(&mut **connection).await.map(drop),
        };
        sent.map_err(|error| failure_of(&error))
    }

    async fn rows(&mut self, sql: &str) -> Result<Vec<Vec<Option<String>>>, Failure> {
        let query = sqlx::raw_sql(AssertSqlSafe(sql));
        match self {
            #[cfg(feature = "mysql")]
            Self::MySql(connection) => {
                let rows = query.fetch_all(&mut **connection).await.map_err(|error| failure_of(&error))?;
                let text = |row: &sqlx::mysql::MySqlRow, at| {
                    let bytes = row.try_get_unchecked::<Option<Vec<u8>>, _>(at).ok().flatten();
                    bytes.map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
                };
                Ok(rows.iter().map(|row| (0..row.len()).map(|at| text(row, at)).collect()).collect())
            }
            #[cfg(feature = "sqlite")]
            Self::Sqlite(connection) => {
                let rows = query.fetch_all(&mut **connection).await.map_err(|error| failure_of(&error))?;
                let text =
                    |row: &sqlx::sqlite::SqliteRow, at| row.try_get_unchecked::<Option<String>, _>(at).ok().flatten();
                Ok(rows.iter().map(|row| (0..row.len()).map(|at| text(row, at)).collect()).collect())
            }
        }
    }
}

/// A connection in use by the guard.
pub(super) struct DatabaseHost<'c> {
    connection: Connection<'c>,
    books: Books<'c>,
    listener: Option<&'c Listener>,
    began: Instant,
}

impl<'c> DatabaseHost<'c> {
    pub(super) fn new(connection: Connection<'c>, books: Books<'c>, listener: Option<&'c Listener>) -> Self {
        Self { connection, books, listener, began: Instant::now() }
    }

    /// Whether a runner of sqlx says of a migration that it is under way (`success = false`), as it does on MySQL.
    fn announces(&self) -> bool {
        self.connection.dialect() != Dialect::Sqlite
    }

    fn literal(&self, text: &str) -> String {
        literal(self.connection.dialect(), text).unwrap_or_default()
    }

    /// Writes the row of a migration as sqlx 0.9 leaves it; where it has been announced, what it is to be now.
    fn row(&self, migrator: &Migrator, found: &sqlx::migrate::Migration, success: bool, time: i64) -> String {
        let (table, description) = (&migrator.table_name, self.literal(&found.description));
        let update = match self.announces() {
            true => {
                "ON DUPLICATE KEY UPDATE description = VALUES(description), success = VALUES(success), \
                 checksum = VALUES(checksum), execution_time = VALUES(execution_time)"
            }
            false => "",
        };
        format!(
            "INSERT INTO {table} (version, description, success, checksum, execution_time) \
             VALUES ({}, {description}, {success}, x'{}', {time}) {update}",
            found.version,
            hexadecimal(&found.checksum)
        )
    }
}

impl Host for DatabaseHost<'_> {
    fn execute<'a>(&'a mut self, sql: &'a str) -> Answer<'a, Result<(), Failure>> {
        Box::pin(self.connection.send(sql))
    }

    fn fetch<'a>(&'a mut self, sql: &'a str) -> Answer<'a, Result<Vec<String>, Failure>> {
        Box::pin(async move {
            let rows = self.connection.rows(sql).await?;
            Ok(rows.into_iter().filter_map(|row| row.into_iter().next().flatten()).collect())
        })
    }

    fn rows<'a>(&'a mut self, sql: &'a str) -> Answer<'a, Result<Vec<Vec<Option<String>>>, Failure>> {
        Box::pin(self.connection.rows(sql))
    }

    fn begin<'a>(&'a mut self, begin: &'a str, settings: &'a str) -> Answer<'a, Result<(), Failure>> {
        Box::pin(async move {
            self.connection.send(begin).await?;
            if settings.is_empty() { Ok(()) } else { self.connection.send(settings).await }
        })
    }

    fn commit<'a>(&'a mut self, last: &'a str) -> Answer<'a, Result<(), Failure>> {
        Box::pin(async move {
            match last {
                "" => self.connection.send("COMMIT").await,
                last => self.connection.send(&format!("{last}; COMMIT")).await,
            }
        })
    }

    fn rollback(&mut self) -> Answer<'_, Result<(), Failure>> {
        Box::pin(self.connection.send("ROLLBACK"))
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
                    let connection = self.connection.migrate();
                    for schema in migrator.create_schemas.iter() {
                        connection.create_schema_if_not_exists(schema).await.map_err(of_migrate)?;
                    }
                    connection.ensure_migrations_table(&migrator.table_name).await.map_err(of_migrate)
                }
                Books::Diesel => self.connection.send(Layout::Diesel.bookkeeping().unwrap_or_default()).await,
            }
        })
    }

    fn applied(&mut self) -> Answer<'_, Result<Vec<AppliedMigration>, Failure>> {
        Box::pin(async move {
            match self.books {
                Books::Sqlx(migrator) => {
                    let (table, connection) = (&migrator.table_name, self.connection.migrate());
                    let dirty = connection.dirty_version(table).await.map_err(of_migrate)?;
                    let applied = connection.list_applied_migrations(table).await.map_err(of_migrate)?;
                    let record = |record: &sqlx::migrate::AppliedMigration| AppliedMigration {
                        version: record.version.to_string(),
                        checksum: Some(hexadecimal(&record.checksum)),
                        success: dirty != Some(record.version),
                    };
                    Ok(applied.iter().map(record).collect())
                }
                Books::Diesel => {
                    let rows = self.connection.rows(&format!("SELECT version FROM {DIESEL} ORDER BY version")).await?;
                    let versions = rows.into_iter().filter_map(|row| row.into_iter().next().flatten());
                    let record = |version| AppliedMigration { version, checksum: None, success: true };
                    Ok(versions.map(record).collect())
                }
            }
        })
    }

    fn announce(&self, migration: &Migration, undo: bool) -> Result<String, Failure> {
        match self.books {
            Books::Sqlx(migrator) if self.announces() => {
                let found = find(migrator, migration)?;
                Ok(match undo {
                    true => set_success(migrator, found, false),
                    false => self.row(migrator, found, false, -1),
                })
            }
            _ => Ok(String::new()),
        }
    }

    fn withdraw(&self, migration: &Migration, undo: bool) -> Result<String, Failure> {
        match self.books {
            Books::Sqlx(migrator) if self.announces() => {
                let found = find(migrator, migration)?;
                Ok(match undo {
                    true => set_success(migrator, found, true),
                    false => self.forget(migration)?,
                })
            }
            _ => Ok(String::new()),
        }
    }

    fn record(&self, migration: &Migration, took: Duration) -> Result<String, Failure> {
        match self.books {
            Books::Sqlx(migrator) => {
                let time = i64::try_from(took.as_nanos()).unwrap_or(i64::MAX);
                Ok(self.row(migrator, find(migrator, migration)?, true, time))
            }
            Books::Diesel => Ok(format!("INSERT INTO {DIESEL} (version) VALUES ({})", self.literal(&migration.id))),
        }
    }

    fn forget(&self, migration: &Migration) -> Result<String, Failure> {
        match self.books {
            Books::Sqlx(migrator) => {
                let version = find(migrator, migration)?.version;
                Ok(format!("DELETE FROM {} WHERE version = {version}", migrator.table_name))
            }
            Books::Diesel => Ok(format!("DELETE FROM {DIESEL} WHERE version = {}", self.literal(&migration.id))),
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

fn set_success(migrator: &Migrator, found: &sqlx::migrate::Migration, success: bool) -> String {
    format!("UPDATE {} SET success = {success} WHERE version = {}", migrator.table_name, found.version)
}

/// What a server of MySQL or the library of SQLite says, with its own number.
pub(super) fn failure(error: &dyn DatabaseError) -> Option<Failure> {
    let (code, meaning) = code(error)?;
    let disconnected = meaning == ErrorClass::Disconnected;
    let message = error.message().to_owned();
    Some(Failure { sqlstate: Some(code), message, disconnected, meaning: Some(meaning), ..Failure::default() })
}

fn code(error: &dyn DatabaseError) -> Option<(String, ErrorClass)> {
    #[cfg(feature = "mysql")]
    if let Some(error) = error.try_downcast_ref::<sqlx::mysql::MySqlDatabaseError>() {
        let raised = error.code() == Some("45000");
        let meaning = if raised { ErrorClass::Raised } else { ErrorClass::of_mysql(error.number()) };
        return Some((error.number().to_string(), meaning));
    }
    #[cfg(feature = "sqlite")]
    if error.try_downcast_ref::<sqlx::sqlite::SqliteError>().is_some() {
        let code = error.code().unwrap_or_default().into_owned();
        let meaning = code.parse().map_or(ErrorClass::Other, ErrorClass::of_sqlite);
        return Some((code, meaning));
    }
    None
}

/// What an error means, and whether a row is at fault: a value that does not fit, a constraint. Nothing, if it is not one
/// of MySQL or SQLite.
pub(crate) fn class_of(error: &dyn DatabaseError) -> Option<(ErrorClass, bool)> {
    let (code, class) = code(error)?;
    let about_a_row = match &*error.code().unwrap_or_default() {
        // MySQL tells SQLSTATEs.
        state if state.len() == 5 => code.parse().is_ok_and(|number| mysql_is_about_a_row(number, state)),
        _ => code.parse().is_ok_and(sqlite_is_about_a_row),
    };
    Some((class, about_a_row && !class.is_transient()))
}
