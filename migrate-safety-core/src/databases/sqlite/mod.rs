//! What is SQLite's own.

mod affinity;
mod cascade;
mod effects;
mod facts;
pub(super) mod grammar;

pub(crate) use affinity::Affinity;
pub(super) use effects::effects;
pub use facts::{Example, Fact, facts};
