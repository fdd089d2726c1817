//! Live servers.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

#[cfg(all(feature = "mysql", feature = "sqlite"))]
mod databases;
#[cfg(all(feature = "mysql", feature = "sqlite"))]
mod elsewhere;
mod guard;
mod live;
#[cfg(all(feature = "mysql", feature = "sqlite"))]
mod plans;
