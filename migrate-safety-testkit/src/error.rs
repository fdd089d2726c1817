//! What can go wrong between a test and its server, each with the remedy.

use migrate_safety_core::catalog::introspect::ReadError;
use std::fmt;
use std::io;
use std::path::PathBuf;

/// Why a server could not be started, or a case not be measured.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The binaries are not installed.
    #[error("no PostgreSQL {major} server in {}: run `cargo xtask servers {major}`", path.display())]
    NoServer {
        /// The major version asked for.
        major: u16,
        /// Where its binaries were looked for.
        path: PathBuf,
    },
    /// PostgreSQL refuses to run as root, and no other user is known.
    #[error("PostgreSQL does not run as root and /etc/passwd has no user `nobody`: run as an ordinary user")]
    NoUnprivilegedUser,
    /// An operation on files or processes failed.
    #[error("cannot {action}: {source}")]
    Io {
        /// What was attempted.
        action: String,
        /// What the system said.
        source: io::Error,
    },
    /// `initdb` failed.
    #[error("initdb of PostgreSQL {major} failed; is {} intact? Remove it and run `cargo xtask servers {major}`\n{output}", path.display())]
    Initdb {
        /// The major version.
        major: u16,
        /// Where its binaries are.
        path: PathBuf,
        /// What `initdb` printed.
        output: String,
    },
    /// The server ended, or did not answer in time.
    #[error("PostgreSQL {major} {reason}; the end of its log:\n{log}")]
    Start {
        /// The major version.
        major: u16,
        /// How it failed.
        reason: String,
        /// The last lines of the server's log.
        log: String,
    },
    /// The binaries of MySQL or MariaDB are not installed.
    #[error("no {product} server in {}: run `cargo xtask servers {product}`", path.display())]
    NoMysql {
        /// Which server.
        product: &'static str,
        /// Where its binaries were looked for.
        path: PathBuf,
    },
    /// A server of MySQL or MariaDB ended, or did not answer in time.
    #[error("{product} {reason}; the end of its log:\n{log}")]
    StartMysql {
        /// Which server.
        product: &'static str,
        /// How it failed.
        reason: String,
        /// The last lines of the server's log.
        log: String,
    },
    /// A query of the kit itself failed, or the connection is lost.
    #[error("PostgreSQL: cannot {action}: {error}")]
    Query {
        /// What was attempted.
        action: String,
        /// What the server said.
        error: ServerError,
    },
    /// A server's catalog was not understood.
    #[error("the server's catalog could not be read: {0}")]
    Introspect(#[from] ReadError),
    /// The SQL that prepares a case failed; its statement was not run.
    #[error("the {part} of the case failed: {error}")]
    Case {
        /// `setup`, `session` or `before`.
        part: &'static str,
        /// What the server said.
        error: ServerError,
    },
}

impl Error {
    pub(crate) fn io(action: impl Into<String>) -> impl FnOnce(io::Error) -> Self {
        let action = action.into();
        move |source| Self::Io { action, source }
    }

    pub(crate) fn query(action: &str) -> impl FnOnce(postgres::Error) -> Self + '_ {
        move |error| Self::Query { action: action.to_owned(), error: ServerError::from(&error) }
    }

    pub(crate) fn case(part: &'static str) -> impl FnOnce(postgres::Error) -> Self {
        move |error| Self::Case { part, error: ServerError::from(&error) }
    }
}

/// An error as the server reported it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServerError {
    /// The five characters of the SQLSTATE; empty when the connection itself failed.
    pub sqlstate: String,
    /// The primary message, with the detail in parentheses.
    pub message: String,
}

impl From<&postgres::Error> for ServerError {
    fn from(error: &postgres::Error) -> Self {
        match error.as_db_error() {
            Some(db) => Self {
                sqlstate: db.code().code().to_owned(),
                message: match db.detail() {
                    Some(detail) => format!("{} ({detail})", db.message()),
                    None => db.message().to_owned(),
                },
            },
            None => Self { sqlstate: String::new(), message: error.to_string() },
        }
    }
}

impl fmt::Display for ServerError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.sqlstate.is_empty() {
            return f.write_str(&self.message);
        }
        write!(f, "{} {}", self.sqlstate, self.message)
    }
}
