//! Another primary key: its index is built beside the old one, and the key changes over in one short transaction.

use super::{Answer, Recipe, RecipeSample, Request};
use crate::catalog::{Catalog, Constraint, ConstraintKind, Relation, Table};
use crate::plan::draft::{Draft, DraftStep};
use crate::plan::error::Refusal;
use crate::plan::model::PhaseName;
use crate::plan::names;
use crate::plan::request::TableRef;
use crate::sql::name::literal;
use crate::sql::operation::{AlterTable, ConstraintKind as Written, TableAction, UniqueDef};
use crate::sql::{Ident, ObjectName, Operation};

/// The recipe.
pub(super) static RECIPE: Recipe = Recipe {
    id: "replace-primary-key",
    title: "DROP CONSTRAINT of a primary key and ADD PRIMARY KEY over other columns",
    samples: &[
        RecipeSample::new(
            "CREATE TABLE users (id bigint PRIMARY KEY, key uuid NOT NULL);",
            "ALTER TABLE users DROP CONSTRAINT users_pkey, ADD PRIMARY KEY (key)",
        ),
        RecipeSample::new(
            "CREATE SCHEMA app; CREATE TABLE app.\"Rows\" (\"Id\" int CONSTRAINT \"the key\" PRIMARY KEY, tenant int, name text); \
             COMMENT ON CONSTRAINT \"the key\" ON app.\"Rows\" IS 'old';",
            "ALTER TABLE app.\"Rows\" DROP CONSTRAINT \"the key\"; \
             ALTER TABLE app.\"Rows\" ADD CONSTRAINT \"Rows_key\" PRIMARY KEY (tenant, \"Id\")",
        ),
        RecipeSample::new(
            "CREATE TABLE days (id int PRIMARY KEY, day date NOT NULL, v int NOT NULL); CREATE UNIQUE INDEX days_unique ON days (v, day);",
            "ALTER TABLE days DROP CONSTRAINT days_pkey, ADD CONSTRAINT days_pkey PRIMARY KEY USING INDEX days_unique",
        ),
    ],
    plan,
};

fn plan(request: &Request<'_>) -> Answer {
    let [drop, add] = request.pair()?;
    let (Operation::AlterTable(drop), Operation::AlterTable(add)) = (drop, add) else { return None };
    let AlterTable { action: TableAction::DropConstraint { name, cascade: false, .. }, .. } = &**drop else { return None };
    let table = request.table(&drop.table)?;
    let before = table.table.primary_key().filter(|key| key.name == *name)?;
    if !matches!(add.action, TableAction::AddConstraint(_)) || request.is_new(table.id) {
        return None;
    }
    let after = request.after.table(table.id)?;
    let new = after.primary_key().filter(|key| key.id != before.id)?;
    let draft = draft(request, table, before, (after, new));
    Some(draft.map(|draft| taken(request, table, add).into_iter().fold(draft, Draft::contract)))
}

/// The index that the plain change makes the key of (`USING INDEX`) goes: the key has one of its own, which can be given
/// back.
fn taken(request: &Request<'_>, table: TableRef<'_>, add: &AlterTable) -> Option<DraftStep> {
    let TableAction::AddConstraint(added) = &add.action else { return None };
    let Written::Unique(UniqueDef { using_index: Some(index), .. }) = &added.kind else { return None };
    let name = ObjectName { schema: Some(table.relation.schema.clone()), name: index.clone() };
    let relation = request.catalog.resolve(&name).found().and_then(|id| request.catalog.relation(id))?;
    let again = request.catalog.index_sql(relation, relation.index()?).replacen("INDEX ", "INDEX CONCURRENTLY ", 1);
    let drop = format!("DROP INDEX CONCURRENTLY IF EXISTS {}", name.sql());
    Some(DraftStep::alone(format!("Drop {}, which the key does not need", index.sql()), drop).undo_alone(again))
}

fn draft(
    request: &Request<'_>,
    table: TableRef<'_>,
    before: &Constraint,
    (after, new): (&Table, &Constraint),
) -> Result<Draft, Refusal> {
    if table.table.is_partitioned() || table.table.partition_of.is_some() {
        return Err(Refusal::new(
            "the key of a partitioned table can only be built partition by partition",
            "make the change in a maintenance window",
        ));
    }
    let t = table.sql();
    let schema = &table.relation.schema;
    let nullable: Vec<String> = new_columns(after, new)
        .into_iter()
        .filter(|name| table.table.column(name).is_some_and(|column| !column.not_null))
        .map(|name| format!("ALTER TABLE {t} ALTER COLUMN {} SET NOT NULL", name.sql()))
        .collect();
    let mut draft = request.plan_as(&nullable)?;
    draft.already_safe = false;
    let interim = names::relation(request.catalog, schema, &new.name, "_new");
    let spare = names::relation(request.catalog, schema, &before.name, "_old");
    draft = draft
        .step(PhaseName::Expand, built(request.after, new, &interim, "which becomes the key")?)
        .step(PhaseName::Expand, built(request.catalog, before, &spare, "by which the old key can be given back")?);
    let change = |from: &Constraint, to: &Constraint, index: &Ident| {
        let comment = to.comment.as_ref().map(|text| {
            format!("COMMENT ON CONSTRAINT {} ON {t} IS {}", to.name.sql(), literal(text))
        });
        let deferrable = match (to.deferrable, to.initially_deferred) {
            (_, true) => " DEFERRABLE INITIALLY DEFERRED",
            (true, false) => " DEFERRABLE",
            _ => "",
        };
        let drop = format!("ALTER TABLE {t} DROP CONSTRAINT {}", from.name.sql());
        let add = format!("ALTER TABLE {t} ADD CONSTRAINT {} PRIMARY KEY USING INDEX {}{deferrable}", to.name.sql(), index.sql());
        [drop, add].into_iter().chain(comment).collect::<Vec<_>>()
    };
    let spare_sql = crate::sql::ObjectName { schema: Some(schema.clone()), name: spare.clone() }.sql();
    Ok(draft
        .deploy(
            PhaseName::Contract,
            format!("Deployed everywhere: an application that neither relies on the old key {} (ON CONFLICT, foreign keys to come) nor writes rows that violate the new one.", before.name.sql()),
        )
        .step(
            PhaseName::Contract,
            DraftStep::ddl("Change the key, without building an index", change(before, new, &interim)).undo(change(new, before, &spare)),
        )
        .step(
            PhaseName::Contract,
            DraftStep::alone(format!("Drop {}", spare.sql()), format!("DROP INDEX CONCURRENTLY IF EXISTS {spare_sql}"))
                .irreversible("the old key may no longer be unique"),
        ))
}

fn new_columns<'t>(table: &'t Table, key: &Constraint) -> Vec<&'t Ident> {
    let ConstraintKind::Unique { columns, .. } = &key.kind else { return Vec::new() };
    columns.iter().filter_map(|id| table.column_by_id(*id)).map(|column| &column.name).collect()
}

/// A unique index like that of a key, under a name of its own.
fn built(catalog: &Catalog, key: &Constraint, name: &Ident, what: &str) -> Result<DraftStep, Refusal> {
    let relation = key.index().and_then(|id| catalog.relation(id));
    let Some((relation, index)) = relation.and_then(|r| Some((r, r.index()?))) else {
        return Err(Refusal::new(format!("the index of {} is not known", key.name.sql()), "plan against a live catalog"));
    };
    let named = Relation { name: name.clone(), ..relation.clone() };
    let sql = catalog.index_sql(&named, index).replacen("INDEX ", "INDEX CONCURRENTLY ", 1);
    let undo = format!("DROP INDEX CONCURRENTLY IF EXISTS {}", named.object_name().sql());
    Ok(DraftStep::alone(format!("Build {}, {what}", name.sql()), sql).undo_alone(undo))
}
