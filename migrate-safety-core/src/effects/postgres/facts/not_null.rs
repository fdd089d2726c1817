//! `SET NOT NULL`, `DROP NOT NULL`.

use crate::catalog::RelationId;
use crate::effects::fact::{Act, Example, Fact, Work};
use crate::effects::kind::Kind;
use crate::effects::postgres::on::{self, table_column};
use crate::effects::scene::Scene;
use crate::effects::{Breakage, BreakageKind, Effects};
use crate::sql::Ident;
use crate::sql::LockMode::AccessExclusive;
use crate::sql::operation::TableAction;

const T: &str = "CREATE TABLE t (id int PRIMARY KEY, a int);";
const P: &str = "CREATE TABLE p (id int, a int, n int NOT NULL) PARTITION BY LIST (id); CREATE TABLE p1 PARTITION OF p FOR VALUES IN (1);";
const I: &str = "CREATE TABLE p (id int, a int, n int NOT NULL); CREATE TABLE c () INHERITS (p);";

/// The facts about NOT NULL.
pub(super) const FACTS: &[Fact] = &[
    Fact {
        id: "set-not-null/target",
        of: &[Kind::SetNotNull],
        acts: &[Act::lock(on::target, AccessExclusive)],
        source: "docs, ALTER TABLE: ACCESS EXCLUSIVE unless explicitly noted",
        examples: &[Example::new(T, "ALTER TABLE t ALTER id SET NOT NULL")],
        ..Fact::BASE
    },
    Fact {
        id: "set-not-null/descendants",
        of: &[Kind::SetNotNull],
        condition: "the table has children or partitions, and the column is not known to hold everywhere below",
        when: looks_below,
        acts: &[Act::lock(on::tree, AccessExclusive)],
        examples: &[
            Example::new(P, "ALTER TABLE p ALTER n SET NOT NULL"),
            Example::new(I, "ALTER TABLE p ALTER n SET NOT NULL"),
        ],
        ..Fact::BASE
    },
    Fact {
        id: "set-not-null/without-proof",
        of: &[Kind::SetNotNull],
        condition: "neither NOT NULL nor a valid CHECK (c IS NOT NULL) proves it",
        acts: &[Act::work(unproved_tables, AccessExclusive, Work::Scan)],
        also: nulls_fail,
        source: "docs, ALTER TABLE: SET NOT NULL skips the scan where a valid CHECK proves that no NULL can exist",
        examples: &[
            Example::new(T, "ALTER TABLE t ALTER a SET NOT NULL"),
            Example::new(
                "CREATE TABLE t (a int, CONSTRAINT n CHECK (a IS NOT NULL))",
                "ALTER TABLE t ALTER a SET NOT NULL",
            ),
            Example::new(
                "CREATE TABLE t (a int); ALTER TABLE t ADD CONSTRAINT n CHECK (a IS NOT NULL) NOT VALID",
                "ALTER TABLE t ALTER a SET NOT NULL",
            ),
            Example::new("CREATE TABLE t (a int CHECK (a > 0))", "ALTER TABLE t ALTER a SET NOT NULL"),
            Example::new(P, "ALTER TABLE p ALTER a SET NOT NULL"),
        ],
        ..Fact::BASE
    },
    Fact {
        id: "drop-not-null/target",
        of: &[Kind::DropNotNull],
        acts: &[Act::lock(on::target, AccessExclusive)],
        examples: &[Example::new(P, "ALTER TABLE p ALTER a DROP NOT NULL")],
        ..Fact::BASE
    },
    Fact {
        id: "drop-not-null/descendants",
        of: &[Kind::DropNotNull],
        acts: &[Act::lock(on::tree, AccessExclusive)],
        until: 17,
        source: "measured, PG 14-17",
        examples: &[Example::new(I, "ALTER TABLE p ALTER n DROP NOT NULL")],
        ..Fact::BASE
    },
    Fact {
        id: "drop-not-null/inherited",
        of: &[Kind::DropNotNull],
        condition: "the column is NOT NULL: descendants inherit the constraint",
        when: |scene| column(scene).is_some_and(|name| is_not_null(scene, name)),
        acts: &[Act::lock(inheriting_tree, AccessExclusive)],
        since: 18,
        source: "measured, PG 18",
        examples: &[
            Example::new(I, "ALTER TABLE p ALTER n DROP NOT NULL"),
            Example::new(I, "ALTER TABLE ONLY p ALTER n DROP NOT NULL"),
        ],
        ..Fact::BASE
    },
];

fn column<'a>(scene: &Scene<'a>) -> Option<&'a Ident> {
    match scene.action()? {
        TableAction::SetNotNull { column } | TableAction::DropNotNull { column } => Some(column),
        _ => None,
    }
}

fn is_not_null(scene: &Scene<'_>, name: &Ident) -> bool {
    scene.target().and_then(|t| table_column(scene.catalog, t.id, name)).is_some_and(|found| found.column.not_null)
}

/// What is NOT NULL in a partitioned table is so in its partitions; since PostgreSQL 18 that is true of all children.
fn looks_below(scene: &Scene<'_>) -> bool {
    let known = column(scene).is_some_and(|name| is_not_null(scene, name));
    !known || (scene.version() < 18 && !on::is_partitioned(scene))
}

fn unproved_tables(scene: &Scene<'_>) -> Vec<RelationId> {
    let Some(name) = column(scene) else { return Vec::new() };
    if !looks_below(scene) {
        return Vec::new();
    }
    let unproved =
        on::tree_columns(scene, name).into_iter().filter(|f| !scene.catalog.not_null_proof(f.id, f.column.id));
    unproved.map(|found| found.id).collect()
}

/// Direct children, and those below children that have the constraint from their parent alone.
fn inheriting_tree(scene: &Scene<'_>) -> Vec<RelationId> {
    if on::recurses(scene) { on::tree(scene) } else { on::with_children(scene) }
}

fn nulls_fail(scene: &Scene<'_>, effects: &mut Effects) {
    let Some(name) = column(scene) else { return };
    for id in unproved_tables(scene) {
        let (Some(found), Some(relation)) = (table_column(scene.catalog, id, name), on::named(scene, id)) else {
            continue;
        };
        if scene.catalog.refuses_null(id, found.column.id) {
            continue;
        }
        let column = Some((found.column.id, name.to_string()));
        effects.breaks.push(Breakage { relation, column, what: BreakageKind::NullsFail });
    }
}
