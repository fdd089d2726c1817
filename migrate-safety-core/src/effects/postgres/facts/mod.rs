//! The table of facts, files by subject.

mod index;

use crate::effects::fact::Fact;

/// Every fact about PostgreSQL.
pub fn facts() -> impl Iterator<Item = &'static Fact> {
    const TABLES: &[&[Fact]] = &[index::FACTS];
    TABLES.iter().copied().flatten()
}
