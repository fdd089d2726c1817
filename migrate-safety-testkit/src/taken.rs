//! The locks of statements that are run for good.

use postgres::Client;

use crate::holder::backend_pid;
use crate::snapshot::{Relations, locks_of};
use crate::{Database, Error, outside};

/// Runs statements, in one transaction or each alone, and tells the strongest lock that they took on each relation that
/// was there before, from `ROW EXCLUSIVE` up: `schema.name`, unquoted, and the mode.
///
/// # Errors
/// When one of the statements fails; a transaction is then rolled back.
pub fn locks_taken(
    client: &mut Client,
    database: &Database,
    statements: &[String],
    transaction: bool,
) -> Result<Vec<(String, String)>, Error> {
    if transaction {
        return in_transaction(client, statements);
    }
    let mut taken = Vec::new();
    for statement in statements {
        let measured = outside::measure(client, database, statement)?;
        match measured.error {
            Some(error) => return Err(Error::Query { action: format!("run {statement}"), error }),
            None => taken.extend(measured.locks),
        }
    }
    Ok(taken)
}

fn in_transaction(client: &mut Client, statements: &[String]) -> Result<Vec<(String, String)>, Error> {
    let pid = backend_pid(client)?;
    let before = Relations::read(client)?;
    client.batch_execute("BEGIN").map_err(Error::query("begin"))?;
    for statement in statements {
        if let Err(error) = client.batch_execute(statement) {
            client.batch_execute("ROLLBACK").map_err(Error::query("roll back"))?;
            return Err(Error::query(&format!("run {statement}"))(error));
        }
    }
    let locks = locks_of(client, &pid)?;
    client.batch_execute("COMMIT").map_err(Error::query("commit"))?;
    Ok(before.name_locks(&locks))
}
