//! A history of migrations run on a server and replayed, compared after each migration.

use migrate_safety_core::catalog::Catalog;
use migrate_safety_core::catalog::diff::{Closeness, Difference, diff};
use migrate_safety_core::layout::{Layout, Migration, MigrationSet};
use migrate_safety_core::sql::parse;
use migrate_safety_core::{Config, Target, replay_each};
use postgres::Client;
use postgres::error::SqlState;

use crate::{Error, PostgresServer, ServerError, introspect};

/// What came of one migration.
#[derive(Debug)]
pub struct Outcome {
    /// Its version and name.
    pub migration: String,
    /// The error that the server gave, if it did; the migration is then rolled back and the history ends.
    pub error: Option<ServerError>,
    /// What the replay and the server do not agree on.
    pub differences: Vec<Difference>,
    /// What the server holds that was not understood.
    pub unread: Vec<String>,
}

/// Runs a history on a database of its own, statement by statement, and compares after each migration.
///
/// # Errors
/// When the server cannot be used at all; what a migration meets is in its outcome.
pub fn replay_on_server(server: &PostgresServer, name: &str, set: &MigrationSet) -> Result<Vec<Outcome>, Error> {
    let database = server.database(name)?;
    let mut client = database.connect()?;
    if let Some(sql) = set.layout.bookkeeping() {
        client.batch_execute(sql).map_err(Error::query("make the bookkeeping table"))?;
    }
    let config = Config { target: Target::postgres(server.major()), ..Config::default() };
    let mut outcomes: Vec<Result<Outcome, Error>> = Vec::new();
    replay_each(set, &config, &mut |migration, catalog| {
        let ended = outcomes.last().is_some_and(|last| last.as_ref().map_or(true, |o| o.error.is_some()));
        if !ended {
            outcomes.push(compare(&mut client, config.target, set.layout, migration, catalog));
        }
    });
    outcomes.into_iter().collect()
}

fn compare(
    client: &mut Client,
    target: Target,
    layout: Layout,
    migration: &Migration,
    catalog: &Catalog,
) -> Result<Outcome, Error> {
    let mut outcome = Outcome {
        migration: format!("{} {}", migration.id, migration.name),
        error: None,
        differences: Vec::new(),
        unread: Vec::new(),
    };
    let unknown_runner = layout == Layout::Plain && migration.transaction;
    let mut ran = run(client, target, migration, migration.transaction);
    // What runs plain files, and which of them without a transaction, nobody has said.
    if unknown_runner && ran.as_ref().is_err_and(|e| e.code() == Some(&SqlState::ACTIVE_SQL_TRANSACTION)) {
        client.batch_execute("ROLLBACK").map_err(Error::query("roll a migration back"))?;
        ran = run(client, target, migration, false);
    }
    if let Err(error) = ran {
        outcome.error = Some(ServerError::from(&error));
        let _ = client.batch_execute("ROLLBACK");
        return Ok(outcome);
    }
    let live = introspect(client)?;
    outcome.differences = diff(catalog, &live.catalog, Closeness::Exact);
    outcome.unread = live.unread.iter().map(ToString::to_string).collect();
    Ok(outcome)
}

fn run(client: &mut Client, target: Target, migration: &Migration, transaction: bool) -> Result<(), postgres::Error> {
    let text = &*migration.up.text;
    // As the host does: settings of a session do not outlive a migration here.
    client.batch_execute("RESET ALL")?;
    if transaction {
        client.batch_execute("BEGIN")?;
    }
    for statement in parse(target, text).statements {
        client.batch_execute(text.get(statement.span.range()).unwrap_or_default())?;
    }
    if transaction { client.batch_execute("COMMIT") } else { Ok(()) }
}
