//! A server's catalog, over the tests' own connection.

use migrate_safety_core::catalog::introspect::{BEGIN, Limits, Live, Reading, Step};
use postgres::Client;

use crate::Error;

/// Reads what the database of a connection holds.
///
/// # Errors
/// When the server refuses a question or its answer is not understood.
pub fn introspect(client: &mut Client) -> Result<Live, Error> {
    client.batch_execute(BEGIN).map_err(Error::query("begin to introspect"))?;
    let live = read(client);
    client.batch_execute("ROLLBACK").map_err(Error::query("end introspecting"))?;
    live
}

fn read(client: &mut Client) -> Result<Live, Error> {
    let mut reading = Reading::new(Limits::default());
    while let Some(step) = reading.next_step() {
        match step {
            Step::Execute(sql) => client.batch_execute(&sql).map_err(Error::query("introspect"))?,
            Step::Fetch(sql) => {
                let rows = client.query(&sql, &[]).map_err(Error::query("introspect"))?;
                reading.take(rows.iter().map(|row| row.get(0)).collect())?;
            }
        }
    }
    Ok(reading.finish()?)
}
