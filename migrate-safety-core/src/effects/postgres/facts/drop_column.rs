//! `ALTER TABLE … DROP COLUMN`.

use crate::catalog::RelationId;
use crate::effects::fact::{Act, Example, Fact};
use crate::effects::kind::Kind;
use crate::effects::postgres::dropped::Dropped;
use crate::effects::postgres::on::{self, named};
use crate::effects::scene::Scene;
use crate::effects::{Breakage, BreakageKind, DataLoss, DataLossKind, Effects};
use crate::sql::LockMode::AccessExclusive;

/// The facts about dropped columns.
pub(super) const FACTS: &[Fact] = &[
    Fact {
        id: "drop-column/target",
        of: &[Kind::DropColumn],
        acts: &[Act::lock(drop_tree, AccessExclusive)],
        also: column_is_gone,
        source: "docs, ALTER TABLE: ACCESS EXCLUSIVE unless explicitly noted",
        examples: &[
            Example::new("CREATE TABLE t (id int, a int)", "ALTER TABLE t DROP COLUMN a"),
            Example::new("CREATE TABLE t (id int, a int)", "ALTER TABLE t DROP COLUMN IF EXISTS b"),
            Example::new(
                "CREATE TABLE p (id int, a int) PARTITION BY LIST (id); CREATE TABLE p1 PARTITION OF p FOR VALUES IN (1)",
                "ALTER TABLE p DROP COLUMN a",
            ),
            Example::new(
                "CREATE TABLE p (id int, a int); CREATE TABLE c (a int) INHERITS (p); CREATE TABLE g () INHERITS (c)",
                "ALTER TABLE p DROP COLUMN a",
            ),
            Example::new(
                "CREATE TABLE p (id int, a int); CREATE TABLE c () INHERITS (p); CREATE TABLE g () INHERITS (c)",
                "ALTER TABLE ONLY p DROP COLUMN a",
            ),
        ],
        ..Fact::BASE
    },
    Fact {
        id: "drop-column/indexes",
        of: &[Kind::DropColumn],
        condition: "indexes use the column, or it owns a sequence",
        acts: &[
            Act::lock(|s| of(s, Dropped::indexes), AccessExclusive),
            Act::lock(|s| of(s, Dropped::sequences), AccessExclusive),
        ],
        examples: &[
            Example::new(
                "CREATE TABLE t (id serial, a int, b text, UNIQUE (a, b)); CREATE INDEX ON t (id) WHERE a > 0; CREATE INDEX ON t (lower(b))",
                "ALTER TABLE t DROP COLUMN a",
            ),
            Example::new("CREATE TABLE t (id serial, a int)", "ALTER TABLE t DROP COLUMN id"),
        ],
        ..Fact::BASE
    },
    Fact {
        id: "drop-column/foreign-keys",
        of: &[Kind::DropColumn],
        condition: "foreign keys use the column, or with CASCADE reference it",
        acts: &[Act::lock(|s| of(s, Dropped::linked_tables), AccessExclusive)],
        examples: &[
            Example::new(
                "CREATE TABLE p (id int PRIMARY KEY); CREATE TABLE t (id int, p_id int REFERENCES p)",
                "ALTER TABLE t DROP COLUMN p_id",
            ),
            Example::new(
                "CREATE TABLE p (id int PRIMARY KEY); CREATE TABLE t (id int, p_id int REFERENCES p)",
                "ALTER TABLE p DROP COLUMN id CASCADE",
            ),
        ],
        ..Fact::BASE
    },
    Fact {
        id: "drop-column/views",
        of: &[Kind::DropColumn],
        condition: "CASCADE, and views read the column",
        acts: &[Act::lock(|s| of(s, Dropped::views), AccessExclusive)],
        also: views_are_gone,
        examples: &[Example::new(
            "CREATE TABLE t (id int, a int); CREATE VIEW v AS SELECT a FROM t; CREATE VIEW w AS SELECT * FROM v",
            "ALTER TABLE t DROP COLUMN a CASCADE",
        )],
        ..Fact::BASE
    },
    Fact {
        id: "drop-column/policies",
        of: &[Kind::DropColumn],
        condition: "CASCADE, and policies of other tables read the column",
        acts: &[Act::lock(|s| of(s, Dropped::policies), AccessExclusive)],
        examples: &[
            Example::new(
                "CREATE TABLE t (id int, a int); CREATE TABLE u (id int); CREATE POLICY p ON u USING (EXISTS (SELECT FROM t WHERE t.a = u.id))",
                "ALTER TABLE t DROP COLUMN a CASCADE",
            ),
            Example::new(
                "CREATE TABLE t (id int, a int); CREATE TABLE u (id int); CREATE POLICY p ON u USING (EXISTS (SELECT FROM t WHERE t.id = u.id))",
                "ALTER TABLE t DROP COLUMN a CASCADE",
            ),
        ],
        ..Fact::BASE
    },
];

fn of<'a>(scene: &Scene<'a>, list: impl FnOnce(&Dropped<'a>) -> Vec<RelationId>) -> Vec<RelationId> {
    Dropped::new(scene).map(|dropped| list(&dropped)).unwrap_or_default()
}

fn drop_tree(scene: &Scene<'_>) -> Vec<RelationId> {
    let mut tree = on::target(scene);
    tree.extend(of(scene, |dropped| dropped.visited.clone()));
    tree
}

fn column_is_gone(scene: &Scene<'_>, effects: &mut Effects) {
    let Some(dropped) = Dropped::new(scene) else { return };
    for found in &dropped.from {
        let Some(relation) = named(scene, found.id) else { continue };
        let name = found.column.name.to_string();
        if found.column.generated.as_ref().is_none_or(|generated| generated.stored) {
            effects.data_loss.push(DataLoss {
                relation: relation.clone(),
                column: Some(name.clone()),
                how: DataLossKind::Dropped,
            });
        }
        let column = Some((found.column.id, name));
        effects.breaks.push(Breakage { relation, column, what: BreakageKind::Gone });
    }
}

fn views_are_gone(scene: &Scene<'_>, effects: &mut Effects) {
    for view in of(scene, Dropped::views) {
        if scene.catalog.relation(view).is_some_and(|relation| relation.view().is_some())
            && let Some(relation) = named(scene, view)
        {
            effects.breaks.push(Breakage { relation, column: None, what: BreakageKind::Gone });
        }
    }
}
