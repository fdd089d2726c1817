//! `ATTACH PARTITION`, `DETACH PARTITION`.

use crate::catalog::Table;
use crate::catalog::{Catalog, ColumnId, ConstraintKind, Index, IndexKey, RelationId};
use crate::effects::fact::{Act, Example, Fact, Work};
use crate::effects::kind::Kind;
use crate::effects::postgres::bounds::{condition, rest_condition, unproved_tables};
use crate::effects::postgres::foreign_key::{is_checked, keys_to, own_keys, triggered_tables};
use crate::effects::postgres::on::{self, with_partitions};
use crate::effects::postgres::proof::strip;
use crate::effects::scene::Scene;
use crate::sql::LockMode::{AccessExclusive, ShareRowExclusive, ShareUpdateExclusive};
use crate::sql::operation::{PartitionBound, TableAction};

const P: &str = "CREATE TABLE p (id int) PARTITION BY RANGE (id); CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (0) TO (10); CREATE TABLE n (id int); INSERT INTO n VALUES (15);";
const D: &str = "CREATE TABLE p (id int) PARTITION BY RANGE (id); CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (0) TO (10); CREATE TABLE d PARTITION OF p DEFAULT; CREATE TABLE n (id int); INSERT INTO n VALUES (15); INSERT INTO p VALUES (50);";

/// The facts about partitions that come and go.
pub(super) const FACTS: &[Fact] = &[
    Fact {
        id: "attach-partition/target",
        of: &[Kind::AttachPartition],
        acts: &[Act::lock(on::target, ShareUpdateExclusive)],
        since: 12,
        source: "docs, ALTER TABLE: attaching acquires a SHARE UPDATE EXCLUSIVE lock on the parent table",
        ..Fact::BASE
    },
    Fact {
        id: "attach-partition/target-before-12",
        of: &[Kind::AttachPartition],
        acts: &[Act::lock(on::target, AccessExclusive)],
        until: 11,
        source: "release notes of PostgreSQL 12",
        ..Fact::BASE
    },
    Fact {
        id: "attach-partition/partition",
        of: &[Kind::AttachPartition],
        acts: &[Act::lock(partition_tree, AccessExclusive), Act::scan(unproved)],
        source: "docs, ALTER TABLE: in addition to an ACCESS EXCLUSIVE lock on the table being attached",
        examples: &[
            Example::new(P, "ALTER TABLE p ATTACH PARTITION n FOR VALUES FROM (10) TO (20)"),
            Example::new(
                "CREATE TABLE p (id int) PARTITION BY RANGE (id); CREATE TABLE n (id int NOT NULL CHECK (id >= 10 AND id < 20))",
                "ALTER TABLE p ATTACH PARTITION n FOR VALUES FROM (10) TO (20)",
            ),
            Example::new(
                "CREATE TABLE p (id int) PARTITION BY RANGE (id); CREATE TABLE n (id int CHECK (id >= 10 AND id < 20))",
                "ALTER TABLE p ATTACH PARTITION n FOR VALUES FROM (10) TO (20)",
            ),
        ],
        ..Fact::BASE
    },
    Fact {
        id: "attach-partition/default-partition",
        of: &[Kind::AttachPartition],
        condition: "there is a default partition",
        acts: &[Act::lock(default_tree, AccessExclusive), Act::scan(default_unproved)],
        examples: &[
            Example::new(D, "ALTER TABLE p ATTACH PARTITION n FOR VALUES FROM (10) TO (20)"),
            Example::new(
                "CREATE TABLE p (id int) PARTITION BY RANGE (id); CREATE TABLE d PARTITION OF p DEFAULT; ALTER TABLE d ADD CHECK (id IS NOT NULL AND id < 10); CREATE TABLE n (id int); INSERT INTO n VALUES (15)",
                "ALTER TABLE p ATTACH PARTITION n FOR VALUES FROM (10) TO (20)",
            ),
        ],
        ..Fact::BASE
    },
    Fact {
        id: "attach-partition/indexes",
        of: &[Kind::AttachPartition],
        condition: "the parent has indexes: those that the partition lacks are built",
        acts: &[Act::lock(on::indexes, ShareUpdateExclusive), Act::scan(lacking_indexes)],
        examples: &[
            Example::new(
                "CREATE TABLE p (id int PRIMARY KEY, a int) PARTITION BY LIST (id); CREATE INDEX ON p (a); CREATE TABLE n (id int NOT NULL CHECK (id = 1), a int)",
                "ALTER TABLE p ATTACH PARTITION n FOR VALUES IN (1)",
            ),
            Example::new(
                "CREATE TABLE p (id int, a int) PARTITION BY LIST (id); CREATE INDEX ON p (a); CREATE TABLE n (id int NOT NULL CHECK (id = 1), a int); CREATE INDEX ON n (a)",
                "ALTER TABLE p ATTACH PARTITION n FOR VALUES IN (1)",
            ),
        ],
        ..Fact::BASE
    },
    Fact {
        id: "attach-partition/foreign-keys",
        of: &[Kind::AttachPartition],
        condition: "the parent has foreign keys: the partition gets them, or they take over its own",
        acts: &[
            Act::lock(|s| keys(s).made, ShareRowExclusive),
            Act::scan(|s| keys(s).read),
            Act::lock(|s| keys(s).adopted, AccessExclusive),
        ],
        examples: &[
            Example::new(
                "CREATE TABLE r (id int PRIMARY KEY); CREATE TABLE p (id int, r int REFERENCES r) PARTITION BY LIST (id); CREATE TABLE n (id int NOT NULL CHECK (id = 1), r int); INSERT INTO r SELECT generate_series(1, 100); INSERT INTO n SELECT 1, generate_series(1, 100)",
                "ALTER TABLE p ATTACH PARTITION n FOR VALUES IN (1)",
            ),
            Example::new(
                "CREATE TABLE r (id int PRIMARY KEY); CREATE TABLE p (id int, r int REFERENCES r) PARTITION BY LIST (id); CREATE TABLE n (id int NOT NULL CHECK (id = 1), r int REFERENCES r)",
                "ALTER TABLE p ATTACH PARTITION n FOR VALUES IN (1)",
            ),
        ],
        ..Fact::BASE
    },
    Fact {
        id: "attach-partition/referencing-tables",
        of: &[Kind::AttachPartition],
        condition: "foreign keys reference the parent",
        acts: &[Act::lock(referencing, ShareRowExclusive)],
        since: 15,
        source: "measured, PG 15-18",
        examples: &[Example::new(
            "CREATE TABLE p (id int PRIMARY KEY) PARTITION BY LIST (id); CREATE TABLE t (id int REFERENCES p); CREATE TABLE n (id int PRIMARY KEY CHECK (id = 1))",
            "ALTER TABLE p ATTACH PARTITION n FOR VALUES IN (1)",
        )],
        ..Fact::BASE
    },
    Fact {
        id: "detach-partition/at-once",
        of: &[Kind::DetachPartition],
        condition: "without CONCURRENTLY",
        when: |scene| detached(scene).is_some_and(|detached| !detached.concurrently && !detached.finalize),
        acts: &[
            Act::lock(on::target, AccessExclusive),
            Act::lock(partition_root, AccessExclusive),
            Act::lock(default_root, AccessExclusive),
        ],
        examples: &[
            Example::new(P, "ALTER TABLE p DETACH PARTITION p1"),
            Example::new(D, "ALTER TABLE p DETACH PARTITION p1"),
            Example::new(D, "ALTER TABLE p DETACH PARTITION d"),
        ],
        ..Fact::BASE
    },
    Fact {
        id: "detach-partition/belongings",
        of: &[Kind::DetachPartition],
        condition: "the partition has indexes of its parent, or partitions",
        acts: &[Act::lock(partition_tree, AccessExclusive), Act::lock(inherited_indexes, AccessExclusive)],
        examples: &[Example::new(
            "CREATE TABLE p (id int PRIMARY KEY, a int) PARTITION BY LIST (id); CREATE INDEX ON p (a); CREATE TABLE p1 PARTITION OF p FOR VALUES IN (1)",
            "ALTER TABLE p DETACH PARTITION p1",
        )],
        ..Fact::BASE
    },
    Fact {
        id: "detach-partition/foreign-keys",
        of: &[Kind::DetachPartition],
        condition: "the parent has foreign keys, which the partition gets as its own",
        acts: &[Act::lock(referenced_by_inherited_keys, ShareRowExclusive)],
        examples: &[Example::new(
            "CREATE TABLE r (id int PRIMARY KEY); CREATE TABLE p (id int, r int REFERENCES r) PARTITION BY LIST (id); CREATE TABLE p1 PARTITION OF p FOR VALUES IN (1)",
            "ALTER TABLE p DETACH PARTITION p1",
        )],
        ..Fact::BASE
    },
    Fact {
        id: "detach-partition/referencing-tables",
        of: &[Kind::DetachPartition],
        condition: "foreign keys reference the parent: no row may reference the partition",
        acts: &[Act::work(referencing_partition, AccessExclusive, Work::Scan), Act::scan(referenced_partition)],
        examples: &[Example::new(
            "CREATE TABLE p (id int PRIMARY KEY) PARTITION BY RANGE (id); CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (1) TO (2000); CREATE TABLE p2 PARTITION OF p FOR VALUES FROM (2000) TO (4000); CREATE TABLE t (id int REFERENCES p); INSERT INTO p SELECT generate_series(1, 3999); INSERT INTO t SELECT generate_series(2000, 3999)",
            "ALTER TABLE p DETACH PARTITION p1",
        )],
        ..Fact::BASE
    },
    Fact {
        id: "detach-partition/concurrently",
        of: &[Kind::DetachPartition],
        condition: "CONCURRENTLY",
        when: |scene| detached(scene).is_some_and(|detached| detached.concurrently),
        acts: &[Act::lock(on::target, ShareUpdateExclusive), Act::lock(partition_root, AccessExclusive)],
        requires_no_transaction: true,
        since: 14,
        examples: &[Example::new(P, "ALTER TABLE p DETACH PARTITION p1 CONCURRENTLY")],
        ..Fact::BASE
    },
    Fact {
        id: "detach-partition/finalize",
        of: &[Kind::DetachPartition],
        condition: "FINALIZE",
        when: |scene| detached(scene).is_some_and(|detached| detached.finalize),
        acts: &[Act::lock(on::target, ShareUpdateExclusive), Act::lock(partition_root, AccessExclusive)],
        since: 14,
        source: "docs, ALTER TABLE: FINALIZE completes a detach that was cancelled or interrupted",
        ..Fact::BASE
    },
];

/// `ATTACH PARTITION` with the tables it names.
struct Attached<'a> {
    parent: RelationId,
    partition: RelationId,
    bound: &'a PartitionBound,
}

fn attached<'a>(scene: &Scene<'a>) -> Option<Attached<'a>> {
    let TableAction::AttachPartition { partition, bound } = scene.action()? else { return None };
    scene.target_table()?;
    Some(Attached { parent: scene.target()?.id, partition: scene.relation(partition)?, bound })
}

/// `DETACH PARTITION` with the tables it names.
struct Detached {
    parent: RelationId,
    partition: RelationId,
    concurrently: bool,
    finalize: bool,
}

fn detached(scene: &Scene<'_>) -> Option<Detached> {
    let TableAction::DetachPartition { partition, concurrently, finalize } = scene.action()? else { return None };
    let (parent, partition) = (scene.target()?.id, scene.relation(partition)?);
    Some(Detached { parent, partition, concurrently: *concurrently, finalize: *finalize })
}

fn partition(scene: &Scene<'_>) -> Option<RelationId> {
    attached(scene).map(|a| a.partition).or_else(|| detached(scene).map(|d| d.partition))
}

fn partition_root(scene: &Scene<'_>) -> Vec<RelationId> {
    partition(scene).into_iter().collect()
}

fn partition_tree(scene: &Scene<'_>) -> Vec<RelationId> {
    partition(scene).map(|id| with_partitions(scene.catalog, id)).unwrap_or_default()
}

/// The tables of the partition that are read, for want of a CHECK that implies the bound.
fn unproved(scene: &Scene<'_>) -> Vec<RelationId> {
    let Some(attached) = attached(scene) else { return Vec::new() };
    let wanted = condition(scene.catalog, attached.parent, attached.bound);
    unproved_tables(scene.catalog, attached.partition, wanted.as_ref())
}

fn default_root(scene: &Scene<'_>) -> Vec<RelationId> {
    scene.target().and_then(|target| scene.catalog.partitions_default(target.id)).into_iter().collect()
}

/// The default partition, unless it is the one that is attached.
fn default_tree(scene: &Scene<'_>) -> Vec<RelationId> {
    match attached(scene) {
        Some(Attached { bound: PartitionBound::Default, .. }) | None => Vec::new(),
        Some(_) => default_root(scene).into_iter().flat_map(|id| with_partitions(scene.catalog, id)).collect(),
    }
}

fn default_unproved(scene: &Scene<'_>) -> Vec<RelationId> {
    let Some(attached) = attached(scene) else { return Vec::new() };
    if *attached.bound == PartitionBound::Default {
        return Vec::new();
    }
    let wanted = rest_condition(scene.catalog, attached.parent, attached.bound);
    let roots = default_root(scene).into_iter();
    roots.flat_map(|id| unproved_tables(scene.catalog, id, wanted.as_ref())).collect()
}

/// The tables of the partition on which an index like one of the parent's has to be built.
fn lacking_indexes(scene: &Scene<'_>) -> Vec<RelationId> {
    let Some(attached) = attached(scene) else { return Vec::new() };
    let catalog = scene.catalog;
    let indexes = catalog.indexes_of(attached.parent);
    let lacks = |id: &RelationId| {
        let table = catalog.table(*id);
        table.is_some_and(|table| !table.is_partitioned())
            && indexes.iter().any(|index| !has_index_like(catalog, *id, attached.parent, *index))
    };
    with_partitions(catalog, attached.partition).into_iter().filter(lacks).collect()
}

/// Whether a table has an index that can be attached to an index of another (`CompareIndexInfo`).
fn has_index_like(catalog: &Catalog, table: RelationId, parent: RelationId, wanted: RelationId) -> bool {
    let Some(wanted_index) = catalog.index(wanted) else { return true };
    catalog
        .indexes_of(table)
        .iter()
        .any(|id| catalog.index(*id).is_some_and(|index| is_like(catalog, (table, index), (parent, wanted_index))))
}

fn is_like(catalog: &Catalog, (a_table, a): (RelationId, &Index), (b_table, b): (RelationId, &Index)) -> bool {
    let column = |table: RelationId, id| catalog.column(table, id).map(|column| column.name.clone());
    let key = |table: RelationId, index: &Index| {
        let of = |key: &IndexKey| {
            let expression = key.expression.as_ref().map(|e| strip(&e.expr));
            let name = key.column.and_then(|id| column(table, id));
            (name, expression, key.collation.clone(), key.operator_class.clone(), key.descending, key.nulls_first)
        };
        index.keys.iter().map(of).collect::<Vec<_>>()
    };
    let include = |table, index: &Index| index.include.iter().map(|id| column(table, *id)).collect::<Vec<_>>();
    let predicate = |index: &Index| index.predicate.as_ref().map(|p| strip(&p.expr));
    let backs_constraint = |table, index: &Index| {
        index.constraint.is_some_and(|id| {
            catalog
                .constraint(table, id)
                .is_some_and(|c| matches!(c.kind, ConstraintKind::Unique { .. } | ConstraintKind::Exclude { .. }))
        })
    };
    a.valid
        && a.parent.is_none()
        && a.unique == b.unique
        && a.method == b.method
        && a.nulls_not_distinct == b.nulls_not_distinct
        && key(a_table, a) == key(b_table, b)
        && include(a_table, a) == include(b_table, b)
        && predicate(a) == predicate(b)
        && (!backs_constraint(b_table, b) || backs_constraint(a_table, a))
}

/// What the parent's foreign keys mean for a partition.
#[derive(Default)]
struct Keys {
    /// Referenced tables of keys that the partition gets.
    made: Vec<RelationId>,
    /// Tables that are read to check them.
    read: Vec<RelationId>,
    /// Referenced tables of keys that it has already.
    adopted: Vec<RelationId>,
}

fn keys(scene: &Scene<'_>) -> Keys {
    let Some(attached) = attached(scene) else { return Keys::default() };
    let catalog = scene.catalog;
    let mut keys = Keys::default();
    let names = |table: RelationId, columns: &[ColumnId]| {
        let name = |id: &ColumnId| catalog.column(table, *id).map(|column| column.name.clone());
        columns.iter().map(name).collect::<Vec<_>>()
    };
    for key in own_keys(catalog, attached.parent) {
        let referenced = with_partitions(catalog, key.key.table);
        let same = own_keys(catalog, attached.partition).into_iter().find(|own| {
            own.key.table == key.key.table
                && own.key.referenced == key.key.referenced
                && names(own.from, &own.key.columns) == names(key.from, &key.key.columns)
                && own.key.on_delete == key.key.on_delete
                && own.key.on_update == key.key.on_update
                && own.key.match_full == key.key.match_full
                && own.constraint.deferrable == key.constraint.deferrable
                && own.constraint.initially_deferred == key.constraint.initially_deferred
                && (is_checked(own.constraint) || (scene.version() >= 18 && own.constraint.enforced))
        });
        let checked = is_checked(key.constraint);
        match same {
            Some(own) => {
                keys.adopted.extend(triggered_tables(catalog, &own));
                if checked && !is_checked(own.constraint) {
                    keys.read.extend(with_partitions(catalog, attached.partition));
                    keys.read.extend(&referenced);
                }
            }
            None => {
                keys.made.extend(&referenced);
                if checked {
                    keys.read.extend(with_partitions(catalog, attached.partition));
                    keys.read.extend(&referenced);
                }
            }
        }
    }
    keys
}

/// The tables whose foreign keys reference the parent.
fn referencing(scene: &Scene<'_>) -> Vec<RelationId> {
    let keys = scene.target().map(|target| keys_to(scene.catalog, target.id)).unwrap_or_default();
    keys.iter().map(|key| key.from).collect()
}

/// The partition's indexes that belong to indexes of its parent.
fn inherited_indexes(scene: &Scene<'_>) -> Vec<RelationId> {
    let Some(detached) = detached(scene) else { return Vec::new() };
    let belongs = |id: &RelationId| scene.catalog.index(*id).is_some_and(|index| index.parent.is_some());
    scene.catalog.indexes_of(detached.partition).iter().copied().filter(belongs).collect()
}

fn referenced_by_inherited_keys(scene: &Scene<'_>) -> Vec<RelationId> {
    let Some(detached) = detached(scene) else { return Vec::new() };
    let mut keys = own_keys(scene.catalog, detached.parent);
    if scene.version() < 15 {
        // The triggers on a partitioned table are not made.
        keys.retain(|key| !scene.catalog.table(key.key.table).is_some_and(Table::is_partitioned));
    }
    keys.iter().flat_map(|key| with_partitions(scene.catalog, key.key.table)).collect()
}

/// The tables with a foreign key to the parent, and so to the partition.
fn referencing_partition(scene: &Scene<'_>) -> Vec<RelationId> {
    let Some(detached) = detached(scene) else { return Vec::new() };
    let keys = scene.catalog.foreign_keys_to(detached.parent);
    keys.iter().flat_map(|key| with_partitions(scene.catalog, key.from)).collect()
}

fn referenced_partition(scene: &Scene<'_>) -> Vec<RelationId> {
    if referencing_partition(scene).is_empty() { Vec::new() } else { partition_tree(scene) }
}
