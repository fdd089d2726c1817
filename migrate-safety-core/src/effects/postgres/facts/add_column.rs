//! `ALTER TABLE … ADD COLUMN`.

use crate::catalog::{ColumnId, RelationId};
use crate::effects::fact::{Act, Example, Fact, Work};
use crate::effects::kind::Kind;
use crate::effects::postgres::added::{Added, Fill, is_null};
use crate::effects::postgres::foreign_key::{referenced_tables, scanned_tables};
use crate::effects::postgres::on::{self, named};
use crate::effects::scene::Scene;
use crate::effects::{Breakage, BreakageKind, Effects, Failure};
use crate::sql::LockMode::{AccessExclusive, RowExclusive, ShareRowExclusive};
use crate::sql::operation::ConstraintKind;

const T: &str = "CREATE TABLE t (id int PRIMARY KEY, a int);";

/// The facts about added columns.
pub(super) const FACTS: &[Fact] = &[
    Fact {
        id: "add-column/target",
        of: &[Kind::AddColumn],
        acts: &[Act::lock(on::target, AccessExclusive)],
        source: "docs, ALTER TABLE: ACCESS EXCLUSIVE unless explicitly noted",
        examples: &[
            Example::new(T, "ALTER TABLE t ADD COLUMN b int"),
            Example::new(T, "ALTER TABLE t ADD COLUMN IF NOT EXISTS a int"),
            Example::new(T, "ALTER TABLE t ADD COLUMN b int DEFAULT 3 NOT NULL"),
            Example::new(T, "ALTER TABLE t ADD COLUMN b timestamptz NOT NULL DEFAULT now()"),
        ],
        ..Fact::BASE
    },
    Fact {
        id: "add-column/descendants",
        of: &[Kind::AddColumn],
        condition: "the table has children or partitions",
        acts: &[Act::lock(tables, AccessExclusive)],
        also: new_row_type,
        examples: &[
            Example::new(
                "CREATE TABLE p (id int) PARTITION BY LIST (id); CREATE TABLE p1 PARTITION OF p FOR VALUES IN (1)",
                "ALTER TABLE p ADD COLUMN b int",
            ),
            Example::new(
                "CREATE TABLE p (id int); CREATE TABLE c (b int) INHERITS (p); CREATE TABLE g () INHERITS (c)",
                "ALTER TABLE p ADD COLUMN b int",
            ),
        ],
        ..Fact::BASE
    },
    Fact {
        id: "add-column/value-per-row",
        of: &[Kind::AddColumn],
        condition: "the default is volatile, a sequence or an identity, the column is generated and stored, or its type is a domain with constraints",
        when: |scene| added(scene, Added::rewrites),
        acts: &[Act::work(tables_without_it, AccessExclusive, Work::Rewrite), Act::lock(sequences_drawn, RowExclusive)],
        also: unclear_fill,
        examples: &[
            Example::new(T, "ALTER TABLE t ADD COLUMN b uuid DEFAULT gen_random_uuid()"),
            Example::new(T, "ALTER TABLE t ADD COLUMN b serial"),
            Example::new(T, "ALTER TABLE t ADD COLUMN b int GENERATED ALWAYS AS IDENTITY"),
            Example::new(T, "ALTER TABLE t ADD COLUMN b int GENERATED ALWAYS AS (a * 2) STORED"),
            Example::new(
                "CREATE TABLE t (id int); CREATE SEQUENCE s",
                "ALTER TABLE t ADD COLUMN b bigint DEFAULT nextval('s')",
            ),
            Example::new(
                "CREATE TABLE t (id int); CREATE DOMAIN d AS int CHECK (value > 0)",
                "ALTER TABLE t ADD COLUMN b d",
            ),
        ],
        ..Fact::BASE
    },
    Fact {
        id: "add-column/domain-without-null",
        of: &[Kind::AddColumn],
        condition: "the type is a domain that is NOT NULL, and there is no default",
        when: |scene| added(scene, |added| added.domain_refuses_null() && !added.has_value()),
        also: domain_does_not_allow_null,
        examples: &[Example::new(
            "CREATE TABLE t (id int); CREATE DOMAIN d AS int NOT NULL",
            "ALTER TABLE t ADD COLUMN b d",
        )],
        ..Fact::BASE
    },
    Fact {
        id: "add-column/check",
        of: &[Kind::AddColumn],
        condition: "a CHECK is written at the column",
        when: |scene| added(scene, |added| added.checks().next().is_some()),
        acts: &[Act::work(checked_tables, AccessExclusive, Work::Scan)],
        examples: &[
            Example::new(T, "ALTER TABLE t ADD COLUMN b int CHECK (b > 0)"),
            Example::new(T, "ALTER TABLE t ADD COLUMN b int DEFAULT 3 CHECK (b > 0)"),
        ],
        ..Fact::BASE
    },
    Fact {
        id: "add-column/not-null-without-value",
        of: &[Kind::AddColumn],
        condition: "NOT NULL, and existing rows have no value, or one that is computed when read",
        when: |scene| added(scene, |added| added.is_not_null() && matches!(added.fill(), Fill::Null | Fill::WhenRead)),
        acts: &[Act::work(tables_without_it, AccessExclusive, Work::Scan)],
        also: contains_null_values,
        examples: &[
            Example::new(T, "ALTER TABLE t ADD COLUMN b int NOT NULL"),
            Example::new(T, "ALTER TABLE t ADD COLUMN b int GENERATED ALWAYS AS (a) VIRTUAL NOT NULL"),
        ],
        ..Fact::BASE
    },
    Fact {
        id: "add-column/unique",
        of: &[Kind::AddColumn],
        condition: "UNIQUE or PRIMARY KEY is written at the column",
        when: |scene| added(scene, Added::is_unique),
        acts: &[Act::work(on::target, AccessExclusive, Work::Scan)],
        examples: &[Example::new(T, "ALTER TABLE t ADD COLUMN b int UNIQUE")],
        ..Fact::BASE
    },
    Fact {
        id: "add-column/references",
        of: &[Kind::AddColumn],
        condition: "REFERENCES is written at the column",
        when: |scene| added(scene, |added| added.foreign_keys().next().is_some()),
        acts: &[Act::lock(referenced, ShareRowExclusive)],
        examples: &[Example::new(
            "CREATE TABLE p (id int PRIMARY KEY); CREATE TABLE t (id int)",
            "ALTER TABLE t ADD COLUMN p_id int REFERENCES p",
        )],
        ..Fact::BASE
    },
    Fact {
        id: "add-column/references-with-default",
        of: &[Kind::AddColumn],
        condition: "REFERENCES is written at the column, and a default",
        when: |scene| {
            added(scene, |added| added.checks_foreign_keys() && added.foreign_keys().any(|(c, _)| !c.not_enforced))
        },
        acts: &[Act::scan(keyed_tables), Act::scan(referenced_and_read)],
        examples: &[Example::new(
            "CREATE TABLE p (id int PRIMARY KEY); CREATE TABLE t (id int); INSERT INTO p VALUES (1)",
            "ALTER TABLE t ADD COLUMN p_id int DEFAULT 1 REFERENCES p",
        )],
        ..Fact::BASE
    },
];

fn added<'a>(scene: &Scene<'a>, test: impl FnOnce(&Added<'a>) -> bool) -> bool {
    Added::new(scene).is_some_and(|added| test(&added))
}

fn tables(scene: &Scene<'_>) -> Vec<RelationId> {
    Added::new(scene).map(|added| added.tables()).unwrap_or_default()
}

fn tables_without_it(scene: &Scene<'_>) -> Vec<RelationId> {
    Added::new(scene).map(|added| added.tables_without_it()).unwrap_or_default()
}

fn sequences_drawn(scene: &Scene<'_>) -> Vec<RelationId> {
    Added::new(scene).map(|added| added.sequences_drawn()).unwrap_or_default()
}

/// A CHECK with `NO INHERIT` stays with the table.
fn checked_tables(scene: &Scene<'_>) -> Vec<RelationId> {
    match Added::new(scene) {
        Some(added) if added.checks().any(|c| !c.no_inherit) => added.tables_without_it(),
        Some(_) => on::target(scene),
        None => Vec::new(),
    }
}

fn referenced(scene: &Scene<'_>) -> Vec<RelationId> {
    let Some(added) = Added::new(scene) else { return Vec::new() };
    added.foreign_keys().flat_map(|(_, key)| referenced_tables(scene, &key.table)).collect()
}

/// The foreign key stays with the table, unless that is partitioned.
fn keyed_tables(scene: &Scene<'_>) -> Vec<RelationId> {
    on::partition_tree(scene)
}

/// Rows that are all NULL are not looked up.
fn referenced_and_read(scene: &Scene<'_>) -> Vec<RelationId> {
    let Some(added) = Added::new(scene) else { return Vec::new() };
    if added.column.default.as_ref().is_some_and(|default| is_null(&default.expr)) {
        return Vec::new();
    }
    let enforced = added.foreign_keys().filter(|(constraint, _)| !constraint.not_enforced);
    enforced.flat_map(|(_, key)| scanned_tables(scene, &key.table)).collect()
}

fn new_row_type(scene: &Scene<'_>, effects: &mut Effects) {
    let Some(added) = Added::new(scene) else { return };
    for id in added.tables_without_it() {
        let Some(relation) = named(scene, id) else { continue };
        let insert_fails = added.is_not_null() && !added.has_value();
        if insert_fails {
            let next = scene.catalog.table(id).map_or(1, |table| table.last_column + 1);
            let column = Some((ColumnId(next), added.column.name.to_string()));
            effects.breaks.push(Breakage { relation: relation.clone(), column, what: BreakageKind::InsertsFail });
        }
        effects.breaks.push(Breakage { relation, column: None, what: BreakageKind::RowType });
    }
}

fn unclear_fill(scene: &Scene<'_>, effects: &mut Effects) {
    let Some(added) = Added::new(scene) else { return };
    if let (Fill::Unclear, Some(default)) = (added.fill(), &added.column.default) {
        effects
            .uncertain
            .push(format!("Is everything in `{}` immutable or stable? Then the table is not rewritten.", default.sql));
    }
}

fn domain_does_not_allow_null(scene: &Scene<'_>, effects: &mut Effects) {
    let Some(data_type) = Added::new(scene).and_then(|added| added.data_type()) else { return };
    let message = format!("domain {} does not allow null values", data_type.name);
    effects.failures.push(Failure { sqlstate: "23502", message, only_with_rows: true });
}

fn contains_null_values(scene: &Scene<'_>, effects: &mut Effects) {
    let Some(added) = Added::new(scene) else { return };
    if added.fill() == Fill::WhenRead {
        return;
    }
    let primary = added.constraints().any(|c| matches!(&c.kind, ConstraintKind::Unique(unique) if unique.primary));
    if primary && scene.target_table().is_some_and(|table| table.primary_key().is_some()) {
        return;
    }
    for id in added.tables_without_it() {
        let Some(relation) = scene.catalog.relation(id) else { continue };
        effects.failures.push(Failure {
            sqlstate: "23502",
            message: format!("column \"{}\" of relation \"{}\" contains null values", added.column.name, relation.name),
            only_with_rows: true,
        });
    }
}
