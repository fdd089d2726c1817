//! What a statement does in a database of its own.

use crate::fill::{self, MANY};
use crate::picture;
use rusqlite::{Connection, Error};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// What was seen.
#[derive(Debug)]
pub(crate) struct Measured {
    /// The library's message, if it refused the statement.
    pub(crate) refused: Option<String>,
    /// Whether `t` was written anew; unknown where it is too small to tell.
    pub(crate) rewritten: Option<bool>,
    /// Whether `t` was read through.
    pub(crate) read_through: Option<bool>,
    /// Whether another connection could not write meanwhile; unknown where no transaction can be opened around it.
    pub(crate) others_wait: Option<bool>,
    /// Rows of `c` that are gone, and references in it that were overwritten.
    pub(crate) lost: [i64; 2],
    /// The schema afterwards.
    pub(crate) schema: String,
}

impl Measured {
    pub(crate) fn of(setup: &str, sql: &str) -> Self {
        let database = Database::new();
        let connection = database.open();
        fill::run(&connection, setup);
        let (large, lost_before) = (is_large(&connection), of_children(&connection));
        let in_transaction = !connection.is_autocommit();
        if !in_transaction {
            connection.execute_batch("PRAGMA wal_checkpoint(TRUNCATE)").unwrap();
        }
        let steps = Arc::new(AtomicU64::new(0));
        let counter = Arc::clone(&steps);
        connection
            .progress_handler(
                1,
                Some(move || {
                    counter.fetch_add(1, Ordering::Relaxed);
                    false
                }),
            )
            .unwrap();
        let refused = connection.execute_batch(sql).err().map(message);
        connection.progress_handler(1, None::<fn() -> bool>).unwrap();
        let known = large && refused.is_none() && !in_transaction;
        let rewritten = known.then(|| database.log_pages() > u64::from(MANY) / 20);
        let read_through = known.then(|| steps.load(Ordering::Relaxed) > u64::from(MANY));
        let lost_after = of_children(&connection);
        let lost = [lost_before[0] - lost_after[0], lost_before[1] - lost_after[1]];
        let schema = picture::of_library(&connection);
        let others_wait = if refused.is_none() && !in_transaction { others_wait(setup, sql) } else { None };
        Self { refused, rewritten, read_through, others_wait, lost, schema }
    }
}

/// Whether somebody else waits while the statement's transaction is open.
fn others_wait(setup: &str, sql: &str) -> Option<bool> {
    let database = Database::new();
    let (connection, other) = (database.open(), database.open());
    fill::run(&connection, setup);
    other.busy_timeout(std::time::Duration::ZERO).unwrap();
    connection.execute_batch("BEGIN").ok()?;
    connection.execute_batch(sql).ok()?;
    if connection.is_autocommit() {
        return None;
    }
    Some(other.execute_batch("BEGIN IMMEDIATE").is_err())
}

fn is_large(connection: &Connection) -> bool {
    let rows = connection.query_row("SELECT count(*) FROM t", [], |row| row.get::<_, u32>(0));
    rows.is_ok_and(|rows| rows >= MANY)
}

/// Rows of `c`, and those of them that refer to something.
fn of_children(connection: &Connection) -> [i64; 2] {
    let counts = connection.query_row("SELECT count(*), count(t_id) FROM c", [], |row| Ok([row.get(0)?, row.get(1)?]));
    counts.unwrap_or_default()
}

/// What the library says.
pub(crate) fn message(error: Error) -> String {
    match error {
        Error::SqliteFailure(_, Some(message)) => message,
        Error::SqlInputError { msg, .. } => msg,
        other => other.to_string(),
    }
}

/// A database in a file, with a write-ahead log, gone when this is.
pub(crate) struct Database {
    path: PathBuf,
}

impl Database {
    pub(crate) fn new() -> Self {
        static NUMBER: AtomicU64 = AtomicU64::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let name = format!("migrate-safety-{}-{number}.db", std::process::id());
        Self { path: std::env::temp_dir().join(name) }
    }

    pub(crate) fn open(&self) -> Connection {
        let connection = Connection::open(&self.path).unwrap();
        let settings = "PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF; PRAGMA wal_autocheckpoint = 0";
        connection.execute_batch(settings).unwrap();
        connection
    }

    fn log(&self) -> PathBuf {
        PathBuf::from(format!("{}-wal", self.path.display()))
    }

    /// Pages in the write-ahead log.
    fn log_pages(&self) -> u64 {
        let length = std::fs::metadata(self.log()).map_or(0, |file| file.len());
        length / (4096 + 24)
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        let shared = PathBuf::from(format!("{}-shm", self.path.display()));
        for file in [&self.path, &self.log(), &shared] {
            let _ = std::fs::remove_file(file);
        }
    }
}
