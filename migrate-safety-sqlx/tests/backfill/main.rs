//! Backfills on real servers.
//!
//! What needs size takes it from the environment: `BACKFILL_ROWS`, `BACKFILL_KILLS`.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;
mod faults;
mod keys;
mod kill;
mod refused;
mod rejects;
mod standby;
mod steering;
mod traffic;
mod workers;
