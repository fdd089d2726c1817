//! Changes that copy a table under a lock that nobody gets past, and have no online form.

use super::{Answer, Recipe, RecipeSample, Request, window};
use crate::sql::Operation;
use crate::sql::operation::TableAction;

/// The recipe.
pub(super) static RECIPE: Recipe = Recipe {
    id: "rewrite",
    title: "SET LOGGED, SET TABLESPACE, SET ACCESS METHOD, CLUSTER",
    samples: &[
        RecipeSample::new("CREATE UNLOGGED TABLE t (id bigint PRIMARY KEY, v text);", "ALTER TABLE t SET LOGGED"),
        RecipeSample::new("CREATE TABLE t (id bigint PRIMARY KEY, v text);", "ALTER TABLE t SET UNLOGGED"),
        RecipeSample::new("CREATE TABLE t (id bigint PRIMARY KEY, v text);", "CLUSTER t USING t_pkey"),
    ],
    plan,
};

fn plan(request: &Request<'_>) -> Answer {
    let rewrites = match request.operation()? {
        Operation::ClusterTable { table, .. } => table.is_some(),
        Operation::AlterTable(alter) => matches!(
            alter.action,
            TableAction::SetTablespace { .. } | TableAction::SetLogged { .. } | TableAction::SetAccessMethod { .. }
        ),
        _ => false,
    };
    if !rewrites {
        return None;
    }
    let obstacle = request.obstacle(request.sql())?;
    Some(Ok(window([request.sql()], &obstacle.message)))
}
