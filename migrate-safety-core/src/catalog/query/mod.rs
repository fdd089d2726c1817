//! Questions about the schema.

mod graph;
mod proof;
mod types;

pub use graph::ForeignKeyRef;
pub(crate) use graph::{index_uses, mentions, parents};
pub use types::TypeRef;
