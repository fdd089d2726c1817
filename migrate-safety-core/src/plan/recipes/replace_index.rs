//! An index in another one's place: queries always have one of them.

use super::{Answer, Recipe, RecipeSample, Request};
use crate::plan::draft::{Draft, DraftStep};
use crate::plan::names;
use crate::sql::Operation;

/// The recipe.
pub(super) static RECIPE: Recipe = Recipe {
    id: "replace-index",
    title: "DROP INDEX and CREATE INDEX in its place",
    samples: &[
        RecipeSample::new(
            "CREATE TABLE t (a int, b int); CREATE INDEX i ON t (a);",
            "DROP INDEX i; CREATE INDEX i ON t (a, b)",
        ),
        RecipeSample::new(
            "CREATE TABLE t (a int, b int); CREATE UNIQUE INDEX \"I\" ON t (a);",
            "DROP INDEX \"I\"; CREATE UNIQUE INDEX j ON t (a) WHERE b > 0",
        ),
    ],
    plan,
};

fn plan(request: &Request<'_>) -> Answer {
    let [drop, create] = request.pair()?;
    let (Operation::DropIndex { names: dropped, cascade: false, .. }, Operation::CreateIndex(create)) = (drop, create) else {
        return None;
    };
    let [old] = &**dropped else { return None };
    let id = request.catalog.resolve(old).found()?;
    let (relation, index) = (request.catalog.relation(id)?, request.catalog.index(id)?);
    let table = request.table(&create.table)?;
    let movable = index.constraint.is_none() && index.table == table.id && !table.table.is_partitioned();
    if !movable || request.is_new(table.id) {
        return None;
    }
    let mut made = request.after.relations().filter(|r| r.index().is_some());
    let made = made.find(|r| request.catalog.relation(r.id).is_none())?;
    let schema = &relation.schema;
    let same_name = made.name == relation.name;
    let interim =
        if same_name { names::relation(request.catalog, schema, &made.name, "_new") } else { made.name.clone() };
    let named = crate::catalog::Relation { name: interim.clone(), ..made.clone() };
    let full = |name: &crate::sql::Ident| {
        crate::sql::ObjectName { schema: Some(schema.clone()), name: name.clone() }.sql()
    };
    let concurrently = |sql: String| sql.replacen("INDEX", "INDEX CONCURRENTLY", 1);
    let mut draft = Draft::new()
        .expand(
            DraftStep::alone(
                format!("Build {} while writes go on", interim.sql()),
                concurrently(request.after.index_sql(&named, made.index()?)),
            )
            .undo_alone(format!("DROP INDEX CONCURRENTLY IF EXISTS {}", full(&interim))),
        )
        .contract(
            DraftStep::alone(
                format!("Drop the old {}", relation.name.sql()),
                format!("DROP INDEX CONCURRENTLY IF EXISTS {}", full(&relation.name)),
            )
            .undo_alone(concurrently(request.catalog.index_sql(relation, index))),
        );
    if same_name {
        draft = draft.contract(DraftStep::ddl(
            format!("Give the new index the name {}", relation.name.sql()),
            [format!("ALTER INDEX {} RENAME TO {}", full(&interim), relation.name.sql())],
        )
        .undo([format!("ALTER INDEX {} RENAME TO {}", full(&relation.name), interim.sql())]));
    }
    Some(Ok(draft))
}
