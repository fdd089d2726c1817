//! Other sessions: who is in the way, and whom we keep waiting.

use super::host::{Failure, Host};
use crate::sql::LockMode;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fmt;

/// Another session, as `pg_stat_activity` shows it to this role.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Activity {
    /// Its process; none: a prepared transaction.
    pub pid: Option<i32>,
    /// Its `application_name`.
    pub application: String,
    /// `active`, `idle in transaction` …; empty if this role may not see it.
    pub state: String,
    /// What it runs, or ran last.
    pub query: String,
    /// The age of its transaction in seconds.
    pub transaction_seconds: Option<f64>,
    /// The relation that it has locked, `schema.name`.
    pub relation: Option<String>,
    /// The mode of that lock, as `pg_locks` names it.
    pub mode: Option<String>,
    /// For how many seconds it has been waiting for a lock.
    pub waiting_seconds: Option<f64>,
}

impl fmt::Display for Activity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.pid {
            Some(pid) => write!(f, "pid {pid}")?,
            None => f.write_str("a prepared transaction")?,
        }
        if !self.application.is_empty() {
            write!(f, " ({})", self.application)?;
        }
        if !self.state.is_empty() {
            write!(f, " {}", self.state)?;
        }
        if let Some(seconds) = self.transaction_seconds {
            write!(f, ", transaction open for {seconds:.1} s")?;
        }
        if let (Some(relation), Some(mode)) = (&self.relation, &self.mode) {
            write!(f, ", holds {mode} on {relation}")?;
        }
        if let Some(seconds) = self.waiting_seconds {
            write!(f, ", waiting for {seconds:.1} s")?;
        }
        if !self.query.is_empty() {
            write!(f, ": {}", self.query.split_whitespace().collect::<Vec<_>>().join(" "))?;
        }
        Ok(())
    }
}

/// The locks that a piece of a migration will ask for, the strongest of each relation.
pub(super) type Wanted = BTreeMap<String, LockMode>;

/// The columns of an [`Activity`] that come from `pg_stat_activity a`.
const ABOUT: &str = "a.pid, coalesce(a.application_name, '') AS application, coalesce(a.state, '') AS state, \
     left(coalesce(a.query, ''), 500) AS query, \
     extract(epoch FROM clock_timestamp() - a.xact_start)::float8 AS transaction_seconds";

/// Sessions that hold a lock in the way of `wanted`, the oldest transaction first.
pub(super) async fn blockers(host: &mut dyn Host, wanted: &Wanted) -> Result<Vec<Activity>, Failure> {
    if wanted.is_empty() {
        return Ok(Vec::new());
    }
    let rows = wanted.iter().map(|(relation, mode)| {
        let modes: Vec<_> = mode.conflicts().map(|mode| literal(mode.pg_locks())).collect();
        format!("({}, ARRAY[{}])", literal(relation), modes.join(", "))
    });
    let values = rows.collect::<Vec<_>>().join(", ");
    let sql = format!(
        "SELECT row_to_json(q)::text FROM (
           SELECT {ABOUT}, w.relation, l.mode
           FROM (VALUES {values}) AS w (relation, modes)
           JOIN pg_catalog.pg_namespace n ON starts_with(w.relation, n.nspname || '.')
           JOIN pg_catalog.pg_class c ON c.relnamespace = n.oid AND n.nspname || '.' || c.relname = w.relation
           JOIN pg_catalog.pg_locks l ON l.relation = c.oid AND l.locktype = 'relation' AND l.granted
                                         AND l.mode = ANY (w.modes)
           JOIN pg_catalog.pg_database d ON d.oid = l.database AND d.datname = current_database()
           LEFT JOIN pg_catalog.pg_stat_activity a ON a.pid = l.pid
           WHERE l.pid IS DISTINCT FROM pg_backend_pid()
           ORDER BY a.xact_start NULLS FIRST LIMIT 20) AS q"
    );
    ask(host, &sql).await
}

/// The oldest open transactions of this database that this role may see.
pub(super) async fn oldest(host: &mut dyn Host) -> Result<Vec<Activity>, Failure> {
    let sql = format!(
        "SELECT row_to_json(q)::text FROM (
           SELECT {ABOUT} FROM pg_catalog.pg_stat_activity a
           WHERE a.datname = current_database() AND a.pid <> pg_backend_pid() AND a.xact_start IS NOT NULL
             AND a.backend_type = 'client backend'
           ORDER BY a.xact_start LIMIT 5) AS q"
    );
    ask(host, &sql).await
}

/// The session that holds an advisory lock of this database.
pub(super) async fn advisory_holder(host: &mut dyn Host, key: i64) -> Result<Option<Activity>, Failure> {
    let sql = format!(
        "SELECT row_to_json(q)::text FROM (
           SELECT {ABOUT} FROM {} JOIN pg_catalog.pg_stat_activity a ON a.pid = l.pid LIMIT 1) AS q",
        holders(key, "true")
    );
    Ok(ask(host, &sql).await?.pop())
}

/// What stands behind `FROM` for the sessions that have an advisory lock of this database: `l` of `pg_locks`.
pub(super) fn holders(key: i64, which: &str) -> String {
    format!(
        "(SELECT l.pid FROM pg_catalog.pg_locks l
          JOIN pg_catalog.pg_database d ON d.oid = l.database AND d.datname = current_database()
          WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 1
            AND (l.classid::int8 << 32 | l.objid::int8) = {key} AND {which}) AS l"
    )
}

/// A lock that this session holds, or a session that waits for it.
#[derive(Debug, Deserialize)]
#[serde(tag = "what", rename_all = "lowercase")]
pub(super) enum Observed {
    /// On a table, by its number; without a name if this transaction has dropped it.
    Lock {
        oid: i64,
        relation: Option<String>,
        mode: String,
    },
    Waiter(Activity),
}

/// The kinds of relations that applications read and write, in `pg_class.relkind`.
const TABLES: &str = "('r', 'p', 'm', 'f')";

/// The locks that this session holds on tables, ROW EXCLUSIVE and weaker aside, and who waits for it.
pub(super) async fn observe(host: &mut dyn Host) -> Result<Vec<Observed>, Failure> {
    let strong = LockMode::ALL.into_iter().filter(|mode| *mode > LockMode::RowExclusive);
    let modes = strong.map(|mode| literal(mode.pg_locks())).collect::<Vec<_>>().join(", ");
    let sql = format!(
        "SELECT json_build_object('what', 'lock', 'oid', l.relation::int8, 'relation', n.nspname || '.' || c.relname,
                                  'mode', l.mode)::text
         FROM pg_catalog.pg_locks l
         LEFT JOIN pg_catalog.pg_class c ON c.oid = l.relation
         LEFT JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
         WHERE l.pid = pg_backend_pid() AND l.locktype = 'relation' AND l.mode IN ({modes})
           AND (c.oid IS NULL OR c.relkind IN {TABLES})
         UNION ALL
         SELECT row_to_json(q)::text FROM (
           SELECT 'waiter' AS what, {ABOUT},
                  (SELECT extract(epoch FROM clock_timestamp() - min(w.waitstart))::float8
                   FROM pg_catalog.pg_locks w WHERE w.pid = a.pid AND NOT w.granted) AS waiting_seconds
           FROM pg_catalog.pg_stat_activity a
           WHERE a.wait_event_type = 'Lock' AND pg_backend_pid() = ANY (pg_blocking_pids(a.pid))) AS q"
    );
    ask(host, &sql).await
}

/// The tables of the database, by number.
pub(super) async fn tables(host: &mut dyn Host) -> Result<BTreeMap<i64, String>, Failure> {
    #[derive(Deserialize)]
    struct Table {
        oid: i64,
        name: String,
    }
    let sql = format!(
        "SELECT json_build_object('oid', c.oid::int8, 'name', n.nspname || '.' || c.relname)::text
         FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
         WHERE c.relkind IN {TABLES} AND n.nspname NOT IN ('pg_catalog', 'information_schema')"
    );
    let tables: Vec<Table> = ask(host, &sql).await?;
    Ok(tables.into_iter().map(|table| (table.oid, table.name)).collect())
}

/// Runs a query whose rows are JSON.
pub(super) async fn ask<T: DeserializeOwned>(host: &mut dyn Host, sql: &str) -> Result<Vec<T>, Failure> {
    let rows = host.fetch(sql).await?;
    let parse = |row: &String| serde_json::from_str(row);
    rows.iter()
        .map(parse)
        .collect::<Result<_, _>>()
        .map_err(|error| Failure::of_ours(format!("the server's answer was not understood: {error}")))
}

/// A literal in SQL, whatever `standard_conforming_strings` is.
pub fn literal(text: &str) -> String {
    let quoted = text.replace('\'', "''");
    if text.contains('\\') { format!(" E'{}'", quoted.replace('\\', "\\\\")) } else { format!("'{quoted}'") }
}
