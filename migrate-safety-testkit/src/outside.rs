//! Measuring a statement that cannot run in a transaction block.
//!
//! Its locks come and go while it runs, so other sessions hold it up where they would be too short
//! to see: one session for each relation has a lock on it, a weaker one beneath it, and so on down
//! to a mere read under an old snapshot. Whenever the statement waits for one of them, its locks
//! are noted, that session gives up one of its own, and the statement runs on to its next wait.
//! Other sessions stand in the way of what statements do to the catalog before they commit.

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use postgres::Client;

use crate::gate::Gate;
use crate::holder::{Holder, backend_pid};
use crate::query::{number, rows, text};
use crate::snapshot::{Locks, Relations, add_lock, oid};
use crate::{Database, Error, Measurement, ServerError};

/// Runs `sql` in `client`, and watches it from other sessions.
pub(crate) fn measure(client: &mut Client, database: &Database, sql: &str) -> Result<Measurement, Error> {
    let mut observer = Observer::start(client, database, sql)?;
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
    let mut locks = before.name_locks(&locks);
    // No other session can be in the way there, so what is seen of them is chance.
    locks.retain(|(relation, _)| !relation.starts_with("pg_temp."));
    let mut measured =
        Measurement { locks, error: result.err().map(|error| ServerError::from(&error)), ..Measurement::default() };
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
    gates: Vec<Gate>,
}

impl Observer {
    fn start(watched: &mut Client, database: &Database, statement: &str) -> Result<Self, Error> {
        let pid = backend_pid(watched)?;
        let sql = format!(
            // In this order: who waits now has, when the locks are read, all that it had then.
            "SELECT NULL AS relation, NULL AS mode, b::text FROM pg_catalog.unnest(pg_catalog.pg_blocking_pids({pid})) AS b
             UNION ALL SELECT relation::text, mode, NULL FROM pg_catalog.pg_locks
             WHERE locktype = 'relation' AND pid = {pid} AND relation >= 16384
               AND database = (SELECT oid FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database())"
        );
        let relations = Relations::read(watched)?;
        let holders = Holder::start_all(&relations, database, statement)?;
        Ok(Self { client: database.connect()?, sql, holders, gates: Gate::start_all(database)? })
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
                    self.gates.clear();
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
            if let Some(gate) = self.gates.iter().find(|gate| gate.pid == pid) {
                gate.open();
                passed = true;
            }
        }
        Ok(passed)
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
            rows(client, "hand over the counters", "SELECT pg_catalog.pg_stat_force_next_flush()")?;
        }
        while Self::is_there(client)? {
            thread::sleep(Duration::from_millis(20));
        }
        rows(client, "reset the counters", "SELECT pg_catalog.pg_stat_reset()")?;
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
        rows(client, "leave a mark", "SELECT pg_catalog.count(*) FROM pg_catalog.pg_seclabel").map(drop)
    }

    fn is_there(client: &mut Client) -> Result<bool, Error> {
        const SQL: &str = "SELECT pg_catalog.pg_stat_get_xact_numscans('pg_catalog.pg_seclabel'::pg_catalog.regclass)";

        Ok(rows(client, "look for the mark", SQL)?.first().is_some_and(|row| number(row, 0) > 0))
    }
}
