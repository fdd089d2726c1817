//! Guarded runs. `GUARD_MAJORS=14,15,16,17,18` runs them on more servers than one, `GUARD_KILLS=200` kills more often,
//! `GUARD_EVERY=1` strikes at each message, `GUARD_ROUNDS=50` starts ten at once so often.

mod books;
mod crash;
mod everywhere;
mod history;
mod locks;
mod refused;
mod replicas;
mod session;
mod standby;
mod undo;

use migrate_safety_core::guard::{Policy, Settings, Stopped};
use migrate_safety_testkit::{Database, PostgresServer, server_for_test};
use sqlx::migrate::{Migration, MigrationType, Migrator};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::{AssertSqlSafe, PgPool, SqlSafeStr};
use std::future::Future;
use std::str::FromStr;
use std::time::Duration;

/// The servers to test on.
fn servers() -> Vec<PostgresServer> {
    let majors = std::env::var("GUARD_MAJORS").unwrap_or_else(|_| "16".to_owned());
    majors.split(',').filter_map(|major| server_for_test(major.trim().parse().unwrap())).collect()
}

/// A migrator as sqlx reads it from these files: `1_a.sql`, `2_b.up.sql`, `2_b.down.sql`.
pub(super) fn migrator(files: &[(&str, &str)]) -> Migrator {
    let migrations = files.iter().map(|(file, text)| {
        let (version, rest) = file.split_once('_').unwrap();
        let kind = MigrationType::from_filename(file);
        let name = rest.strip_suffix(kind.suffix()).unwrap().replace('_', " ");
        let no_tx = text.starts_with("-- no-transaction");
        let sql = AssertSqlSafe((*text).to_owned()).into_sql_str();
        Migration::new(version.parse().unwrap(), name.into(), kind, sql, no_tx)
    });
    Migrator::with_migrations(migrations.collect())
}

fn block_on<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(future)
}

async fn pool(database: &Database, connections: u32) -> PgPool {
    let options = PgConnectOptions::from_str(&database.url()).unwrap().application_name("migrations");
    PgPoolOptions::new().max_connections(connections).connect_with(options).await.unwrap()
}

/// Short waits, and nothing that the check says stops the run: sizes are unknown here, and unknown is large.
fn hasty() -> Settings {
    Settings {
        lock_timeout: Duration::from_millis(300),
        patience: Duration::from_secs(30),
        policy: Policy::Warn,
        ..Settings::default()
    }
}

/// What sqlx has in its table, apart from times.
const BOOKS: &str = "SELECT string_agg(concat_ws('|', version, description, success, encode(checksum, 'hex'), \
     execution_time > 0, installed_on > now() - interval '1 hour'), E'\\n' ORDER BY version) FROM _sqlx_migrations";

/// Works on a blocking connection, from asynchronous code as well.
fn aside<T: Send>(database: &Database, work: impl FnOnce(&mut postgres::Client) -> T + Send) -> T {
    std::thread::scope(|scope| scope.spawn(|| work(&mut database.connect().unwrap())).join().unwrap())
}

fn execute(database: &Database, sql: &str) {
    aside(database, |client| client.batch_execute(sql).unwrap());
}

fn text(database: &Database, sql: &str) -> String {
    aside(database, |client| client.query_one(sql, &[]).unwrap().get::<_, Option<String>>(0)).unwrap_or_default()
}

fn number(database: &Database, sql: &str) -> i64 {
    aside(database, |client| client.query_one(sql, &[]).unwrap().get(0))
}

/// Tables of ours that are left.
fn own_tables(database: &Database) -> i64 {
    number(database, "SELECT count(*) FROM pg_class WHERE relname LIKE '\\_migrate\\_safety\\_%' AND relkind = 'r'")
}

/// Waits until a query says so.
fn wait_for(database: &Database, what: &str, sql: &str) {
    let came = aside(database, |client| {
        (0..1000).any(|_| {
            std::thread::sleep(Duration::from_millis(20));
            client.query_one(sql, &[]).unwrap().get::<_, bool>(0)
        })
    });
    assert!(came, "never came: {what}");
}

#[track_caller]
fn reason(result: Result<migrate_safety_core::guard::RunReport, Stopped>) -> String {
    result.unwrap_err().to_string()
}
