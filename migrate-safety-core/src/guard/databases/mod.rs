//! Guarded runs on MySQL, MariaDB and SQLite.
//!
//! What is decided is what is decided for PostgreSQL; the pieces in which a migration is run are others:
//!
//! * SQLite takes DDL into transactions: a migration in one is one transaction, `BEGIN IMMEDIATE` to its bookkeeping. The
//!   host has no lock against two runners, so that each transaction looks first whether another process was there.
//! * MySQL and MariaDB commit at every DDL statement. A migration is run statement by statement, each noted in
//!   `_migrate_safety_progress`, beside the row that says in the host's own table that it is not done. Of a statement
//!   whose end nobody saw, the definitions of what it changes tell whether it has taken effect (`trace.rs`); where nothing
//!   tells, the run stops and says so.
//! * Without a transaction, SQLite is run as MySQL is, each statement in one transaction with its note.

mod attempts;
mod notes;
mod pieces;
mod run;
mod session;
mod settings;
mod steps;
mod trace;
mod ways;
mod whole;

pub use run::run;

use crate::dialect::Dialect;

/// A text as a literal in SQL of MySQL, MariaDB or SQLite, whatever the session's settings are.
pub fn literal(dialect: Dialect, text: &str) -> Option<String> {
    ways::Ways::of(dialect).map(|ways| (ways.literal)(text))
}

/// FNV-1a: it stands for a text in notes, on any machine, in any version.
fn hash(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}
