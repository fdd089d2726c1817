//! A table whose values go into another one. Written as one would write it: ADD COLUMN there, UPDATE, DROP TABLE.

use super::move_column::{Gone, Transfer};
use super::{Answer, Recipe, RecipeSample, Request};

/// The recipe.
pub(super) static RECIPE: Recipe = Recipe {
    id: "merge-tables",
    title: "ADD COLUMN to a table, UPDATE from another, DROP TABLE of that: two tables become one",
    samples: &[
        RecipeSample::new(
            "CREATE TABLE users (id bigint PRIMARY KEY, name text); \
             CREATE TABLE profiles (user_id bigint PRIMARY KEY REFERENCES users ON DELETE CASCADE, bio text, size int);",
            "ALTER TABLE users ADD COLUMN bio text, ADD COLUMN size bigint; \
             UPDATE users SET bio = p.bio, size = p.size FROM profiles p WHERE p.user_id = users.id; DROP TABLE profiles",
        ),
        RecipeSample::new(
            "CREATE SCHEMA \"S\"; CREATE TABLE \"S\".\"Users\" (\"Id\" uuid PRIMARY KEY); \
             CREATE TABLE phones (id bigserial PRIMARY KEY, \"User\" uuid NOT NULL UNIQUE, phone varchar(20));",
            "ALTER TABLE \"S\".\"Users\" ADD COLUMN phone varchar(20); \
             UPDATE \"S\".\"Users\" SET phone = (SELECT phone FROM phones WHERE \"User\" = \"Users\".\"Id\"); DROP TABLE phones",
        ),
    ],
    plan,
};

fn plan(request: &Request<'_>) -> Answer {
    let transfer = Transfer::read(request)?;
    matches!(transfer.gone, Gone::Table).then(|| transfer.draft(request))
}
