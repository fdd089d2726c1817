//! An index built while writes go on.

use super::{Answer, Recipe, RecipeSample, Request};
use crate::plan::draft::{Draft, DraftStep};
use crate::sql::{ObjectName, Operation};

/// The recipe.
pub(super) static RECIPE: Recipe = Recipe {
    id: "create-index",
    title: "CREATE INDEX on a table that is written to",
    samples: &[RecipeSample::new(
        "CREATE TABLE orders (id bigint PRIMARY KEY, status text);",
        "CREATE INDEX orders_status_idx ON orders (status)",
    ),
    RecipeSample::new(
        "CREATE TABLE \"index\" (id bigint PRIMARY KEY, status text);",
        "create  unique index if not exists \"My index\" on \"index\" using btree (lower(status) desc) where id > 5",
    ),
    RecipeSample::new("CREATE TABLE t (a int, b int);", "CREATE INDEX ON t (a) INCLUDE (b)"),
    RecipeSample::new("CREATE TABLE t (a int, b int);", "CREATE INDEX CONCURRENTLY i ON t (a)")],
    plan,
};

fn plan(request: &Request<'_>) -> Answer {
    let Operation::CreateIndex(create) = request.operation()? else { return None };
    let mut made = request.after.relations().filter(|r| r.index().is_some());
    let made = made.find(|r| request.catalog.relation(r.id).is_none())?;
    let table = request.table(&create.table);
    if table.is_some_and(|t| request.is_new(t.id) || t.table.is_partitioned() && !create.only) {
        return None;
    }
    let index = made.index()?;
    let name = ObjectName { schema: Some(made.schema.clone()), name: made.name.clone() }.sql();
    let title = format!("Build {} while writes go on", made.name.sql());
    let sql = request.after.index_sql(made, index).replacen("INDEX", "INDEX CONCURRENTLY", 1);
    let step = DraftStep::alone(title, sql).undo_alone(format!("DROP INDEX CONCURRENTLY IF EXISTS {name}"));
    Some(Ok(Draft { already_safe: create.concurrently, ..Draft::new() }.expand(step)))
}
