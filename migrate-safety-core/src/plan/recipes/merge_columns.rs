//! Texts that become one column. Written as one would write it: ADD COLUMN, UPDATE with `||` or `concat_ws`, DROP COLUMN ….

use super::derived_column::Change;
use super::{Answer, Recipe, RecipeSample, Request};
use crate::plan::copy::texts::Texts;

/// The recipe.
pub(super) static RECIPE: Recipe = Recipe {
    id: "merge-columns",
    title: "ADD COLUMN, UPDATE with concat_ws or ||, DROP COLUMN …: several texts become one",
    samples: &[
        RecipeSample::new(
            "CREATE TABLE users (id bigint PRIMARY KEY, first_name text NOT NULL, last_name text NOT NULL);",
            "ALTER TABLE users ADD COLUMN name text; UPDATE users SET name = first_name || ' ' || last_name; \
             ALTER TABLE users ALTER COLUMN name SET NOT NULL; \
             ALTER TABLE users DROP COLUMN first_name, DROP COLUMN last_name",
        ),
        RecipeSample::new(
            "CREATE TABLE places (id bigint PRIMARY KEY, street varchar(80), zip varchar(20), \"City\" text); \
             CREATE INDEX ON places (zip);",
            "ALTER TABLE places ADD COLUMN address text; UPDATE places SET address = concat_ws(', ', street, zip, \"City\"); \
             ALTER TABLE places DROP COLUMN street, DROP COLUMN zip, DROP COLUMN \"City\"",
        ),
        RecipeSample::new(
            "CREATE TABLE phones (id bigint PRIMARY KEY, country text, number text);",
            "ALTER TABLE phones ADD COLUMN phone text; UPDATE phones SET phone = concat(country, '-', number); \
             ALTER TABLE phones DROP COLUMN country, DROP COLUMN number",
        ),
    ],
    plan,
};

fn plan(request: &Request<'_>) -> Answer {
    let change = Change::read(request)?;
    matches!(change.texts()?, Texts::Merged { .. }).then(|| change.draft(request))
}
