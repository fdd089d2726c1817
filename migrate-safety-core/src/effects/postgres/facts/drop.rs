//! `DROP` of what has rows, or is needed by what has rows; `ALTER SCHEMA … RENAME`.

use crate::catalog::{RelationId, RelationKind};
use crate::effects::fact::{Act, Example, Fact};
use crate::effects::kind::Kind;
use crate::effects::postgres::falls::{Falls, open_questions};
use crate::effects::postgres::say;
use crate::effects::scene::Scene;
use crate::effects::{BreakageKind, DataLossKind, Effects};
use crate::sql::{LockMode, Operation};

/// The facts.
pub(super) const FACTS: &[Fact] = &[
    Fact {
        id: "drop/relation",
        of: &[Kind::DropTable, Kind::DropView, Kind::DropMaterializedView, Kind::DropSequence],
        condition: "what falls, its indexes and sequences; the other side of foreign keys; a partition's parent and default partition",
        acts: &[Act::lock(locked, LockMode::AccessExclusive)],
        also: lost,
        examples: &[
            Example { setup: KEYS, sql: "DROP TABLE grand" },
            Example { setup: KEYS, sql: "DROP TABLE t CASCADE" },
            Example { setup: KEYS, sql: "DROP TABLE child, grand" },
            Example { setup: PARTITIONED, sql: "DROP TABLE p1" },
            Example { setup: PARTITIONED, sql: "DROP TABLE p CASCADE" },
            Example { setup: REFERENCED, sql: "DROP TABLE p1 CASCADE" },
            Example { setup: REFERENCED, sql: "DROP TABLE refp" },
            Example { setup: KEYS, sql: "DROP VIEW v CASCADE" },
            Example { setup: KEYS, sql: "DROP MATERIALIZED VIEW mv" },
            Example { setup: KEYS, sql: "DROP SEQUENCE s CASCADE" },
        ],
        ..Fact::BASE
    },
    Fact {
        id: "drop/type",
        of: &[Kind::DropType, Kind::DropRoutine],
        condition: "tables with columns, defaults, checks, indexes, triggers that need it, and views",
        acts: &[Act::lock(locked, LockMode::AccessExclusive)],
        also: lost,
        examples: &[
            Example { setup: USES, sql: "DROP TYPE mood CASCADE" },
            Example { setup: USES, sql: "DROP DOMAIN dom CASCADE" },
            Example { setup: USES, sql: "DROP FUNCTION f CASCADE" },
            Example { setup: USES, sql: "DROP FUNCTION trg() CASCADE" },
        ],
        ..Fact::BASE
    },
    Fact {
        id: "drop/schema",
        of: &[Kind::DropSchema, Kind::DropExtension],
        condition: "everything in it, and what needs that",
        acts: &[Act::lock(locked, LockMode::AccessExclusive)],
        also: lost,
        examples: &[
            Example { setup: SCHEMA, sql: "DROP SCHEMA sc CASCADE" },
            Example { setup: SCHEMA, sql: "DROP SCHEMA empty" },
        ],
        ..Fact::BASE
    },
    Fact {
        id: "drop/owned",
        of: &[Kind::DropOwned],
        condition: "who owns what is not known",
        also: |s, effects| {
            if let Operation::DropOwned { roles, .. } = s.operation {
                effects.uncertain.extend(roles.iter().map(|role| format!("what does the role {role} own?")));
            }
        },
        ..Fact::BASE
    },
    Fact {
        id: "rename-schema",
        of: &[Kind::RenameSchema],
        condition: "locks no relation, but all in it have another name",
        also: renamed,
        examples: &[Example { setup: SCHEMA, sql: "ALTER SCHEMA sc RENAME TO sc2" }],
        ..Fact::BASE
    },
];

const KEYS: &str = "
    CREATE TABLE t (id bigserial PRIMARY KEY, a int);
    CREATE INDEX t_a ON t (a);
    CREATE TABLE child (id int PRIMARY KEY, t_id bigint REFERENCES t (id));
    CREATE TABLE grand (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, child_id int REFERENCES child (id));
    CREATE VIEW v AS SELECT id, a FROM t;
    CREATE VIEW vv AS SELECT * FROM v;
    CREATE MATERIALIZED VIEW mv AS SELECT * FROM t;
    CREATE UNIQUE INDEX mv_id ON mv (id);
    CREATE SEQUENCE s;
    CREATE TABLE draws (id int DEFAULT nextval('s'))";

const PARTITIONED: &str = "
    CREATE TABLE p (id bigint PRIMARY KEY, a int) PARTITION BY RANGE (id);
    CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (0) TO (100);
    CREATE TABLE p2 PARTITION OF p FOR VALUES FROM (100) TO (200) PARTITION BY RANGE (id);
    CREATE TABLE p2a PARTITION OF p2 FOR VALUES FROM (100) TO (150);
    CREATE TABLE pd PARTITION OF p DEFAULT;
    CREATE TABLE r (id bigint) PARTITION BY LIST (id);
    CREATE TABLE r1 PARTITION OF r FOR VALUES IN (1)";

const REFERENCED: &str = "
    CREATE TABLE p (id bigint PRIMARY KEY, a int) PARTITION BY RANGE (id);
    CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (0) TO (100);
    CREATE TABLE p2 PARTITION OF p FOR VALUES FROM (100) TO (200) PARTITION BY RANGE (id);
    CREATE TABLE p2a PARTITION OF p2 FOR VALUES FROM (100) TO (150);
    CREATE TABLE pd PARTITION OF p DEFAULT;
    CREATE TABLE refp (id int PRIMARY KEY, p_id bigint REFERENCES p (id))";

const USES: &str = "
    CREATE TYPE mood AS ENUM ('a', 'b');
    CREATE TABLE moody (id int PRIMARY KEY, m mood);
    CREATE INDEX moody_m ON moody (m);
    CREATE VIEW vmood AS SELECT m FROM moody;
    CREATE DOMAIN dom AS int CHECK (value > 0);
    CREATE TABLE domy (id int, d dom);
    CREATE FUNCTION f(int) RETURNS int LANGUAGE sql IMMUTABLE AS 'select $1 + 1';
    CREATE TABLE calls (id int, x int DEFAULT f(1));
    CREATE INDEX calls_f ON calls (f(id));
    CREATE FUNCTION trg() RETURNS trigger LANGUAGE plpgsql AS 'begin return new; end';
    CREATE TRIGGER tr BEFORE INSERT ON domy FOR EACH ROW EXECUTE FUNCTION trg()";

const SCHEMA: &str = "
    CREATE SCHEMA empty;
    CREATE SCHEMA sc;
    CREATE TABLE t (id int PRIMARY KEY);
    CREATE TABLE sc.t1 (id int PRIMARY KEY);
    CREATE TABLE sc.t2 (id serial, t1_id int REFERENCES sc.t1, t_id int REFERENCES t);
    CREATE TABLE outside (t1_id int REFERENCES sc.t1);
    CREATE TYPE sc.ty AS ENUM ('a');
    CREATE TABLE has_ty (id int, x sc.ty)";

fn locked(scene: &Scene<'_>) -> Vec<RelationId> {
    Falls::of(scene).locked.into_iter().collect()
}

fn lost(scene: &Scene<'_>, effects: &mut Effects) {
    let falls = Falls::of(scene);
    effects.uncertain.extend(open_questions(scene));
    for id in &falls.gone {
        let Some(relation) = scene.catalog.relation(*id) else { continue };
        // What a materialised view holds can be computed again.
        if relation.table().is_some() {
            say::rows_lost(scene, effects, *id, DataLossKind::Dropped);
        }
        if !matches!(relation.kind, RelationKind::Index(_) | RelationKind::Composite) {
            say::breaks(scene, effects, *id, BreakageKind::Gone);
        }
    }
    for (table, column) in falls.columns.iter().filter(|(table, _)| !falls.gone.contains(table)) {
        say::column_lost(scene, effects, (*table, *column), DataLossKind::Dropped);
        say::breaks_column(scene, effects, (*table, *column), BreakageKind::Gone);
    }
}

fn renamed(scene: &Scene<'_>, effects: &mut Effects) {
    let Operation::RenameSchema { name, .. } = scene.operation else { return };
    for relation in scene.catalog.relations().filter(|r| r.schema == *name) {
        if !matches!(relation.kind, RelationKind::Index(_)) {
            say::breaks(scene, effects, relation.id, BreakageKind::Renamed);
        }
    }
}
