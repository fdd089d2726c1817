//! Cases beyond the examples of facts.

mod columns;
mod constraints;
mod domains;
mod inheritance;
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
        domains::CASES,
        inheritance::CASES,
        owners::CASES,
        partition_keys::CASES,
        partition_trees::CASES,
        partitions::CASES,
        relations::CASES,
        types::CASES,
    ];
    TABLES.iter().copied().flatten().cloned()
}
