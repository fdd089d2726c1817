//! How each server is asked what the guard wants to know and to have: one table for each.

#[cfg(feature = "mysql")]
mod mysql;
#[cfg(feature = "sqlite")]
mod sqlite;

use super::trace::Object;
use crate::dialect::Dialect;
use std::time::Duration;

/// The statements of a server.
pub(super) struct Ways {
    /// Begins a transaction that writes.
    pub(super) begin: &'static str,
    /// A text as a literal, whatever the session's settings are.
    pub(super) literal: fn(&str) -> String,
    /// Questions about the database. Their rows are a word and a value: `database` with its name, `read_only` with the
    /// reason, `table` with the name of one of these that is there.
    pub(super) look: fn(&[&str]) -> Vec<String>,
    /// The lock that keeps two runs apart.
    pub(super) lock: Option<Lock>,
    /// Limits how long a statement waits for a lock.
    pub(super) limits: fn(Duration) -> String,
    /// How the session's settings are told.
    pub(super) settings: SessionWays,
    /// Questions who holds one of these tables; the first that is answered with a row counts.
    pub(super) blockers: fn(&[String]) -> Vec<String>,
    /// Questions for the oldest open transactions, likewise.
    pub(super) oldest: &'static [&'static str],
    /// Asks for an object's definition, or for the time of its making.
    pub(super) show: fn(&Object) -> String,
    /// Error codes that say that there is no such object.
    pub(super) not_there: &'static [&'static str],
    /// Whether a table has rows, of which a column is not null if one is given; the answer is `1` or `0`.
    pub(super) has_rows: fn(&str, Option<&str>) -> String,
    /// Makes the table of progress.
    pub(super) create_progress: &'static str,
    /// Makes the table of checksums.
    pub(super) create_checksums: &'static str,
    /// What stands behind an `INSERT` whose key may be there, before the columns it then sets; with the columns of the
    /// key.
    pub(super) on_conflict: fn(&str, &[&str]) -> String,
    /// What is done after a run, as far as it goes.
    pub(super) after: &'static [&'static str],
}

/// The lock that keeps two runs apart.
pub(super) struct Lock {
    /// Its name in a database.
    pub(super) key: fn(&str) -> String,
    /// Asks for it without waiting: `1`, or it is not had.
    pub(super) take: fn(&str) -> String,
    /// Whether this session has it: `1`.
    pub(super) has: fn(&str) -> String,
    /// Gives it back: `1`, if it was had.
    pub(super) give: fn(&str) -> String,
    /// Who has it.
    pub(super) holder: fn(&str) -> String,
}

/// How the settings of a session are told and set.
#[cfg_attr(not(all(feature = "mysql", feature = "sqlite")), allow(dead_code, reason = "each is one server's way"))]
pub(super) enum SessionWays {
    /// Each by itself.
    Pragmas(&'static [&'static str]),
    /// All at once, name and value; these change by themselves.
    Variables { question: &'static str, left_alone: &'static [&'static str] },
}

/// The columns that tell of a session: number, user, state, query, age of its transaction, table, mode.
pub(super) const ACTIVITY_COLUMNS: usize = 7;

impl Ways {
    pub(super) fn of(dialect: Dialect) -> Option<&'static Self> {
        match dialect {
            #[cfg(feature = "sqlite")]
            Dialect::Sqlite => Some(&sqlite::WAYS),
            #[cfg(feature = "mysql")]
            Dialect::MySql | Dialect::MariaDb => Some(&mysql::WAYS),
            _ => None,
        }
    }

    /// A list of literals.
    pub(super) fn list(&self, texts: &[&str]) -> String {
        texts.iter().map(|text| (self.literal)(text)).collect::<Vec<_>>().join(", ")
    }
}
