//! A default that rows are inserted by: the application gives the value itself first.

use super::set_not_null::{changed, needs_value};
use super::{ALL, Answer, DatabaseRecipe, DatabaseSample, Request};
use crate::databases::operation::ActionKind;
use crate::plan::draft::Draft;
use crate::plan::model::PhaseName;

/// The recipe.
pub(super) static RECIPE: DatabaseRecipe = DatabaseRecipe {
    id: "drop-default",
    title: "DROP DEFAULT of a column that has to have a value",
    dialects: ALL,
    samples: &[
        DatabaseSample::sqlite(
            "CREATE TABLE users (id INTEGER PRIMARY KEY, state TEXT NOT NULL DEFAULT 'new');",
            "ALTER TABLE users ALTER COLUMN state DROP DEFAULT",
        ),
        DatabaseSample::mysql(
            "CREATE TABLE users (id bigint PRIMARY KEY, state varchar(9) NOT NULL DEFAULT 'new');",
            "ALTER TABLE users ALTER COLUMN state DROP DEFAULT",
        ),
    ],
    plan,
};

fn plan(request: &Request<'_>) -> Answer {
    let (table, action) = request.action()?;
    let column = match action {
        ActionKind::SetDefault { column, default: None } => column,
        ActionKind::Modify { column, to, .. } if *column == to.name && to.default.is_none() => column,
        _ => return None,
    };
    let (old, new) = (table.column(column)?, request.table_after(table)?.column(column)?);
    if needs_value(old) || !needs_value(new) || old.not_null != Some(true) || old.data_type != new.data_type {
        return None;
    }
    let c = request.name(column);
    let step = changed(request, table, &format!("Drop the default of {c}"))?;
    let deploy = format!("Deployed everywhere: an application that gives {c} a value in every row it inserts.");
    let step = step.allow("inserts-fail", "the application that gives a value is deployed");
    Some(Ok(Draft::new().deploy(PhaseName::Contract, deploy).contract(step)))
}
