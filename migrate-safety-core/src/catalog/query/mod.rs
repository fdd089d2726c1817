//! Questions about the schema.

mod bound;
mod graph;
mod proof;
mod types;

#[cfg(feature = "diff")]
pub(super) use bound::values;
pub use graph::ForeignKeyRef;
pub(crate) use graph::{index_uses, mentions, parents};
pub use types::TypeRef;

use super::{Catalog, RelationId};
use crate::sql::Ident;
use crate::sql::operation::RuleText;

impl Catalog {
    /// What a rule is written as.
    pub(crate) fn rule_text(&self, relation: RelationId, name: &Ident) -> Option<&RuleText> {
        self.rule_texts.get(&(relation, name.clone()))
    }
}
