//! Steps run as a host runs the migrations they are written to.

use migrate_safety_core::Layout;
use migrate_safety_core::plan::render::text;
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
    let migration = text::up(step, Layout::Sqlx);
    execute(client, &[migration], step.transaction).map_err(|error| format!("{} ({}): {error}", step.id, step.title))
}

/// Takes a step back.
pub(crate) fn undo(client: &mut Client, step: &Step) -> Result<(), String> {
    match &step.rollback {
        Rollback::Nothing => Ok(()),
        Rollback::Impossible(why) => Err(format!("{} cannot be undone: {why}", step.id)),
        Rollback::Sql { statements, transaction } => execute(client, statements, *transaction)
            .map_err(|error| format!("the way back from {} ({}): {error}", step.id, step.title)),
    }
}

/// Runs statements in one transaction, or one of them alone.
pub(crate) fn execute(client: &mut Client, statements: &[String], transaction: bool) -> Result<(), String> {
    if !transaction && statements.len() > 1 {
        return Err(format!("{} statements share a step without a transaction", statements.len()));
    }
    if transaction {
        batch(client, "BEGIN")?;
    }
    for statement in statements {
        if let Err(error) = batch(client, statement) {
            if transaction {
                batch(client, "ROLLBACK")?;
            }
            return Err(error);
        }
    }
    if transaction { batch(client, "COMMIT") } else { Ok(()) }
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
