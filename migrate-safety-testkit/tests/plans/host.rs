//! Steps run as a host runs the migrations they are written to.

use migrate_safety_core::plan::{Rollback, Step};
use postgres::{Client, SimpleQueryMessage};

/// Runs a step, if its gate is open.
pub(crate) fn run(client: &mut Client, step: &Step) -> Result<(), String> {
    if !step.is_migration() {
        return Ok(());
    }
    gate(client, step)?;
    apply(client, step)
}

/// Asks the gate of a step.
pub(crate) fn gate(client: &mut Client, step: &Step) -> Result<(), String> {
    let Some(gate) = &step.gate else { return Ok(()) };
    let answer = value(client, &gate.sql).map_err(|error| format!("{}: its gate {}: {error}", step.id, gate.sql))?;
    if answer == gate.expect {
        return Ok(());
    }
    Err(format!("{}: its gate {} gives {answer}, not {}: {}", step.id, gate.sql, gate.expect, gate.meaning))
}

/// Runs the migration of a step as it is written.
fn apply(client: &mut Client, step: &Step) -> Result<(), String> {
    let alone = step.transaction || step.sql.len() == 1;
    if !alone {
        return Err(format!("{}: {} statements share a step without a transaction", step.id, step.sql.len()));
    }
    execute(client, &step.up_sql(), step.transaction).map_err(|error| format!("{} ({}): {error}", step.id, step.title))
}

/// Takes a step back.
pub(crate) fn undo(client: &mut Client, step: &Step) -> Result<(), String> {
    match &step.rollback {
        Rollback::Nothing => Ok(()),
        Rollback::Impossible(why) => Err(format!("{} cannot be undone: {why}", step.id)),
        Rollback::Sql { transaction, .. } => execute(client, &step.down_sql(), *transaction)
            .map_err(|error| format!("the way back from {} ({}): {error}", step.id, step.title)),
    }
}

/// Runs a migration.
fn execute(client: &mut Client, text: &str, transaction: bool) -> Result<(), String> {
    if !transaction {
        return batch(client, text);
    }
    batch(client, "BEGIN")?;
    let result = batch(client, text);
    batch(client, if result.is_ok() { "COMMIT" } else { "ROLLBACK" })?;
    result
}

/// Runs one text.
pub(crate) fn batch(client: &mut Client, sql: &str) -> Result<(), String> {
    client.batch_execute(sql).map_err(|error| format!("{}\n    in: {sql}", told(&error)))
}

/// The one value of a query, as text.
pub(crate) fn value(client: &mut Client, sql: &str) -> Result<String, String> {
    Ok(lines(client, sql)?.into_iter().next().unwrap_or_default())
}

/// The rows of a query, each a line with its values separated by ` | `.
pub(crate) fn lines(client: &mut Client, sql: &str) -> Result<Vec<String>, String> {
    let messages = client.simple_query(sql).map_err(|error| told(&error))?;
    let rows = messages.into_iter().filter_map(|message| match message {
        SimpleQueryMessage::Row(row) => {
            let values: Vec<&str> = (0..row.len()).map(|at| row.get(at).unwrap_or("NULL")).collect();
            Some(values.join(" | "))
        }
        _ => None,
    });
    Ok(rows.collect())
}

/// An error in the server's words.
fn told(error: &postgres::Error) -> String {
    let Some(error) = error.as_db_error() else { return error.to_string() };
    let detail = error.detail().map(|detail| format!(" ({detail})")).unwrap_or_default();
    format!("{} {}{detail}", error.code().code(), error.message())
}
