//! Predicts what a schema migration does to a live database.
#![forbid(unsafe_code)]

#[cfg(feature = "plan")]
pub mod backfill;
pub mod catalog;
mod check;
mod checker;
pub mod config;
#[cfg(any(feature = "mysql", feature = "sqlite"))]
pub mod databases;
pub mod dialect;
#[cfg(feature = "live")]
pub mod drift;
pub mod effects;
pub mod estimate;
#[cfg(feature = "live")]
pub mod guard;
pub mod layout;
#[cfg(feature = "plan")]
pub mod plan;
pub mod report;
#[cfg(feature = "live")]
pub mod retry;
pub mod rules;
pub mod sizes;
pub mod sql;
mod wrap;
#[cfg(feature = "diff")]
mod written;

#[cfg(feature = "resume")]
pub use check::messages_resumed;
pub use check::{check, replay, replay_each, schema_problems};
pub use checker::Checker;
pub use config::Config;
pub use dialect::{Dialect, Target};
pub use layout::{Layout, MigrationSet};
#[cfg(feature = "plan")]
pub use plan::{Change, Plan, PlanError, PlanOptions, plan};
pub use report::Report;
pub use rules::{Category, Finding, Status, Verdict};
