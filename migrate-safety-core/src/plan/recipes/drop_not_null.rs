//! A column that takes NULL from now on: the application that reads it comes first.

use super::{Answer, Recipe, RecipeSample, Request};
use crate::plan::draft::{Draft, DraftStep};
use crate::plan::model::PhaseName;
use crate::sql::operation::TableAction;

/// The recipe.
pub(super) static RECIPE: Recipe = Recipe {
    id: "drop-not-null",
    title: "DROP NOT NULL on a column that is read",
    samples: &[RecipeSample::new(
        "CREATE TABLE users (id bigint PRIMARY KEY, name text NOT NULL);",
        "ALTER TABLE users ALTER COLUMN name DROP NOT NULL",
    )],
    plan,
};

fn plan(request: &Request<'_>) -> Answer {
    let (_, _, TableAction::DropNotNull { column }) = request.table_action()? else { return None };
    let c = column.sql();
    let step = DraftStep::ddl("Make the change as it is", [request.sql()]);
    Some(Ok(Draft::safe(step).deploy(
        PhaseName::Expand,
        format!("Deployed everywhere: an application that can read NULL from {c} (`T` has become `Option<T>`)."),
    )))
}
