//! Measuring a statement that cannot run in a transaction block.
//!
//! Its locks come and go while it runs, so other sessions hold it up where they would be too short
//! to see: one session per table has read it under an old snapshot and holds `SHARE UPDATE
//! EXCLUSIVE` besides. Whenever the statement waits for one of them, its locks are noted, that
//! session lets go a little, and the statement runs on to its next wait.

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use postgres::Client;

use crate::query::{number, rows, text};
use crate::snapshot::{Locks, Relation, Relations, add_lock, oid};
use crate::{Database, Error, Measurement, ServerError};

/// Runs `sql` in `client`, and watches it from other sessions.
pub(crate) fn measure(
    client: &mut Client,
    database: &Database,
    sql: &str,
) -> Result<Measurement, Error> {
    let mut observer = Observer::start(client, database)?;
    let mark = Mark::set(client, database.server().major())?;
    let before = Relations::read(client)?;
    let ended = AtomicBool::new(false);
    let (result, watched) = thread::scope(|scope| {
        let watch = scope.spawn(|| observer.watch(&ended));
        let result = client.batch_execute(sql);
        ended.store(true, Ordering::Release);
        (result, watch.join())
    });
    let locks = watched.unwrap_or_else(|panic| std::panic::resume_unwind(panic))?;
    let mut measured = Measurement {
        locks: before.name_locks(&locks),
        error: result.err().map(|error| ServerError::from(&error)),
        ..Measurement::default()
    };
    if !client.is_closed() {
        let after = mark.read_relations(client)?;
        before.compare(&after, &mut measured);
    }
    Ok(measured)
}

/// The session that watches, and those that hold the statement up.
struct Observer {
    client: Client,
    sql: String,
    holders: Vec<Holder>,
}

impl Observer {
    fn start(watched: &mut Client, database: &Database) -> Result<Self, Error> {
        let pid = backend_pid(watched)?;
        let sql = format!(
            "SELECT relation, mode, NULL FROM pg_catalog.pg_locks
             WHERE locktype = 'relation' AND pid = {pid} AND relation >= 16384
               AND database = (SELECT oid FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database())
             UNION ALL SELECT NULL, NULL, b::text FROM pg_catalog.unnest(pg_catalog.pg_blocking_pids({pid})) AS b"
        );
        let relations = Relations::read(watched)?;
        let holders = Holder::start_all(&relations, database)?;
        Ok(Self {
            client: database.connect()?,
            sql,
            holders,
        })
    }

    /// Notes locks until the statement has ended.
    fn watch(&mut self, ended: &AtomicBool) -> Result<Locks, Error> {
        let mut locks = Locks::new();
        while !ended.load(Ordering::Acquire) {
            match self.look(&mut locks) {
                Ok(true) => {}
                Ok(false) => thread::sleep(Duration::from_micros(300)),
                Err(error) => {
                    // Whoever waits for us must not wait for ever.
                    self.holders.clear();
                    return Err(error);
                }
            }
        }
        Ok(locks)
    }

    /// Adds the locks of now, and lets the statement pass when it waits for a holder.
    fn look(&mut self, locks: &mut Locks) -> Result<bool, Error> {
        let rows = rows(&mut self.client, "watch the locks", &self.sql)?;
        let mut passed = false;
        for row in &rows {
            if row[2].is_none() {
                add_lock(locks, oid(number(row, 0)), text(row, 1));
            }
        }
        for pid in rows.iter().filter_map(|row| row[2].as_deref()) {
            if let Some(holder) = self.holders.iter_mut().find(|holder| holder.pid == pid) {
                holder.let_go()?;
                passed = true;
            }
        }
        Ok(passed)
    }
}

/// A session in the way of the statement.
struct Holder {
    client: Client,
    pid: String,
    stage: Stage,
}

#[derive(Clone, Copy)]
enum Stage {
    /// Holds `SHARE UPDATE EXCLUSIVE`, and the next.
    Maintains,
    /// Holds `ACCESS SHARE` and a snapshot.
    Reads,
    Gone,
}

impl Holder {
    const AT_MOST: usize = 8;

    fn start_all(relations: &Relations, database: &Database) -> Result<Vec<Self>, Error> {
        let tables: Vec<&Relation> = relations
            .iter()
            .filter(|relation| relation.is_readable())
            .collect();
        let sessions = tables.len().min(Self::AT_MOST);
        (0..sessions)
            .map(|first| Self::start(tables.iter().skip(first).step_by(sessions), database))
            .collect()
    }

    fn start<'a>(
        tables: impl Iterator<Item = &'a &'a Relation>,
        database: &Database,
    ) -> Result<Self, Error> {
        let mut client = database.connect()?;
        let pid = backend_pid(&mut client)?;
        let mut reads = String::from("BEGIN ISOLATION LEVEL REPEATABLE READ");
        let mut maintains = String::from("SAVEPOINT maintains");
        for table in tables {
            let name = &table.quoted;
            reads.push_str(&format!("; SELECT FROM ONLY {name} LIMIT 0"));
            if table.is_lockable() {
                maintains.push_str(&format!(
                    "; LOCK TABLE ONLY {name} IN SHARE UPDATE EXCLUSIVE MODE"
                ));
            }
        }
        client
            .batch_execute(&reads)
            .map_err(Error::query("read the tables"))?;
        client
            .batch_execute(&maintains)
            .map_err(Error::query("lock the tables"))?;
        Ok(Self {
            client,
            pid,
            stage: Stage::Maintains,
        })
    }

    fn let_go(&mut self) -> Result<(), Error> {
        let (sql, next) = match self.stage {
            Stage::Maintains => ("ROLLBACK TO SAVEPOINT maintains", Stage::Reads),
            Stage::Reads => ("ROLLBACK", Stage::Gone),
            Stage::Gone => return Ok(()),
        };
        self.stage = next;
        self.client
            .batch_execute(sql)
            .map_err(Error::query("let the statement pass"))
    }
}

/// Tells whether the session still counts its reads itself, or has handed them over to the server.
///
/// A session hands over its counters when it becomes idle, but not more than once in 500 ms (14) or
/// a second (15 and later). Right after that it has all the time a statement needs.
struct Mark;

impl Mark {
    /// Leaves the session with no counters but one: that of a catalog too small to matter.
    fn set(client: &mut Client, major: u16) -> Result<Self, Error> {
        Self::scan(client)?;
        if major >= 15 {
            rows(
                client,
                "hand over the counters",
                "SELECT pg_catalog.pg_stat_force_next_flush()",
            )?;
        }
        while Self::is_there(client)? {
            thread::sleep(Duration::from_millis(20));
        }
        rows(
            client,
            "reset the counters",
            "SELECT pg_catalog.pg_stat_reset()",
        )?;
        Self::scan(client)?;
        Ok(Self)
    }

    /// The relations after the statement.
    fn read_relations(&self, client: &mut Client) -> Result<Relations, Error> {
        let relations = Relations::read(client)?;
        if Self::is_there(client)? {
            return Ok(relations);
        }
        // Handed over: wait until the server, on 14 another process, has counted everything.
        for _ in 0..2 {
            thread::sleep(Duration::from_millis(1100));
            Self::scan(client)?;
        }
        Relations::read_with_totals(client)
    }

    fn scan(client: &mut Client) -> Result<(), Error> {
        rows(
            client,
            "leave a mark",
            "SELECT pg_catalog.count(*) FROM pg_catalog.pg_seclabel",
        )
        .map(drop)
    }

    fn is_there(client: &mut Client) -> Result<bool, Error> {
        const SQL: &str = "SELECT pg_catalog.pg_stat_get_xact_numscans('pg_catalog.pg_seclabel'::pg_catalog.regclass)";

        Ok(rows(client, "look for the mark", SQL)?
            .first()
            .is_some_and(|row| number(row, 0) > 0))
    }
}

fn backend_pid(client: &mut Client) -> Result<String, Error> {
    let rows = rows(
        client,
        "identify the session",
        "SELECT pg_catalog.pg_backend_pid()",
    )?;
    Ok(rows
        .first()
        .map(|row| text(row, 0).to_owned())
        .unwrap_or_default())
}
