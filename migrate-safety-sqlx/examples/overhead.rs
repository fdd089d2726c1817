//! What the guard adds to sqlx's own run of a long history: `cargo xtask bench-guard`.
//!
//! Both run the same migrations on fresh databases of one server that writes to disk what it commits, by turns. Exits
//! with 1 above ten per cent.

use migrate_safety_core::guard::{Policy, Settings};
use migrate_safety_sqlx::Guard;
use migrate_safety_testkit::PostgresServer;
use sqlx::migrate::{Migration, MigrationType, Migrator};
use sqlx::postgres::PgPoolOptions;
use sqlx::{AssertSqlSafe, PgPool, SqlSafeStr};
use std::error::Error;
use std::time::{Duration, Instant};

const MIGRATIONS: usize = 500;
const ROUNDS: usize = 7;
const AT_MOST: f64 = 1.10;

fn main() -> Result<(), Box<dyn Error>> {
    let server = PostgresServer::start_durable(16)?;
    let migrator = Migrator::with_migrations((0..MIGRATIONS).map(migration).collect());
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let (mut host, mut guard) = (Vec::new(), Vec::new());
    for round in 0..ROUNDS {
        let names = [format!("host_{round}"), format!("guard_{round}")];
        let databases = [server.database(&names[0])?, server.database(&names[1])?];
        host.push(runtime.block_on(timed(&databases[0].url(), async |pool| Ok(migrator.run(&pool).await?)))?);
        guard.push(runtime.block_on(timed(&databases[1].url(), async |pool| {
            let settings = Settings { policy: Policy::Warn, ..Settings::default() };
            Guard::new(&migrator).settings(settings).run(&pool).await?;
            Ok(())
        }))?);
    }
    let (host, guard) = (median(&mut host), median(&mut guard));
    let ratio = guard.as_secs_f64() / host.as_secs_f64();
    println!("{MIGRATIONS} migrations, median of {ROUNDS}: sqlx {host:.0?}, guarded {guard:.0?}: {ratio:.2} times");
    if ratio > AT_MOST {
        return Err(format!("the guard may cost {AT_MOST:.2} times at most").into());
    }
    Ok(())
}

async fn timed(
    url: &str,
    run: impl AsyncFnOnce(PgPool) -> Result<(), Box<dyn Error>>,
) -> Result<Duration, Box<dyn Error>> {
    let pool = PgPoolOptions::new().max_connections(1).connect(url).await?;
    let began = Instant::now();
    run(pool.clone()).await?;
    let took = began.elapsed();
    pool.close().await;
    Ok(took)
}

/// One step of an application that grows by a table every ten.
fn migration(number: usize) -> Migration {
    let table = number / 10;
    let sql = match number % 10 {
        0 => format!("CREATE TABLE t{table} (id bigint PRIMARY KEY, name text, at timestamptz NOT NULL DEFAULT now())"),
        1 => format!("INSERT INTO t{table} (id, name) SELECT n, 'row' FROM generate_series(1, 500) n"),
        2 => format!("ALTER TABLE t{table} ADD COLUMN score int NOT NULL DEFAULT 0"),
        3 => format!("-- no-transaction\nCREATE INDEX CONCURRENTLY t{table}_name ON t{table} (name)"),
        4 => format!("ALTER TABLE t{table} ADD CONSTRAINT t{table}_score CHECK (score >= 0) NOT VALID"),
        5 => format!("ALTER TABLE t{table} VALIDATE CONSTRAINT t{table}_score"),
        6 => format!("CREATE VIEW v{table} AS SELECT id, name FROM t{table}; COMMENT ON VIEW v{table} IS 'names'"),
        7 => format!("CREATE TABLE t{table}_lines (parent bigint REFERENCES t{table} (id), line int)"),
        8 => format!("UPDATE t{table} SET score = 1 WHERE id < 100"),
        _ => format!("ALTER TABLE t{table} ADD COLUMN note text"),
    };
    let no_tx = sql.starts_with("-- no-transaction");
    let version = i64::try_from(number).unwrap_or(i64::MAX) + 1;
    Migration::new(version, "step".into(), MigrationType::Simple, AssertSqlSafe(sql).into_sql_str(), no_tx)
}

fn median(times: &mut [Duration]) -> Duration {
    times.sort();
    times.get(times.len() / 2).copied().unwrap_or_default()
}
