//! An enum whose values go or change places: another type takes its name.

use super::{Answer, Recipe, RecipeSample, Request};
use crate::sql::Operation;
use crate::sql::operation::{AlterType, TypeKind};

/// The recipe.
pub(super) static RECIPE: Recipe = Recipe {
    id: "relabel-enum",
    title: "An enum of the same name without some of its values, or with them in another order",
    samples: &[
        RecipeSample::new(
            "CREATE TYPE mood AS ENUM ('sad', 'ok', 'unused'); \
             CREATE TABLE people (id bigint PRIMARY KEY, mood mood NOT NULL DEFAULT 'ok'); CREATE INDEX ON people (mood);",
            "CREATE TYPE mood_new AS ENUM ('sad', 'ok'); ALTER TABLE people ALTER COLUMN mood DROP DEFAULT; \
             ALTER TABLE people ALTER COLUMN mood TYPE mood_new USING mood::text::mood_new; \
             ALTER TABLE people ALTER COLUMN mood SET DEFAULT 'ok'; DROP TYPE mood; ALTER TYPE mood_new RENAME TO mood",
        ),
        RecipeSample::new(
            "CREATE TYPE mood AS ENUM ('sad', 'ok'); CREATE TABLE people (id bigint PRIMARY KEY, moods mood[]);",
            "CREATE TYPE mood_new AS ENUM ('ok', 'sad'); \
             ALTER TABLE people ALTER COLUMN moods TYPE mood_new[] USING moods::text[]::mood_new[]; \
             DROP TYPE mood; ALTER TYPE mood_new RENAME TO mood",
        ),
    ],
    plan,
};

fn plan(request: &Request<'_>) -> Answer {
    let operations: Vec<&Operation> = request.piece.operations.iter().map(|located| &located.operation).collect();
    let (
        [Operation::CreateType { kind: TypeKind::Enum(_), .. }, ..],
        [.., Operation::AlterType { action: AlterType::Rename { to }, .. }],
    ) = (&*operations, &*operations)
    else {
        return None;
    };
    let why = format!(
        "a release that names the type {0} works with the old or with the new values, not with both; to make the change \
         beside writes, leave the values unused, turn the columns to text, or give the new type another name than {0}",
        to.sql()
    );
    Some(Ok(super::window(request.piece.statements(), &why)))
}
