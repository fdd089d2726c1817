//! What can go wrong with a server, and what to do about it.

use migrate_safety_core::catalog::introspect::ReadError;

/// Why a live server could not be read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The URL is not one of a PostgreSQL database.
    #[error("the database URL is wrong: {0}; write postgres://user:password@host:port/database")]
    Url(String),
    /// Nothing answers.
    #[error("no PostgreSQL server answers at {target}: {reason}; check the host, the port, and that the server runs")]
    Unreachable {
        /// Host and port.
        target: String,
        /// What the system said.
        reason: String,
    },
    /// A database of MySQL, MariaDB or SQLite cannot be opened.
    #[error(
        "{target} cannot be opened: {reason}; check that the file is there or the server runs, and the URL: \
         mysql://user:password@host:port/database or sqlite:FILE"
    )]
    Unopened {
        /// The file, or host and port.
        target: String,
        /// What the driver said.
        reason: String,
    },
    /// There is a server, but not the encryption that the URL asks for.
    #[error(
        "no TLS connection to the server at {target}: {reason}; name the authority of its certificate by \
         sslrootcert=FILE, or ask for less: sslmode=require checks no certificate, sslmode=prefer needs no TLS"
    )]
    Tls {
        /// Host and port.
        target: String,
        /// What the server or the check of its certificate said.
        reason: String,
    },
    /// The server does not let this user in.
    #[error("the server at {target} refuses the login: {reason}; check the user and the password of the URL")]
    Login {
        /// Host and port.
        target: String,
        /// What the server said.
        reason: String,
    },
    /// The database does not exist, or the user may not connect to it.
    #[error("the server at {target} has no such database for this user: {reason}")]
    Database {
        /// Host and port.
        target: String,
        /// What the server said.
        reason: String,
    },
    /// The server accepts no connection now.
    #[error("the server at {target} accepts no connection now: {reason}; try again later")]
    Unavailable {
        /// Host and port.
        target: String,
        /// What the server said.
        reason: String,
    },
    /// The connection ended while the catalog was read.
    #[error("the server went away while its catalog was read: {0}; try again when it is back")]
    Interrupted(String),
    /// The server neither answers nor ends the statement, for longer than it may take.
    #[error(
        "the server has not answered for {} seconds, longer than any statement may take: it is stopped, or the network \
         is cut; see whether it runs, and try again",
        .0.as_secs()
    )]
    Silent(std::time::Duration),
    /// A statement took longer than allowed.
    #[error("reading the catalog took too long: {0}; raise the limit, or try again when the server is less busy")]
    TimedOut(String),
    /// Something is locked again and again.
    #[error("the catalog could not be read for locks of other sessions: {0}; try again when their DDL has ended")]
    Locked(String),
    /// Something was dropped while it was read.
    #[error("the schema changed while it was read: {0}; try again")]
    Changed(String),
    /// Anything else the server or the driver says.
    #[error("the catalog could not be read: {0}")]
    Failed(String),
    /// The server's answer was not understood.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// A database of MySQL, MariaDB or SQLite could not be read.
    #[cfg(any(feature = "mysql", feature = "sqlite"))]
    #[error("the database could not be read: {0}")]
    Databases(#[from] migrate_safety_core::databases::live::ReadError),
}

impl Error {
    pub(crate) fn url(error: sqlx::Error) -> Self {
        Self::Url(match error {
            sqlx::Error::Configuration(reason) => reason.to_string(),
            other => other.to_string(),
        })
    }

    /// An error while connecting.
    pub(crate) fn connecting(target: String, error: sqlx::Error) -> Self {
        let (code, reason) = said(&error);
        match (code.as_deref(), &error) {
            (Some("28P01" | "28000"), _) => Self::Login { target, reason },
            (Some("3D000" | "42501"), _) => Self::Database { target, reason },
            (Some(_), _) => Self::Unavailable { target, reason },
            (None, sqlx::Error::Configuration(_)) => Self::Url(reason),
            (None, sqlx::Error::Tls(_)) => Self::Tls { target, reason },
            // So are certificates told that are not accepted.
            (None, sqlx::Error::Io(io)) if io.kind() == std::io::ErrorKind::InvalidData => Self::Tls { target, reason },
            // A file that is not there, where no socket is meant: the URL names certificates only.
            (None, sqlx::Error::Io(io)) if io.kind() == std::io::ErrorKind::NotFound && !target.starts_with('/') => {
                Self::Tls { target, reason }
            }
            (None, _) => Self::Unreachable { target, reason },
        }
    }

    /// An error while reading.
    pub(crate) fn reading(error: sqlx::Error) -> Self {
        let (code, reason) = said(&error);
        match (code.as_deref(), &error) {
            (Some("57014" | "25P04"), _) => Self::TimedOut(reason),
            (Some("55P03" | "40P01"), _) => Self::Locked(reason),
            // A relation, function, type or object (by number) that is gone.
            (Some("42P01" | "42883" | "42704" | "XX000" | "40001"), _) => Self::Changed(reason),
            (Some("57P01" | "57P02" | "57P03"), _)
            | (None, sqlx::Error::Io(_) | sqlx::Error::Protocol(_) | sqlx::Error::WorkerCrashed) => {
                Self::Interrupted(reason)
            }
            _ => Self::Failed(reason),
        }
    }

    /// Whether a second attempt can go well.
    pub(crate) fn may_pass(&self) -> bool {
        matches!(self, Self::Locked(_) | Self::Changed(_))
    }
}

/// SQLSTATE and message.
fn said(error: &sqlx::Error) -> (Option<String>, String) {
    match error {
        sqlx::Error::Database(database) => {
            (database.code().map(std::borrow::Cow::into_owned), database.message().to_owned())
        }
        sqlx::Error::Configuration(reason) => (None, reason.to_string()),
        other => (None, other.to_string()),
    }
}
