//! What is MySQL's and MariaDB's own.

mod effects;
mod facts;
pub(super) mod grammar;
mod types;

pub(super) use effects::effects;
pub use facts::sources;
