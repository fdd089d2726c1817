//! Live servers.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

#[cfg(all(feature = "mysql", feature = "sqlite"))]
mod databases;
mod guard;
mod live;
