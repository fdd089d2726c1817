//! EXCLUDE: the server has no online form of it.

use super::{Answer, Recipe, RecipeSample, Request};
use crate::sql::operation::{ConstraintKind, TableAction};

/// The recipe.
pub(super) static RECIPE: Recipe = Recipe {
    id: "add-exclusion",
    title: "EXCLUDE on a table that has rows",
    samples: &[RecipeSample::new(
        "CREATE TABLE booking (id bigint PRIMARY KEY, during tsrange);",
        "ALTER TABLE booking ADD CONSTRAINT apart EXCLUDE USING gist (during WITH &&)",
    )],
    plan,
};

fn plan(request: &Request<'_>) -> Answer {
    let (table, _, TableAction::AddConstraint(constraint)) = request.table_action()? else { return None };
    if !matches!(constraint.kind, ConstraintKind::Exclude(_)) || request.is_new(table.id) {
        return None;
    }
    Some(Ok(super::window([request.sql()], "the index behind EXCLUDE cannot be built beside writes")))
}
