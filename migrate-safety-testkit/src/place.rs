//! A database made for a case, and the measurement in it.

use std::sync::atomic::{AtomicU32, Ordering};

use postgres::Client;

use crate::query::{rows, text};
use crate::snapshot::{Locks, Relations, locks_of};
use crate::{Case, Database, Error, Measurement, PostgresServer, ServerError, fill, outside, reset};

/// A database, a session in it, and what they were made for.
pub(crate) struct Place {
    client: Client,
    database: Database,
    made_for: Option<MadeFor>,
    unfilled: Vec<String>,
    uses: u32,
}

#[derive(Debug, PartialEq, Eq)]
struct MadeFor {
    setup: String,
    session: String,
    fill: bool,
}

impl MadeFor {
    fn new(case: &Case<'_>) -> Self {
        Self { setup: case.setup.to_owned(), session: case.session.to_owned(), fill: case.fill }
    }
}

impl Place {
    /// A new, empty database.
    pub(crate) fn create(server: &PostgresServer) -> Result<Self, Error> {
        static NEXT: AtomicU32 = AtomicU32::new(0);

        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let database = server.database(&format!("probe_{}_{number}", std::process::id()))?;
        let client = database.connect()?;
        Ok(Self { client, database, made_for: None, unfilled: Vec::new(), uses: 0 })
    }

    /// The same database without what the last case left; `None` when a new one is due.
    pub(crate) fn emptied(mut self) -> Option<Self> {
        // Without autovacuum the catalogs of a database grow with each case.
        const USES: u32 = 100;

        self.made_for = None;
        let usable = self.uses < USES && !self.client.is_closed();
        (usable && reset::empty_database(&mut self.client)).then_some(self)
    }

    /// Whether the database is as `case` wants it.
    pub(crate) fn is_made_for(&self, case: &Case<'_>) -> bool {
        self.made_for.as_ref() == Some(&MadeFor::new(case))
    }

    /// Whether the connection was lost.
    pub(crate) fn is_lost(&self) -> bool {
        self.client.is_closed()
    }

    /// Makes the empty database as `case` wants it.
    pub(crate) fn make_for(&mut self, case: &Case<'_>) -> Result<(), Error> {
        // A statement that hangs is to fail. An index is to be worth using on the few pages we fill,
        // as it is on the many of a real table.
        const PROBE: &str =
            "SET statement_timeout = '60s'; SET random_page_cost = 1.05; SET client_min_messages = error";

        self.uses += 1;
        self.client.batch_execute(PROBE).map_err(Error::query("prepare the session"))?;
        set_up(&mut self.client, case.setup).map_err(Error::case("setup"))?;
        self.unfilled = if case.fill { fill::fill_empty_tables(&mut self.client)? } else { Vec::new() };
        analyze(&mut self.client)?;
        self.client.batch_execute(case.session).map_err(Error::case("session"))?;
        self.made_for = Some(MadeFor::new(case));
        Ok(())
    }

    /// Measures the statement of `case`; leaves the database as it was, or knows that it did not.
    pub(crate) fn measure(&mut self, case: &Case<'_>) -> Result<Measurement, Error> {
        let made_for = self.made_for.take();
        let mut measured = self.measure_in_transaction(case)?;
        let kept = match measured.error.as_ref().map(|error| error.sqlstate.as_str()) {
            // "cannot run inside a transaction block", "invalid transaction termination"
            Some(code @ ("25001" | "2D000")) if case.before.is_empty() => {
                let outside = outside::measure(&mut self.client, &self.database, case.sql)?;
                if code == "25001" || outside.error.is_none() {
                    measured = outside;
                    measured.requires_no_transaction = true;
                }
                None
            }
            _ => made_for,
        };
        // `None` too when the statement ended the transaction itself.
        self.made_for = kept.filter(|_| self.uses != u32::MAX);
        measured.unfilled.clone_from(&self.unfilled);
        Ok(measured)
    }

    fn measure_in_transaction(&mut self, case: &Case<'_>) -> Result<Measurement, Error> {
        let client = &mut self.client;
        // What a session plans for the first time it locks more thoroughly: foreign keys and routines keep plans.
        client.batch_execute("DISCARD PLANS").map_err(Error::query("forget the plans"))?;
        client.batch_execute("BEGIN").map_err(Error::query("begin"))?;
        if let Err(error) = client.batch_execute(case.before) {
            client.batch_execute("ROLLBACK").map_err(Error::query("roll back"))?;
            return Err(Error::case("before")(error));
        }
        let transaction = own(client)?;
        let before = Relations::read(client)?;
        let held = locks_of(client, &transaction.pid)?;
        let mut measured = Measurement::default();
        match client.batch_execute(case.sql) {
            Err(error) => measured.error = Some(ServerError::from(&error)),
            Ok(()) => {
                let taken = locks_of(client, &transaction.pid)?;
                let after = Relations::read(client)?;
                if own(client)?.id != transaction.id {
                    self.uses = u32::MAX;
                }
                before.compare(&after, &mut measured);
                measured.locks = before.name_locks(&strengthened(&held, taken));
            }
        }
        if !client.is_closed() {
            client.batch_execute("ROLLBACK").map_err(Error::query("roll back"))?;
        }
        Ok(measured)
    }
}

/// The locks that are new, or stronger than what was held.
fn strengthened(held: &Locks, mut taken: Locks) -> Locks {
    taken.retain(|relation, mode| held.get(relation).is_none_or(|old| old < mode));
    taken
}

/// Runs a setup as one batch; one statement after the other where one of them does not run in a transaction.
fn set_up(client: &mut Client, setup: &str) -> Result<(), postgres::Error> {
    match client.batch_execute(setup) {
        Err(error) if ServerError::from(&error).sqlstate == "25001" => {
            setup.split(';').try_for_each(|statement| client.batch_execute(statement))
        }
        result => result,
    }
}

/// Who a session is.
struct Own {
    pid: String,
    /// The transaction; assigned if it had none.
    id: String,
}

fn own(client: &mut Client) -> Result<Own, Error> {
    const SQL: &str = "SELECT pg_catalog.pg_backend_pid(), pg_catalog.pg_current_xact_id()";

    let rows = rows(client, "identify the session", SQL)?;
    let row = rows.first().cloned().unwrap_or_default();
    Ok(Own { pid: text(&row, 0).to_owned(), id: text(&row, 1).to_owned() })
}

/// Gives the planner the statistics it would have.
fn analyze(client: &mut Client) -> Result<(), Error> {
    let relations = Relations::read(client)?;
    let readable = relations.iter().filter(|relation| relation.is_readable() && relation.has_rows());
    let names: Vec<&str> = readable.map(|relation| relation.quoted.as_str()).collect();
    if names.is_empty() {
        return Ok(());
    }
    client.batch_execute(&format!("ANALYZE {}", names.join(", "))).map_err(Error::query("analyze the tables"))
}
