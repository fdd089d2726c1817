//! `VACUUM`, `REINDEX`, `ANALYZE`.

use super::{Does, Example, Fact, TABLE};
use crate::databases::operation::{Maintenance, Operation};
use crate::databases::sqlite::effects::reindexed;

/// The facts.
pub(super) const FACTS: &[Fact] = &[
    Fact {
        id: "vacuum/rewrites",
        source: "VACUUM: the whole database is written to a file, and from there back",
        when: |p| {
            matches!(p.scene.operation, Operation::Maintain { command: Maintenance::Vacuum, into_file: false, .. })
        },
        does: Does::RewritesAll,
        examples: &[Example::new(TABLE, "VACUUM")],
        ..Fact::BASE
    },
    Fact {
        id: "vacuum/no-transaction",
        source: "VACUUM",
        when: |p| matches!(p.scene.operation, Operation::Maintain { command: Maintenance::Vacuum, .. }),
        does: Does::NeedsNoTransaction,
        examples: &[],
        ..Fact::BASE
    },
    Fact {
        id: "reindex/rebuilds",
        source: "REINDEX",
        when: |p| matches!(p.scene.operation, Operation::Maintain { command: Maintenance::Reindex, .. }),
        does: Does::RebuildsIndexes(|p| {
            let Operation::Maintain { tables, .. } = p.scene.operation else { return Vec::new() };
            reindexed(p.scene, tables)
        }),
        examples: &[],
        ..Fact::BASE
    },
];
