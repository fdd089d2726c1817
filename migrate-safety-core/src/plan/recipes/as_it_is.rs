//! A change that is safe as it is: only a lock timeout is added.

use super::{Answer, Recipe, RecipeSample, Request};
use crate::plan::draft::{Draft, DraftStep};

/// The recipe. It is the last one: whether the change is safe is found when the plan is proved.
pub(super) static RECIPE: Recipe = Recipe {
    id: "as-it-is",
    title: "A change that takes only short locks",
    samples: &[
        RecipeSample::new("CREATE TABLE users (id bigint PRIMARY KEY);", "ALTER TABLE users ADD COLUMN name text"),
        RecipeSample::new(
            "CREATE TABLE users (id bigint PRIMARY KEY, name varchar(50));",
            "ALTER TABLE users ALTER COLUMN name TYPE varchar(100)",
        ),
    ],
    plan,
};

fn plan(request: &Request<'_>) -> Answer {
    Some(Ok(Draft::safe(DraftStep::ddl("Make the change as it is", [request.sql()]))))
}
