//! What the guard adds to diesel's own run of a long history: `cargo xtask bench-guard`.
//!
//! Both run the same migrations on fresh databases of one server that writes to disk what it commits, by turns. Exits
//! with 1 above ten per cent.

use diesel::connection::BoxableConnection;
use diesel::migration::{Migration, MigrationMetadata, MigrationName, MigrationSource, MigrationVersion, Result};
use diesel::pg::Pg;
use diesel::{Connection, PgConnection};
use diesel_migrations::MigrationHarness;
use migrate_safety_core::guard::{Policy, Settings};
use migrate_safety_diesel::Guard;
use migrate_safety_testkit::PostgresServer;
use std::error::Error;
use std::time::{Duration, Instant};

const MIGRATIONS: usize = 500;
const ROUNDS: usize = 7;
const AT_MOST: f64 = 1.10;

fn main() -> std::result::Result<(), Box<dyn Error>> {
    let server = PostgresServer::start_durable(16)?;
    let (mut host, mut guard) = (Vec::new(), Vec::new());
    for round in 0..ROUNDS {
        let names = [format!("host_{round}"), format!("guard_{round}")];
        let databases = [server.database(&names[0])?, server.database(&names[1])?];
        let mut connection = PgConnection::establish(&databases[0].url())?;
        let began = Instant::now();
        connection.run_pending_migrations(History).map_err(|error| error.to_string())?;
        host.push(began.elapsed());
        let mut connection = PgConnection::establish(&databases[1].url())?;
        let settings = Settings { policy: Policy::Warn, ..Settings::default() };
        let began = Instant::now();
        Guard::new(&History)?.settings(settings).run(&mut connection)?;
        guard.push(began.elapsed());
    }
    let (host, guard) = (median(&mut host), median(&mut guard));
    let ratio = guard.as_secs_f64() / host.as_secs_f64();
    println!("{MIGRATIONS} migrations, median of {ROUNDS}: diesel {host:.0?}, guarded {guard:.0?}: {ratio:.2} times");
    if ratio > AT_MOST {
        return Err(format!("the guard may cost {AT_MOST:.2} times at most").into());
    }
    Ok(())
}

/// An application that grows by a table every ten steps.
struct History;

impl MigrationSource<Pg> for History {
    fn migrations(&self) -> Result<Vec<Box<dyn Migration<Pg>>>> {
        Ok((0..MIGRATIONS).map(|number| Box::new(Step { number }) as Box<dyn Migration<Pg>>).collect())
    }
}

/// One step.
struct Step {
    number: usize,
}

impl Step {
    fn sql(&self) -> String {
        let table = self.number / 10;
        match self.number % 10 {
            0 => format!(
                "CREATE TABLE t{table} (id bigint PRIMARY KEY, name text, at timestamptz NOT NULL DEFAULT now())"
            ),
            1 => format!("INSERT INTO t{table} (id, name) SELECT n, 'row' FROM generate_series(1, 500) n"),
            2 => format!("ALTER TABLE t{table} ADD COLUMN score int NOT NULL DEFAULT 0"),
            3 => format!("CREATE INDEX CONCURRENTLY t{table}_name ON t{table} (name)"),
            4 => format!("ALTER TABLE t{table} ADD CONSTRAINT t{table}_score CHECK (score >= 0) NOT VALID"),
            5 => format!("ALTER TABLE t{table} VALIDATE CONSTRAINT t{table}_score"),
            6 => format!("CREATE VIEW v{table} AS SELECT id, name FROM t{table}; COMMENT ON VIEW v{table} IS 'names'"),
            7 => format!("CREATE TABLE t{table}_lines (parent bigint REFERENCES t{table} (id), line int)"),
            8 => format!("UPDATE t{table} SET score = 1 WHERE id < 100"),
            _ => format!("ALTER TABLE t{table} ADD COLUMN note text"),
        }
    }
}

impl Migration<Pg> for Step {
    fn run(&self, connection: &mut dyn BoxableConnection<Pg>) -> Result<()> {
        Ok(connection.batch_execute(&self.sql())?)
    }

    fn revert(&self, _: &mut dyn BoxableConnection<Pg>) -> Result<()> {
        Err("there is no way back".into())
    }

    fn metadata(&self) -> &dyn MigrationMetadata {
        self
    }

    fn name(&self) -> &dyn MigrationName {
        self
    }
}

impl MigrationMetadata for Step {
    fn run_in_transaction(&self) -> bool {
        self.number % 10 != 3
    }
}

impl MigrationName for Step {
    fn version(&self) -> MigrationVersion<'_> {
        format!("{:05}", self.number).into()
    }
}

impl std::fmt::Display for Step {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:05}_step", self.number)
    }
}

fn median(times: &mut [Duration]) -> Duration {
    times.sort();
    times.get(times.len() / 2).copied().unwrap_or_default()
}
