//! `TRUNCATE`.

use crate::catalog::RelationId;
use crate::effects::fact::{Act, Example, Fact, Work};
use crate::effects::kind::Kind;
use crate::effects::postgres::family::{stored, targets};
use crate::effects::postgres::{data, say};
use crate::effects::scene::Scene;
use crate::effects::{DataLossKind, Effects};
use crate::sql::{LockMode, Operation};

/// The facts.
pub(super) const FACTS: &[Fact] = &[
    Fact {
        id: "truncate/tables",
        of: &[Kind::Truncate],
        condition: "the tables, their descendants; with CASCADE all that reference them",
        acts: &[
            Act::lock(truncated, LockMode::AccessExclusive),
            Act::work(emptied, LockMode::AccessExclusive, Work::NewFile),
            Act::lock(emptied_in_place, LockMode::AccessExclusive),
        ],
        also: lost,
        examples: &[
            Example { setup: KEYS, sql: "TRUNCATE plain" },
            Example { setup: KEYS, sql: "TRUNCATE t CASCADE" },
            Example { setup: KEYS, sql: "TRUNCATE child, grand" },
            Example { setup: KEYS, sql: "TRUNCATE p" },
            Example { setup: KEYS, sql: "TRUNCATE p1" },
            Example { setup: KEYS, sql: "TRUNCATE par" },
            Example { setup: KEYS, sql: "TRUNCATE ONLY par" },
        ],
        ..Fact::BASE
    },
    Fact {
        id: "truncate/restart-identity",
        of: &[Kind::Truncate],
        condition: "RESTART IDENTITY: the sequences that their columns own",
        when: |s| matches!(s.operation, Operation::Truncate { restart_identity: true, .. }),
        acts: &[Act::lock(sequences, LockMode::AccessExclusive)],
        examples: &[
            Example { setup: KEYS, sql: "TRUNCATE grand RESTART IDENTITY" },
            Example { setup: KEYS, sql: "TRUNCATE t RESTART IDENTITY CASCADE" },
        ],
        ..Fact::BASE
    },
];

const KEYS: &str = "
    CREATE TABLE t (id bigserial PRIMARY KEY, a int);
    CREATE INDEX t_a ON t (a);
    CREATE TABLE child (id int PRIMARY KEY, t_id bigint REFERENCES t (id));
    CREATE TABLE grand (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, child_id int REFERENCES child (id));
    CREATE TABLE r (id int, t_id bigint REFERENCES t) PARTITION BY LIST (id);
    CREATE TABLE r1 PARTITION OF r DEFAULT;
    CREATE TABLE plain (id int);
    CREATE TABLE p (id bigint PRIMARY KEY) PARTITION BY RANGE (id);
    CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (0) TO (1000);
    CREATE TABLE par (id int PRIMARY KEY);
    CREATE TABLE kid () INHERITS (par)";

/// All tables that are emptied, partitioned ones among them.
fn truncated(scene: &Scene<'_>) -> Vec<RelationId> {
    let Operation::Truncate { tables, cascade, .. } = scene.operation else { return Vec::new() };
    let mut all = targets(scene.catalog, tables);
    if !cascade {
        return all;
    }
    let mut next = 0;
    while let Some(id) = all.get(next).copied() {
        next += 1;
        for key in scene.catalog.foreign_keys_to(id) {
            let partitions = match scene.catalog.table(key.from) {
                Some(table) if table.is_partitioned() => scene.catalog.descendants(key.from),
                _ => Vec::new(),
            };
            for from in std::iter::once(key.from).chain(partitions) {
                if !all.contains(&from) {
                    all.push(from);
                }
            }
        }
    }
    all
}

/// Tables that get a new file; one of this transaction is emptied in place.
fn emptied(scene: &Scene<'_>) -> Vec<RelationId> {
    let mut tables = stored(scene.catalog, truncated(scene));
    tables.retain(|id| !scene.catalog.is_new(*id, scene.now));
    tables
}

fn emptied_in_place(scene: &Scene<'_>) -> Vec<RelationId> {
    let mut tables = stored(scene.catalog, truncated(scene));
    tables.retain(|id| scene.catalog.is_new(*id, scene.now));
    let indexes = tables.iter().flat_map(|id| scene.catalog.indexes_of(*id)).copied();
    indexes.collect()
}

fn sequences(scene: &Scene<'_>) -> Vec<RelationId> {
    let tables = truncated(scene);
    let tables = tables.iter().filter_map(|id| scene.catalog.table(*id));
    tables.flat_map(|t| t.sequences.iter().copied().chain(t.columns.iter().filter_map(|c| c.sequence))).collect()
}

fn lost(scene: &Scene<'_>, effects: &mut Effects) {
    if let Some(message) = refused(scene) {
        return say::fails(effects, "42809", message);
    }
    let all = truncated(scene);
    data::fire_truncate(scene, effects, &all);
    for id in &all {
        say::rows_lost(scene, effects, *id, DataLossKind::Truncated);
    }
    if scene.catalog.reference_from_outside(&all).is_some() {
        say::fails(effects, "0A000", "cannot truncate a table referenced in a foreign key constraint");
    }
}

/// Why the server refuses a target: it is not a table, or `ONLY` a partitioned one.
fn refused(scene: &Scene<'_>) -> Option<String> {
    let Operation::Truncate { tables, .. } = scene.operation else { return None };
    tables.iter().find_map(|target| {
        let relation = scene.catalog.relation(scene.relation(&target.name)?)?;
        match relation.table() {
            None => Some(format!("\"{}\" is not a table", relation.name)),
            Some(table) if target.only && table.is_partitioned() => {
                Some("cannot truncate only a partitioned table".to_owned())
            }
            Some(_) => None,
        }
    })
}
