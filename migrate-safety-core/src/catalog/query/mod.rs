//! Questions about the schema.

mod graph;
mod proof;
mod types;

pub use graph::ForeignKeyRef;
pub use types::TypeRef;
