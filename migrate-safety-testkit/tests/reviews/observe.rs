//! What a server does with a migration while the running release is at work.

use crate::case::{Case, SHOP};
use migrate_safety_testkit::Database;
use postgres::Client;
use postgres::error::SqlState;
use std::collections::BTreeMap;
use std::time::{Duration, Instant};

const ROWS: &str = include_str!("rows.sql");
const RELEASE: &str = include_str!("release.sql");

/// From how many rows on a table stands for a large one.
const MANY: i64 = 100;

/// What is read by an index when the table is large is read by it here, too.
const AS_ON_LARGE_TABLES: &str = "SET enable_seqscan = off";

/// How long a migration of these few rows takes only if it waits.
const LONG: Duration = Duration::from_secs(1);

/// What was seen.
#[derive(Debug, Default)]
pub(crate) struct Observed {
    /// The error it ended with: SQLSTATE and message.
    pub(crate) error: Option<(String, String)>,
    /// Statements of the running release that had to wait at its end, if it has worked through a large table by then.
    pub(crate) stopped: Vec<String>,
    /// Large tables of which it changed many rows at once.
    pub(crate) changed: Vec<String>,
    /// Statements of the running release that fail after it, with the reason.
    pub(crate) broken: Vec<String>,
    /// What is gone: tables, columns, rows.
    pub(crate) lost: Vec<String>,
}

/// Runs a case as its host does, in an empty database.
pub(crate) fn observe(database: &Database, case: &Case) -> Observed {
    let mut setup = database.connect().unwrap();
    let mut release = Release { client: database.connect().unwrap(), works: Vec::new() };
    for sql in [SHOP, ROWS, case.before] {
        setup.batch_execute(sql).unwrap_or_else(|error| panic!("{}: {error:?}", case.name));
    }
    release.begin();
    let before = tables(&mut setup);
    // A session's counters hold what it did before, too.
    let mut client = database.connect().unwrap();
    client.batch_execute(AS_ON_LARGE_TABLES).unwrap();
    let mut observed = Observed::default();
    let started = Instant::now();
    let ran = if case.transaction() {
        client.batch_execute("BEGIN").unwrap();
        let ran = client.batch_execute(case.sql);
        if ran.is_ok() {
            observed.changed = worked(&mut client, &before, "n_tup_upd + n_tup_del");
            let read = worked(&mut client, &before, "seq_tup_read + coalesce(idx_tup_fetch, 0)");
            if started.elapsed() >= LONG || !read.is_empty() || is_rewritten(&mut client, &before) {
                observed.stopped = release.stopped();
            }
        }
        let ended = client.batch_execute(if ran.is_ok() { "COMMIT" } else { "ROLLBACK" });
        ran.and(ended)
    } else {
        let ran = client.batch_execute(case.sql);
        // A new file of a table is written while nobody can use it.
        if is_rewritten(&mut client, &before) {
            observed.stopped.push("whoever uses the table meanwhile".to_owned());
        }
        ran
    };
    if let Err(error) = ran {
        let error = error.as_db_error().unwrap();
        observed.error = Some((error.code().code().to_owned(), error.message().to_owned()));
        return observed;
    }
    observed.broken = release.broken();
    observed.lost = lost(&before, &tables(&mut setup));
    observed
}

/// The release that is running.
struct Release {
    client: Client,
    /// What it does without an error.
    works: Vec<&'static str>,
}

impl Release {
    fn begin(&mut self) {
        self.client.batch_execute("SET lock_timeout = '5ms'").unwrap();
        for sql in RELEASE.lines().filter(|line| !line.starts_with("--")) {
            if self.does(sql).is_ok() {
                self.works.push(sql);
            }
        }
    }

    fn does(&mut self, sql: &str) -> Result<(), postgres::Error> {
        let mut transaction = self.client.transaction()?;
        transaction.batch_execute(sql)
    }

    fn failing(&mut self) -> Vec<(&'static str, postgres::Error)> {
        let works = self.works.clone();
        works.into_iter().filter_map(|sql| Some((sql, self.does(sql).err()?))).collect()
    }

    fn stopped(&mut self) -> Vec<String> {
        let waits = |error: &postgres::Error| error.code() == Some(&SqlState::LOCK_NOT_AVAILABLE);
        self.failing().into_iter().filter(|(_, error)| waits(error)).map(|(sql, _)| sql.to_owned()).collect()
    }

    fn broken(&mut self) -> Vec<String> {
        self.failing()
            .into_iter()
            .map(|(sql, error)| format!("{sql}: {}", error.as_db_error().unwrap().message()))
            .collect()
    }
}

/// A table: its file, its rows, its columns by number.
#[derive(Debug)]
struct Table {
    name: String,
    file: u32,
    rows: i64,
    columns: BTreeMap<i16, String>,
}

fn tables(client: &mut Client) -> BTreeMap<u32, Table> {
    let sql = "SELECT c.oid, c.oid::regclass::text, c.relfilenode,
                   (xpath('/row/n/text()', query_to_xml('SELECT count(*) AS n FROM ' || c.oid::regclass, false, true, '')))[1]::text::int8,
                   ARRAY(SELECT attnum FROM pg_attribute WHERE attrelid = c.oid AND attnum > 0 AND NOT attisdropped ORDER BY attnum),
                   ARRAY(SELECT attname::text FROM pg_attribute WHERE attrelid = c.oid AND attnum > 0 AND NOT attisdropped ORDER BY attnum)
               FROM pg_class c WHERE c.relkind = 'r' AND c.relpersistence <> 't' AND c.relnamespace NOT IN ('pg_catalog'::regnamespace, 'information_schema'::regnamespace)";
    let rows = client.query(sql, &[]).unwrap();
    let table = |row: &postgres::Row| {
        let (numbers, names): (Vec<i16>, Vec<String>) = (row.get(4), row.get(5));
        let columns = numbers.into_iter().zip(names).collect();
        (row.get(0), Table { name: row.get(1), file: row.get(2), rows: row.get(3), columns })
    };
    rows.iter().map(table).collect()
}

/// Tables that were there before and of which the open transaction did something to many rows.
fn worked(client: &mut Client, before: &BTreeMap<u32, Table>, what: &str) -> Vec<String> {
    let sql = format!("SELECT relid FROM pg_stat_xact_user_tables WHERE {what} >= {MANY}");
    let worked = client.query(&sql, &[]).unwrap();
    worked.iter().filter_map(|row| before.get(&row.get(0))).map(|table| table.name.clone()).collect()
}

/// Whether a large table got another file, with rows in it.
fn is_rewritten(client: &mut Client, before: &BTreeMap<u32, Table>) -> bool {
    let sql = "SELECT oid, relfilenode, oid::regclass::text FROM pg_class WHERE relkind = 'r' AND oid >= 16384";
    let files: Vec<(u32, u32, String)> =
        client.query(sql, &[]).unwrap().iter().map(|row| (row.get(0), row.get(1), row.get(2))).collect();
    files.iter().any(|(oid, file, name)| {
        let is_other = before.get(oid).is_some_and(|table| *file != table.file && table.rows >= MANY);
        is_other && !client.query(&format!("SELECT FROM {name} LIMIT 1"), &[]).unwrap().is_empty()
    })
}

fn lost(before: &BTreeMap<u32, Table>, after: &BTreeMap<u32, Table>) -> Vec<String> {
    let mut lost = Vec::new();
    for (oid, table) in before {
        let name = &table.name;
        let Some(left) = after.get(oid) else {
            lost.push(format!("table {name}"));
            continue;
        };
        let gone = table.columns.iter().filter(|(number, _)| !left.columns.contains_key(number));
        lost.extend(gone.map(|(_, column)| format!("column {name}.{column}")));
        // A few rows by their keys are what somebody has looked at.
        if left.rows + MANY <= table.rows {
            lost.push(format!("{} rows of {name}", table.rows - left.rows));
        }
    }
    lost
}
