//! Running backfills: data moved in small batches while the application runs.
//!
//! ```no_run
//! # async fn example() -> Result<(), Box<dyn std::error::Error>> {
//! use migrate_safety_sqlx::backfill::{Backfill, Runner};
//!
//! let backfill = Backfill::new("public.users").set("email_lower", "lower(email)");
//! // Runs until it is verified; after a restart it goes on where it was.
//! let outcome = Runner::new("email-lower", backfill).run("postgres://localhost/app").await?;
//! assert!(outcome.is_verified(), "{outcome}");
//! # Ok(())
//! # }
//! ```
//!
//! A runner makes connections of its own: directly to the server, not through a pool that hands out a connection per
//! transaction. Any number of processes may run the backfill of one name at the same time; each range of keys is done by
//! one of them. When one dies, its range is taken over after [`Options::lease`]; one that wakes up after that cannot
//! write any more. What happens is told to [`Runner::on_event`], as the stream of [`Runner::events`], and to `tracing` in
//! a span `backfill` for each worker.

mod control;
mod driver;
#[cfg(any(feature = "mysql", feature = "sqlite"))]
mod elsewhere;
#[cfg(feature = "mysql")]
mod replicas;
mod runner;
mod stream;

pub use control::{control, control_at, status, status_at};
pub use migrate_safety_core::backfill::{
    Assignment, Backfill, Control, Event, Failure, FillMode, InvalidBackfill, Options, Outcome, Progress, Reject,
    RunError, Signal, State, Status, Work,
};
pub use runner::Runner;
pub use stream::Events;

/// Why a backfill did not run, or not to its end.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The database cannot be reached or read.
    #[error(transparent)]
    Database(#[from] crate::Error),
    /// The backfill cannot be done as it is described.
    #[error(transparent)]
    Invalid(#[from] InvalidBackfill),
    /// It stopped.
    #[error(transparent)]
    Run(#[from] RunError),
    /// No backfill of this name has been begun in this database.
    #[error("there is no backfill `{0}` in this database; `backfill start` begins one")]
    Unknown(String),
    /// It is in a state where this makes no sense.
    #[error("the backfill `{name}` is {state}: there is nothing to {control}")]
    NothingTo {
        /// Its name.
        name: String,
        /// What it is doing.
        state: State,
        /// What was asked for.
        control: &'static str,
    },
}
