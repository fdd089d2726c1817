//! What the server is, before anything is done.

use super::activity::{ask, holders, literal};
use super::error::Reason;
use super::host::Host;
use super::progress;
use super::settings::Settings;
use crate::layout::Layout;
use serde::Deserialize;

/// The oldest server that shows since when a session waits (`pg_locks.waitstart`).
const OLDEST: u32 = 14;

/// The server and what is in the database.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Server {
    pub(super) database: String,
    pub(super) version: u32,
    /// The language of the server's messages.
    pub(super) messages: String,
    recovery: bool,
    read_only: bool,
    /// The bookkeeping table is there.
    pub(super) books: bool,
    /// And may be written.
    may_write: bool,
    /// The server can notice that its client is gone while it works (`client_connection_check_interval`).
    pub(super) notices_client: bool,
    /// Another runner's bookkeeping table.
    other: Option<String>,
    /// Our note of half-done migrations is there.
    pub(super) progress: bool,
    /// Our checksums are there.
    pub(super) checksums: bool,
    /// This session has the lock of the migrations that was asked for.
    locked: bool,
}

/// What has to be known for one migration that another runner runs.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Surroundings {
    pub(super) version: u32,
    pub(super) messages: String,
    pub(super) progress: bool,
}

impl Surroundings {
    pub(super) async fn look(host: &mut dyn Host) -> Result<Self, Reason> {
        let sql = format!(
            "SELECT json_build_object('version', current_setting('server_version_num')::int / 10000,
                                      'messages', current_setting('lc_messages'),
                                      'progress', to_regclass('{}') IS NOT NULL)::text",
            progress::TABLE
        );
        let rows = ask(host, &sql).await.map_err(Reason::server("looking at the server"))?;
        rows.into_iter().next().ok_or_else(no_answer)
    }
}

fn no_answer() -> Reason {
    Reason::Connection("the server gave no answer".to_owned())
}

impl Server {
    /// Looks at the server, and refuses one on which nothing can be run: if a lock was taken, also one that does not
    /// keep it.
    pub(super) async fn look(
        host: &mut dyn Host,
        layout: Layout,
        settings: &Settings,
        lock: Option<i64>,
    ) -> Result<Self, Reason> {
        let books = literal(&host.books());
        let other = [Layout::Sqlx, Layout::Diesel].into_iter().find(|other| *other != layout);
        let other = other.and_then(|other| Some((other, other.bookkeeping_table()?)));
        let other_table = other.map_or("", |(_, table)| table);
        let sql = format!(
            "SELECT row_to_json(q)::text FROM (
               SELECT current_database() AS database,
                      current_setting('server_version_num')::int / 10000 AS version,
                      current_setting('lc_messages') AS messages,
                      pg_is_in_recovery() AS recovery,
                      current_setting('transaction_read_only') = 'on' AS read_only,
                      to_regclass({books}) IS NOT NULL AS books,
                      coalesce(has_table_privilege(to_regclass({books}), 'INSERT'), true) AS may_write,
                      version() LIKE '%linux%' AS notices_client,
                      to_regclass({})::text AS other,
                      to_regclass('{}') IS NOT NULL AS progress,
                      to_regclass('{}') IS NOT NULL AS checksums,
                      {} AS locked) AS q",
            literal(other_table),
            progress::TABLE,
            progress::CHECKSUMS,
            lock.map_or("true".to_owned(), |key| format!(
                "EXISTS (SELECT FROM {})",
                holders(key, "l.pid = pg_backend_pid()")
            )),
        );
        let rows = ask(host, &sql).await.map_err(Reason::server("looking at the server"))?;
        let server: Self = rows.into_iter().next().ok_or_else(no_answer)?;
        server.usable(&books)?;
        if !server.locked {
            return Err(Reason::LockLost);
        }
        if let (Some(table), Some((other, _))) = (&server.other, other)
            && !server.books
            && !settings.allow_other_host
        {
            let count = host.fetch(&format!("SELECT count(*)::text FROM {table}")).await;
            let count = count.map_err(Reason::server("looking at another runner's bookkeeping"))?;
            let applied = count.first().and_then(|count| count.parse().ok()).unwrap_or(0);
            if applied > 0 {
                let own = host.books();
                return Err(Reason::OtherHost { host: other.name(), table: table.clone(), applied, own });
            }
        }
        Ok(server)
    }

    fn usable(&self, books: &str) -> Result<(), Reason> {
        if self.recovery {
            return Err(Reason::ReadOnly("it is a standby".to_owned()));
        }
        if self.read_only {
            return Err(Reason::ReadOnly("its transactions are read-only".to_owned()));
        }
        if self.version < OLDEST {
            return Err(Reason::TooOld(self.version));
        }
        if !self.may_write {
            return Err(Reason::Rights(format!("INSERT on the bookkeeping table {books}")));
        }
        Ok(())
    }
}
