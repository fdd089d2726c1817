//! The table of facts, files by subject.

mod add_column;
mod add_constraint;
mod column;
mod constraint;
mod create_table;
mod data;
mod drop;
mod drop_column;
mod index;
mod maintenance;
mod no_transaction;
mod not_null;
mod options;
mod partition;
mod program;
mod refused;
mod rename;
mod sequence;
mod set_type;
mod table;
mod truncate;
mod types;
mod values;
mod view;
mod written;

use crate::effects::fact::Fact;

/// Every fact about PostgreSQL.
pub fn facts() -> impl Iterator<Item = &'static Fact> {
    const TABLES: &[&[Fact]] = &[
        add_column::FACTS,
        add_constraint::FACTS,
        column::FACTS,
        constraint::FACTS,
        create_table::FACTS,
        data::FACTS,
        drop::FACTS,
        drop_column::FACTS,
        index::FACTS,
        maintenance::FACTS,
        no_transaction::FACTS,
        not_null::FACTS,
        options::FACTS,
        partition::FACTS,
        refused::FACTS,
        program::FACTS,
        rename::FACTS,
        sequence::FACTS,
        set_type::FACTS,
        table::FACTS,
        truncate::FACTS,
        types::FACTS,
        values::FACTS,
        view::FACTS,
        written::FACTS,
    ];
    TABLES.iter().copied().flatten()
}
