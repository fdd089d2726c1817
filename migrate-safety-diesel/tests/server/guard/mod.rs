//! Guarded runs. `GUARD_MAJORS=14,15,16,17,18` runs them on more servers than one, `GUARD_KILLS=200` kills more often,
//! `GUARD_EVERY=1` strikes at each message, `GUARD_ROUNDS=50` starts ten at once so often.

mod books;
mod crash;
mod everywhere;
mod history;
mod locks;
pub(crate) mod project;
mod session;

use diesel::{Connection, PgConnection};
use migrate_safety_core::guard::{Policy, Settings};
use migrate_safety_testkit::{Database, PostgresServer, server_for_test};
use std::time::Duration;

/// The servers to test on.
fn servers() -> Vec<PostgresServer> {
    let majors = std::env::var("GUARD_MAJORS").unwrap_or_else(|_| "16".to_owned());
    majors.split(',').filter_map(|major| server_for_test(major.trim().parse().unwrap())).collect()
}

fn connect(database: &Database) -> PgConnection {
    PgConnection::establish(&database.url()).unwrap()
}

/// Short waits, and nothing that the check says stops the run: sizes are unknown here, and unknown is large.
pub(crate) fn hasty() -> Settings {
    Settings {
        lock_timeout: Duration::from_millis(300),
        patience: Duration::from_secs(30),
        policy: Policy::Warn,
        ..Settings::default()
    }
}

/// What diesel has in its table, apart from the time.
const BOOKS: &str = "SELECT string_agg(concat_ws('|', version, run_on > now() - interval '1 day'), E'\\n' \
     ORDER BY version) FROM __diesel_schema_migrations";

fn text(database: &Database, sql: &str) -> String {
    let row = database.connect().unwrap().query_one(sql, &[]).unwrap();
    row.get::<_, Option<String>>(0).unwrap_or_default()
}

fn number(database: &Database, sql: &str) -> i64 {
    database.connect().unwrap().query_one(sql, &[]).unwrap().get(0)
}

/// Waits until a query says so.
fn wait_for(database: &Database, what: &str, sql: &str) {
    let mut client = database.connect().unwrap();
    let came = (0..1000).any(|_| {
        std::thread::sleep(Duration::from_millis(20));
        client.query_one(sql, &[]).unwrap().get::<_, bool>(0)
    });
    assert!(came, "never came: {what}");
}
