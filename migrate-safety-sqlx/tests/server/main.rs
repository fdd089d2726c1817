//! Live servers.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

#[cfg(all(feature = "mysql", feature = "sqlite"))]
mod databases;
#[cfg(all(feature = "mysql", feature = "sqlite"))]
mod elsewhere;
mod guard;
#[cfg(all(feature = "mysql", feature = "sqlite"))]
mod histories;
mod live;
#[cfg(all(feature = "mysql", feature = "sqlite"))]
mod plans;
