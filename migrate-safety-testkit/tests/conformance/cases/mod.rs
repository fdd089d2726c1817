//! Cases beyond the examples of facts.

mod access;
mod behaviour;
mod data;
mod data_partitions;
mod drop;
mod fallen;
mod index;
mod objects;

use crate::row::Row;

/// All of them.
pub fn all() -> impl Iterator<Item = Row> {
    const TABLES: &[&[Row]] = &[
        access::ROWS,
        behaviour::ROWS,
        data::ROWS,
        data_partitions::ROWS,
        drop::ROWS,
        fallen::ROWS,
        index::ROWS,
        objects::ROWS,
    ];
    TABLES.iter().copied().flatten().cloned()
}
