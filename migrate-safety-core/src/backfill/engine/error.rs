//! What can go wrong with a run.

use crate::retry::ErrorClass;

/// A statement or a connection that failed, as a driver reports it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}{message}", code(sqlstate))]
pub struct Failure {
    /// The SQLSTATE; `08006` for a connection that is gone or could not be made, empty for an error of the driver.
    pub sqlstate: String,
    /// What the server said.
    pub message: String,
}

/// Why a run ended before the backfill was done. What was committed is kept: the next run goes on from there.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RunError {
    /// The server refused before the first row was touched.
    #[error("the backfill cannot run: {failure}{}", remedy(failure))]
    Refused {
        /// What it said.
        failure: Failure,
    },
    /// The definition or the schema is not the one it was begun with.
    #[error(
        "the backfill `{name}` was begun with another {what}\n  then: {before}\n  now:  {now}\nundo the change, take \
         another name, or start it anew (`restart`, `--restart`)"
    )]
    Changed {
        /// Its name.
        name: String,
        /// `definition` or `schema`.
        what: &'static str,
        /// As it was begun.
        before: String,
        /// As it is now.
        now: String,
    },
    /// The server is a standby.
    #[error("the server is a standby: connect to its primary")]
    Standby,
    /// Another process cancelled it.
    #[error("the backfill `{0}` is cancelled; `resume` lets it go on, `--restart` starts it anew")]
    Cancelled(String),
    /// It failed, here or in another worker.
    #[error("the backfill `{name}` has stopped: {reason}; what is done is kept, start it again when that is mended")]
    Failed {
        /// Its name.
        name: String,
        /// Why.
        reason: String,
    },
    /// More rows do not fit than may be skipped.
    #[error(
        "the row with the key {key} does not fit ({failure}), and no more than {allowed} rows may be skipped; mend it \
         and start the backfill again, or allow more (`max_rejects`, `--max-rejects`)"
    )]
    TooManyRejects {
        /// The key of the last one.
        key: String,
        /// What the server said.
        failure: Failure,
        /// How many may be skipped.
        allowed: u64,
    },
    /// Passes keep finding rows that do not have their value.
    #[error(
        "after pass {pass}, {rows} rows still do not have their value{}; are all writers writing both the old and the \
         new column?",
        examples(keys)
    )]
    NotConverging {
        /// How many passes there were.
        pass: u32,
        /// How many rows.
        rows: u64,
        /// Keys of some of them.
        keys: Vec<String>,
    },
    /// It was tried again for as long as allowed.
    #[error("given up after trying again for {seconds} s: {failure}; what is done is kept, start it again")]
    GaveUp {
        /// For how long.
        seconds: u64,
        /// The last failure.
        failure: Failure,
    },
    /// A failure that trying again does not mend.
    #[error("the backfill stopped: {failure}{}; what is done is kept", remedy(failure))]
    Fatal {
        /// What it was.
        failure: Failure,
    },
    /// The run was not carried through to its end.
    #[error("the run was not carried through to its end")]
    Unfinished,
}

/// What can be done about a failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Remedy {
    /// Connect again, then see what was committed.
    Reconnect,
    /// The same again, with fewer rows.
    Retry,
    /// The rows are at fault.
    Rows,
    /// Nothing.
    None,
}

/// SQLSTATEs by their first characters that say something about a row.
const DATA: [&str; 6] = ["22", "23", "27", "44", "P0", "39"];

/// SQLSTATEs that a server gives for a while: too many connections, out of memory.
const SHORTAGE: [&str; 3] = ["53200", "53300", "57P03"];

impl Failure {
    /// A connection that is gone or could not be made.
    pub fn disconnected(message: impl Into<String>) -> Self {
        Self { sqlstate: "08006".to_owned(), message: message.into() }
    }

    /// What a server of MySQL or MariaDB, or the library of SQLite, said: its codes have SQLSTATEs that mean the same.
    pub fn of_class(class: ErrorClass, is_about_a_row: bool, message: impl Into<String>) -> Self {
        let sqlstate = match class {
            _ if is_about_a_row => "23000",
            ErrorClass::Lock => "55P03",
            ErrorClass::Serialization => "40001",
            ErrorClass::Disconnected => "08006",
            ErrorClass::Cancelled => "57014",
            ErrorClass::ReadOnly => "25006",
            ErrorClass::Rights => "42501",
            ErrorClass::Raised => "P0001",
            ErrorClass::Other => "",
        };
        Self { sqlstate: sqlstate.to_owned(), message: message.into() }
    }

    pub(super) fn protocol(message: &str) -> Self {
        Self { sqlstate: String::new(), message: format!("the answer was not understood: {message}") }
    }

    pub(super) fn class(&self) -> ErrorClass {
        ErrorClass::of(&self.sqlstate)
    }

    pub(super) fn remedy(&self) -> Remedy {
        match self.class() {
            ErrorClass::Disconnected => Remedy::Reconnect,
            ErrorClass::Lock | ErrorClass::Serialization | ErrorClass::Cancelled => Remedy::Retry,
            _ if SHORTAGE.contains(&self.sqlstate.as_str()) => Remedy::Reconnect,
            _ if DATA.iter().any(|class| self.sqlstate.starts_with(class)) => Remedy::Rows,
            _ => Remedy::None,
        }
    }
}

fn code(sqlstate: &str) -> String {
    if sqlstate.is_empty() { String::new() } else { format!("{sqlstate}: ") }
}

fn remedy(failure: &Failure) -> &'static str {
    match failure.sqlstate.as_str() {
        "42501" => "; grant the role what is missing, and CREATE on the schema of the backfill's own tables",
        "25006" => "; connect to a server that takes writes",
        "3F000" => "; name an existing schema for the backfill's own tables",
        "53100" => "; the disk is full: make room, then start it again",
        code if code.starts_with("28") => "; check the user and the password of the URL",
        _ => "",
    }
}

fn examples(keys: &[String]) -> String {
    if keys.is_empty() { String::new() } else { format!(", with the keys {}", keys.join(", ")) }
}
