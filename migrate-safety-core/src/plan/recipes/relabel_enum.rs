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
        RecipeSample::new(
            "CREATE TYPE mood AS ENUM ('sad', 'ok', 'unused'); \
             CREATE TABLE people (id bigint PRIMARY KEY, mood mood CONSTRAINT known CHECK (mood <> 'sad' OR id > 0)); \
             CREATE INDEX people_ok ON people (id) WHERE mood = 'ok';",
            "CREATE TYPE mood_new AS ENUM ('sad', 'ok'); \
             ALTER TABLE people DROP CONSTRAINT known; DROP INDEX people_ok; \
             ALTER TABLE people ALTER COLUMN mood TYPE mood_new USING mood::text::mood_new; \
             DROP TYPE mood; ALTER TYPE mood_new RENAME TO mood; \
             ALTER TABLE people ADD CONSTRAINT known CHECK (mood <> 'sad' OR id > 0); \
             CREATE INDEX people_ok ON people (id) WHERE mood = 'ok'",
        ),
        RecipeSample::new(
            "CREATE TYPE mood AS ENUM ('sad', 'ok'); CREATE TABLE people (id bigint PRIMARY KEY, mood mood NOT NULL DEFAULT 'ok');",
            "ALTER TYPE mood RENAME TO mood_old; CREATE TYPE mood AS ENUM ('ok', 'sad', 'new'); \
             ALTER TABLE people ALTER COLUMN mood DROP DEFAULT, ALTER COLUMN mood TYPE mood USING mood::text::mood, \
             ALTER COLUMN mood SET DEFAULT 'ok'; DROP TYPE mood_old",
        ),
    ],
    plan,
};

fn plan(request: &Request<'_>) -> Answer {
    let operations: Vec<&Operation> = request.piece.operations.iter().map(|located| &located.operation).collect();
    let to = match &*operations {
        [Operation::AlterType { action: AlterType::Rename { .. }, .. }, Operation::CreateType { name, kind: TypeKind::Enum(_) }, ..] => {
            &name.name
        }
        [Operation::CreateType { kind: TypeKind::Enum(_) | TypeKind::Composite(_), .. }, rest @ ..] => rest.iter().find_map(|operation| match operation {
            Operation::AlterType { action: AlterType::Rename { to }, .. } => Some(to),
            _ => None,
        })?,
        _ => return None,
    };
    let why = format!(
        "a release that names the type {0} works with the old or with the new values, not with both; to make the change \
         beside writes, leave the values unused, turn the columns to text, or give the new type another name than {0}",
        to.sql()
    );
    Some(Ok(super::window(request.piece.statements(), &why)))
}
