//! `CREATE INDEX`, `DROP INDEX`, `REINDEX`, `ALTER INDEX … ATTACH PARTITION`.

use crate::catalog::{ConstraintKind, Index, Relation, RelationId, Resolved};
use crate::effects::Effects;
use crate::effects::fact::{Act, Example, Fact, Work};
use crate::effects::kind::Kind;
use crate::effects::postgres::family::{family, heaps, indexes, is_partitioned, stored};
use crate::effects::postgres::index_match::{Shape, match_in};
use crate::effects::postgres::say;
use crate::effects::scene::Scene;
use crate::sql::operation::{CreateIndex, Operation, Persistence, ReindexTarget};
use crate::sql::{Ident, LockMode, ObjectName};

/// The facts.
pub(super) const FACTS: &[Fact] = &[
    Fact {
        id: "create-index/plain",
        of: &[Kind::CreateIndex],
        condition: "not CONCURRENTLY, on one table or ONLY",
        when: |s| create(s).is_some_and(|c| !c.concurrently) && !recurses(s),
        acts: &[Act::lock(table, LockMode::Share), Act::work(built_table, LockMode::Share, Work::Scan)],
        examples: &[
            Example { setup: TABLE, sql: "CREATE INDEX ON t (a)" },
            Example { setup: TABLE, sql: "CREATE UNIQUE INDEX ON t (lower(b)) WHERE a > 5" },
            Example { setup: TABLE, sql: "CREATE INDEX IF NOT EXISTS t_a ON t (a)" },
            Example { setup: PARTITIONED, sql: "CREATE INDEX ON ONLY p (a)" },
            Example { setup: TABLE, sql: "CREATE INDEX ON mv (a)" },
        ],
        ..Fact::BASE
    },
    Fact {
        id: "create-index/partitioned",
        of: &[Kind::CreateIndex],
        condition: "on a partitioned table without ONLY: each partition; an index that fits is attached",
        when: |s| create(s).is_some_and(|c| !c.concurrently) && recurses(s),
        acts: &[
            Act::lock(table_family, LockMode::Share),
            Act::lock(adopted_indexes, LockMode::Share),
            Act::work(unindexed_partitions, LockMode::Share, Work::Scan),
        ],
        examples: &[
            Example { setup: PARTITIONED, sql: "CREATE INDEX ON p (a)" },
            Example { setup: PARTITIONED, sql: "CREATE INDEX ON p (ts)" },
            Example { setup: PARTITIONED, sql: "CREATE UNIQUE INDEX ON p (id, ts)" },
        ],
        ..Fact::BASE
    },
    Fact {
        id: "create-index/concurrently",
        of: &[Kind::CreateIndex],
        condition: "CONCURRENTLY",
        when: |s| create(s).is_some_and(|c| c.concurrently),
        acts: &[
            Act::lock(table, LockMode::ShareUpdateExclusive),
            Act::work(built_table, LockMode::ShareUpdateExclusive, Work::Scan),
        ],
        requires_no_transaction: true,
        examples: &[
            Example { setup: TABLE, sql: "CREATE INDEX CONCURRENTLY ON t (a)" },
            Example { setup: TABLE, sql: "CREATE INDEX CONCURRENTLY IF NOT EXISTS t_a ON t (a)" },
        ],
        ..Fact::BASE
    },
    Fact {
        id: "drop-index/plain",
        of: &[Kind::DropIndex],
        condition: "not CONCURRENTLY; of a partitioned table: each partition and its index",
        when: |s| !concurrently(s),
        acts: &[
            Act::lock(dropped_indexes, LockMode::AccessExclusive),
            Act::lock(dropped_tables, LockMode::AccessExclusive),
        ],
        also: |s, effects| unknown_index(s, effects),
        examples: &[
            Example { setup: TABLE, sql: "DROP INDEX t_a, t_lower" },
            Example { setup: TABLE, sql: "DROP INDEX IF EXISTS nope" },
            Example { setup: PARTITIONED, sql: "DROP INDEX p_id" },
            Example { setup: TABLE, sql: "DROP INDEX mv_id" },
        ],
        ..Fact::BASE
    },
    Fact {
        id: "drop-index/concurrently",
        of: &[Kind::DropIndex],
        condition: "CONCURRENTLY; the index itself is locked exclusively once nobody uses it",
        when: concurrently,
        acts: &[
            Act::lock(dropped_indexes, LockMode::AccessExclusive),
            Act::lock(dropped_tables, LockMode::ShareUpdateExclusive),
        ],
        also: |s, effects| {
            unknown_index(s, effects);
            refuse_concurrent_drop(s, effects);
        },
        requires_no_transaction: true,
        examples: &[Example { setup: TABLE, sql: "DROP INDEX CONCURRENTLY t_a" }],
        ..Fact::BASE
    },
    Fact {
        id: "reindex/plain",
        of: &[Kind::Reindex],
        condition: "of an index or a table that is not partitioned",
        when: |s| !concurrently(s) && !reindexes_many(s),
        acts: &[
            Act::lock(reindexed_tables, LockMode::Share),
            Act::work(rebuilt_tables, LockMode::Share, Work::Scan),
            Act::work(rebuilt_indexes, LockMode::AccessExclusive, Work::RebuildIndex),
        ],
        examples: &[
            Example { setup: TABLE, sql: "REINDEX TABLE t" },
            Example { setup: TABLE, sql: "REINDEX INDEX t_a" },
        ],
        ..Fact::BASE
    },
    Fact {
        id: "reindex/many",
        of: &[Kind::Reindex],
        condition: "of a schema, a database, or what is partitioned: each in a transaction of its own",
        when: |s| !concurrently(s) && reindexes_many(s),
        acts: &[
            Act::lock(reindexed_tables, LockMode::Share),
            Act::lock(reindexed_parents, LockMode::Share),
            Act::lock(named_index, LockMode::AccessExclusive),
            Act::work(rebuilt_tables, LockMode::Share, Work::Scan),
            Act::work(rebuilt_indexes, LockMode::AccessExclusive, Work::RebuildIndex),
        ],
        requires_no_transaction: true,
        examples: &[
            Example { setup: PARTITIONED, sql: "REINDEX TABLE p" },
            Example { setup: PARTITIONED, sql: "REINDEX INDEX p_id" },
            Example { setup: TABLE, sql: "REINDEX SCHEMA public" },
        ],
        ..Fact::BASE
    },
    Fact {
        id: "reindex/concurrently",
        of: &[Kind::Reindex],
        condition: "CONCURRENTLY; an old index is locked exclusively once nobody uses it",
        when: concurrently,
        acts: &[
            Act::lock(reindexed_tables, LockMode::ShareUpdateExclusive),
            Act::lock(skipped_indexes, LockMode::ShareUpdateExclusive),
            Act::lock(partitions_of_table, LockMode::Share),
            Act::lock(reindexed_parents, LockMode::Share),
            Act::lock(named_index, LockMode::ShareUpdateExclusive),
            Act::work(rebuilt_tables, LockMode::ShareUpdateExclusive, Work::Scan),
            Act::work(rebuilt_indexes, LockMode::AccessExclusive, Work::RebuildIndex),
        ],
        also: refuse_exclusion,
        requires_no_transaction: true,
        examples: &[
            Example { setup: TABLE, sql: "REINDEX TABLE CONCURRENTLY t" },
            Example { setup: TABLE, sql: "REINDEX INDEX CONCURRENTLY t_a" },
        ],
        ..Fact::BASE
    },
    Fact {
        id: "attach-index-partition",
        of: &[Kind::AttachIndexPartition],
        acts: &[
            Act::lock(attached_parent, LockMode::ShareUpdateExclusive),
            Act::lock(attached_child, LockMode::AccessExclusive),
        ],
        examples: &[Example { setup: PARTITIONED, sql: "ALTER INDEX p_only ATTACH PARTITION p1_a" }],
        ..Fact::BASE
    },
];

const TABLE: &str = "
    CREATE TABLE t (id int PRIMARY KEY, a int, b text);
    CREATE INDEX t_a ON t (a);
    CREATE INDEX t_lower ON t (lower(b));
    CREATE MATERIALIZED VIEW mv AS SELECT * FROM t;
    CREATE UNIQUE INDEX mv_id ON mv (id)";

const PARTITIONED: &str = "
    CREATE TABLE p (id int, ts date, a int) PARTITION BY RANGE (ts);
    CREATE TABLE p1 PARTITION OF p FOR VALUES FROM ('2020-01-01') TO ('2021-01-01');
    CREATE TABLE p2 PARTITION OF p DEFAULT;
    CREATE INDEX p_id ON p (id);
    CREATE INDEX p_only ON ONLY p (a);
    CREATE INDEX p1_a ON p1 (a)";

fn create<'a>(scene: &Scene<'a>) -> Option<&'a CreateIndex> {
    match scene.operation {
        Operation::CreateIndex(create) => Some(create),
        _ => None,
    }
}

fn table(scene: &Scene<'_>) -> Vec<RelationId> {
    create(scene).and_then(|c| scene.relation(&c.table)).into_iter().collect()
}

fn table_family(scene: &Scene<'_>) -> Vec<RelationId> {
    table(scene).into_iter().flat_map(|id| family(scene.catalog, id, false)).collect()
}

/// Whether each partition gets an index too.
fn recurses(scene: &Scene<'_>) -> bool {
    create(scene).is_some_and(|c| !c.only) && table(scene).iter().any(|id| is_partitioned(scene.catalog, *id))
}

/// Whether `IF NOT EXISTS` finds the name taken.
fn is_there(scene: &Scene<'_>) -> bool {
    let named = |create: &CreateIndex| {
        let schema = scene.catalog.relation(scene.relation(&create.table)?)?.schema.clone();
        scene.relation(&ObjectName { schema: Some(schema), name: create.name.clone()? })
    };
    create(scene).is_some_and(|c| c.if_not_exists && named(c).is_some())
}

fn built_table(scene: &Scene<'_>) -> Vec<RelationId> {
    if is_there(scene) { Vec::new() } else { table(scene) }
}

/// For each partition in turn: the index that fits the new one, if there is one. Below it nothing is built.
fn partitions(scene: &Scene<'_>) -> Vec<(RelationId, Option<RelationId>)> {
    let mut found = Vec::new();
    if is_there(scene) {
        return found;
    }
    let Some(shape) = create(scene).and_then(|c| Shape::of_statement(scene.catalog, c)) else { return found };
    let mut open = table(scene);
    while let Some(id) = open.pop() {
        for child in scene.catalog.table(id).map_or(&[][..], |t| &t.children) {
            let fit = match_in(scene.catalog, &shape, *child);
            found.push((*child, fit));
            if fit.is_none() {
                open.push(*child);
            }
        }
    }
    found
}

fn adopted_indexes(scene: &Scene<'_>) -> Vec<RelationId> {
    partitions(scene).into_iter().filter_map(|(_, index)| index).collect()
}

fn unindexed_partitions(scene: &Scene<'_>) -> Vec<RelationId> {
    partitions(scene).into_iter().filter(|(_, index)| index.is_none()).map(|(id, _)| id).collect()
}

fn concurrently(scene: &Scene<'_>) -> bool {
    matches!(
        scene.operation,
        Operation::DropIndex { concurrently: true, .. } | Operation::Reindex { concurrently: true, .. }
    )
}

fn dropped_indexes(scene: &Scene<'_>) -> Vec<RelationId> {
    let Operation::DropIndex { names, .. } = scene.operation else { return Vec::new() };
    let named = names.iter().filter_map(|n| scene.relation(n)).filter(|id| scene.catalog.index(*id).is_some());
    named.flat_map(|id| family(scene.catalog, id, false)).collect()
}

/// The tables of dropped indexes; of a partitioned one all partitions, whether they have an index or not.
fn dropped_tables(scene: &Scene<'_>) -> Vec<RelationId> {
    let tables = dropped_indexes(scene).into_iter().filter_map(|id| Some(scene.catalog.index(id)?.table));
    tables.flat_map(|id| family(scene.catalog, id, !is_partitioned(scene.catalog, id))).collect()
}

fn unknown_index(scene: &Scene<'_>, effects: &mut Effects) {
    let Operation::DropIndex { names, .. } = scene.operation else { return };
    for name in names {
        let unknown = match scene.catalog.resolve(name) {
            Resolved::Unknown => true,
            Resolved::Found(id) => scene.catalog.relation(id).is_some_and(|r| r.unknown),
            _ => false,
        };
        if unknown {
            effects.uncertain.push(format!("which table is {name} an index of?"));
        }
    }
}

/// What `DROP INDEX CONCURRENTLY` does not do.
fn refuse_concurrent_drop(scene: &Scene<'_>, effects: &mut Effects) {
    let Operation::DropIndex { names, cascade, .. } = scene.operation else { return };
    if names.len() > 1 {
        return say::fails(effects, "0A000", "DROP INDEX CONCURRENTLY does not support dropping multiple objects");
    }
    if *cascade {
        return say::fails(effects, "0A000", "DROP INDEX CONCURRENTLY does not support CASCADE");
    }
    let partitioned = names.iter().find(|n| scene.relation(n).is_some_and(|id| is_partitioned(scene.catalog, id)));
    if let Some(name) = partitioned {
        say::fails(effects, "0A000", format!("cannot drop partitioned index \"{}\" concurrently", name.name));
    }
}

fn refuse_exclusion(scene: &Scene<'_>, effects: &mut Effects) {
    let Some(ReindexTarget::Index(name)) = reindex(scene) else { return };
    let index = scene.relation(name).and_then(|id| scene.catalog.index(id));
    // That of a temporary table is built as if nothing had been said.
    let temporary = |i: &&Index| scene.catalog.table(i.table).is_some_and(|t| t.persistence == Persistence::Temporary);
    if index.filter(|i| !temporary(i)).is_some_and(|i| excludes(scene, i)) {
        say::fails(effects, "0A000", "concurrent index creation for exclusion constraints is not supported");
    }
}

/// Whether an index is behind an exclusion constraint.
fn excludes(scene: &Scene<'_>, index: &Index) -> bool {
    let constraint = index.constraint.and_then(|id| scene.catalog.constraint(index.table, id));
    constraint.is_some_and(|c| matches!(c.kind, ConstraintKind::Exclude { .. }))
}

fn attached_parent(scene: &Scene<'_>) -> Vec<RelationId> {
    let Operation::AttachIndexPartition { parent, .. } = scene.operation else { return Vec::new() };
    scene.relation(parent).into_iter().collect()
}

fn attached_child(scene: &Scene<'_>) -> Vec<RelationId> {
    let Operation::AttachIndexPartition { child, .. } = scene.operation else { return Vec::new() };
    scene.relation(child).into_iter().collect()
}

fn reindex<'a>(scene: &Scene<'a>) -> Option<&'a ReindexTarget> {
    match scene.operation {
        Operation::Reindex { target, .. } => Some(target),
        _ => None,
    }
}

/// Whether each table or index is a transaction of its own.
fn reindexes_many(scene: &Scene<'_>) -> bool {
    match reindex(scene) {
        Some(ReindexTarget::Index(name) | ReindexTarget::Table(name)) => {
            scene.relation(name).is_some_and(|id| is_partitioned(scene.catalog, id))
        }
        Some(_) => true,
        None => false,
    }
}

/// The tables whose indexes `REINDEX` builds anew, partitioned parents aside.
fn reindexed_tables(scene: &Scene<'_>) -> Vec<RelationId> {
    let catalog = scene.catalog;
    let in_schema = |schema: Option<&Ident>| {
        // Concurrently, a table without an index is passed over; the lock that this takes is gone at once.
        let has_work = |r: &&Relation| !concurrently(scene) || !catalog.indexes_of(r.id).is_empty();
        let wanted = heaps(catalog).filter(|r| schema.is_none_or(|s| r.schema == *s)).filter(has_work);
        wanted.map(|r| r.id).collect()
    };
    match reindex(scene) {
        Some(ReindexTarget::Table(name)) => {
            let family = scene.relation(name).map(|id| family(catalog, id, !is_partitioned(catalog, id)));
            stored(catalog, family.unwrap_or_default())
        }
        Some(ReindexTarget::Index(_)) => {
            rebuilt_indexes(scene).iter().filter_map(|id| Some(catalog.index(*id)?.table)).collect()
        }
        Some(ReindexTarget::Schema(schema)) => in_schema(Some(schema)),
        Some(ReindexTarget::Database(_)) => in_schema(None),
        Some(ReindexTarget::System(_)) | None => Vec::new(),
    }
}

/// The indexes that are built anew.
fn rebuilt_indexes(scene: &Scene<'_>) -> Vec<RelationId> {
    let catalog = scene.catalog;
    match reindex(scene) {
        Some(ReindexTarget::Index(name)) => {
            let family = scene.relation(name).filter(|id| catalog.index(*id).is_some());
            stored(catalog, family.map(|id| self::family(catalog, id, false)).unwrap_or_default())
        }
        _ => {
            let mut all = indexes(catalog, &reindexed_tables(scene));
            if concurrently(scene) {
                all.retain(|id| !is_skipped(scene, *id));
            }
            all
        }
    }
}

/// Whether `REINDEX TABLE CONCURRENTLY` leaves an index as it is: that of an exclusion constraint, an invalid one.
fn is_skipped(scene: &Scene<'_>, id: RelationId) -> bool {
    let Some(index) = scene.catalog.index(id) else { return true };
    !index.valid || excludes(scene, index)
}

fn skipped_indexes(scene: &Scene<'_>) -> Vec<RelationId> {
    match reindex(scene) {
        Some(ReindexTarget::Index(_)) | None => Vec::new(),
        Some(_) => {
            let all = indexes(scene.catalog, &reindexed_tables(scene));
            all.into_iter().filter(|id| is_skipped(scene, *id)).collect()
        }
    }
}

fn rebuilt_tables(scene: &Scene<'_>) -> Vec<RelationId> {
    rebuilt_indexes(scene).iter().filter_map(|id| Some(scene.catalog.index(*id)?.table)).collect()
}

/// The partitions of a table, which are looked up under a lock of their own first.
fn partitions_of_table(scene: &Scene<'_>) -> Vec<RelationId> {
    match reindex(scene) {
        Some(ReindexTarget::Table(name)) => match scene.relation(name) {
            Some(id) if is_partitioned(scene.catalog, id) => scene.catalog.descendants(id),
            _ => Vec::new(),
        },
        _ => Vec::new(),
    }
}

/// What is partitioned itself: the parents of a table's partitions, or of an index's.
fn reindexed_parents(scene: &Scene<'_>) -> Vec<RelationId> {
    let catalog = scene.catalog;
    let partitioned = |ids: Vec<RelationId>| ids.into_iter().filter(|id| is_partitioned(catalog, *id)).collect();
    match reindex(scene) {
        Some(ReindexTarget::Table(name)) => match scene.relation(name) {
            Some(id) if concurrently(scene) => partitioned(catalog.descendants(id)),
            Some(id) => partitioned(family(catalog, id, false)),
            None => Vec::new(),
        },
        Some(ReindexTarget::Index(name)) => match scene.relation(name) {
            Some(id) if is_partitioned(catalog, id) => {
                let below: Vec<RelationId> = partitioned(catalog.descendants(id));
                let table = catalog.index(id).map(|index| index.table).filter(|_| !concurrently(scene));
                below.into_iter().chain(table).collect()
            }
            _ => Vec::new(),
        },
        _ => Vec::new(),
    }
}

/// A partitioned index by its name, or the table of it, which are locked before its partitions are known.
fn named_index(scene: &Scene<'_>) -> Vec<RelationId> {
    let catalog = scene.catalog;
    match reindex(scene) {
        Some(ReindexTarget::Index(name)) => {
            let named = scene.relation(name).filter(|id| is_partitioned(catalog, *id));
            let table = named.and_then(|id| Some(catalog.index(id)?.table)).filter(|_| concurrently(scene));
            named.into_iter().chain(table).collect()
        }
        Some(ReindexTarget::Table(name)) if concurrently(scene) => scene.relation(name).into_iter().collect(),
        _ => Vec::new(),
    }
}
