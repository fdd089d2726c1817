//! A value that moves into other columns in another form: `price` into `price_cents`, a name into its parts, parts into one.
//! Written as one would write it: ADD COLUMN, UPDATE, DROP COLUMN.

use super::{ALL, Answer, DatabaseRecipe, DatabaseSample, Request};
use crate::databases::name::Name;
use crate::databases::operation::{ColumnDef, Position, Test};
use crate::databases::schema::Table;
use crate::plan::databases::forms::{Forms, Half, Parts, inverse};
use crate::plan::databases::moved::Moved;
use crate::plan::draft::Draft;
use crate::plan::error::Refusal;

/// The recipe.
pub(super) static RECIPE: DatabaseRecipe = DatabaseRecipe {
    id: "derived-column",
    title: "ADD COLUMN, UPDATE, DROP COLUMN: a value moves into another column in another form",
    dialects: ALL,
    samples: &[
        DatabaseSample::mysql(
            "CREATE TABLE products (id bigint PRIMARY KEY, price decimal(10,2) NOT NULL, stock int);",
            "ALTER TABLE products ADD COLUMN price_cents bigint AFTER price; UPDATE products SET price_cents = price * 100; \
             ALTER TABLE products MODIFY price_cents bigint NOT NULL, DROP COLUMN price",
        ),
        DatabaseSample::mysql(
            "CREATE TABLE users (id bigint PRIMARY KEY, name varchar(100) NOT NULL);",
            "ALTER TABLE users ADD COLUMN first varchar(100), ADD COLUMN rest varchar(100); \
             UPDATE users SET first = substring_index(name, ' ', 1), rest = substr(name, locate(' ', name) + 1); \
             ALTER TABLE users DROP COLUMN name",
        ),
        DatabaseSample::mariadb(
            "CREATE TABLE users (id int PRIMARY KEY, first varchar(50) NOT NULL, rest varchar(50), KEY by_rest (rest));",
            "ALTER TABLE users ADD COLUMN name varchar(101); UPDATE users SET name = concat_ws(' ', first, rest); \
             ALTER TABLE users DROP COLUMN first, DROP COLUMN rest",
        ),
        DatabaseSample::sqlite(
            "CREATE TABLE products (id INTEGER PRIMARY KEY, price REAL NOT NULL);",
            "ALTER TABLE products ADD COLUMN price_cents INTEGER; \
             UPDATE products SET price_cents = CAST(round(price * 100) AS INTEGER); ALTER TABLE products DROP COLUMN price",
        ),
        DatabaseSample::sqlite(
            "CREATE TABLE users (id INTEGER PRIMARY KEY, user_name TEXT NOT NULL, username TEXT);",
            "UPDATE users SET username = user_name WHERE username IS NULL; ALTER TABLE users DROP COLUMN user_name",
        ),
    ],
    plan,
};

fn plan(request: &Request<'_>) -> Answer {
    let moved = request.piece.moved.as_ref()?;
    let table = request.schema().table(&moved.table).filter(|table| !request.is_new(table))?;
    Some(draft(request, table, moved))
}

fn draft(request: &Request<'_>, table: &Table, moved: &Moved) -> Result<Draft, Refusal> {
    is_plain(moved)?;
    let after = request.table_after(table).ok_or_else(super::unknown_table)?;
    let dropped: Vec<&ColumnDef> = moved
        .dropped
        .iter()
        .map(|name| table.column(name).ok_or_else(super::unknown_table))
        .collect::<Result<_, Refusal>>()?;
    for column in &dropped {
        possible(request, table, column)?;
    }
    let assignments: Vec<(Name, String)> =
        moved.update.assignments.iter().map(|(_, name, value)| (name.clone(), value.sql.to_string())).collect();
    let new: Vec<Half> = assignments
        .iter()
        .map(|(name, value)| {
            let column = after.column(name).ok_or_else(|| {
                Refusal::new(format!("{name} is not there after the change"), "fill a column that stays")
            })?;
            Ok(Half { column: column.clone(), value: Some(value.clone()) })
        })
        .collect::<Result<_, Refusal>>()?;
    let place = |half: &Half| {
        let (_, position) = moved.added.iter().find(|(column, _)| column.name == half.column.name)?;
        Some(match position.as_ref()? {
            Position::First => " FIRST".to_owned(),
            Position::After(other) => format!(" AFTER {}", request.name(other)),
        })
    };
    let added = new.iter().filter(|half| table.column(&half.column.name).is_none());
    let places = added.map(|half| place(half).unwrap_or_default()).collect();
    let inverse = inverse(request, &assignments, &dropped);
    Forms { request, table, old: inverse.old, new, places, parts: Parts::Go, loss: inverse.loss }.draft()
}

/// Whether every row is filled from itself, or those that are not filled yet.
fn is_plain(moved: &Moved) -> Result<(), Refusal> {
    let update = &moved.update;
    let is_target = |name: &Name| update.assignments.iter().any(|(_, target, _)| target == name);
    let plain = update.filter.as_ref().is_none_or(|filter| match filter.conditions.as_slice() {
        [one] => match one.test {
            Test::IsNull => is_target(&one.column),
            Test::IsNotNull => moved.dropped.contains(&one.column),
            _ => false,
        },
        _ => false,
    });
    let reads_others = update.assignments.iter().any(|(.., value)| !value.reads.is_empty());
    if plain && !reads_others && update.limit.is_none() && !update.ordered {
        return Ok(());
    }
    Err(Refusal::new(
        "the UPDATE does not fill the new column of every row from the row itself",
        "write the values as expressions over the row, with no other condition than that the new column is NULL or the old \
         one is not",
    ))
}

/// What stands in the way of taking a column away.
fn possible(request: &Request<'_>, table: &Table, column: &ColumnDef) -> Result<(), Refusal> {
    let c = request.name(&column.name);
    let because = |reason: String| Err(Refusal::new(reason, format!("take it off {c} first, in an earlier migration")));
    if let Some(reader) = request.readers(table, &column.name).first() {
        return because(format!("{reader} names the column"));
    }
    let is_keyed = table.foreign_keys.iter().any(|key| key.columns.contains(&column.name))
        || request.schema().references_to(&table.name).any(|(_, key)| key.referenced.contains(&column.name));
    if is_keyed {
        return because(format!("a foreign key is on {c}"));
    }
    if column.generated.is_some() || column.auto_increment {
        return because(format!("the server gives {c} its values"));
    }
    Ok(())
}
