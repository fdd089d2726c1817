//! The schema written down: as SQL that makes it on an empty database, and as JSON.

pub(super) mod comments;
pub(super) mod constraint;
mod index;
#[cfg(feature = "json")]
mod json;
mod not_null;
mod order;
mod partition;
mod routine;
mod rule;
mod script;
pub(crate) mod sequence;
mod statistics;
pub(crate) mod table;
pub(super) mod table_parts;
pub(crate) mod text;
mod trigger;
mod types;
mod view;

use super::Catalog;

impl Catalog {
    /// SQL that makes this schema on an empty database of its version.
    ///
    /// What belongs to a session (temporary tables) or to the cluster (tablespaces, owners, rights) is left out, and
    /// so is a relation of which only the name is known.
    pub fn to_sql(&self) -> String {
        script::write(self)
    }
}
