//! What is MySQL's and MariaDB's own.

mod effects;
mod facts;
pub(super) mod grammar;
mod held;
mod references;
mod rows;
mod types;

pub(super) use effects::effects;
pub(super) use facts::is_strict_mode;
pub use facts::sources;
#[cfg(feature = "diff")]
pub(crate) use types::bytes_of_char;
#[cfg(feature = "plan")]
pub(crate) use types::collation;
pub(super) use types::holds;
pub(crate) use types::{charset, is_text};
