//! Looking at a backfill and steering it, from any process.

use super::Error;
use super::driver::{fetch, query};
use diesel::result::Error as Diesel;
use diesel::{PgConnection, RunQueryDsl};
use migrate_safety_core::backfill::{Control, Status, control_statement, status_statement};

/// Where a backfill is, running or not.
///
/// # Errors
/// There is none of this name, or the database cannot be read.
pub fn status(connection: &mut PgConnection, schema: &str, name: &str) -> Result<Status, Error> {
    let rows = match fetch(connection, status_statement(schema, name)) {
        Ok(rows) => rows,
        // No backfill has ever run here.
        Err(Diesel::DatabaseError(_, said)) if said.message().contains("does not exist") => Vec::new(),
        Err(error) => return Err(crate::Error::from(error).into()),
    };
    let text = rows.first().ok_or_else(|| Error::Unknown(name.to_owned()))?;
    serde_json::from_str(text).map_err(|error| crate::Error::Refused(error.to_string()).into())
}

/// Tells a backfill to pause, to go on, or to end for good, and says where it is. Its workers hear it before their next
/// batch.
///
/// # Errors
/// There is none of this name, it is in a state where this makes no sense, or the database cannot be reached.
pub fn control(connection: &mut PgConnection, schema: &str, name: &str, control: Control) -> Result<Status, Error> {
    let before = status(connection, schema, name)?;
    let done = query(control_statement(schema, name, control)).execute(connection).map_err(crate::Error::from)?;
    if done == 0 {
        return Err(Error::NothingTo { name: name.to_owned(), state: before.state });
    }
    status(connection, schema, name)
}
