//! A case's database, made and filled as often as a proof needs one.

use crate::case::Case;
use crate::host;
use migrate_safety_core::catalog::Catalog;
use migrate_safety_core::plan::{Change, DualWrite, Plan, PlanError, PlanOptions, plan};
use migrate_safety_core::sql::parse;
use migrate_safety_core::{Config, Layout, MigrationSet, Target, replay};
use migrate_safety_testkit::{Database, PostgresServer, fill, introspect};
use std::ops::Deref;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

/// A server and the databases on it that nobody uses at present.
pub(crate) struct Stage {
    server: PostgresServer,
    free: Mutex<Vec<Database>>,
}

/// A database that goes back to its stage.
pub(crate) struct Loan<'s> {
    stage: &'s Stage,
    /// `None` when dropped.
    database: Option<Database>,
}

/// A case on a server.
pub(crate) struct Scene<'s> {
    pub(crate) case: &'s Case,
    stage: &'s Stage,
    rows: Rows,
}

/// What the tables of a case hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Rows {
    /// Made up rows, and those of the case.
    Some,
    /// Nothing: the plain change does not bear rows.
    None,
}

impl Stage {
    pub(crate) fn new(server: PostgresServer) -> Self {
        Self { server, free: Mutex::default() }
    }

    pub(crate) fn server(&self) -> &PostgresServer {
        &self.server
    }

    /// An empty database.
    pub(crate) fn empty(&self) -> Result<Loan<'_>, String> {
        static NEXT: AtomicU32 = AtomicU32::new(0);

        let free = self.free.lock().unwrap().pop();
        let database = match free.and_then(Database::emptied) {
            Some(database) => database,
            None => {
                let name = format!("plan_{}", NEXT.fetch_add(1, Ordering::Relaxed));
                self.server.database(&name).map_err(|error| error.to_string())?
            }
        };
        Ok(Loan { stage: self, database: Some(database) })
    }
}

impl Deref for Loan<'_> {
    type Target = Database;

    fn deref(&self) -> &Database {
        self.database.as_ref().unwrap()
    }
}

impl Drop for Loan<'_> {
    fn drop(&mut self) {
        self.stage.free.lock().unwrap().extend(self.database.take());
    }
}

impl<'s> Scene<'s> {
    pub(crate) fn new(stage: &'s Stage, case: &'s Case, rows: Rows) -> Self {
        Self { case, stage, rows }
    }

    /// A database as it is before the change: the same each time.
    pub(crate) fn start(&self) -> Result<Loan<'s>, String> {
        let start = self.stage.empty()?;
        let mut client = start.connect().map_err(|error| error.to_string())?;
        host::batch(&mut client, self.case.before).map_err(|error| format!("the schema of the case: {error}"))?;
        if self.rows == Rows::None {
            return Ok(start);
        }
        fill::fill_empty_tables(&mut client).map_err(|error| error.to_string())?;
        host::batch(&mut client, self.case.rows).map_err(|error| format!("the rows of the case: {error}"))?;
        Ok(start)
    }

    /// A database after the plain change.
    pub(crate) fn twin(&self) -> Result<Loan<'s>, String> {
        let twin = self.start()?;
        let mut client = twin.connect().map_err(|error| error.to_string())?;
        // Each in a transaction of its own: a new value of an enum must be committed before it is used.
        for statement in &parse(self.target(), self.case.change).statements {
            let sql = self.case.change.get(statement.span.range()).unwrap_or_default();
            host::batch(&mut client, sql).map_err(|error| format!("the plain change fails: {error}"))?;
        }
        Ok(twin)
    }

    /// The schema before the change, as the case writes it.
    pub(crate) fn replayed(&self) -> Catalog {
        let set = MigrationSet::from_text("before.sql", self.case.before, Layout::Plain);
        let config = Config { target: self.target(), ..Config::default() };
        replay(&MigrationSet { complete: true, ..set }, &config)
    }

    /// The schema before the change, as the server tells it.
    pub(crate) fn introspected(&self) -> Result<Catalog, String> {
        let start = self.start()?;
        let mut client = start.connect().map_err(|error| error.to_string())?;
        Ok(introspect(&mut client).map_err(|error| error.to_string())?.catalog)
    }

    pub(crate) fn target(&self) -> Target {
        Target::postgres(self.stage.server.major())
    }

    /// The plan of the case's change on this schema.
    pub(crate) fn plan_on(&self, catalog: &Catalog, dual_write: DualWrite) -> Result<Plan, PlanError> {
        // No proof waits longer for a lock than that.
        let options = PlanOptions { dual_write, lock_timeout: Duration::from_millis(500), ..PlanOptions::default() };
        plan(catalog, Change::sql(self.case.change), &options)
    }
}
