//! A table or view under another name, or in another schema, while releases use the one it had.

use super::{Answer, Recipe, RecipeSample, Request};
use crate::catalog::{Relation, RelationKind};
use crate::plan::draft::{Draft, DraftStep};
use crate::plan::error::Refusal;
use crate::plan::model::PhaseName;
use crate::sql::operation::TableAction;
use crate::sql::Operation;

/// The recipe.
pub(super) static RECIPE: Recipe = Recipe {
    id: "rename-table",
    title: "RENAME TO or SET SCHEMA of a table or view that is used",
    samples: &[
        RecipeSample::new(
            "CREATE TABLE users (id bigserial PRIMARY KEY, email text DEFAULT '-', CHECK (email <> ''));",
            "ALTER TABLE users RENAME TO accounts",
        ),
        RecipeSample::new(
            "CREATE SCHEMA \"Old App\"; CREATE TABLE \"Old App\".\"Users\" (\"Id\" uuid PRIMARY KEY, n int GENERATED ALWAYS AS IDENTITY); \
             CREATE TABLE notes (by uuid REFERENCES \"Old App\".\"Users\"); \
             CREATE VIEW known AS SELECT \"Id\" FROM \"Old App\".\"Users\";",
            "ALTER TABLE \"Old App\".\"Users\" SET SCHEMA public",
        ),
        RecipeSample::new(
            "CREATE TABLE events (at date, n int) PARTITION BY RANGE (at); \
             CREATE TABLE events_24 PARTITION OF events FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');",
            "ALTER TABLE events RENAME TO happenings",
        ),
        RecipeSample::new(
            "CREATE TABLE users (id bigint PRIMARY KEY, org int); ALTER TABLE users ENABLE ROW LEVEL SECURITY; \
             CREATE POLICY own ON users USING (org = 1);",
            "ALTER TABLE users RENAME TO accounts",
        )
        .since(15),
        RecipeSample::new(
            "CREATE TABLE users (id bigint PRIMARY KEY, email text); CREATE VIEW known AS SELECT id FROM users;",
            "ALTER VIEW known RENAME TO known_users",
        ),
        RecipeSample::new(
            "CREATE TABLE users (id bigint PRIMARY KEY); CREATE MATERIALIZED VIEW known AS SELECT id FROM users;",
            "ALTER MATERIALIZED VIEW known RENAME TO known_users",
        ),
    ],
    plan,
};

fn plan(request: &Request<'_>) -> Answer {
    let Operation::AlterTable(alter) = request.operation()? else { return None };
    let id = request.catalog.resolve(&alter.table).found()?;
    let (old, new) = (request.catalog.relation(id)?, request.after.relation(id)?);
    let back = match &alter.action {
        TableAction::Rename { .. } => format!("RENAME TO {}", old.name.sql()),
        TableAction::SetSchema { .. } => format!("SET SCHEMA {}", old.schema.sql()),
        _ => return None,
    };
    if request.is_new(id) || old.unknown || !is_readable(old) || old.object_name() == new.object_name() {
        return None;
    }
    let options = match options(request, old) {
        Ok(options) => options,
        Err(refusal) => return Some(Err(refusal)),
    };
    let (before, after) = (old.object_name().sql(), new.object_name().sql());
    let word = word(old);
    let shim = DraftStep::ddl(
        format!("Give {before} its new name, and leave a view under the old one"),
        [request.sql().to_owned(), format!("CREATE VIEW {before}{options} AS SELECT * FROM {after}")],
    )
    .undo([format!("DROP VIEW {before}"), format!("ALTER {word} {after} {back}")]);
    let draft = Draft::new()
        .expand(shim)
        .deploy(PhaseName::Contract, format!("Deployed everywhere: an application that says {after} and never {before}."))
        .contract(DraftStep::ddl(format!("Drop the view {before}"), [format!("DROP VIEW {before}")]))
        .note(format!(
            "Between the phases {before} is a view: rows are read and written through it, ON CONFLICT works, but COPY FROM, \
             TRUNCATE, LOCK TABLE and DDL need {after}. Rights are not a part of this schema: if others than the owner use \
             {before}, add the same GRANTs for the view to the first migration."
        ));
    Some(Ok(draft))
}

/// Options of a view that lets nobody see more than the table does.
fn options(request: &Request<'_>, old: &Relation) -> Result<&'static str, Refusal> {
    match old.table() {
        Some(table) if table.row_security && request.version() < 15 => Err(Refusal::new(
            "its rows are secured one by one, and before PostgreSQL 15 a view under the old name would show them all",
            "deploy an application that takes either name first, and rename the table in a maintenance window",
        )),
        Some(table) if table.row_security => Ok(" WITH (security_invoker = true)"),
        _ => Ok(""),
    }
}

fn is_readable(relation: &Relation) -> bool {
    matches!(relation.kind, RelationKind::Table(_) | RelationKind::View(_))
}

fn word(relation: &Relation) -> &'static str {
    match &relation.kind {
        RelationKind::View(view) if view.materialized => "MATERIALIZED VIEW",
        RelationKind::View(_) => "VIEW",
        _ => "TABLE",
    }
}
