//! A unique key: no two rows may share a value before the server is told.

use super::{ALL, Answer, DatabaseRecipe, DatabaseSample, Request};
use crate::databases::operation::{ActionKind, IndexDef, IndexKind, Operation};
use crate::databases::schema::Table;
use crate::plan::draft::Draft;
use crate::plan::model::PhaseName;

/// The recipe.
pub(super) static RECIPE: DatabaseRecipe = DatabaseRecipe {
    id: "add-unique",
    title: "UNIQUE or PRIMARY KEY on a table that has rows",
    dialects: ALL,
    samples: &[
        DatabaseSample::sqlite(
            "CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT);",
            "CREATE UNIQUE INDEX users_email ON users (email) WHERE email <> ''",
        ),
        DatabaseSample::sqlite(
            "CREATE TABLE users (id INTEGER PRIMARY KEY, org INTEGER, email TEXT);",
            "ALTER TABLE users ADD UNIQUE (org, email)",
        ),
        DatabaseSample::mysql(
            "CREATE TABLE users (id bigint PRIMARY KEY, org int, email varchar(100));",
            "ALTER TABLE users ADD UNIQUE KEY org_email (org, email)",
        ),
        DatabaseSample::mariadb(
            "CREATE TABLE events (id bigint, at date);",
            "ALTER TABLE events ADD PRIMARY KEY (id)",
        ),
    ],
    plan,
};

fn plan(request: &Request<'_>) -> Answer {
    let (table, index) = added(request)?;
    let keys = keys(request, index);
    let t = request.table_sql(table);
    let title = format!("Allow each value of ({}) once in {t}", keys.join(", "));
    let step = super::set_not_null::changed(request, table, &title)
        .filter(|_| !matches!(request.piece.operation, Operation::CreateIndex(_)))
        .or_else(|| request.asserted(&request.piece.sql).map(|sql| request.step(title.clone(), [sql])))?;
    let deploy = format!("Deployed everywhere: an application that writes no value of ({}) twice into {t}.", keys.join(", "));
    let meaning = format!("rows of {t} share a value of ({})", keys.join(", "));
    let draft = Draft::new().deploy(PhaseName::Contract, deploy);
    Some(Ok(draft.contract(step.gate(duplicates(request, table, index), "0", meaning))))
}

/// The key that is added, on a table that has rows.
fn added<'a>(request: &Request<'a>) -> Option<(&'a Table, &'a IndexDef)> {
    let (table, index) = match &request.piece.operation {
        Operation::CreateIndex(create) => {
            let table = request.schema().table(&create.table).filter(|table| !request.is_new(table))?;
            (table, &create.index)
        }
        _ => match request.action()? {
            (table, ActionKind::AddIndex { index, .. }) => (table, index),
            _ => return None,
        },
    };
    (index.is_unique() && !index.parts.is_empty()).then_some((table, index))
}

/// What the index is sorted by.
fn keys(request: &Request<'_>, index: &IndexDef) -> Vec<String> {
    let rendered = request.rendered();
    index
        .parts
        .iter()
        .map(|part| {
            let key = rendered.key(std::slice::from_ref(part));
            let key = key.strip_suffix(" DESC").unwrap_or(&key).to_owned();
            match (part.column(), part.length) {
                (Some(column), Some(length)) => format!("left({}, {length})", rendered.name(column)),
                _ => key,
            }
        })
        .collect()
}

/// How many values there are that several rows share. NULL is shared by none, but there is none in a primary key.
pub(in crate::plan::databases) fn duplicates(request: &Request<'_>, table: &Table, index: &IndexDef) -> String {
    shared(request, table, index, &keys(request, index))
}

/// How many values there are that several rows share, where these expressions stand for the parts of the index.
pub(in crate::plan::databases) fn shared(
    request: &Request<'_>,
    table: &Table,
    index: &IndexDef,
    keys: &[String],
) -> String {
    let t = request.table_sql(table);
    let mut conditions: Vec<String> = index.predicate.iter().map(|predicate| format!("({})", predicate.sql)).collect();
    if index.kind != IndexKind::Primary {
        conditions.extend(keys.iter().map(|key| format!("{key} IS NOT NULL")));
    }
    let only = if conditions.is_empty() { String::new() } else { format!(" WHERE {}", conditions.join(" AND ")) };
    format!(
        "SELECT count(*) FROM (SELECT 1 FROM {t}{only} GROUP BY {} HAVING count(*) > 1 LIMIT 1) AS duplicated",
        keys.join(", ")
    )
}
