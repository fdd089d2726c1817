//! Moving data in small batches while the application runs.
//!
//! A [`Backfill`] says what is to be done: which columns of a table get which values, which rows are copied into
//! another table, or which are deleted. [`Backfill::prepare`] holds it against a catalog and refuses, with the remedy, what cannot be done
//! safely. What comes out can be rendered (a batch, a loop in PL/pgSQL, a check of the result, the Rust code of a host).
//!
//! ```
//! use migrate_safety_core::backfill::Backfill;
//! # use migrate_safety_core::{Config, Layout, MigrationSet, replay};
//! # let sql = "CREATE TABLE users (id bigint PRIMARY KEY, email text NOT NULL, email_lower text);";
//! # let catalog = replay(&MigrationSet::from_text("1_schema.sql", sql, Layout::Sqlx), &Config::default());
//! let backfill = Backfill::new("public.users").set("email_lower", "lower(email)");
//! let prepared = backfill.prepare(&catalog)?;
//! assert_eq!(
//!     prepared.mismatches_sql(),
//!     "SELECT count(*) FROM public.users WHERE email_lower IS DISTINCT FROM (lower(email))"
//! );
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Rules of the road
//! * Batches follow a NOT NULL unique key, never an offset; each covers a range of keys that holds at most
//!   [`MAX_BATCH_ROWS`] rows when it begins, so that a sparse condition cannot make it scan far.
//! * A row that already has its value is not written again: the condition is `new IS DISTINCT FROM f(old)`.
//! * Progress is committed in the transaction of its batch.
//! * Rows that other sessions write while the backfill runs are the business of the dual write (a trigger or the
//!   application); the passes at the end find what it misses.

mod code;
#[cfg(all(feature = "live", any(feature = "mysql", feature = "sqlite")))]
mod databases;
#[cfg(feature = "live")]
mod engine;
mod error;
mod expression;
mod key;
mod loop_sql;
mod mention;
mod prepare;
mod prepared;
#[cfg(feature = "live")]
mod probe;
mod render;
mod spec;
#[cfg(test)]
mod tests;

#[cfg(all(feature = "live", any(feature = "mysql", feature = "sqlite")))]
pub use databases::DatabasePlan;
#[cfg(all(feature = "live", any(feature = "mysql", feature = "sqlite")))]
pub use engine::solo::{control_on, status_on};
#[cfg(feature = "live")]
pub use engine::{
    Action, Answer, Control, Event, Failure, Options, Outcome, Progress, Reject, Run, RunError, Signal, State,
    Statement, Status, Transaction, control_statement, status_statement,
};
pub use error::{InvalidBackfill, Warning};
#[cfg(feature = "plan")]
pub(crate) use expression::is_projection;
pub use key::{Key, KeyColumn};
pub use prepared::Prepared;
pub use spec::{Assignment, Backfill, FillMode, Work};

/// The most rows that a batch covers.
pub const MAX_BATCH_ROWS: u32 = 10_000;
