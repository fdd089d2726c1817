//! Live servers, and SQLite.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

// Its client library, built from source.
use pq_sys as _;

mod guard;
mod live;
mod sqlite;
