//! Backfills on MySQL, MariaDB and SQLite: the description held against a schema, and its statements.
//!
//! One worker at a time goes through the keys, with a cursor in the row of the backfill; others wait, and take over when it
//! has given no sign of life. How each server writes things is a table ([`words`]).

mod key;
mod plan;
mod prepare;
pub(super) mod words;

pub use plan::DatabasePlan;
