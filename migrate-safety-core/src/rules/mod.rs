//! Rules turn effects into advice. One file per rule.

pub mod finding;

pub use finding::{Category, Finding, Status, Verdict};
