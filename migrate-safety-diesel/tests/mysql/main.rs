//! MariaDB (and that MySQL is refused), by hand: it needs a client library that has to be installed.
//! `GUARD_EVERY=1` strikes at each statement.

#![allow(clippy::unwrap_used, dead_code, reason = "a test fails by panicking and shares helpers")]

// Of PostgreSQL, built from source.
use pq_sys as _;

mod backfill;
mod guard;
#[path = "../server/guard/project.rs"]
mod project;

use diesel::{Connection, MysqlConnection};
use migrate_safety_core::guard::{Policy, Settings};
use migrate_safety_diesel::introspect_mysql;
use migrate_safety_testkit::{MysqlServer, Product, mysql_for_test};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

/// A database of its own.
struct Database {
    url: String,
    server: &'static str,
}

impl Database {
    fn new(server: &'static MysqlServer) -> Self {
        static NUMBER: AtomicU32 = AtomicU32::new(0);

        let name = format!("diesel_{}", NUMBER.fetch_add(1, Ordering::Relaxed));
        let mut connection = MysqlConnection::establish(&server.url("mysql")).unwrap();
        let make = format!("CREATE DATABASE {name} CHARACTER SET utf8mb4");
        diesel::connection::SimpleConnection::batch_execute(&mut connection, &make).unwrap();
        Self { url: server.url(&name), server: server.product().name() }
    }

    fn connect(&self) -> MysqlConnection {
        MysqlConnection::establish(&self.url).unwrap()
    }

    fn execute(&self, sql: &str) {
        let done = diesel::connection::SimpleConnection::batch_execute(&mut self.connect(), sql);
        done.unwrap_or_else(|error| panic!("{}: {sql}: {error}", self.server));
    }

    /// The one text of a query.
    fn ask(&self, sql: &str) -> String {
        text(&mut self.connect(), sql)
    }

    /// Its tables with all they are, the books apart from the time, and the one text of a query.
    fn state(&self, rows: &str) -> (Vec<String>, String, String) {
        let live = introspect_mysql(&mut self.connect()).unwrap();
        assert_eq!(live.unread, []);
        // What was rolled back has used up numbers, and a server that is sent more than one statement takes the semicolon
        // into the body of a trigger.
        let numbers = |word: &&str| !word.starts_with("AUTO_INCREMENT=");
        let as_told = |sql: &String| sql.split(' ').filter(numbers).collect::<Vec<_>>().join(" ");
        let ours = |sql: &&String| !sql.contains("_migrate_safety");
        let books = "SELECT GROUP_CONCAT(version, run_on IS NOT NULL ORDER BY version) FROM __diesel_schema_migrations";
        (
            live.statements.iter().filter(ours).map(|sql| as_told(sql).trim_end_matches(';').to_owned()).collect(),
            self.ask(books),
            self.ask(rows),
        )
    }
}

fn text(connection: &mut MysqlConnection, sql: &str) -> String {
    use diesel::{
        RunQueryDsl,
        dsl::sql as expression,
        select,
        sql_types::{Nullable, Text},
    };

    let found = select(expression::<Nullable<Text>>(&format!("(CAST(({sql}) AS CHAR))"))).get_result(connection);
    let found: Option<String> = found.unwrap_or_else(|error| panic!("{sql}: {error}"));
    found.unwrap_or_default()
}

/// Does it on one server for all tests.
fn on_mariadb(work: impl FnOnce(&'static MysqlServer)) {
    static SERVER: OnceLock<Option<MysqlServer>> = OnceLock::new();

    if let Some(server) = SERVER.get_or_init(|| mysql_for_test(Product::MariaDb1011)).as_ref() {
        work(server);
    }
}

/// Short waits, and nothing that the check says stops the run.
fn hasty() -> Settings {
    Settings {
        lock_timeout: Duration::from_millis(300),
        patience: Duration::from_secs(30),
        policy: Policy::Warn,
        allow_data_loss: true,
        ..Settings::default()
    }
}
