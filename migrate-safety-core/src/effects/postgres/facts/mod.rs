//! The table of facts, files by subject.

mod drop;
mod index;
mod truncate;

use crate::effects::fact::Fact;

/// Every fact about PostgreSQL.
pub fn facts() -> impl Iterator<Item = &'static Fact> {
    const TABLES: &[&[Fact]] = &[drop::FACTS, index::FACTS, truncate::FACTS];
    TABLES.iter().copied().flatten()
}
