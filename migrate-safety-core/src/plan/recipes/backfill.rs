//! An UPDATE of a whole table, in batches.

use super::{Answer, Recipe, RecipeSample, Request};
use crate::backfill::Backfill;
use crate::plan::draft::Draft;
use crate::plan::error::Refusal;
use crate::plan::fill;
use crate::sql::{Operation, update_text};
use crate::sql::expr::Expr;

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
    ],
    plan,
};

fn plan(request: &Request<'_>) -> Answer {
    let Operation::Update(update) = request.operation()? else { return None };
    let table = request.table(&update.table.name)?;
    if request.is_new(table.id) {
        return None;
    }
    let Some(texts) = update_text(request.catalog.target(), request.sql()).filter(|_| update.ctes.is_empty()) else {
        return Some(Err(Refusal::new(
            "an UPDATE with WITH, FROM, an alias, RETURNING or columns set together is not turned into batches",
            "write each value as an expression over the table's own row, a subquery if need be",
        )));
    };
    let mut backfill = Backfill::new(table.sql());
    for ((column, _), value) in update.assignments.iter().zip(&texts.values) {
        let where_null = update.filter.as_ref().is_some_and(|filter| asks_for_null(filter, column));
        backfill = if where_null { backfill.fill(column.sql(), value) } else { backfill.set(column.sql(), value) };
    }
    // Where it is NULL is what filling means.
    let only_null = |filter: &Expr| matches!(filter, Expr::IsNull { negated: false, .. }) && update.assignments.len() == 1;
    let told = update.filter.as_ref().is_some_and(|filter| only_null(filter) && asks_for_null(filter, &update.assignments[0].0));
    if let Some(filter) = texts.filter.filter(|_| !told) {
        backfill = backfill.only(filter);
    }
    Some(fill::prepared(request.catalog, &backfill).map(|prepared| {
        let step = fill::step(format!("Move the data of {} in batches", table.sql()), &prepared)
            .irreversible("the values that were there before are kept nowhere");
        let notes = prepared.warnings().iter().map(ToString::to_string);
        notes.fold(Draft::new().migrate(step), Draft::note)
    }))
}

/// Whether a condition demands that the column be NULL.
fn asks_for_null(filter: &Expr, column: &str) -> bool {
    filter.conjuncts().iter().any(|part| match part {
        Expr::IsNull { expr, negated: false } => matches!(&**expr, Expr::Column { name, .. } if *name == *column),
        _ => false,
    })
}
