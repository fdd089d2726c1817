//! A guarded run of migrations on a live PostgreSQL server; those of MySQL, MariaDB and SQLite are in `databases`.
//!
//! Everything is decided here: what is pending, whether it may run, in which pieces, what an error means, when to try
//! again, what a killed run has left behind and how to go on from there. A [`Host`] carries it out over a connection and
//! writes the bookkeeping of the runner it stands for. Its methods return futures, so that a synchronous driver can
//! answer at once ([`block_on_ready`]) and an asynchronous one can wait.
//!
//! ```text
//! lock, by polling ─▶ what is pending? ─▶ check on the live catalog ─▶ for each migration:
//!      in a transaction   BEGIN; SET LOCAL lock_timeout; statements; bookkeeping; COMMIT   again after 55P03, 40P01, 40001
//!      without            statement by statement, each noted in a table of ours            the next run goes on from there
//! ```
//!
//! What is left behind when the process is killed, at any moment:
//!
//! * a transaction that the server rolls back, and session state that ends with the session;
//! * or a migration without a transaction, of which `_migrate_safety_progress` says what is done. A statement that was
//!   under way is looked at: an index that is valid was built, an invalid one is dropped and built again.

mod activity;
mod agenda;
mod alone;
mod concurrent;
#[cfg(any(feature = "mysql", feature = "sqlite"))]
pub mod databases;
mod error;
mod event;
mod history;
mod host;
mod language;
mod locking;
mod progress;
mod replicas;
mod report;
mod run;
mod server;
mod session_settings;
mod settings;
mod transaction;
mod undo;
mod units;

pub use activity::{Activity, literal};
pub use error::{Reason, Stopped};
pub use event::{Event, Severity};
pub use history::History;
pub use host::{Answer, Failure, Host, block_on_ready};
pub use locking::{advisory_key, lock_migrations};

/// Whether a table, by its name without a schema, is one that migrate-safety keeps for itself.
pub fn is_own_table(name: &str) -> bool {
    crate::written::is_own_table(name)
}

pub use report::{Direction, HeldLock, LockSource, MigrationRun, Outcome, Retried, RunReport, StatementRun, Waiter};
pub use run::{Goal, Mode, Record, Wrapped, run, run_wrapped};
pub use settings::{Policy, Settings};

#[cfg(test)]
mod tests;
