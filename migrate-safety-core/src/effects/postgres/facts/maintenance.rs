//! `VACUUM`, `ANALYZE`, `CLUSTER`, `LOCK TABLE`.

use crate::catalog::{Dependency, Relation, RelationId, RelationKind};
use crate::effects::Effects;
use crate::effects::fact::{Act, Example, Fact, Work};
use crate::effects::kind::Kind;
use crate::effects::postgres::family::{family, heaps, indexes, is_partitioned, stored};
use crate::effects::postgres::say;
use crate::effects::scene::Scene;
use crate::sql::{LockMode, ObjectName, Operation};

/// The facts.
pub(super) const FACTS: &[Fact] = &[
    Fact {
        id: "vacuum/plain",
        of: &[Kind::Vacuum],
        condition: "not FULL",
        when: |s| !is_full(s),
        acts: &[
            Act::lock(maintained, LockMode::ShareUpdateExclusive),
            Act::lock(|s| indexes(s.catalog, &stored(s.catalog, maintained(s))), LockMode::RowExclusive),
        ],
        requires_no_transaction: true,
        examples: &[
            Example { setup: TABLES, sql: "VACUUM t" },
            Example { setup: TABLES, sql: "VACUUM (ANALYZE) p" },
            Example { setup: TABLES, sql: "VACUUM par" },
            Example { setup: TABLES, sql: "VACUUM" },
        ],
        ..Fact::BASE
    },
    Fact {
        id: "vacuum/full",
        of: &[Kind::Vacuum],
        condition: "FULL",
        when: is_full,
        acts: &[Act::work(maintained, LockMode::AccessExclusive, Work::Rewrite)],
        requires_no_transaction: true,
        examples: &[Example { setup: TABLES, sql: "VACUUM FULL t" }, Example { setup: TABLES, sql: "VACUUM (FULL) p" }],
        ..Fact::BASE
    },
    Fact {
        id: "analyze",
        of: &[Kind::Analyze],
        condition: "a sample, whatever the size",
        acts: &[Act::lock(maintained, LockMode::ShareUpdateExclusive)],
        examples: &[
            Example { setup: TABLES, sql: "ANALYZE t" },
            Example { setup: TABLES, sql: "ANALYZE p" },
            Example { setup: TABLES, sql: "ANALYZE par" },
            Example { setup: TABLES, sql: "ANALYZE" },
        ],
        ..Fact::BASE
    },
    Fact {
        id: "cluster/table",
        of: &[Kind::ClusterTable],
        condition: "one table that is not partitioned",
        when: |s| clustered_table(s).is_some_and(|id| !is_partitioned(s.catalog, id)),
        acts: &[Act::work(clustered, LockMode::AccessExclusive, Work::Rewrite)],
        also: |scene, effects| not_clustered(scene, effects).unwrap_or_default(),
        examples: &[
            Example { setup: TABLES, sql: "CLUSTER t USING t_a" },
            Example { setup: TABLES, sql: "CLUSTER t" },
            Example { setup: TABLES, sql: "CLUSTER t USING t_h" },
        ],
        ..Fact::BASE
    },
    Fact {
        id: "cluster/many",
        of: &[Kind::ClusterTable],
        condition: "a partitioned table (PostgreSQL 15), or all that were clustered before: each in a transaction of its own",
        when: |s| clustered_table(s).is_none_or(|id| is_partitioned(s.catalog, id)),
        acts: &[Act::work(clustered, LockMode::AccessExclusive, Work::Rewrite)],
        also: |scene, effects| not_clustered(scene, effects).unwrap_or_default(),
        since: 15,
        requires_no_transaction: true,
        examples: &[
            Example { setup: TABLES, sql: "CLUSTER p USING p_pkey" },
            Example { setup: TABLES, sql: "CLUSTER" },
        ],
        ..Fact::BASE
    },
    Fact {
        id: "cluster/many-before-15",
        of: &[Kind::ClusterTable],
        condition: "all that were clustered before: each in a transaction of its own; no partitioned table",
        when: |s| clustered_table(s).is_none_or(|id| is_partitioned(s.catalog, id)),
        until: 14,
        acts: &[Act::work(clustered, LockMode::AccessExclusive, Work::Rewrite)],
        also: |s, effects| match clustered_table(s) {
            Some(_) => say::fails(effects, "0A000", "cannot cluster a partitioned table"),
            None => effects.requires_no_transaction = true,
        },
        ..Fact::BASE
    },
    Fact {
        id: "lock-table",
        of: &[Kind::LockTable],
        condition: "the tables with their descendants; of a view what it reads too",
        also: locked,
        examples: &[
            Example { setup: TABLES, sql: "LOCK TABLE t" },
            Example { setup: TABLES, sql: "LOCK TABLE p IN SHARE MODE" },
            Example { setup: TABLES, sql: "LOCK TABLE ONLY par IN EXCLUSIVE MODE" },
            Example { setup: TABLES, sql: "LOCK TABLE vv IN ROW EXCLUSIVE MODE" },
            Example { setup: TABLES, sql: "LOCK TABLE t IN ACCESS SHARE MODE" },
        ],
        ..Fact::BASE
    },
];

const TABLES: &str = "
    CREATE TABLE t (id int PRIMARY KEY, a int);
    CREATE INDEX t_a ON t (a);
    CREATE INDEX t_h ON t USING hash (a);
    CREATE TABLE p (id int PRIMARY KEY) PARTITION BY RANGE (id);
    CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (0) TO (1000);
    CREATE TABLE par (id int);
    CREATE TABLE kid () INHERITS (par);
    CREATE VIEW v AS SELECT * FROM t;
    CREATE VIEW vv AS SELECT * FROM v";

fn is_lockable(scene: &Scene<'_>, id: RelationId) -> bool {
    scene.catalog.relation(id).is_some_and(|r| match &r.kind {
        RelationKind::Table(_) => true,
        RelationKind::View(view) => !view.materialized,
        _ => false,
    })
}

fn is_full(scene: &Scene<'_>) -> bool {
    matches!(scene.operation, Operation::Vacuum { full: true, .. })
}

/// The relations that `VACUUM` or `ANALYZE` goes through.
fn maintained(scene: &Scene<'_>) -> Vec<RelationId> {
    let (Operation::Vacuum { tables, .. } | Operation::Analyze { tables }) = scene.operation else {
        return Vec::new();
    };
    let catalog = scene.catalog;
    let is_fit = |relation: &Relation| match &relation.kind {
        RelationKind::Table(table) => !table.foreign || !tables.is_empty(),
        RelationKind::View(view) => view.materialized,
        _ => false,
    };
    let all: Vec<RelationId> = if tables.is_empty() {
        catalog.relations().map(|r| r.id).collect()
    } else {
        // Before PostgreSQL 18 the partitions of a table, but not the tables that inherit from one.
        let alone = |id| !is_partitioned(catalog, id) && scene.version() < 18;
        let named = tables.iter().filter_map(|target| Some((scene.relation(&target.name)?, target.only)));
        named.flat_map(|(id, only)| family(catalog, id, only || alone(id))).collect()
    };
    all.into_iter().filter(|id| catalog.relation(*id).is_some_and(is_fit)).collect()
}

fn clustered_table(scene: &Scene<'_>) -> Option<RelationId> {
    match scene.operation {
        Operation::ClusterTable { table: Some(table), .. } => scene.relation(table),
        _ => None,
    }
}

fn clustered(scene: &Scene<'_>) -> Vec<RelationId> {
    let catalog = scene.catalog;
    match (clustered_table(scene), scene.operation) {
        (Some(id), _) if is_partitioned(catalog, id) => {
            let parts = stored(catalog, catalog.descendants(id));
            std::iter::once(id).chain(parts).collect()
        }
        (Some(id), _) => vec![id],
        (None, Operation::ClusterTable { table: None, .. }) => {
            let is_clustered = |r: &&Relation| {
                catalog.indexes_of(r.id).iter().any(|id| catalog.index(*id).is_some_and(|i| i.clustered))
            };
            heaps(catalog).filter(is_clustered).map(|r| r.id).collect()
        }
        _ => Vec::new(),
    }
}

/// `CLUSTER` without an index to follow, or with one that has no order.
fn not_clustered(scene: &Scene<'_>, effects: &mut Effects) -> Option<()> {
    let Operation::ClusterTable { table: Some(_), index } = scene.operation else { return None };
    let relation = scene.catalog.relation(clustered_table(scene)?).filter(|relation| !relation.unknown)?;
    let catalog = scene.catalog;
    let mut indexes = catalog.indexes_of(relation.id).iter().filter_map(|id| Some((catalog.relation(*id)?, *id)));
    let Some(name) = index else {
        if !indexes.any(|(_, id)| catalog.index(id).is_some_and(|index| index.clustered)) {
            let message = format!("there is no previously clustered index for table \"{}\"", relation.name);
            say::fails(effects, "42704", message);
        }
        return Some(());
    };
    let (_, id) = indexes.find(|(index, _)| index.name == *name)?;
    let index = catalog.index(id)?;
    if !["btree", "gist"].contains(&&*index.method) {
        let why = "because access method does not support clustering";
        say::fails(effects, "0A000", format!("cannot cluster on index \"{name}\" {why}"));
    } else if index.predicate.is_some() {
        say::fails(effects, "0A000", format!("cannot cluster on partial index \"{name}\""));
    } else if !index.valid {
        say::fails(effects, "0A000", format!("cannot cluster on invalid index \"{name}\""));
    }
    Some(())
}

fn locked(scene: &Scene<'_>, effects: &mut Effects) {
    let Operation::LockTable { tables, mode, .. } = scene.operation else { return };
    let mut open: Vec<(RelationId, bool)> = Vec::new();
    let named = |name: &ObjectName| scene.relation(name);
    open.extend(tables.iter().filter_map(|t| Some((named(&t.name)?, t.only))));
    let mut seen = std::collections::HashSet::new();
    while let Some((id, only)) = open.pop() {
        let Some(relation) = scene.catalog.relation(id).filter(|_| seen.insert(id)) else { continue };
        match &relation.kind {
            RelationKind::Table(_) => {
                for id in family(scene.catalog, id, only) {
                    effects.add_on(scene, id, Some(*mode), Work::Metadata);
                }
            }
            RelationKind::View(view) if !view.materialized => {
                effects.add_on(scene, id, Some(*mode), Work::Metadata);
                let lockable = |d: &&Dependency| is_lockable(scene, d.relation);
                open.extend(view.depends_on.iter().filter(lockable).map(|d| (d.relation, false)));
            }
            _ if scene.version() < 15 => {
                return say::fails(effects, "42809", format!("\"{}\" is not a table or view", relation.name));
            }
            _ => return say::fails(effects, "42809", format!("cannot lock relation \"{}\"", relation.name)),
        }
    }
}
