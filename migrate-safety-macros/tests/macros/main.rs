//! The macros in crates that cargo builds, as a user's is.
#![allow(clippy::unwrap_used)]

mod messages;
mod package;
mod places;
mod rebuild;
