//! What is known of migrations without a transaction that have been run in part.
//!
//! A row for each migration and direction: the texts of the statements that are done, and the one that was under way.
//! The row goes when the migration is recorded in the runner's books, the table when it is empty.

use super::activity::literal;
use super::report::Direction;
use serde::{Deserialize, Serialize};

/// Where progress is kept.
pub(super) const TABLE: &str = "_migrate_safety_progress";

/// Where checksums are kept for runners that record none.
pub(super) const CHECKSUMS: &str = "_migrate_safety_checksums";

/// Makes the table of progress.
pub(super) const CREATE: &str = "CREATE TABLE IF NOT EXISTS _migrate_safety_progress (
    books text NOT NULL,
    version text NOT NULL,
    direction text NOT NULL,
    done text NOT NULL,
    running text,
    changed_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (books, version, direction))";

/// Drops the table of progress if nothing is in it and nobody uses it: whoever reads all tables, as a backup does, is
/// not waited for, and the next run drops it.
pub(super) const DROP: &str = "DO $$ BEGIN
    LOCK TABLE _migrate_safety_progress NOWAIT;
    IF NOT EXISTS (SELECT FROM _migrate_safety_progress) THEN DROP TABLE _migrate_safety_progress; END IF;
EXCEPTION WHEN undefined_table OR lock_not_available THEN NULL;
END $$";

/// Makes the table of checksums.
pub(super) const CREATE_CHECKSUMS: &str = "CREATE TABLE IF NOT EXISTS _migrate_safety_checksums (
    books text NOT NULL,
    version text NOT NULL,
    checksum text NOT NULL,
    PRIMARY KEY (books, version))";

/// Whose progress.
#[derive(Clone, Debug)]
pub(super) struct Key {
    pub(super) books: String,
    pub(super) version: String,
    pub(super) direction: Direction,
}

impl Key {
    fn condition(&self) -> String {
        let direction = self.direction.name();
        format!(
            "books = {} AND version = {} AND direction = '{direction}'",
            literal(&self.books),
            literal(&self.version)
        )
    }

    /// Asks for the row.
    pub(super) fn question(&self) -> String {
        format!(
            "SELECT json_build_object('done', done::json, 'running', running::json)::text FROM {TABLE} WHERE {}",
            self.condition()
        )
    }

    /// Writes the row.
    pub(super) fn write(&self, progress: &Progress) -> String {
        let running = progress.running.as_ref().map_or("NULL".to_owned(), json);
        self.write_row(&progress.done, &running)
    }

    /// Writes the row with a statement that begins: `seen` is an expression for the numbers of what is there before it.
    pub(super) fn write_begun(&self, done: &[String], statement: &str, seen: &str) -> String {
        let statement = literal(statement);
        let running = format!("json_build_object('statement', {statement}::text, 'seen', {seen})::text");
        self.write_row(done, &running)
    }

    fn write_row(&self, done: &[String], running: &str) -> String {
        let done = json(&done);
        format!(
            "INSERT INTO {TABLE} (books, version, direction, done, running) VALUES ({}, {}, '{}', {done}, {running})
             ON CONFLICT (books, version, direction)
             DO UPDATE SET done = excluded.done, running = excluded.running, changed_at = now()",
            literal(&self.books),
            literal(&self.version),
            self.direction.name(),
        )
    }

    /// Takes the row away.
    pub(super) fn delete(&self) -> String {
        format!("DELETE FROM {TABLE} WHERE {}", self.condition())
    }
}

/// A literal of a value.
fn json(value: &impl Serialize) -> String {
    literal(&serde_json::to_string(value).unwrap_or_default())
}

/// How far a migration has come.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Progress {
    /// The statements that are done.
    pub(super) done: Vec<String>,
    /// The statement that was under way.
    pub(super) running: Option<Running>,
}

/// A statement that was begun.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Running {
    pub(super) statement: String,
    /// The objects that were there before it, by number.
    pub(super) seen: Vec<i64>,
}

impl Progress {
    /// How many of `statements` are done.
    ///
    /// # Errors
    /// The ones that are done do not stand there any more: how many they are.
    pub(super) fn done_of(&self, statements: &[&str]) -> Result<usize, usize> {
        let same =
            self.done.len() <= statements.len() && self.done.iter().zip(statements).all(|(done, now)| done == now);
        if same { Ok(self.done.len()) } else { Err(self.done.len()) }
    }

    /// What was there before a statement, if that was under way.
    pub(super) fn seen_before(&self, statement: &str) -> Option<&[i64]> {
        self.running.as_ref().filter(|running| running.statement == statement).map(|running| running.seen.as_slice())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_later_statement_may_be_edited_and_a_done_one_not() {
        let progress = Progress { done: vec!["a".into(), "b".into()], running: None };
        assert_eq!(progress.done_of(&["a", "b", "new"]), Ok(2));
        assert_eq!(progress.done_of(&["a", "b"]), Ok(2));
        assert_eq!(progress.done_of(&["a", "x", "b"]), Err(2));
        assert_eq!(progress.done_of(&["a"]), Err(2));
    }

    #[test]
    fn whatever_the_text_the_sql_is_one_statement() {
        let key = Key { books: "b'; --".into(), version: "1".into(), direction: Direction::Up };
        let running = Running { statement: "SELECT E'\\\\''; $$".into(), seen: vec![1] };
        let sql = key.write(&Progress { done: vec!["DO $x$ ';' $x$".into()], running: Some(running) });
        let pieces = crate::sql::split(crate::dialect::Target::default(), &sql);
        assert_eq!(pieces.len(), 1, "{sql}");
    }
}
