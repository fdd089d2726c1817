//! `VALIDATE`, `ALTER` and `DROP CONSTRAINT`.

use crate::catalog::{ColumnId, Constraint, ConstraintKind, ForeignKeyRef, RelationId};
use crate::effects::fact::{Act, Example, Fact, Work};
use crate::effects::kind::Kind;
use crate::effects::postgres::foreign_key::{own_keys, triggered_tables};
use crate::effects::postgres::on::{
    self, constraint_of, index_behind, is_foreign_key, is_partitioned, recurses, with_partitions,
};
use crate::effects::scene::Scene;
use crate::sql::Ident;
use crate::sql::LockMode::{AccessExclusive, RowShare, ShareRowExclusive, ShareUpdateExclusive};
use crate::sql::operation::TableAction;

const CHECK: &str =
    "CREATE TABLE t (id int, a int CHECK (a > 0)); ALTER TABLE t ADD CONSTRAINT k CHECK (a < 9) NOT VALID;";
const FK: &str = "CREATE TABLE p (id int PRIMARY KEY); CREATE TABLE t (p_id int REFERENCES p, q int); ALTER TABLE t ADD CONSTRAINT k FOREIGN KEY (q) REFERENCES p NOT VALID;";
const P: &str = "CREATE TABLE r (id int PRIMARY KEY); CREATE TABLE p (id int PRIMARY KEY, a int REFERENCES r) PARTITION BY LIST (id); CREATE TABLE p1 PARTITION OF p FOR VALUES IN (1); CREATE TABLE t (id int CONSTRAINT k REFERENCES p);";
const I: &str = "CREATE TABLE p (id int UNIQUE, a int CONSTRAINT k CHECK (a > 0), b int NOT NULL); CREATE TABLE c () INHERITS (p); CREATE TABLE g (CONSTRAINT k CHECK (a > 0)) INHERITS (c);";

/// The facts about existing constraints.
pub(super) const FACTS: &[Fact] = &[
    Fact {
        id: "validate-constraint/target",
        of: &[Kind::ValidateConstraint],
        acts: &[Act::lock(on::target, ShareUpdateExclusive)],
        source: "docs, ALTER TABLE: VALIDATE CONSTRAINT acquires a SHARE UPDATE EXCLUSIVE lock",
        examples: &[Example::new(CHECK, "ALTER TABLE t VALIDATE CONSTRAINT t_a_check")],
        ..Fact::BASE
    },
    Fact {
        id: "validate-constraint/check",
        of: &[Kind::ValidateConstraint],
        condition: "a CHECK or NOT NULL that is not valid yet",
        when: |scene| unvalidated(scene).is_some_and(|constraint| !is_foreign_key(constraint)),
        acts: &[
            Act::lock_as_target(on::tree, ShareUpdateExclusive),
            Act::work(not_valid_tables, ShareUpdateExclusive, Work::Scan),
        ],
        examples: &[Example::new(CHECK, "ALTER TABLE t VALIDATE CONSTRAINT k")],
        ..Fact::BASE
    },
    Fact {
        id: "validate-constraint/foreign-key",
        of: &[Kind::ValidateConstraint],
        condition: "a foreign key that is not valid yet",
        when: |scene| unvalidated(scene).is_some_and(is_foreign_key),
        acts: &[
            Act::lock_as_target(on::partition_tree, ShareUpdateExclusive),
            Act::work(on::partition_tree, ShareUpdateExclusive, Work::Scan),
            Act::work(referenced_and_read, RowShare, Work::Scan),
        ],
        source: "docs, ALTER TABLE: a ROW SHARE lock is also required on the table referenced by the constraint",
        examples: &[Example::new(FK, "ALTER TABLE t VALIDATE CONSTRAINT k")],
        ..Fact::BASE
    },
    Fact {
        id: "validate-constraint/unknown",
        of: &[Kind::ValidateConstraint],
        condition: "the table is not known: the constraint is taken not to be valid yet",
        when: is_of_unknown_table,
        acts: &[Act::work(on::target, ShareUpdateExclusive, Work::Scan)],
        also: |scene, effects| effects.uncertain.extend(question(scene, "Then the referenced table is read, too")),
        source: "none: nothing is known of the constraint",
        ..Fact::BASE
    },
    Fact {
        id: "drop-constraint/unknown",
        of: &[Kind::DropConstraint],
        condition: "the table is not known: the constraint could be a foreign key",
        when: is_of_unknown_table,
        also: |scene, effects| effects.uncertain.extend(question(scene, "Then the referenced table is locked, too")),
        source: "none: nothing is known of the constraint",
        ..Fact::BASE
    },
    Fact {
        id: "alter-constraint/target",
        of: &[Kind::AlterConstraint],
        acts: &[Act::lock(on::target, AccessExclusive), Act::lock(keyed_tree, AccessExclusive)],
        examples: &[
            Example::new(FK, "ALTER TABLE t ALTER CONSTRAINT t_p_id_fkey DEFERRABLE INITIALLY DEFERRED"),
            Example::new(P, "ALTER TABLE p ALTER CONSTRAINT p_a_fkey DEFERRABLE"),
        ],
        ..Fact::BASE
    },
    Fact {
        id: "alter-constraint/not-enforced",
        of: &[Kind::AlterConstraint],
        condition: "NOT ENFORCED on a foreign key that is enforced: its triggers go",
        when: |scene| enforcement_changes(scene, false),
        acts: &[Act::lock(referenced, AccessExclusive)],
        since: 18,
        source: "measured, PG 18",
        examples: &[Example::new(FK, "ALTER TABLE t ALTER CONSTRAINT t_p_id_fkey NOT ENFORCED")],
        ..Fact::BASE
    },
    Fact {
        id: "alter-constraint/enforced",
        of: &[Kind::AlterConstraint],
        condition: "ENFORCED on a foreign key that is not: it is checked",
        when: |scene| enforcement_changes(scene, true),
        acts: &[
            Act::lock(referenced, ShareRowExclusive),
            Act::scan(on::partition_tree),
            Act::scan(referenced_and_read),
        ],
        since: 18,
        source: "measured, PG 18",
        examples: &[Example::new(
            "CREATE TABLE p (id int PRIMARY KEY); CREATE TABLE t (p_id int CONSTRAINT k REFERENCES p NOT ENFORCED)",
            "ALTER TABLE t ALTER CONSTRAINT k ENFORCED",
        )],
        ..Fact::BASE
    },
    Fact {
        id: "alter-constraint/inherit",
        of: &[Kind::AlterConstraint],
        condition: "[NO] INHERIT on a NOT NULL constraint",
        when: |scene| matches!(scene.action(), Some(TableAction::AlterConstraint { inherit: Some(_), .. })),
        acts: &[Act::lock(on::with_children, AccessExclusive)],
        since: 18,
        source: "measured, PG 18",
        examples: &[Example::new(I, "ALTER TABLE p ALTER CONSTRAINT p_b_not_null NO INHERIT")],
        ..Fact::BASE
    },
    Fact {
        id: "drop-constraint/target",
        of: &[Kind::DropConstraint],
        acts: &[Act::lock(on::target, AccessExclusive), Act::lock(partitions, AccessExclusive)],
        source: "docs, ALTER TABLE: ACCESS EXCLUSIVE unless explicitly noted",
        examples: &[
            Example::new(CHECK, "ALTER TABLE t DROP CONSTRAINT k"),
            Example::new(P, "ALTER TABLE p DROP CONSTRAINT IF EXISTS nope"),
        ],
        ..Fact::BASE
    },
    Fact {
        id: "drop-constraint/inherited",
        of: &[Kind::DropConstraint],
        condition: "a CHECK or NOT NULL that children inherit",
        acts: &[Act::lock(inheriting_tables, AccessExclusive)],
        examples: &[
            Example::new(I, "ALTER TABLE p DROP CONSTRAINT k"),
            Example::new(I, "ALTER TABLE ONLY p DROP CONSTRAINT k"),
        ],
        ..Fact::BASE
    },
    Fact {
        id: "drop-constraint/index",
        of: &[Kind::DropConstraint],
        condition: "an index is behind the constraint",
        acts: &[Act::lock(indexes, AccessExclusive), Act::lock(referencing_tables, AccessExclusive)],
        examples: &[
            Example::new("CREATE TABLE t (id int PRIMARY KEY)", "ALTER TABLE t DROP CONSTRAINT t_pkey"),
            Example::new(P, "ALTER TABLE p DROP CONSTRAINT p_pkey CASCADE"),
        ],
        ..Fact::BASE
    },
    Fact {
        id: "drop-constraint/foreign-key",
        of: &[Kind::DropConstraint],
        condition: "a foreign key: the triggers on the referenced table go, too",
        when: |scene| constraint(scene).is_some_and(is_foreign_key),
        acts: &[Act::lock(referenced_with_triggers, AccessExclusive)],
        examples: &[
            Example::new(FK, "ALTER TABLE t DROP CONSTRAINT k"),
            Example::new(P, "ALTER TABLE t DROP CONSTRAINT k"),
            Example::new(P, "ALTER TABLE p DROP CONSTRAINT p_a_fkey"),
        ],
        ..Fact::BASE
    },
];

fn name<'a>(scene: &Scene<'a>) -> Option<&'a Ident> {
    match scene.action()? {
        TableAction::ValidateConstraint { name }
        | TableAction::AlterConstraint { name, .. }
        | TableAction::DropConstraint { name, .. } => Some(name),
        _ => None,
    }
}

fn constraint<'a>(scene: &Scene<'a>) -> Option<&'a Constraint> {
    constraint_of(scene.catalog, scene.target()?.id, name(scene)?)
}

fn is_of_unknown_table(scene: &Scene<'_>) -> bool {
    scene.target().is_some_and(|target| target.unknown) && constraint(scene).is_none()
}

fn question(scene: &Scene<'_>, consequence: &str) -> Option<String> {
    let (target, name) = (scene.target()?, name(scene)?);
    Some(format!("Is the constraint {name} of {} a foreign key? {consequence}.", target.qualified()))
}

/// The constraint, if it is not valid.
fn unvalidated<'a>(scene: &Scene<'a>) -> Option<&'a Constraint> {
    constraint(scene).filter(|constraint| !constraint.valid)
}

/// The tables that have the constraint and have not been looked at yet.
fn not_valid_tables(scene: &Scene<'_>) -> Vec<RelationId> {
    let Some(wanted) = constraint(scene) else { return Vec::new() };
    let column = match wanted.kind {
        ConstraintKind::NotNull { column } => scene.target().and_then(|target| scene.catalog.column(target.id, column)),
        _ => None,
    };
    let is_same = |id: RelationId, known: &Constraint| match (&known.kind, column) {
        (ConstraintKind::NotNull { column: own }, Some(column)) => {
            scene.catalog.column(id, *own).is_some_and(|own| own.name == column.name)
        }
        _ => known.name == wanted.name,
    };
    let not_valid = |id: &RelationId| {
        scene
            .catalog
            .table(*id)
            .is_some_and(|table| table.constraints.iter().any(|known| is_same(*id, known) && !known.valid))
    };
    on::tree(scene).into_iter().filter(not_valid).collect()
}

/// The foreign key that an action names.
fn key<'a>(scene: &Scene<'a>) -> Option<ForeignKeyRef<'a>> {
    let id = constraint(scene)?.id;
    let target = scene.target()?.id;
    own_keys(scene.catalog, target).into_iter().find(|key| key.constraint.id == id)
}

fn referenced(scene: &Scene<'_>) -> Vec<RelationId> {
    key(scene).map(|key| with_partitions(scene.catalog, key.key.table)).unwrap_or_default()
}

fn referenced_and_read(scene: &Scene<'_>) -> Vec<RelationId> {
    referenced(scene)
}

/// The table named by the key is always locked; below it, what has triggers.
fn referenced_with_triggers(scene: &Scene<'_>) -> Vec<RelationId> {
    let Some(key) = key(scene) else { return Vec::new() };
    let mut tables = triggered_tables(scene.catalog, &key);
    tables.push(key.key.table);
    tables
}

/// A foreign key of a partitioned table is altered in its partitions, too.
fn keyed_tree(scene: &Scene<'_>) -> Vec<RelationId> {
    if constraint(scene).is_some_and(is_foreign_key) { on::partition_tree(scene) } else { Vec::new() }
}

fn enforcement_changes(scene: &Scene<'_>, to: bool) -> bool {
    matches!(scene.action(), Some(TableAction::AlterConstraint { enforced: Some(enforced), .. }) if *enforced == to)
        && constraint(scene).is_some_and(|constraint| is_foreign_key(constraint) && constraint.enforced != to)
}

/// The server makes sure that no partition is in use, whatever the constraint.
fn partitions(scene: &Scene<'_>) -> Vec<RelationId> {
    if is_partitioned(scene) {
        scene.target().map(|target| with_partitions(scene.catalog, target.id)).unwrap_or_default()
    } else {
        Vec::new()
    }
}

/// Direct children, and those below the ones that lose the constraint.
fn inheriting_tables(scene: &Scene<'_>) -> Vec<RelationId> {
    let (Some(target), Some(constraint)) = (scene.target(), constraint(scene)) else { return Vec::new() };
    if index_behind(constraint).is_some() || is_foreign_key(constraint) || constraint.no_inherit {
        return Vec::new();
    }
    let mut found = vec![target.id];
    let mut next = 0;
    while let Some(id) = found.get(next).copied() {
        next += 1;
        let goes = id == target.id
            || (recurses(scene)
                && constraint_of(scene.catalog, id, &constraint.name)
                    .is_some_and(|known| known.inherited <= 1 && !known.local));
        if !goes {
            continue;
        }
        for child in scene.catalog.table(id).map_or(&[][..], |table| &table.children) {
            if !found.contains(child) {
                found.push(*child);
            }
        }
    }
    found
}

/// The index and, if it is partitioned, those of the partitions.
fn indexes(scene: &Scene<'_>) -> Vec<RelationId> {
    let Some(index) = constraint(scene).and_then(index_behind) else { return Vec::new() };
    let mut found = vec![index];
    found.extend(scene.catalog.descendants(index));
    found
}

/// With CASCADE, the tables whose foreign keys need the index.
fn referencing_tables(scene: &Scene<'_>) -> Vec<RelationId> {
    let Some(TableAction::DropConstraint { cascade: true, .. }) = scene.action() else { return Vec::new() };
    let (Some(target), Some(constraint)) = (scene.target(), constraint(scene)) else { return Vec::new() };
    let ConstraintKind::Unique { columns, .. } = &constraint.kind else { return Vec::new() };
    let catalog = scene.catalog;
    let names = |table: RelationId, columns: &[ColumnId]| {
        let mut names: Vec<_> =
            columns.iter().filter_map(|column| catalog.column(table, *column)).map(|column| &column.name).collect();
        names.sort();
        names
    };
    let wanted = names(target.id, columns);
    let mut found = Vec::new();
    for id in with_partitions(catalog, target.id) {
        let keys = catalog.foreign_keys_to(id);
        let needing = keys.iter().filter(|key| names(id, &key.key.referenced) == wanted);
        found.extend(needing.map(|key| key.from));
    }
    found
}
