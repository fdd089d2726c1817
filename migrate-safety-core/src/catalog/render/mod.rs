//! The schema written down: as SQL that makes it on an empty database, and as JSON.

mod comments;
mod constraint;
mod index;
#[cfg(feature = "json")]
mod json;
mod order;
mod partition;
mod routine;
mod rule;
mod script;
mod sequence;
mod table;
mod table_parts;
mod text;
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
