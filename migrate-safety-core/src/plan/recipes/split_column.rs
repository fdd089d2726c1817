//! A text that becomes several columns: a name its parts. Written as one would write it: ADD COLUMN …, UPDATE with
//! `split_part`, DROP COLUMN.

use super::derived_column::Change;
use super::{Answer, Recipe, RecipeSample, Request};
use crate::plan::copy::texts::Texts;

/// The recipe.
pub(super) static RECIPE: Recipe = Recipe {
    id: "split-column",
    title: "ADD COLUMN …, UPDATE with split_part, DROP COLUMN: a text becomes its parts",
    samples: &[
        RecipeSample::new(
            "CREATE TABLE users (id bigint PRIMARY KEY, name text NOT NULL);",
            "ALTER TABLE users ADD COLUMN first_name text, ADD COLUMN last_name text; \
             UPDATE users SET first_name = split_part(name, ' ', 1), last_name = split_part(name, ' ', 2); \
             ALTER TABLE users ALTER COLUMN first_name SET NOT NULL; ALTER TABLE users DROP COLUMN name",
        ),
        RecipeSample::new(
            "CREATE SCHEMA \"S\"; CREATE TABLE \"S\".\"T\" (\"Id\" uuid PRIMARY KEY, \"Full Name\" varchar(80)); \
             CREATE INDEX ON \"S\".\"T\" (lower(\"Full Name\"));",
            "ALTER TABLE \"S\".\"T\" ADD COLUMN \"First\" varchar(80), ADD COLUMN \"rest\" text; \
             UPDATE \"S\".\"T\" SET \"First\" = split_part(\"Full Name\", ', ', 1), \
             rest = substr(\"Full Name\", strpos(\"Full Name\", ', ') + 2); \
             ALTER TABLE \"S\".\"T\" DROP COLUMN \"Full Name\"",
        ),
        RecipeSample::new(
            "CREATE TABLE versions (id bigint PRIMARY KEY, version text);",
            "ALTER TABLE versions ADD COLUMN major text, ADD COLUMN minor text, ADD COLUMN patch text; \
             UPDATE versions SET patch = split_part(version, '.', 3), major = split_part(version, '.', 1), \
             minor = split_part(version, '.', 2); ALTER TABLE versions DROP COLUMN version",
        ),
    ],
    plan,
};

fn plan(request: &Request<'_>) -> Answer {
    let change = Change::read(request)?;
    matches!(change.texts()?, Texts::Split { .. }).then(|| change.draft(request))
}
