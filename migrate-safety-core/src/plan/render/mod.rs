//! A plan written down.

mod clock;
mod estimate;
mod files;
#[cfg(feature = "json")]
mod json;
pub(super) mod migration;
mod runbook;
pub(super) mod server;
mod style;
mod text;
mod words;
mod write;

pub use write::WriteError;
