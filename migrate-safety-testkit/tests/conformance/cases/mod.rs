//! Cases beyond the examples of facts.

mod access;
mod awkward;
mod behaviour;
mod columns;
mod constraints;
mod data;
mod data_partitions;
mod domains;
mod drop;
mod fallen;
mod index;
mod inheritance;
mod objects;
mod order;
mod owners;
mod partition_keys;
mod partition_trees;
mod partitions;
mod relations;
mod types;

use crate::row::Row;

/// All of them.
pub(crate) fn all() -> impl Iterator<Item = Row> {
    const TABLES: &[&[Row]] = &[
        access::ROWS,
        awkward::ROWS,
        columns::ROWS,
        constraints::ROWS,
        behaviour::ROWS,
        data::ROWS,
        data_partitions::ROWS,
        domains::ROWS,
        drop::ROWS,
        fallen::ROWS,
        index::ROWS,
        inheritance::ROWS,
        objects::ROWS,
        order::ROWS,
        owners::ROWS,
        partition_keys::ROWS,
        partition_trees::ROWS,
        partitions::ROWS,
        relations::ROWS,
        types::ROWS,
    ];
    TABLES.iter().copied().flatten().cloned()
}
