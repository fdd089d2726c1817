//! What is noted of migrations that are run piece by piece, and the checksums of runners that keep none.

use super::ways::Ways;
use crate::guard::progress::{CHECKSUMS, Key, Progress, TABLE};
use crate::guard::report::Direction;

/// A note that was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Half {
    pub(super) version: String,
    pub(super) direction: Direction,
}

/// Asks which migrations have notes.
pub(super) fn halves_question(ways: &Ways, books: &str) -> String {
    format!("SELECT version, direction FROM {TABLE} WHERE books = {}", (ways.literal)(books))
}

/// What was answered.
pub(super) fn halves(rows: Vec<Vec<Option<String>>>) -> Vec<Half> {
    let half = |row: Vec<Option<String>>| {
        let mut columns = row.into_iter().flatten();
        let (version, direction) = (columns.next()?, columns.next()?);
        let direction = if direction == Direction::Down.name() { Direction::Down } else { Direction::Up };
        Some(Half { version, direction })
    };
    rows.into_iter().filter_map(half).collect()
}

fn condition(ways: &Ways, key: &Key) -> String {
    let literal = ways.literal;
    format!(
        "books = {} AND version = {} AND direction = '{}'",
        literal(&key.books),
        literal(&key.version),
        key.direction.name()
    )
}

/// Asks for a note.
pub(super) fn question(ways: &Ways, key: &Key) -> String {
    format!("SELECT done, running FROM {TABLE} WHERE {}", condition(ways, key))
}

/// What was answered.
///
/// # Errors
/// It is no note of ours.
pub(super) fn read(rows: Vec<Vec<Option<String>>>) -> Result<Option<Progress>, String> {
    let Some(row) = rows.into_iter().next() else { return Ok(None) };
    let mut columns = row.into_iter();
    let done = columns.next().flatten().unwrap_or_default();
    let running = columns.next().flatten();
    let not_ours = |error: serde_json::Error| format!("a row of {TABLE} was not understood: {error}");
    Ok(Some(Progress {
        done: serde_json::from_str(&done).map_err(not_ours)?,
        running: running.map(|running| serde_json::from_str(&running)).transpose().map_err(not_ours)?,
    }))
}

/// Writes a note.
pub(super) fn write(ways: &Ways, key: &Key, progress: &Progress) -> String {
    let literal = ways.literal;
    let json = |value: Result<String, serde_json::Error>| literal(&value.unwrap_or_default());
    let running = progress.running.as_ref().map_or("NULL".to_owned(), |running| json(serde_json::to_string(running)));
    format!(
        "INSERT INTO {TABLE} (books, version, direction, done, running) VALUES ({}, {}, '{}', {}, {running}) {}",
        literal(&key.books),
        literal(&key.version),
        key.direction.name(),
        json(serde_json::to_string(&progress.done)),
        (ways.on_conflict)("books, version, direction", &["done", "running"]),
    )
}

/// Takes a note away.
pub(super) fn delete(ways: &Ways, key: &Key) -> String {
    format!("DELETE FROM {TABLE} WHERE {}", condition(ways, key))
}

/// Asks for the checksums.
pub(super) fn checksums_question(ways: &Ways, books: &str) -> String {
    format!("SELECT version, checksum FROM {CHECKSUMS} WHERE books = {}", (ways.literal)(books))
}

/// Keeps a checksum; none: lets it go.
pub(super) fn checksum(ways: &Ways, books: &str, version: &str, checksum: Option<&str>) -> String {
    let literal = ways.literal;
    let (books, version) = (literal(books), literal(version));
    match checksum {
        Some(checksum) => format!(
            "INSERT INTO {CHECKSUMS} (books, version, checksum) VALUES ({books}, {version}, {}) {}",
            literal(checksum),
            (ways.on_conflict)("books, version", &["checksum"]),
        ),
        None => format!("DELETE FROM {CHECKSUMS} WHERE books = {books} AND version = {version}"),
    }
}
