//! Any number of rows changed: in batches.

use super::{ALL, Answer, DatabaseRecipe, DatabaseSample, Request};
use crate::databases::name::Name;
use crate::databases::operation::{Delete, Operation, Update};
use crate::plan::databases::fill::{Fill, Work};
use crate::plan::databases::forms::differs;
use crate::plan::draft::Draft;
use crate::plan::error::Refusal;

/// The recipe.
pub(super) static RECIPE: DatabaseRecipe = DatabaseRecipe {
    id: "backfill",
    title: "UPDATE or DELETE of any number of rows",
    dialects: ALL,
    samples: &[
        DatabaseSample::sqlite(
            "CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT, lower_name TEXT);",
            "UPDATE users SET lower_name = lower(name) WHERE lower_name IS NULL",
        ),
        DatabaseSample::mysql(
            "CREATE TABLE users (tenant int NOT NULL, id bigint NOT NULL, org int, PRIMARY KEY (tenant, id));",
            "UPDATE users SET org = 1 WHERE org IS NULL",
        ),
        DatabaseSample::mariadb(
            "CREATE TABLE logs (id char(36) CHARACTER SET ascii PRIMARY KEY, at datetime NOT NULL);",
            "DELETE FROM logs WHERE at < '2020-01-01'",
        ),
    ],
    plan,
};

fn plan(request: &Request<'_>) -> Answer {
    // What touches few rows needs no batches.
    match &request.piece.operation {
        Operation::Update(update) if request.obstacle(&request.piece.sql).is_some() => Some(updated(request, update)),
        Operation::Delete(delete) if request.obstacle(&request.piece.sql).is_some() => Some(deleted(request, delete)),
        _ => None,
    }
}

fn updated(request: &Request<'_>, update: &Update) -> Result<Draft, Refusal> {
    if update.limit.is_some() || update.ordered {
        return Err(in_order());
    }
    let [name] = update.tables.as_slice() else { return Err(joined()) };
    if !update.reads.is_empty() {
        return Err(joined());
    }
    let table = request.schema().table(name).ok_or_else(unknown)?;
    let set: Vec<(Name, String)> =
        update.assignments.iter().map(|(_, column, value)| (column.clone(), value.sql.to_string())).collect();
    let reads_itself = |value: &crate::databases::operation::Expression| {
        value.columns.iter().any(|(_, read)| set.iter().any(|(column, _)| column == read))
    };
    if update.assignments.iter().any(|(.., value)| reads_itself(value)) {
        return Err(Refusal::new(
            "a column is computed from its own old value: a batch that is run again would change it twice",
            "put the result into a new column, and take that",
        ));
    }
    let condition = update.filter.as_ref().map(|filter| filter.sql.to_string());
    let different: Vec<String> = set
        .iter()
        .map(|(name, value)| Ok(differs(request, table.column(name).ok_or_else(unknown)?, value)))
        .collect::<Result<_, Refusal>>()?;
    let different = different.join(" OR ");
    let undone = condition.as_ref().map_or_else(|| different.clone(), |c| format!("({c}) AND ({different})"));
    let names: Vec<String> = set.iter().map(|(column, _)| request.name(column)).collect();
    let title = format!("Set {} in batches", names.join(", "));
    let fill = Fill { table, work: Work::Set(set), condition, undone };
    Ok(Draft::new().migrate(fill.step(request, titled(request, title))?))
}

fn deleted(request: &Request<'_>, delete: &Delete) -> Result<Draft, Refusal> {
    if delete.limit.is_some() || delete.ordered {
        return Err(in_order());
    }
    let [name] = delete.tables.as_slice() else { return Err(joined()) };
    if !delete.reads.is_empty() {
        return Err(joined());
    }
    let table = request.schema().table(name).ok_or_else(unknown)?;
    let condition = delete.filter.as_ref().map(|filter| filter.sql.to_string());
    let undone = condition.clone().unwrap_or_else(|| "TRUE".to_owned());
    let fill = Fill { table, work: Work::Delete, condition, undone };
    let title = format!("Delete rows of {} in batches", request.table_sql(table));
    let draft = Draft::new().migrate(fill.step(request, titled(request, title))?);
    Ok(draft.note(format!("The rows that are deleted from {} are lost.", request.table_sql(table))))
}

/// SQLite has no loop that a migration could go through.
fn titled(request: &Request<'_>, title: String) -> String {
    if request.is_sqlite() { title.replace(" in batches", "") } else { title }
}

fn in_order() -> Refusal {
    Refusal::new("which rows it takes depends on their order", "say the rows by a condition")
}

fn joined() -> Refusal {
    Refusal::new(
        "it changes rows by what is in other tables",
        "put the value into a subquery for each row: `SET a = (SELECT … WHERE … = t.id)`",
    )
}

fn unknown() -> Refusal {
    Refusal::new("nothing is known of the table", "give the schema, by --migrations or --schema")
}
