//! Running backfills: data moved in small batches while the application runs.
//!
//! ```no_run
//! use migrate_safety_diesel::backfill::{Backfill, Runner};
//!
//! let backfill = Backfill::new("public.users").set("email_lower", "lower(email)");
//! // Runs until it is verified; after a restart it goes on where it was.
//! let outcome = Runner::new("email-lower", backfill).run("postgres://localhost/app")?;
//! assert!(outcome.is_verified(), "{outcome}");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! With the features `sqlite` and `mysql`, the URL may be `sqlite:FILE` or `mysql://…`: one worker at a time works there,
//! and others take over when it is gone.
//!
//! A runner blocks the thread it is called on, and starts one more for each further worker. Connections are its own:
//! directly to the server, not through a pool that hands out a connection per transaction. Any number of processes may
//! run the backfill of one name at the same time, with this crate or with migrate-safety-sqlx.

mod control;
#[cfg(any(feature = "mysql", feature = "sqlite"))]
mod databases;
mod driver;
#[cfg(feature = "postgres")]
mod postgres;
mod runner;

#[cfg(feature = "postgres")]
pub use control::{control, status};
pub use control::{control_at, status_at};
use migrate_safety_core::Dialect;
pub use migrate_safety_core::backfill::{
    Assignment, Backfill, Control, Event, Failure, FillMode, InvalidBackfill, Options, Outcome, Progress, Reject,
    RunError, Signal, State, Status, Work,
};
pub use runner::Runner;

/// Why a backfill did not run, or not to its end.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The database cannot be reached.
    #[error("the database cannot be reached: {0}; check the URL, and that the server runs")]
    Unreachable(String),
    /// The URL is of a database that this build knows no connection for.
    #[error("this build of migrate-safety-diesel has no connection for the URL: it lacks the feature `{0}`")]
    Feature(&'static str),
    /// The database cannot be read.
    #[error(transparent)]
    Database(#[from] crate::Error),
    /// The backfill cannot be done as it is described.
    #[error(transparent)]
    Invalid(#[from] InvalidBackfill),
    /// It stopped.
    #[error(transparent)]
    Run(#[from] RunError),
    /// No backfill of this name has been begun in this database.
    #[error("there is no backfill `{0}` in this database")]
    Unknown(String),
    /// It is in a state where this makes no sense.
    #[error("the backfill `{name}` is {state}: there is nothing to change")]
    NothingTo {
        /// Its name.
        name: String,
        /// What it is doing.
        state: State,
    },
}

/// Whether this build has a connection for a URL.
fn known(url: &str) -> Result<(), Error> {
    let (feature, is_there) = match Dialect::of_url(url) {
        Some(Dialect::Sqlite) => ("sqlite", cfg!(feature = "sqlite")),
        Some(Dialect::MySql | Dialect::MariaDb) => ("mysql", cfg!(feature = "mysql")),
        _ => ("postgres", cfg!(feature = "postgres")),
    };
    if is_there { Ok(()) } else { Err(Error::Feature(feature)) }
}
