//! A column taken away after the application has let go of it.

use super::{Answer, Recipe, RecipeSample, Request};
use crate::catalog::{Column, ColumnId, Constraint, ConstraintKind, RelationId};
use crate::plan::draft::{Draft, DraftStep};
use crate::plan::error::Refusal;
use crate::plan::model::PhaseName;
use crate::plan::request::TableRef;
use crate::sql::operation::TableAction;

/// The recipe.
pub(super) static RECIPE: Recipe = Recipe {
    id: "drop-column",
    title: "DROP COLUMN while the release that uses it is still running",
    samples: &[
        RecipeSample::new(
            "CREATE TABLE users (id bigint PRIMARY KEY, legacy_field text);",
            "ALTER TABLE users DROP COLUMN legacy_field",
        ),
        RecipeSample::new(
            "CREATE TABLE orgs (id bigint PRIMARY KEY); \
             CREATE TABLE users (id bigint PRIMARY KEY, \"Org\" bigint NOT NULL REFERENCES orgs, name text, CHECK (\"Org\" > 0)); \
             CREATE INDEX users_org_idx ON users (\"Org\"); CREATE INDEX users_org_name_idx ON users (\"Org\", name);",
            "ALTER TABLE users DROP COLUMN \"Org\"",
        ),
        RecipeSample::new(
            "CREATE TABLE users (id bigint PRIMARY KEY, code text NOT NULL DEFAULT 'x' UNIQUE);",
            "ALTER TABLE users DROP COLUMN IF EXISTS code CASCADE",
        ),
    ],
    plan,
};

fn plan(request: &Request<'_>) -> Answer {
    let (table, _, TableAction::DropColumn { column, .. }) = request.table_action()? else { return None };
    let definition = request.column(table, column)?;
    if request.is_new(table.id) {
        return None;
    }
    let (t, c) = (table.sql(), column.sql());
    let mut draft = Draft::new();
    if definition.needs_value() {
        if let Some(key) = table.table.primary_key().filter(|key| key_columns(key).contains(&definition.id)) {
            return Some(Err(Refusal::new(
                format!("rows cannot be inserted without {c} as long as it is in the primary key {}", key.name.sql()),
                "replace the primary key in a change of its own before, or give the column a default that makes values",
            )));
        }
        let set_free = DraftStep::ddl(
            format!("Let rows be inserted without {c}"),
            [format!("ALTER TABLE {t} ALTER COLUMN {c} DROP NOT NULL")],
        );
        draft = draft.expand(set_free);
    }
    draft = draft.deploy(
        PhaseName::Contract,
        format!("Deployed everywhere: an application that neither reads nor writes {c}, by name or by `SELECT *`."),
    );
    draft = in_own_steps(request, table, definition, draft);
    let last = DraftStep::ddl(format!("Drop {c}"), [request.sql()]);
    draft = draft.contract(last.irreversible(format!("the values of {c} are gone: restore them from a backup")));
    Some(Ok(draft.note(format!("The values of {c} are lost in the last step. If they may be wanted again, copy them before it."))))
}

fn key_columns(key: &Constraint) -> &[ColumnId] {
    match &key.kind {
        ConstraintKind::Unique { columns, .. } => columns,
        _ => &[],
    }
}

/// What would be locked besides the table, or takes its time, goes before the column in steps of its own.
fn in_own_steps(request: &Request<'_>, table: TableRef<'_>, column: &Column, mut draft: Draft) -> Draft {
    let (catalog, t) = (request.catalog, table.sql());
    for constraint in &table.table.constraints {
        let ConstraintKind::ForeignKey(key) = &constraint.kind else { continue };
        if !key.columns.contains(&column.id) || constraint.inherited > 0 {
            continue;
        }
        let name = constraint.name.sql();
        let again = catalog.constraint_sql(table.table, constraint);
        draft = draft.contract(
            DraftStep::ddl(format!("Drop the foreign key {name}"), [format!("ALTER TABLE {t} DROP CONSTRAINT {name}")])
                .undo([
                    format!("ALTER TABLE {t} ADD CONSTRAINT {name} {again} NOT VALID"),
                    format!("ALTER TABLE {t} VALIDATE CONSTRAINT {name}"),
                ]),
        );
    }
    let plain = |id: &RelationId| catalog.index(*id).is_some_and(|index| index.constraint.is_none() && index.parent.is_none());
    for id in catalog.indexes_on_column(table.id, column.id).iter().filter(|id| plain(id)) {
        let (Some(relation), Some(index)) = (catalog.relation(*id), catalog.index(*id)) else { continue };
        if table.table.is_partitioned() {
            continue;
        }
        let again = catalog.index_sql(relation, index).replacen("INDEX", "INDEX CONCURRENTLY", 1);
        let name = relation.object_name().sql();
        draft = draft.contract(
            DraftStep::alone(format!("Drop the index {}", relation.name.sql()), format!("DROP INDEX CONCURRENTLY IF EXISTS {name}"))
                .undo_alone(again),
        );
    }
    draft
}
