//! An index taken away while its table is used.

use super::{Answer, Recipe, RecipeSample, Request};
use crate::plan::draft::{Draft, DraftStep};
use crate::sql::Operation;

/// The recipe.
pub(super) static RECIPE: Recipe = Recipe {
    id: "drop-index",
    title: "DROP INDEX on a table that is used",
    samples: &[
        RecipeSample::new(
            "CREATE TABLE orders (id bigint PRIMARY KEY, status text); CREATE INDEX orders_status_idx ON orders (status);",
            "DROP INDEX orders_status_idx",
        ),
        RecipeSample::new(
            "CREATE SCHEMA \"S\"; CREATE TABLE \"S\".\"T\" (id bigint, \"Note\" text); \
             CREATE UNIQUE INDEX \"I\" ON \"S\".\"T\" (lower(\"Note\") DESC) WHERE id > 0; CREATE INDEX j ON \"S\".\"T\" (id);",
            "DROP INDEX \"S\".\"I\", \"S\".j",
        ),
    ],
    plan,
};

fn plan(request: &Request<'_>) -> Answer {
    let Operation::DropIndex { names, cascade: false, concurrently, .. } = request.operation()? else { return None };
    let mut draft = Draft::new();
    for name in names {
        let id = request.catalog.resolve(name).found()?;
        let (relation, index) = (request.catalog.relation(id)?, request.catalog.index(id)?);
        let partitioned = request.catalog.table(index.table).is_some_and(crate::catalog::Table::is_partitioned);
        if index.constraint.is_some() || partitioned || request.is_new(index.table) {
            return None;
        }
        let full = relation.object_name().sql();
        let back = request.catalog.index_sql(relation, index).replacen("INDEX", "INDEX CONCURRENTLY", 1);
        draft = draft.contract(
            DraftStep::alone(format!("Drop {} while its table is used", relation.name.sql()), format!("DROP INDEX CONCURRENTLY IF EXISTS {full}"))
                .undo_alone(back),
        );
    }
    draft.already_safe = *concurrently && names.len() == 1;
    Some(Ok(draft))
}
