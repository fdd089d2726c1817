//! Predicts what a schema migration does to a live database.
#![forbid(unsafe_code)]

pub mod catalog;
pub mod check;
pub mod config;
pub mod dialect;
pub mod effects;
pub mod layout;
pub mod report;
pub mod rules;
pub mod sql;
