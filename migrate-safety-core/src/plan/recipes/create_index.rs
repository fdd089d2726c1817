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
    )],
    plan,
};

fn plan(request: &Request<'_>) -> Answer {
    let Operation::CreateIndex(create) = request.operation()? else { return None };
    let mut made = request.after.relations().filter(|r| r.index().is_some());
    let made = made.find(|r| request.catalog.relation(r.id).is_none())?;
    let table = request.table(&create.table);
    if table.is_some_and(|t| t.table.is_partitioned()) && !create.only {
        return None;
    }
    let sql = concurrently(request.sql())?;
    let name = ObjectName { schema: Some(made.schema.clone()), name: made.name.clone() }.sql();
    let title = format!("Build {} while writes go on", made.name.sql());
    let step = DraftStep::alone(title, sql).undo_alone(format!("DROP INDEX CONCURRENTLY IF EXISTS {name}"));
    Some(Ok(Draft::new().expand(step)))
}

/// `CREATE INDEX` with `CONCURRENTLY` put in.
fn concurrently(sql: &str) -> Option<String> {
    let at = sql.to_ascii_uppercase().find("INDEX")? + "INDEX".len();
    let (head, tail) = (sql.get(..at)?, sql.get(at..)?);
    Some(format!("{head} CONCURRENTLY{tail}"))
}
