//! A column with a new name: while both releases run, each finds the name it knows.

use super::{ALL, Answer, DatabaseRecipe, DatabaseSample, Request};
use crate::databases::name::Name;
use crate::databases::operation::{ActionKind, ColumnDef};
use crate::databases::schema::Table;
use crate::plan::databases::forms::{Forms, Half, Parts};
use crate::plan::draft::Draft;
use crate::plan::error::Refusal;

/// The recipe.
pub(super) static RECIPE: DatabaseRecipe = DatabaseRecipe {
    id: "rename-column",
    title: "RENAME COLUMN while an application uses the old name",
    dialects: ALL,
    samples: &[
        DatabaseSample::sqlite(
            "CREATE TABLE users (id INTEGER PRIMARY KEY, user_name TEXT NOT NULL); CREATE INDEX by_name ON users (user_name);",
            "ALTER TABLE users RENAME COLUMN user_name TO username",
        ),
        DatabaseSample::sqlite(
            "CREATE TABLE users (id INTEGER PRIMARY KEY, \"User Name\" TEXT, x INT);",
            "ALTER TABLE users RENAME COLUMN \"User Name\" TO \"select\"",
        ),
        DatabaseSample::mysql(
            "CREATE TABLE users (id bigint PRIMARY KEY, user_name varchar(80) NOT NULL, org int, KEY by_org (org, user_name));",
            "ALTER TABLE users RENAME COLUMN user_name TO username",
        ),
        DatabaseSample::mariadb(
            "CREATE TABLE users (id bigint PRIMARY KEY, user_name varchar(80) DEFAULT 'nobody', UNIQUE KEY user_name (user_name));",
            "ALTER TABLE users CHANGE user_name username varchar(80) DEFAULT 'nobody'",
        ),
    ],
    plan,
};

fn plan(request: &Request<'_>) -> Answer {
    let (table, action) = request.action()?;
    let (column, to) = match action {
        ActionKind::RenameColumn { column, to } => (column, to),
        ActionKind::Modify { column, to, .. } if *column != to.name => (column, &to.name),
        _ => return None,
    };
    let old = table.column(column)?;
    let new = request.table_after(table)?.column(to)?.clone();
    if column == to {
        return None;
    }
    Some(draft(request, table, old, new))
}

fn draft(request: &Request<'_>, table: &Table, old: &ColumnDef, new: ColumnDef) -> Result<Draft, Refusal> {
    possible(request, table, old)?;
    let [from, to] = [&old.name, &new.name].map(|name| request.name(name));
    let places = vec![if request.is_sqlite() { String::new() } else { format!(" AFTER {from}") }];
    let old = Half { column: old.clone(), value: Some(to) };
    let new = Half { column: new, value: Some(from) };
    Forms { request, table, old: vec![old], new: vec![new], places, parts: Parts::Follow, loss: None }.draft()
}

/// What stands in the way of a column beside the old one.
pub(super) fn possible(request: &Request<'_>, table: &Table, old: &ColumnDef) -> Result<(), Refusal> {
    let column = &old.name;
    let because = |reason: String| {
        let plain = &request.piece.sql;
        Err(Refusal::new(reason, format!("stop the application, and run `{plain}` as it is")))
    };
    if let Some(reader) = request.readers(table, column).first() {
        return because(format!("{reader} names the column"));
    }
    if table.primary_key().contains(&column) {
        return because("the column is a part of the primary key".to_owned());
    }
    if old.generated.is_some() || old.auto_increment {
        return because("the server gives the column its values".to_owned());
    }
    if table.foreign_keys.iter().any(|key| key.columns.contains(column)) && !request.is_sqlite() {
        return because("a foreign key is on the column".to_owned());
    }
    let mut references = request.schema().references_to(&table.name);
    if references.any(|(_, key)| key.referenced.contains(column)) {
        return because("a foreign key refers to the column".to_owned());
    }
    let uses = |columns: &[(Option<Name>, Name)]| columns.iter().any(|(_, name)| name == column);
    let mut generated = table.columns.iter().filter_map(|c| c.generated.as_ref());
    if generated.any(|generated| uses(&generated.expression.columns)) {
        return because("a generated column is computed from the column".to_owned());
    }
    if !request.is_sqlite() && table.checks.iter().any(|check| uses(&check.expression.columns)) {
        return because("a check is on the column".to_owned());
    }
    Ok(())
}
