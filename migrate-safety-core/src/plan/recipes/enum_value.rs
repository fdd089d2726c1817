//! A value that an enum gets: every release has to be able to read it before one writes it.

use super::{Answer, Recipe, RecipeSample, Request};
use crate::plan::draft::{Draft, DraftStep};
use crate::plan::model::PhaseName;
use crate::sql::Operation;
use crate::sql::operation::AlterType;

/// The recipe.
pub(super) static RECIPE: Recipe = Recipe {
    id: "enum-add-value",
    title: "ALTER TYPE … ADD VALUE",
    samples: &[
        RecipeSample::new(
            "CREATE TYPE state AS ENUM ('open', 'done'); CREATE TABLE tasks (id bigint PRIMARY KEY, s state NOT NULL);",
            "ALTER TYPE state ADD VALUE 'late' BEFORE 'done'",
        ),
        RecipeSample::new(
            "CREATE SCHEMA \"S\"; CREATE TYPE \"S\".\"State\" AS ENUM ('open'); CREATE TABLE tasks (s \"S\".\"State\"[]);",
            "ALTER TYPE \"S\".\"State\" ADD VALUE IF NOT EXISTS 'it''s late'",
        ),
    ],
    plan,
};

fn plan(request: &Request<'_>) -> Answer {
    let Operation::AlterType { name, action: AlterType::AddValue { value, .. } } = request.operation()? else {
        return None;
    };
    let step = DraftStep::ddl(format!("Add '{value}' to {}", name.sql()), [request.sql()])
        .irreversible("a value of an enum cannot be taken away; it does no harm as long as nobody writes it");
    Some(Ok(Draft::safe(step)
        .deploy(
            PhaseName::Expand,
            format!("Deployed everywhere: an application that can read '{value}' (or any unknown value) and does not write it."),
        )
        .note(format!("Only after this migration may a release write '{value}'."))))
}
