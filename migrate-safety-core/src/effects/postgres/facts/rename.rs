//! Names and owners: `RENAME`, `SET SCHEMA`, `OWNER TO`.

use crate::catalog::{ConstraintKind, RelationId};
use crate::effects::fact::{Act, Example, Fact};
use crate::effects::kind::Kind;
use crate::effects::postgres::on::{self, constraint_of, index_behind, named};
use crate::effects::scene::Scene;
use crate::effects::{Breakage, BreakageKind, Effects};
use crate::sql::LockMode::{AccessExclusive, ShareUpdateExclusive};
use crate::sql::operation::{RelationWord, TableAction};

/// The facts about names and owners.
pub(super) const FACTS: &[Fact] = &[
    Fact {
        id: "rename/relation",
        of: &[Kind::RenameRelation],
        condition: "anything but ALTER INDEX on an index",
        when: |scene| !is_index_by_its_word(scene),
        acts: &[Act::lock(on::target, AccessExclusive)],
        also: renamed,
        examples: &[
            Example::new("CREATE TABLE t (id int)", "ALTER TABLE t RENAME TO u"),
            Example::new("CREATE VIEW v AS SELECT 1 AS a", "ALTER VIEW v RENAME TO w"),
            Example::new("CREATE SEQUENCE s", "ALTER SEQUENCE s RENAME TO r"),
            Example::new("CREATE TABLE t (id int PRIMARY KEY)", "ALTER TABLE t_pkey RENAME TO u_pkey"),
        ],
        ..Fact::BASE
    },
    Fact {
        id: "rename/index",
        of: &[Kind::RenameRelation],
        condition: "ALTER INDEX on an index",
        when: is_index_by_its_word,
        acts: &[Act::lock(on::target, ShareUpdateExclusive)],
        since: 12,
        source: "docs, ALTER INDEX: RENAME acquires a SHARE UPDATE EXCLUSIVE lock",
        examples: &[Example::new("CREATE TABLE t (id int PRIMARY KEY)", "ALTER INDEX t_pkey RENAME TO u_pkey")],
        ..Fact::BASE
    },
    Fact {
        id: "rename/index-before-12",
        of: &[Kind::RenameRelation],
        condition: "ALTER INDEX on an index",
        when: is_index_by_its_word,
        acts: &[Act::lock(on::target, AccessExclusive)],
        until: 11,
        source: "release notes of PostgreSQL 12",
        ..Fact::BASE
    },
    Fact {
        id: "rename/column",
        of: &[Kind::RenameColumn],
        acts: &[Act::lock(on::tree, AccessExclusive)],
        also: column_renamed,
        examples: &[
            Example::new("CREATE TABLE t (id int, a int)", "ALTER TABLE t RENAME COLUMN a TO b"),
            Example::new(
                "CREATE TABLE p (id int, a int); CREATE TABLE c () INHERITS (p); CREATE TABLE g () INHERITS (c)",
                "ALTER TABLE p RENAME COLUMN a TO b",
            ),
            Example::new("CREATE VIEW v AS SELECT 1 AS a", "ALTER VIEW v RENAME COLUMN a TO b"),
        ],
        ..Fact::BASE
    },
    Fact {
        id: "rename/constraint",
        of: &[Kind::RenameConstraint],
        acts: &[Act::lock(on::target, AccessExclusive), Act::lock(constraint_tree, AccessExclusive)],
        examples: &[
            Example::new(
                "CREATE TABLE t (id int REFERENCES t (u), u int UNIQUE)",
                "ALTER TABLE t RENAME CONSTRAINT t_id_fkey TO k",
            ),
            Example::new(
                "CREATE TABLE p (id int CHECK (id > 0)) PARTITION BY LIST (id); CREATE TABLE p1 PARTITION OF p FOR VALUES IN (1)",
                "ALTER TABLE p RENAME CONSTRAINT p_id_check TO k",
            ),
        ],
        ..Fact::BASE
    },
    Fact {
        id: "rename/constraint-with-index",
        of: &[Kind::RenameConstraint],
        condition: "an index is behind the constraint: it gets the name too",
        acts: &[Act::lock(constraint_index, ShareUpdateExclusive)],
        examples: &[Example::new("CREATE TABLE t (id int PRIMARY KEY)", "ALTER TABLE t RENAME CONSTRAINT t_pkey TO k")],
        ..Fact::BASE
    },
    Fact {
        id: "set-schema/target",
        of: &[Kind::SetSchema],
        acts: &[Act::lock(on::target, AccessExclusive), Act::lock(on::owned_sequences, AccessExclusive)],
        also: renamed,
        examples: &[
            Example::new("CREATE SCHEMA s; CREATE TABLE t (id serial PRIMARY KEY)", "ALTER TABLE t SET SCHEMA s"),
            Example::new("CREATE SCHEMA s; CREATE VIEW v AS SELECT 1 AS a", "ALTER VIEW v SET SCHEMA s"),
        ],
        ..Fact::BASE
    },
    Fact {
        id: "owner/target",
        of: &[Kind::OwnerTo],
        acts: &[Act::lock(on::target, AccessExclusive)],
        examples: &[Example::new("CREATE TABLE t (id serial PRIMARY KEY)", "ALTER TABLE t OWNER TO CURRENT_USER")],
        ..Fact::BASE
    },
    Fact {
        id: "owner/belongings",
        of: &[Kind::OwnerTo],
        condition: "the owner changes",
        when: owner_changes,
        acts: &[Act::lock(on::indexes, AccessExclusive), Act::lock(on::owned_sequences, AccessExclusive)],
        examples: &[Example::new(
            "CREATE ROLE app; CREATE TABLE t (id serial PRIMARY KEY)",
            "ALTER TABLE t OWNER TO app",
        )],
        ..Fact::BASE
    },
];

fn is_index_by_its_word(scene: &Scene<'_>) -> bool {
    scene.alter().is_some_and(|alter| alter.word == RelationWord::Index)
        && scene.target().is_some_and(|relation| relation.index().is_some() || relation.unknown)
}

/// Migrations run as the owner: naming the role that runs them changes nothing.
fn owner_changes(scene: &Scene<'_>) -> bool {
    matches!(scene.action(), Some(TableAction::OwnerTo { owner })
        if !matches!(&**owner, "current_user" | "session_user" | "current_role" | "postgres"))
}

/// The tables below that inherit the constraint: a CHECK, or since PostgreSQL 18 a NOT NULL.
fn constraint_tree(scene: &Scene<'_>) -> Vec<RelationId> {
    let Some(TableAction::RenameConstraint { name, .. }) = scene.action() else { return Vec::new() };
    let Some(target) = scene.target() else { return Vec::new() };
    let Some(constraint) = constraint_of(scene.catalog, target.id, name) else { return Vec::new() };
    let inherits = matches!(constraint.kind, ConstraintKind::Check { .. } | ConstraintKind::NotNull { .. });
    if inherits && !constraint.no_inherit { on::tree(scene) } else { Vec::new() }
}

fn constraint_index(scene: &Scene<'_>) -> Vec<RelationId> {
    let Some(TableAction::RenameConstraint { name, .. }) = scene.action() else { return Vec::new() };
    let Some(target) = scene.target() else { return Vec::new() };
    constraint_of(scene.catalog, target.id, name).and_then(index_behind).into_iter().collect()
}

fn renamed(scene: &Scene<'_>, effects: &mut Effects) {
    let Some(target) = scene.target() else { return };
    if target.index().is_none()
        && let Some(relation) = named(scene, target.id)
    {
        effects.breaks.push(Breakage { relation, column: None, what: BreakageKind::Renamed });
    }
}

fn column_renamed(scene: &Scene<'_>, effects: &mut Effects) {
    let Some(TableAction::RenameColumn { column, .. }) = scene.action() else { return };
    for found in on::tree_columns(scene, column) {
        if let Some(relation) = named(scene, found.id) {
            let column = Some((found.column.id, column.to_string()));
            effects.breaks.push(Breakage { relation, column, what: BreakageKind::Renamed });
        }
    }
    if let Some(view) = scene.target().filter(|relation| relation.view().is_some())
        && let Some(relation) = named(scene, view.id)
    {
        effects.breaks.push(Breakage { relation, column: None, what: BreakageKind::Renamed });
    }
}
