//! The table of facts, files by subject.

mod data;
mod drop;
mod index;
mod maintenance;
mod no_transaction;
mod program;
mod sequence;
mod truncate;
mod view;

use crate::effects::fact::Fact;

/// Every fact about PostgreSQL.
pub fn facts() -> impl Iterator<Item = &'static Fact> {
    const TABLES: &[&[Fact]] = &[
        data::FACTS,
        drop::FACTS,
        index::FACTS,
        maintenance::FACTS,
        no_transaction::FACTS,
        program::FACTS,
        sequence::FACTS,
        truncate::FACTS,
        view::FACTS,
    ];
    TABLES.iter().copied().flatten()
}
