//! `CREATE TABLE`.

use crate::catalog::RelationId;
use crate::effects::fact::{Act, Example, Fact};
use crate::effects::kind::Kind;
use crate::effects::postgres::bounds::{rest_condition, unproved_tables};
use crate::effects::postgres::foreign_key::{keys_to, own_keys, referenced_tables};
use crate::effects::postgres::on::with_partitions;
use crate::effects::scene::Scene;
use crate::sql::LockMode::{AccessExclusive, ShareRowExclusive, ShareUpdateExclusive};
use crate::sql::operation::{ConstraintKind, CreateTable, PartitionBound};
use crate::sql::{ObjectName, Operation};

const P: &str = "CREATE TABLE r (id int PRIMARY KEY); CREATE TABLE p (id int PRIMARY KEY, r int REFERENCES r) PARTITION BY RANGE (id); CREATE TABLE t (id int REFERENCES p);";

/// The facts about new tables.
pub(super) const FACTS: &[Fact] = &[
    Fact {
        id: "create-table/references",
        of: &[Kind::CreateTable],
        condition: "it has foreign keys",
        acts: &[Act::lock(referenced, ShareRowExclusive)],
        source: "docs, CREATE TABLE: a foreign key requires a SHARE ROW EXCLUSIVE lock on the referenced table",
        examples: &[
            Example::new("CREATE TABLE p (id int PRIMARY KEY)", "CREATE TABLE t (p_id int REFERENCES p)"),
            Example::new(P, "CREATE TABLE n (id int, FOREIGN KEY (id) REFERENCES p)"),
        ],
        ..Fact::BASE
    },
    Fact {
        id: "create-table/inherits",
        of: &[Kind::CreateTable],
        condition: "INHERITS",
        acts: &[Act::lock(inherited, ShareUpdateExclusive)],
        examples: &[Example::new("CREATE TABLE p (id int)", "CREATE TABLE t () INHERITS (p)")],
        ..Fact::BASE
    },
    Fact {
        id: "create-table/like",
        of: &[Kind::CreateTable],
        condition: "LIKE, OF: nothing above ACCESS SHARE",
        examples: &[Example::new(P, "CREATE TABLE n (LIKE p INCLUDING ALL)")],
        ..Fact::BASE
    },
    Fact {
        id: "create-table/partition-of",
        of: &[Kind::CreateTable],
        condition: "PARTITION OF",
        acts: &[
            Act::lock(|s| parent(s).map(|(parent, _)| parent).into_iter().collect(), AccessExclusive),
            Act::lock(parent_indexes, ShareUpdateExclusive),
            Act::lock(parent_keys, ShareRowExclusive),
        ],
        source: "docs, CREATE TABLE: PARTITION OF requires an ACCESS EXCLUSIVE lock on the parent table",
        examples: &[
            Example::new(P, "CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (0) TO (10)"),
            Example::new(P, "CREATE TABLE p1 PARTITION OF p DEFAULT"),
        ],
        ..Fact::BASE
    },
    Fact {
        id: "create-table/partition-of-referenced",
        of: &[Kind::CreateTable],
        condition: "PARTITION OF a table that foreign keys reference",
        acts: &[Act::lock(referencing, ShareRowExclusive)],
        since: 15,
        source: "measured, PG 15-18",
        examples: &[Example::new(P, "CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (0) TO (10)")],
        ..Fact::BASE
    },
    Fact {
        id: "create-table/default-partition",
        of: &[Kind::CreateTable],
        condition: "PARTITION OF a table with a default partition, which is read unless a CHECK excludes the new rows",
        acts: &[Act::lock(default_tree, AccessExclusive), Act::scan(default_unproved)],
        examples: &[
            Example::new(
                "CREATE TABLE p (id int) PARTITION BY RANGE (id); CREATE TABLE d PARTITION OF p DEFAULT; INSERT INTO p VALUES (50)",
                "CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (0) TO (10)",
            ),
            Example::new(
                "CREATE TABLE p (id int) PARTITION BY RANGE (id); CREATE TABLE d PARTITION OF p DEFAULT; ALTER TABLE d ADD CHECK (NOT (id IS NOT NULL AND id >= 0 AND id < 10))",
                "CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (0) TO (10)",
            ),
        ],
        ..Fact::BASE
    },
];

/// The table, if there is none of this name yet.
fn created<'a>(scene: &Scene<'a>) -> Option<&'a CreateTable> {
    match scene.operation {
        Operation::CreateTable(create) if create.if_not_exists && scene.relation(&create.name).is_some() => None,
        Operation::CreateTable(create) => Some(create),
        _ => None,
    }
}

fn referenced(scene: &Scene<'_>) -> Vec<RelationId> {
    let Some(create) = created(scene) else { return Vec::new() };
    let at_columns = create.columns.iter().flat_map(|column| &column.constraints);
    let keys = create.constraints.iter().chain(at_columns).filter_map(|constraint| match &constraint.kind {
        ConstraintKind::ForeignKey(key) => Some(&key.table),
        _ => None,
    });
    keys.filter(|table| **table != create.name).flat_map(|table| referenced_tables(scene, table)).collect()
}

fn inherited(scene: &Scene<'_>) -> Vec<RelationId> {
    let parents: &[ObjectName] = created(scene).map_or(&[], |create| &create.inherits);
    parents.iter().filter_map(|name| scene.relation(name)).collect()
}

/// The partitioned table, and the bound of the new partition.
fn parent<'a>(scene: &Scene<'a>) -> Option<(RelationId, &'a PartitionBound)> {
    let (parent, bound) = created(scene)?.partition_of.as_ref()?;
    Some((scene.relation(parent)?, bound))
}

fn parent_indexes(scene: &Scene<'_>) -> Vec<RelationId> {
    parent(scene).map(|(parent, _)| scene.catalog.indexes_of(parent).to_vec()).unwrap_or_default()
}

/// The tables that the parent's foreign keys reference.
fn parent_keys(scene: &Scene<'_>) -> Vec<RelationId> {
    let Some((parent, _)) = parent(scene) else { return Vec::new() };
    let keys = own_keys(scene.catalog, parent);
    keys.iter().flat_map(|key| with_partitions(scene.catalog, key.key.table)).collect()
}

/// The tables whose foreign keys reference the parent.
fn referencing(scene: &Scene<'_>) -> Vec<RelationId> {
    let Some((parent, _)) = parent(scene) else { return Vec::new() };
    keys_to(scene.catalog, parent).iter().map(|key| key.from).collect()
}

fn default_partition(scene: &Scene<'_>) -> Option<(RelationId, RelationId)> {
    let (parent, bound) = parent(scene)?;
    let default = scene.catalog.partitions_default(parent)?;
    (*bound != PartitionBound::Default).then_some((parent, default))
}

fn default_tree(scene: &Scene<'_>) -> Vec<RelationId> {
    default_partition(scene).map(|(_, default)| with_partitions(scene.catalog, default)).unwrap_or_default()
}

fn default_unproved(scene: &Scene<'_>) -> Vec<RelationId> {
    let (Some((_, bound)), Some((parent, default))) = (parent(scene), default_partition(scene)) else {
        return Vec::new();
    };
    let wanted = rest_condition(scene.catalog, parent, bound);
    unproved_tables(scene.catalog, default, wanted.as_ref())
}
