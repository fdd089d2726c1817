//! An UPDATE of a whole table, in batches.

use super::{Answer, Recipe, RecipeSample, Request};
use crate::backfill::Backfill;
use crate::catalog::Catalog;
use crate::plan::counting::counts_on;
use crate::plan::draft::Draft;
use crate::plan::error::Refusal;
use crate::plan::fill;
use crate::plan::request::TableRef;
use crate::plan::rows::Rows;
use crate::sql::expr::Expr;
use crate::sql::operation::Update;
use crate::sql::{Operation, change_text};

/// The recipe.
pub(super) static RECIPE: Recipe = Recipe {
    id: "backfill",
    title: "UPDATE of a table that is used",
    samples: &[
        RecipeSample::new(
            "CREATE TABLE tenants (id bigint PRIMARY KEY, name text); \
             CREATE TABLE legacy_records (id bigint PRIMARY KEY, tenant_id bigint);",
            "UPDATE legacy_records SET tenant_id = (SELECT id FROM tenants WHERE name = 'default') WHERE tenant_id IS NULL",
        ),
        RecipeSample::new(
            "CREATE TABLE \"Users\" (email text NOT NULL, \"Email_lower\" text, kind int);",
            "UPDATE \"Users\" SET \"Email_lower\" = lower(email), kind = 1",
        ),
        RecipeSample::new(
            "CREATE TABLE t (a uuid, b int, token uuid, PRIMARY KEY (a, b));",
            "UPDATE t SET token = gen_random_uuid() WHERE token IS NULL AND b > 0",
        ),
        RecipeSample::new(
            "CREATE TABLE orgs (id bigint PRIMARY KEY, name text, plan text); \
             CREATE TABLE users (id bigint PRIMARY KEY, org_id bigint, name text, plan text, n int NOT NULL);",
            "UPDATE users AS u SET plan = o.plan, name = upper(o.name) || u.n FROM orgs o WHERE o.id = u.org_id AND u.name IS NULL",
        ),
        RecipeSample::new(
            "CREATE SCHEMA \"S\"; CREATE TABLE \"S\".\"Orders\" (\"Id\" uuid PRIMARY KEY, item int, total numeric, size int); \
             CREATE TABLE items (id int PRIMARY KEY, kind int, price numeric NOT NULL); \
             CREATE TABLE kinds (kind int UNIQUE, size int);",
            "UPDATE \"S\".\"Orders\" SET (total, size) = (price * 2, kinds.size) \
             FROM items LEFT JOIN kinds ON kinds.kind = items.kind WHERE item = items.id",
        ),
        RecipeSample::new(
            "CREATE TABLE jobs (id bigint PRIMARY KEY, tries int NOT NULL DEFAULT 0, moved_at timestamptz);",
            "UPDATE jobs SET moved_at = timestamptz '2026-01-01 00:00Z', tries = tries + 1 WHERE moved_at IS NULL",
        ),
    ],
    plan,
};

fn plan(request: &Request<'_>) -> Answer {
    let Operation::Update(update) = request.operation()? else { return None };
    let table = request.table(&update.table.name)?;
    if request.is_new(table.id) {
        return None;
    }
    Some(draft(request, table, update))
}

fn draft(request: &Request<'_>, table: TableRef<'_>, update: &Update) -> Result<Draft, Refusal> {
    let backfill = described(request.catalog, table, update, request.sql())?;
    if let Some(column) = counts_on(table, update) {
        return Err(Refusal::new(
            format!("{column} is computed from its own old value, and a row that was changed may still meet the condition"),
            "put the result into a new column, or have the condition ask for what the change takes away (`IS NULL`, `= …`)",
        ));
    }
    let prepared = fill::prepared(request.catalog, &backfill)?;
    let step = fill::step(format!("Move the data of {} in batches", table.sql()), &prepared)
        .irreversible("the values that were there before are kept nowhere");
    let notes = prepared.warnings().iter().map(ToString::to_string);
    Ok(notes.fold(Draft::new().migrate(step), Draft::note))
}

/// What an UPDATE does, row by row.
pub(super) fn described(
    catalog: &Catalog,
    table: TableRef<'_>,
    update: &Update,
    sql: &str,
) -> Result<Backfill, Refusal> {
    let text = change_text(catalog.target(), sql).ok_or_else(|| {
        Refusal::new(
            "an UPDATE with WITH, RETURNING or columns set from one query is not turned into batches",
            "write each value as an expression over the row, a subquery if need be",
        )
    })?;
    if !update.table.only && !table.table.is_partitioned() && !table.table.children.is_empty() {
        return Err(Refusal::new(
            format!("it also changes rows of the tables that inherit from {}", table.sql()),
            "write one `UPDATE ONLY` for each table",
        ));
    }
    let rows = Rows::updated(catalog, table, update, text);
    let (values, only) = (rows.values(&update.assignments)?, rows.condition()?);
    let mut backfill = Backfill::new(table.sql());
    for ((column, _), value) in update.assignments.iter().zip(&values) {
        let where_null = update.filter.as_ref().is_some_and(|filter| asks_for_null(filter, update, table, column));
        backfill = if where_null { backfill.fill(column.sql(), value) } else { backfill.set(column.sql(), value) };
    }
    // Where it is NULL is what filling means.
    let only_null = |filter: &Expr| matches!(filter, Expr::IsNull { negated: false, .. });
    let told = match (&*update.assignments, &update.filter) {
        ([(column, _)], Some(filter)) => {
            update.from.is_empty() && only_null(filter) && asks_for_null(filter, update, table, column)
        }
        _ => false,
    };
    if let Some(filter) = only.filter(|_| !told) {
        backfill = backfill.only(filter);
    }
    Ok(backfill)
}

/// Whether a condition demands that a column of the table be NULL.
fn asks_for_null(filter: &Expr, update: &Update, table: TableRef<'_>, column: &str) -> bool {
    let own = update.alias.as_ref().unwrap_or(&table.relation.name);
    let is_own = |expr: &Expr| match expr {
        // Without a table before it, it is no other table's: the server would not know whose.
        Expr::Column { qualifier, name } => *name == *column && qualifier.as_ref().is_none_or(|name| name == own),
        _ => false,
    };
    filter.conjuncts().iter().any(|part| matches!(part, Expr::IsNull { expr, negated: false } if is_own(expr)))
}
