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
mod add_column;
mod add_constraint;
mod column;
mod constraint;
mod create_table;
mod drop_column;
mod not_null;
mod partition;
mod rename;
mod set_type;
mod table;
mod types;

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
        add_column::FACTS,
        add_constraint::FACTS,
        column::FACTS,
        constraint::FACTS,
        create_table::FACTS,
        drop_column::FACTS,
        not_null::FACTS,
        partition::FACTS,
        rename::FACTS,
        set_type::FACTS,
        table::FACTS,
        types::FACTS,
    ];
    TABLES.iter().copied().flatten()
}
