//! Triggers, rules, policies; statistics, publications, comments.

use crate::catalog::{Relation, RelationId, RelationKind};
use crate::effects::fact::{Act, Example, Fact};
use crate::effects::kind::Kind;
use crate::effects::postgres::family::{family, is_partitioned};
use crate::effects::scene::Scene;
use crate::effects::{Effects, Failure};
use crate::sql::operation::{CommentTarget, ObjectCommand};
use crate::sql::plpgsql::RAISED;
use crate::sql::{LockMode, ObjectName, Operation};

/// The facts.
pub(super) const FACTS: &[Fact] = &[
    Fact {
        id: "raise/exception",
        of: &[Kind::Session],
        condition: "RAISE EXCEPTION in procedural code",
        also: raised,
        examples: &[
            Example::new("", "DO $$ BEGIN RAISE EXCEPTION 'no'; END $$"),
            Example::new("", "DO $$ BEGIN RAISE NOTICE 'no'; END $$"),
            Example::new("", "DO $$ BEGIN RAISE EXCEPTION 'no'; EXCEPTION WHEN OTHERS THEN NULL; END $$"),
        ],
        ..Fact::BASE
    },
    Fact {
        id: "create-trigger",
        of: &[Kind::CreateTrigger],
        condition: "FOR EACH ROW on a partitioned table: each partition too",
        acts: &[Act::lock(trigger_tables, LockMode::ShareRowExclusive)],
        examples: &[
            Example { setup: TRIGGERS, sql: "CREATE TRIGGER x BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION f()" },
            Example { setup: TRIGGERS, sql: "CREATE TRIGGER x BEFORE INSERT ON p FOR EACH ROW EXECUTE FUNCTION f()" },
            Example {
                setup: TRIGGERS,
                sql: "CREATE TRIGGER x AFTER INSERT ON p FOR EACH STATEMENT EXECUTE FUNCTION f()",
            },
            Example {
                setup: TRIGGERS,
                sql: "CREATE TRIGGER x INSTEAD OF INSERT ON v FOR EACH ROW EXECUTE FUNCTION f()",
            },
            Example {
                setup: TRIGGERS,
                sql: "CREATE TRIGGER x AFTER UPDATE ON t REFERENCING NEW TABLE AS n FOR EACH STATEMENT EXECUTE FUNCTION f()",
            },
            Example {
                setup: TRIGGERS,
                sql: "CREATE TRIGGER x AFTER UPDATE OF id ON t REFERENCING NEW TABLE AS n FOR EACH STATEMENT EXECUTE FUNCTION f()",
            },
            Example {
                setup: TRIGGERS,
                sql: "CREATE TRIGGER x AFTER INSERT OR UPDATE ON t REFERENCING NEW TABLE AS n FOR EACH STATEMENT EXECUTE FUNCTION f()",
            },
            Example {
                setup: TRIGGERS,
                sql: "CREATE TRIGGER x BEFORE INSERT ON t REFERENCING NEW TABLE AS n FOR EACH STATEMENT EXECUTE FUNCTION f()",
            },
            Example {
                setup: TRIGGERS,
                sql: "CREATE TRIGGER x AFTER INSERT ON t REFERENCING OLD TABLE AS o FOR EACH STATEMENT EXECUTE FUNCTION f()",
            },
        ],
        ..Fact::BASE
    },
    Fact {
        id: "drop-trigger",
        of: &[Kind::DropTrigger],
        condition: "if it exists; of a partitioned table: each partition too",
        acts: &[Act::lock(trigger_tables, LockMode::AccessExclusive)],
        examples: &[
            Example { setup: TRIGGERS, sql: "DROP TRIGGER tr ON t" },
            Example { setup: TRIGGERS, sql: "DROP TRIGGER tr ON p" },
            Example { setup: TRIGGERS, sql: "DROP TRIGGER IF EXISTS nope ON t" },
        ],
        ..Fact::BASE
    },
    Fact {
        id: "alter-trigger",
        of: &[Kind::AlterTrigger],
        condition: "the table; from PostgreSQL 15 on its partitions too",
        acts: &[Act::lock(trigger_tables, LockMode::AccessExclusive)],
        examples: &[
            Example { setup: TRIGGERS, sql: "ALTER TRIGGER tr ON t RENAME TO tr2" },
            Example { setup: TRIGGERS, sql: "ALTER TRIGGER tr ON p RENAME TO tr2" },
        ],
        ..Fact::BASE
    },
    Fact {
        id: "rule-or-policy",
        of: &[
            Kind::CreateRule,
            Kind::AlterRule,
            Kind::DropRule,
            Kind::CreatePolicy,
            Kind::AlterPolicy,
            Kind::DropPolicy,
        ],
        condition: "if it exists, when it is dropped",
        acts: &[Act::lock(ruled_table, LockMode::AccessExclusive)],
        examples: &[
            Example { setup: TRIGGERS, sql: "CREATE RULE x AS ON UPDATE TO t DO NOTHING" },
            Example { setup: TRIGGERS, sql: "DROP RULE ru ON t" },
            Example { setup: TRIGGERS, sql: "CREATE POLICY x ON t USING (id > 0)" },
            Example { setup: TRIGGERS, sql: "ALTER POLICY po ON t RENAME TO po2" },
            Example { setup: TRIGGERS, sql: "DROP POLICY IF EXISTS nope ON t" },
        ],
        ..Fact::BASE
    },
    Fact {
        id: "create-rule/changes",
        of: &[Kind::CreateRule],
        condition: "tables that its actions change",
        acts: &[Act::lock(changed_by_rule, LockMode::RowExclusive)],
        examples: &[Example {
            setup: TRIGGERS,
            sql: "CREATE RULE x AS ON INSERT TO v DO INSTEAD INSERT INTO t (id) VALUES (new.id)",
        }],
        ..Fact::BASE
    },
    Fact {
        id: "comment",
        of: &[Kind::Comment],
        condition: "on a relation or a column; on anything else no lock to speak of",
        acts: &[Act::lock(commented, LockMode::ShareUpdateExclusive)],
        examples: &[
            Example { setup: TRIGGERS, sql: "COMMENT ON TABLE p IS 'x'" },
            Example { setup: TRIGGERS, sql: "COMMENT ON COLUMN t.id IS 'x'" },
            Example { setup: TRIGGERS, sql: "COMMENT ON INDEX t_pkey IS 'x'" },
            Example { setup: TRIGGERS, sql: "COMMENT ON TRIGGER tr ON t IS 'x'" },
        ],
        ..Fact::BASE
    },
    Fact {
        id: "statistics",
        of: &[Kind::Statistics],
        condition: "CREATE, DROP: the table; ALTER: none",
        acts: &[Act::lock(described, LockMode::ShareUpdateExclusive)],
        also: described_by_unknown,
        examples: &[
            Example { setup: TRIGGERS, sql: "CREATE STATISTICS x ON id, a FROM t" },
            Example { setup: TRIGGERS, sql: "DROP STATISTICS st" },
        ],
        ..Fact::BASE
    },
    Fact {
        id: "publication",
        of: &[Kind::Publication],
        condition: "the tables that are named, with those that inherit from them; a partitioned table alone",
        acts: &[Act::lock(published, LockMode::ShareUpdateExclusive)],
        examples: &[
            Example { setup: TRIGGERS, sql: "CREATE PUBLICATION x FOR TABLE t, p" },
            Example { setup: TRIGGERS, sql: "CREATE PUBLICATION x FOR ALL TABLES" },
        ],
        ..Fact::BASE
    },
];

const TRIGGERS: &str = "
    CREATE TABLE t (id int PRIMARY KEY, a int);
    CREATE VIEW v AS SELECT id FROM t;
    CREATE TABLE p (id int) PARTITION BY LIST (id);
    CREATE TABLE p1 PARTITION OF p DEFAULT;
    CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'begin return new; end';
    CREATE TRIGGER tr BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION f();
    CREATE TRIGGER tr BEFORE INSERT ON p FOR EACH ROW EXECUTE FUNCTION f();
    CREATE RULE ru AS ON INSERT TO t DO ALSO NOTHING;
    CREATE POLICY po ON t USING (true);
    CREATE STATISTICS st ON id, a FROM t";

/// The table of a trigger, with its partitions where they have the trigger too.
fn trigger_tables(scene: &Scene<'_>) -> Vec<RelationId> {
    let (table, for_each_row) = match scene.operation {
        Operation::CreateTrigger(create) => (&create.table, create.for_each_row),
        Operation::DropTrigger { name, table, .. } => match row_trigger(scene, table, name) {
            Some(for_each_row) => (table, for_each_row),
            None => return Vec::new(),
        },
        Operation::AlterTrigger { name, table, .. } => {
            let on_partitions = scene.version() >= 15 && row_trigger(scene, table, name).unwrap_or(false);
            (table, on_partitions)
        }
        _ => return Vec::new(),
    };
    let Some(id) = scene.relation(table) else { return Vec::new() };
    family(scene.catalog, id, !(for_each_row && is_partitioned(scene.catalog, id)))
}

/// Whether a trigger fires for each row; nothing if there is no such trigger.
fn row_trigger(scene: &Scene<'_>, table: &ObjectName, name: &str) -> Option<bool> {
    let relation = scene.catalog.relation(scene.relation(table)?)?;
    let triggers = match &relation.kind {
        RelationKind::Table(table) => &table.triggers,
        RelationKind::View(view) => &view.triggers,
        _ => return None,
    };
    let found = triggers.iter().find(|t| t.name == *name).map(|t| t.for_each_row);
    found.or(relation.unknown.then_some(false))
}

fn ruled_table(scene: &Scene<'_>) -> Vec<RelationId> {
    let (table, dropped) = match scene.operation {
        Operation::CreateRule { table, .. }
        | Operation::AlterRule { table, .. }
        | Operation::CreatePolicy { table, .. }
        | Operation::AlterPolicy { table, .. } => (table, None),
        Operation::DropRule { name, table, .. } => (table, Some((name, true))),
        Operation::DropPolicy { name, table, .. } => (table, Some((name, false))),
        _ => return Vec::new(),
    };
    let id = scene.relation(table);
    let there = |relation: &Relation| match (dropped, &relation.kind) {
        (None, _) => true,
        _ if relation.unknown => true,
        (Some((name, true)), RelationKind::Table(table)) => table.rules.iter().any(|(rule, _)| rule == name),
        (Some((name, true)), RelationKind::View(view)) => view.rules.iter().any(|(rule, _)| rule == name),
        (Some((name, false)), RelationKind::Table(table)) => table.policies.iter().any(|policy| policy.name == *name),
        _ => false,
    };
    id.filter(|id| scene.catalog.relation(*id).is_some_and(there)).into_iter().collect()
}

fn changed_by_rule(scene: &Scene<'_>) -> Vec<RelationId> {
    let Operation::CreateRule { actions, .. } = scene.operation else { return Vec::new() };
    let changed = actions.iter().filter_map(|action| match action {
        Operation::Insert(insert) => Some(&insert.table),
        Operation::Update(update) => Some(&update.table.name),
        Operation::Delete(delete) => Some(&delete.table.name),
        _ => None,
    });
    changed.filter_map(|name| scene.relation(name)).collect()
}

fn raised(scene: &Scene<'_>, effects: &mut Effects) {
    if let Operation::Session { command } = scene.operation
        && **command == *RAISED
    {
        let message = "an error that the code itself raises".to_owned();
        effects.failures.push(Failure { sqlstate: "P0001", message, only_with_rows: false });
    }
}

fn commented(scene: &Scene<'_>) -> Vec<RelationId> {
    let Operation::Comment { on: CommentTarget::Relation(name) | CommentTarget::Column(name, _), .. } = scene.operation
    else {
        return Vec::new();
    };
    scene.relation(name).into_iter().collect()
}

fn described(scene: &Scene<'_>) -> Vec<RelationId> {
    let Operation::Statistics { command, table, name, .. } = scene.operation else { return Vec::new() };
    let table = match command {
        ObjectCommand::Create => table.as_ref().and_then(|t| scene.relation(t)),
        ObjectCommand::Drop => name.as_ref().and_then(|n| scene.catalog.statistics_table(n)),
        ObjectCommand::Alter => None,
    };
    table.into_iter().collect()
}

fn described_by_unknown(scene: &Scene<'_>, effects: &mut Effects) {
    if let Operation::Statistics { command: ObjectCommand::Drop, name: Some(name), .. } = scene.operation
        && described(scene).is_empty()
        && !scene.catalog.complete
    {
        effects.uncertain.push(format!("which table are the statistics {name} about?"));
    }
}

fn published(scene: &Scene<'_>) -> Vec<RelationId> {
    let Operation::Publication { command, tables, .. } = scene.operation else { return Vec::new() };
    if matches!(command, ObjectCommand::Drop) {
        return Vec::new();
    }
    let named = tables.iter().filter_map(|name| scene.relation(name));
    named.flat_map(|id| family(scene.catalog, id, is_partitioned(scene.catalog, id))).collect()
}
