//! What is MySQL's and MariaDB's own.

mod effects;
mod facts;
pub(super) mod grammar;
mod references;
mod types;

pub(super) use effects::effects;
pub(super) use facts::is_strict_mode;
pub use facts::sources;
pub(super) use types::{charset, holds, is_text};
