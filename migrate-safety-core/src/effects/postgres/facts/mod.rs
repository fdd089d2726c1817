//! The table of facts, files by subject.

use crate::effects::fact::Fact;

/// Every fact about PostgreSQL.
pub fn facts() -> impl Iterator<Item = &'static Fact> {
    const TABLES: &[&[Fact]] = &[];
    TABLES.iter().copied().flatten()
}
