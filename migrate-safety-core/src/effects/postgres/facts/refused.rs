//! What the server refuses for a reason that lies in the whole tree of a table.

use crate::catalog::{Partitioning, RelationId, Table};
use crate::effects::fact::{Example, Fact};
use crate::effects::kind::Kind;
use crate::effects::postgres::bounds::overlapping;
use crate::effects::postgres::constrained::{added, unique};
use crate::effects::postgres::on::{self, table_column};
use crate::effects::postgres::retyped::Retyped;
use crate::effects::scene::Scene;
use crate::effects::{Effects, Failure};
use crate::sql::operation::{ConstraintKind, PartitionBound, RelationWord, TableAction};
use crate::sql::{DataType, Ident, Operation};

const P: &str = "CREATE TABLE p (id int, a int) PARTITION BY RANGE (id); CREATE INDEX p_a ON p (a);";
const SUB: &str = "CREATE TABLE p (id int, a int, b int) PARTITION BY RANGE (id); CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (0) TO (10) PARTITION BY RANGE (a);";
const TWO: &str = "CREATE TABLE a (x int); CREATE TABLE b (x int); CREATE TABLE c () INHERITS (a, b);";

/// The facts about refusals.
pub(super) const FACTS: &[Fact] = &[
    Fact {
        id: "refused/partitioned-table",
        of: &[
            Kind::ClusterOn,
            Kind::SetWithoutCluster,
            Kind::SetOptions,
            Kind::SetAccessMethod,
            Kind::Inherit,
            Kind::SetLogged,
        ],
        condition: "a partitioned table or index",
        also: |scene, effects| fail(effects, refused_if_partitioned(scene)),
        examples: &[
            Example::new(P, "ALTER TABLE p CLUSTER ON p_a"),
            Example::new(P, "ALTER TABLE p SET (fillfactor = 50)"),
            Example::new(P, "ALTER INDEX p_a SET (fillfactor = 50)"),
            Example::new(P, "ALTER TABLE p SET LOGGED"),
            Example::new(
                "CREATE TABLE q (id int); CREATE TABLE p (id int) PARTITION BY LIST (id)",
                "ALTER TABLE p INHERIT q",
            ),
        ],
        ..Fact::BASE
    },
    Fact {
        id: "refused/cluster-on",
        of: &[Kind::ClusterOn],
        condition: "a partial index, or one without an order",
        also: |scene, effects| fail(effects, not_clusterable(scene)),
        examples: &[
            Example::new("CREATE TABLE t (a int); CREATE INDEX i ON t USING hash (a)", "ALTER TABLE t CLUSTER ON i"),
            Example::new("CREATE TABLE t (a int); CREATE INDEX i ON t (a) WHERE a > 0", "ALTER TABLE t CLUSTER ON i"),
        ],
        ..Fact::BASE
    },
    Fact {
        id: "refused/compression",
        of: &[Kind::SetCompression, Kind::SetStorage],
        condition: "a type whose values are always stored in place",
        also: |scene, effects| fail(effects, stored_in_place(scene)),
        since: 14,
        examples: &[
            Example::new("CREATE TABLE t (a int)", "ALTER TABLE t ALTER a SET COMPRESSION pglz"),
            Example::new("CREATE TABLE t (a uuid)", "ALTER TABLE t ALTER a SET STORAGE EXTERNAL"),
            Example::new("CREATE TABLE t (a inet)", "ALTER TABLE t ALTER a SET COMPRESSION pglz"),
        ],
        ..Fact::BASE
    },
    Fact {
        id: "refused/identity-of-one-level",
        of: &[Kind::AddIdentity, Kind::AlterIdentity, Kind::DropIdentity],
        condition: "a partition, or only a partitioned table",
        also: |scene, effects| fail(effects, identity_of_one_level(scene)),
        since: 17,
        source: "measured, PG 17-18",
        examples: &[Example::new(
            "CREATE TABLE p (id int NOT NULL, k int GENERATED ALWAYS AS IDENTITY) PARTITION BY RANGE (id); CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (0) TO (10)",
            "ALTER TABLE p1 ALTER k RESTART",
        )],
        ..Fact::BASE
    },
    Fact {
        id: "refused/sequence-persistence",
        of: &[Kind::SetLogged],
        condition: "a sequence",
        when: |scene| scene.target().is_some_and(|relation| relation.sequence().is_some()),
        also: |scene, effects| {
            let name = scene.target().map(|relation| relation.name.to_string()).unwrap_or_default();
            fail(effects, Some(("42809", format!("\"{name}\" is not a table"))));
        },
        until: 14,
        source: "measured, PG 14",
        examples: &[Example::new("CREATE SEQUENCE s", "ALTER SEQUENCE s SET UNLOGGED")],
        ..Fact::BASE
    },
    Fact {
        id: "refused/detach-finalize",
        of: &[Kind::DetachPartition],
        condition: "FINALIZE without a DETACH CONCURRENTLY that did not end",
        also: |scene, effects| fail(effects, nothing_to_finalize(scene)),
        since: 14,
        examples: &[Example::new(
            "CREATE TABLE p (id int) PARTITION BY RANGE (id); CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (0) TO (10)",
            "ALTER TABLE p DETACH PARTITION p1 FINALIZE",
        )],
        ..Fact::BASE
    },
    Fact {
        id: "refused/overlapping-partitions",
        of: &[Kind::AttachPartition, Kind::CreateTable],
        condition: "the bounds overlap those of another partition",
        also: |scene, effects| fail(effects, overlap(scene)),
        examples: &[
            Example::new(
                "CREATE TABLE p (id int) PARTITION BY RANGE (id); CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (0) TO (10)",
                "CREATE TABLE p2 PARTITION OF p FOR VALUES FROM (9) TO (20)",
            ),
            Example::new(
                "CREATE TABLE p (id int) PARTITION BY LIST (id); CREATE TABLE p1 PARTITION OF p FOR VALUES IN (1, 2)",
                "CREATE TABLE p2 PARTITION OF p FOR VALUES IN (2, 3)",
            ),
            Example::new(
                "CREATE TABLE p (id int) PARTITION BY LIST (id); CREATE TABLE p1 PARTITION OF p DEFAULT",
                "CREATE TABLE p2 PARTITION OF p DEFAULT",
            ),
            Example::new(
                "CREATE TABLE p (id int) PARTITION BY RANGE (id)",
                "CREATE TABLE p2 PARTITION OF p FOR VALUES FROM (9) TO (9)",
            ),
        ],
        ..Fact::BASE
    },
    Fact {
        id: "refused/key-of-a-partition",
        of: &[Kind::SetType, Kind::DropColumn],
        condition: "the column is in the partition key of a table below",
        also: |scene, effects| fail(effects, key_below(scene)),
        examples: &[Example::new(SUB, "ALTER TABLE p ALTER a TYPE bigint"), Example::new(SUB, "ALTER TABLE p DROP a")],
        ..Fact::BASE
    },
    Fact {
        id: "refused/type-of-identity",
        of: &[Kind::SetType],
        condition: "the column is an identity, and the new type no integer",
        when: |scene| Retyped::new(scene).is_some_and(|retyped| retyped.is_identity_of_another_type()),
        also: |_, effects| {
            let message = "identity column type must be smallint, integer, or bigint".to_owned();
            fail(effects, Some(("22023", message)));
        },
        examples: &[Example::new(
            "CREATE TABLE t (id int GENERATED ALWAYS AS IDENTITY)",
            "ALTER TABLE t ALTER id TYPE text",
        )],
        ..Fact::BASE
    },
    Fact {
        id: "refused/alter-constraint-of-one-level",
        of: &[Kind::AlterConstraint],
        condition: "ONLY, on a partitioned table with partitions",
        when: |scene| {
            let table = scene.target_table();
            !on::recurses(scene) && table.is_some_and(|table| table.is_partitioned() && !table.children.is_empty())
        },
        also: |_, effects| fail(effects, Some(("42P16", "constraint must be altered in child tables too".to_owned()))),
        since: 18,
        source: "measured, PG 18",
        examples: &[Example::new(
            "CREATE TABLE r (id int PRIMARY KEY); CREATE TABLE p (id int CONSTRAINT k REFERENCES r) PARTITION BY LIST (id); CREATE TABLE p1 PARTITION OF p FOR VALUES IN (1)",
            "ALTER TABLE ONLY p ALTER CONSTRAINT k DEFERRABLE",
        )],
        ..Fact::BASE
    },
    Fact {
        id: "refused/unique-below",
        of: &[Kind::AddConstraint],
        condition: "UNIQUE, PRIMARY KEY or EXCLUDE without a column of the partition key of a table below",
        also: |scene, effects| fail(effects, unique_below(scene)),
        examples: &[Example::new(SUB, "ALTER TABLE p ADD UNIQUE (id, b)")],
        ..Fact::BASE
    },
    Fact {
        id: "refused/column-of-two-parents",
        of: &[Kind::SetType, Kind::RenameColumn],
        condition: "a table below has the column from another parent, too",
        also: |scene, effects| fail(effects, other_parent(scene)),
        examples: &[
            Example::new(TWO, "ALTER TABLE a ALTER x TYPE bigint"),
            Example::new(TWO, "ALTER TABLE a RENAME x TO y"),
        ],
        ..Fact::BASE
    },
    Fact {
        id: "refused/expression-without-meaning",
        of: &[Kind::SetType],
        condition: "a CHECK or an index calls a function of text, or compares the column with a constant of its old type, and the new type knows neither",
        also: |scene, effects| {
            let failure = Retyped::new(scene)
                .and_then(|retyped| retyped.using_without_function().or_else(|| retyped.lost_meaning()));
            fail(effects, failure.map(|message| ("42883", message)));
        },
        examples: &[
            Example::new(
                "CREATE TYPE mood AS ENUM ('a'); CREATE TABLE t (m text); CREATE INDEX ON t (m) WHERE m = 'a'; INSERT INTO t VALUES ('a')",
                "ALTER TABLE t ALTER m TYPE mood USING m::mood",
            ),
            Example::new(
                "CREATE TYPE mood AS ENUM ('a'); CREATE TABLE t (m varchar(9) CHECK (m = 'a')); INSERT INTO t VALUES ('a')",
                "ALTER TABLE t ALTER m TYPE mood USING m::mood",
            ),
            Example::new(
                "CREATE TYPE mood AS ENUM ('a'); CREATE TABLE t (m mood CHECK (m IN ('a')))",
                "ALTER TABLE t ALTER m TYPE text",
            ),
            Example::new("CREATE TABLE t (a int CHECK (a > 0))", "ALTER TABLE t ALTER a TYPE text"),
            Example::new(
                "CREATE TABLE t (a text); CREATE INDEX ON t (lower(a)); INSERT INTO t VALUES ('7')",
                "ALTER TABLE t ALTER a TYPE int USING a::int",
            ),
            Example::new("CREATE TABLE t (a int)", "ALTER TABLE t ALTER a TYPE text USING lower(a)"),
            Example::new("CREATE TABLE t (a int CHECK (a > 0))", "ALTER TABLE t ALTER a TYPE numeric"),
            Example::new("CREATE TABLE t (a date CHECK (a > '1990-01-01'))", "ALTER TABLE t ALTER a TYPE timestamp"),
        ],
        ..Fact::BASE
    },
];

/// SQLSTATE and message.
type Refusal = (&'static str, String);

fn fail(effects: &mut Effects, refusal: Option<Refusal>) {
    effects.failures.extend(refusal.map(|(sqlstate, message)| Failure { sqlstate, message, only_with_rows: false }));
}

fn refused_if_partitioned(scene: &Scene<'_>) -> Option<Refusal> {
    let target = scene.target()?;
    let version = scene.version();
    let not_supported = |words: &str| {
        let message = match version {
            ..15 => format!("\"{}\" is not a table, view, materialized view, or index", target.name),
            _ => format!("ALTER action {words} cannot be performed on relation \"{}\"", target.name),
        };
        Some(("42809", message))
    };
    if let Some(index) = target.index() {
        let partitioned = scene.catalog.table(index.table).is_some_and(Table::is_partitioned);
        let sets = matches!(scene.action()?, TableAction::SetOptions { .. });
        return if partitioned && sets { not_supported("SET") } else { None };
    }
    if !target.table().is_some_and(Table::is_partitioned) {
        return None;
    }
    match scene.action()? {
        TableAction::ClusterOn { .. } | TableAction::SetWithoutCluster => {
            Some(("0A000", "cannot mark index clustered in partitioned table".to_owned()))
        }
        TableAction::SetOptions { options } => {
            let (name, _) = options.iter().find(|(_, value)| value.is_some())?;
            Some(match version {
                ..16 => ("22023", format!("unrecognized parameter \"{name}\"")),
                _ => ("42809", "cannot specify storage parameters for a partitioned table".to_owned()),
            })
        }
        TableAction::SetAccessMethod { .. } if version < 17 => {
            Some(("42809", "cannot change access method of a partitioned table".to_owned()))
        }
        TableAction::Inherit { .. } => Some(("42809", "cannot change inheritance of partitioned table".to_owned())),
        TableAction::SetLogged { logged } if version >= 18 => {
            not_supported(if *logged { "SET LOGGED" } else { "SET UNLOGGED" })
        }
        _ => None,
    }
}

fn identity_of_one_level(scene: &Scene<'_>) -> Option<Refusal> {
    let verb = match scene.action()? {
        TableAction::AddIdentity { .. } => "add identity to a",
        TableAction::AlterIdentity { .. } => "change identity",
        TableAction::DropIdentity { .. } => "drop identity from a",
        _ => return None,
    };
    let table = scene.target_table()?;
    let of = if table.partition_of.is_some() {
        "of a partition"
    } else if table.is_partitioned() && !table.children.is_empty() && !on::recurses(scene) {
        "of only the partitioned table"
    } else {
        return None;
    };
    Some(("42P16", format!("cannot {verb} column {of}")))
}

fn not_clusterable(scene: &Scene<'_>) -> Option<Refusal> {
    let TableAction::ClusterOn { index: name } = scene.action()? else { return None };
    let index = scene.catalog.index(on::index_named(scene, name)?)?;
    if !matches!(&*index.method, "btree" | "gist") {
        let message = format!("cannot cluster on index \"{name}\" because access method does not support clustering");
        return Some(("0A000", message));
    }
    index.predicate.as_ref().map(|_| ("0A000", format!("cannot cluster on partial index \"{name}\"")))
}

fn stored_in_place(scene: &Scene<'_>) -> Option<Refusal> {
    let (column, storage) = match scene.action()? {
        TableAction::SetCompression { column, .. } => (column, None),
        TableAction::SetStorage { column, storage } => (column, Some(storage)),
        _ => return None,
    };
    let found = table_column(scene.catalog, scene.target()?.id, column)?;
    let fixed = scene.catalog.usual_storage(&found.column.data_type) == "plain";
    let plain = DataType { modifiers: Vec::new(), ..found.column.data_type.clone() };
    match storage {
        _ if !fixed => None,
        None => Some(("0A000", format!("column data type {plain} does not support compression"))),
        Some(storage) if matches!(&*storage.to_ascii_lowercase(), "plain" | "default") => None,
        Some(_) => Some(("0A000", format!("column data type {plain} can only have storage PLAIN"))),
    }
}

fn nothing_to_finalize(scene: &Scene<'_>) -> Option<Refusal> {
    let TableAction::DetachPartition { partition, finalize: true, .. } = scene.action()? else { return None };
    let pending = scene.target_table()?.detach_pending;
    let id = scene.relation(partition)?;
    (pending != Some(id)).then(|| ("55000", format!("cannot complete detaching partition \"{}\"", partition.name)))
}

/// The partitioned table, the new partition's name and its bound.
fn new_partition<'a>(scene: &Scene<'a>) -> Option<(RelationId, &'a Ident, &'a PartitionBound)> {
    match scene.operation {
        Operation::CreateTable(create) => {
            let (parent, bound) = create.partition_of.as_ref()?;
            let exists = scene.relation(&create.name).is_some();
            (!exists).then_some((scene.relation(parent)?, &create.name.name, bound))
        }
        _ => match scene.action()? {
            TableAction::AttachPartition { partition, bound } => Some((scene.target()?.id, &partition.name, bound)),
            _ => None,
        },
    }
}

fn overlap(scene: &Scene<'_>) -> Option<Refusal> {
    let (parent, name, bound) = new_partition(scene)?;
    let other = overlapping(scene.catalog, parent, bound)?;
    let message = match (other, bound) {
        (None, _) => format!("empty range bound specified for partition \"{name}\""),
        (Some(other), bound) => {
            let other = &scene.catalog.relation(other)?.name;
            match bound {
                PartitionBound::Default => {
                    format!("partition \"{name}\" conflicts with existing default partition \"{other}\"")
                }
                _ => format!("partition \"{name}\" would overlap partition \"{other}\""),
            }
        }
    };
    Some(("42P17", message))
}

fn in_key(partitioning: &Partitioning, column: &Ident) -> bool {
    partitioning.key.iter().any(|key| key.expr.columns().contains(&column))
}

fn key_below(scene: &Scene<'_>) -> Option<Refusal> {
    let (column, verb) = match scene.action()? {
        TableAction::SetType { column, .. } => (column, "alter"),
        TableAction::DropColumn { column, .. } => (column, "drop"),
        _ => return None,
    };
    let below = on::tree(scene).into_iter().skip(1);
    let mut keyed = below.filter_map(|id| scene.catalog.relation(id)).filter(|relation| {
        let partitioning = relation.table().and_then(|table| table.partition_by.as_ref());
        partitioning.is_some_and(|partitioning| in_key(partitioning, column))
    });
    let table = &keyed.next()?.name;
    let part = format!("because it is part of the partition key of relation \"{table}\"");
    Some(("42P16", format!("cannot {verb} column \"{column}\" {part}")))
}

fn unique_below(scene: &Scene<'_>) -> Option<Refusal> {
    let columns: Vec<&Ident> = match &added(scene)?.kind {
        ConstraintKind::Exclude(exclude) => {
            exclude.elements.iter().flat_map(|element| element.expression.expr.columns()).collect()
        }
        _ => unique(scene)?.columns.iter().collect(),
    };
    if columns.is_empty() {
        return None;
    }
    let lacks = |id: &RelationId| {
        let partitioning = scene.catalog.table(*id).and_then(|table| table.partition_by.as_ref());
        partitioning.is_some_and(|partitioning| {
            partitioning.key.iter().flat_map(|key| key.expr.columns()).any(|column| !columns.contains(&column))
        })
    };
    on::tree(scene).iter().skip(1).find(|id| lacks(id))?;
    Some(("0A000", "unique constraint on partitioned table must include all partitioning columns".to_owned()))
}

fn other_parent(scene: &Scene<'_>) -> Option<Refusal> {
    let (column, verb, code) = match scene.action()? {
        TableAction::SetType { column, .. } => (column, "alter", "42P16"),
        TableAction::RenameColumn { column, .. } => (column, "rename", "42P16"),
        _ => return None,
    };
    if scene.alter()?.word == RelationWord::View {
        return None;
    }
    let tree = on::tree(scene);
    let mut found = tree.iter().skip(1).filter_map(|id| table_column(scene.catalog, *id, column)).filter(|below| {
        let parents = below.table.inherits.iter().filter(|parent| tree.contains(parent)).count();
        below.table.partition_of.is_none() && usize::from(below.column.inherited) > parents
    });
    let table = &scene.catalog.relation(found.next()?.id)?.name;
    let of = if verb == "alter" { format!(" of relation \"{table}\"") } else { String::new() };
    Some((code, format!("cannot {verb} inherited column \"{column}\"{of}")))
}
