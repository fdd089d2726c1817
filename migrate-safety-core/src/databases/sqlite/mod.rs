//! What is SQLite's own.

mod affinity;
mod cascade;
mod effects;
mod facts;
pub(super) mod grammar;
mod rebuild;

pub(crate) use affinity::Affinity;
pub(crate) use cascade::{Enforced, enforced_in, is_on};
pub(super) use effects::effects;
pub(crate) use effects::is_rowid;
pub use facts::{Example, Fact, facts};
pub(crate) use rebuild::{Order, Rebuild, rebuilds};
