//! Plans while releases write, and plans that are cut off. `PLANS_BETWEEN=20` plays each so many times, `GUARD_EVERY=1` cuts
//! off at every wait.

mod acts;
mod between;
mod client;
mod crash;
mod tool;

use super::Database;
use acts::Act;
use migrate_safety_core::databases::replay;
use migrate_safety_core::plan::{DualWrite, Plan, PlanOptions, plan};
use migrate_safety_core::{Config, Layout, MigrationSet, Target};
use sqlx::{AssertSqlSafe, Connection, MySqlConnection, SqliteConnection};

impl Act {
    fn plan(&self, target: Target, dual_write: DualWrite) -> Result<Plan, String> {
        let mut set = MigrationSet::from_text("before.sql", self.before, Layout::Plain);
        set.complete = true;
        let schema = replay(&set, &Config { target, ..Config::default() });
        let options = PlanOptions { dual_write, layout: Layout::Sqlx, ..PlanOptions::default() };
        plan(&schema, self.change, &options).map_err(|error| error.to_string())
    }
}

/// A connection of its own, for a thread that waits for what it asks.
struct Session {
    runtime: tokio::runtime::Runtime,
    connection: Connected,
}

enum Connected {
    MySql(MySqlConnection),
    Sqlite(SqliteConnection),
}

impl Session {
    fn open(database: &Database) -> Self {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let connection = runtime.block_on(async {
            match database {
                Database::Sqlite { file, wal } => {
                    let options = super::sqlite_options(file, *wal);
                    Connected::Sqlite(SqliteConnection::connect_with(&options).await.unwrap())
                }
                Database::MySql { url } => Connected::MySql(MySqlConnection::connect(url).await.unwrap()),
            }
        });
        Self { runtime, connection }
    }

    fn run(&mut self, sql: &str) -> Result<(), String> {
        let query = sqlx::raw_sql(AssertSqlSafe(sql.to_owned()));
        let ran = match &mut self.connection {
            Connected::MySql(connection) => self.runtime.block_on(query.execute(connection)).map(drop),
            Connected::Sqlite(connection) => self.runtime.block_on(query.execute(connection)).map(drop),
        };
        ran.map_err(|error| format!("{error}\n    in: {sql}"))
    }

    /// The rows of a query, the columns joined.
    fn rows(&mut self, sql: &str) -> Result<Vec<String>, String> {
        let query = sqlx::raw_sql(AssertSqlSafe(sql.to_owned()));
        let found = match &mut self.connection {
            Connected::MySql(connection) => {
                let rows = self.runtime.block_on(query.fetch_all(connection));
                rows.map(|rows| rows.iter().map(|row| super::mysql_columns(row).join("|")).collect())
            }
            Connected::Sqlite(connection) => {
                self.runtime.block_on(query.fetch_all(connection)).map(|rows| super::rows(&rows))
            }
        };
        found.map_err(|error| format!("{error}\n    in: {sql}"))
    }
}
