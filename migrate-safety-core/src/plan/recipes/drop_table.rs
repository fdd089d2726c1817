//! A table taken away: first its foreign keys, then its name, and when nobody has missed it, its rows.

use super::{Answer, Recipe, RecipeSample, Request};
use crate::catalog::{Constraint, ConstraintKind, Relation, RelationId};
use crate::plan::draft::{Draft, DraftStep};
use crate::plan::model::PhaseName;
use crate::plan::names;
use crate::plan::request::TableRef;
use crate::sql::{ObjectName, Operation};

/// The recipe.
pub(super) static RECIPE: Recipe = Recipe {
    id: "drop-table",
    title: "DROP TABLE while the release that uses it is still running",
    samples: &[
        RecipeSample::new("CREATE TABLE logins (id bigint PRIMARY KEY, at timestamptz);", "DROP TABLE logins"),
        RecipeSample::new(
            "CREATE SCHEMA \"S\"; CREATE TABLE users (id bigint PRIMARY KEY); \
             CREATE TABLE \"S\".\"Logins\" (id bigserial PRIMARY KEY, by bigint NOT NULL REFERENCES users ON DELETE CASCADE, \
             before bigint REFERENCES \"S\".\"Logins\"); CREATE INDEX ON \"S\".\"Logins\" (by);",
            "DROP TABLE IF EXISTS \"S\".\"Logins\", nobody",
        ),
        RecipeSample::new(
            "CREATE TABLE users (id bigint PRIMARY KEY); CREATE TABLE logins (id bigint, by bigint REFERENCES users); \
             CREATE VIEW known AS SELECT id FROM users;",
            "DROP TABLE users CASCADE",
        ),
        RecipeSample::new(
            "CREATE TABLE a (id int PRIMARY KEY); CREATE TABLE b (id int PRIMARY KEY, a int REFERENCES a);",
            "DROP TABLE a, b",
        ),
        RecipeSample::new(
            "CREATE TABLE events (at date, n int) PARTITION BY RANGE (at); \
             CREATE TABLE events_24 PARTITION OF events FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');",
            "DROP TABLE events",
        ),
    ],
    plan,
};

fn plan(request: &Request<'_>) -> Answer {
    let Operation::DropTable { names, cascade, .. } = request.operation()? else { return None };
    let tables: Vec<TableRef<'_>> = names.iter().filter_map(|name| request.table(name)).collect();
    if tables.is_empty() || tables.iter().any(|table| table.table.foreign || request.is_new(table.id)) {
        return None;
    }
    let all: Vec<String> = tables.iter().map(TableRef::sql).collect();
    let all = all.join(", ");
    let mut draft = Draft::new()
        .deploy(PhaseName::Migrate, format!("Deployed everywhere: an application that does not use {all}, nor any view that reads from it."))
        .deploy(PhaseName::Contract, format!("Nothing has missed {all} for as long as you want to be sure, a week at least."))
        .note(format!("The rows of {all} are lost in the last step. If they may be wanted again, keep a dump (`pg_dump -t`)."));
    for table in &tables {
        draft = foreign_keys(request, *table, &tables).into_iter().fold(draft, Draft::migrate);
    }
    if *cascade {
        draft = views(request, &tables).into_iter().fold(draft, Draft::migrate);
    }
    let mut aside = Vec::new();
    for table in &tables {
        let name = names::relation(request.catalog, &table.relation.schema, &table.relation.name, "_dropped");
        let name = ObjectName { schema: Some(table.relation.schema.clone()), name };
        draft = draft.migrate(put_aside(*table, &name));
        aside.push(name.sql());
    }
    let last = DraftStep::ddl(format!("Drop {all}"), [format!("DROP TABLE {}", aside.join(", "))]);
    Some(Ok(draft.contract(last.irreversible(format!("the rows of {all} are gone: restore them from a backup")))))
}

/// The table gets a name that nobody uses: what still does fails, and one statement brings the table back.
fn put_aside(table: TableRef<'_>, name: &ObjectName) -> DraftStep {
    let t = table.sql();
    DraftStep::ddl(format!("Put {t} aside"), [format!("ALTER TABLE {t} RENAME TO {}", name.name.sql())])
        .undo([format!("ALTER TABLE {} RENAME TO {}", name.sql(), table.relation.name.sql())])
        .allow("rename-relation", "no release that is running uses the table: whatever does is to be found now")
}

/// The views that read the tables, those that read others first.
fn views(request: &Request<'_>, tables: &[TableRef<'_>]) -> Vec<DraftStep> {
    let mut found: Vec<RelationId> = Vec::new();
    let mut level: Vec<RelationId> = tables.iter().map(|table| table.id).collect();
    while !level.is_empty() {
        level = level.iter().flat_map(|id| request.catalog.views_reading(*id, None)).collect();
        // One that is met again is read by what was met before.
        found.retain(|id| !level.contains(id));
        found.extend(&level);
    }
    let mut dropped: Vec<RelationId> = Vec::new();
    for id in found.into_iter().rev() {
        if !dropped.contains(&id) {
            dropped.push(id);
        }
    }
    let drop = |relation: &Relation| {
        let word = if relation.view().is_some_and(|view| view.materialized) { "MATERIALIZED VIEW" } else { "VIEW" };
        let name = relation.object_name().sql();
        DraftStep::ddl(format!("Drop the view {name}"), [format!("DROP {word} {name}")])
    };
    dropped.iter().filter_map(|id| request.catalog.relation(*id)).map(drop).collect()
}

/// Foreign keys go one by one before the table, since each locks two tables.
fn foreign_keys(request: &Request<'_>, table: TableRef<'_>, dropped: &[TableRef<'_>]) -> Vec<DraftStep> {
    let catalog = request.catalog;
    let own = table.table.constraints.iter().map(|constraint| (table, constraint));
    // Those of another table that goes are among its own.
    let to_it = catalog.foreign_keys_to(table.id).into_iter();
    let to_it = to_it.filter(|key| dropped.iter().all(|table| table.id != key.from)).filter_map(|key| {
        let from = request.table_by_id(key.from)?;
        Some((from, key.constraint))
    });
    let elsewhere = |constraint: &Constraint, from: TableRef<'_>| match &constraint.kind {
        ConstraintKind::ForeignKey(key) => key.table != from.id && constraint.inherited == 0 && constraint.parent.is_none(),
        _ => false,
    };
    own.chain(to_it).filter(|(from, constraint)| elsewhere(constraint, *from)).map(|(from, constraint)| {
        let (t, name) = (from.sql(), constraint.name.sql());
        let again = catalog.constraint_sql(from.table, constraint);
        let mut back = vec![format!("ALTER TABLE {t} ADD CONSTRAINT {name} {again}")];
        // A partitioned table takes no key that is not valid before 18.
        if constraint.valid && !from.table.is_partitioned() {
            back = vec![
                format!("ALTER TABLE {t} ADD CONSTRAINT {name} {again} NOT VALID"),
                format!("ALTER TABLE {t} VALIDATE CONSTRAINT {name}"),
            ];
        }
        DraftStep::ddl(format!("Drop the foreign key {name}"), [format!("ALTER TABLE {t} DROP CONSTRAINT {name}")]).undo(back)
    }).collect()
}
