//! Cases beyond the examples of facts.

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
mod owners;
mod partition_keys;
mod partition_trees;
mod partitions;
mod relations;
mod types;

use crate::row::Row;

/// All of them.
pub fn all() -> impl Iterator<Item = Row> {
    const TABLES: &[&[Row]] = &[
        columns::CASES,
        constraints::CASES,
        data::CASES,
        data_partitions::CASES,
        domains::CASES,
        drop::CASES,
        fallen::CASES,
        index::CASES,
        inheritance::CASES,
        objects::CASES,
        owners::CASES,
        partition_keys::CASES,
        partition_trees::CASES,
        partitions::CASES,
        relations::CASES,
        types::CASES,
    ];
    TABLES.iter().copied().flatten().cloned()
}
