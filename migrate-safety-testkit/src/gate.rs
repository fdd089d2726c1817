//! Sessions that stand in the way of what a statement writes to the catalog.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, Receiver, SyncSender};
use std::thread::{self, JoinHandle};

use postgres::Client;

use crate::holder::backend_pid;
use crate::{Database, Error};

/// A session that lets no writer at a table of the catalog.
///
/// Where a statement has gone past the holders, it still waits here before it commits. It waits in
/// each of its transactions: the session queues for its lock again as soon as it has given it up,
/// and gets it when the statement commits.
pub(crate) struct Gate {
    pub(crate) pid: String,
    closed: Arc<AtomicBool>,
    /// `None` when dropped.
    opener: Option<SyncSender<()>>,
    keeper: Option<JoinHandle<()>>,
}

impl Gate {
    /// Written by the build of an index, and by the drop of any object.
    const CATALOGS: [&str; 2] = ["pg_catalog.pg_index", "pg_catalog.pg_seclabel"];

    /// One gate for each of these tables, closed.
    pub(crate) fn start_all(database: &Database) -> Result<Vec<Self>, Error> {
        Self::CATALOGS.into_iter().map(|catalog| Self::start(catalog, database)).collect()
    }

    fn start(catalog: &str, database: &Database) -> Result<Self, Error> {
        let mut client = database.connect()?;
        let pid = backend_pid(&mut client)?;
        let close = format!("BEGIN; LOCK TABLE {catalog} IN SHARE MODE");
        client.batch_execute(&close).map_err(Error::query("lock a catalog"))?;
        let closed = Arc::new(AtomicBool::new(true));
        let (opener, openings) = mpsc::sync_channel(1);
        let state = Arc::clone(&closed);
        let keeper = thread::spawn(move || keep(client, &close, &state, &openings));
        Ok(Self { pid, closed, opener: Some(opener), keeper: Some(keeper) })
    }

    /// Lets the statement pass, once.
    pub(crate) fn open(&self) {
        if let (true, Some(opener)) = (self.closed.swap(false, Ordering::AcqRel), &self.opener) {
            // The keeper ends early only when its session is lost, and its lock with it.
            let _ = opener.send(());
        }
    }
}

impl Drop for Gate {
    fn drop(&mut self) {
        self.opener = None;
        if let Some(keeper) = self.keeper.take() {
            let _ = keeper.join();
        }
    }
}

/// Opens and closes until nobody is left to ask for it.
fn keep(mut client: Client, close: &str, closed: &AtomicBool, openings: &Receiver<()>) {
    // In one message: the statement that is let go is fast.
    let open_and_close = format!("ROLLBACK; {close}");
    while openings.recv().is_ok() {
        if client.batch_execute(&open_and_close).is_err() {
            return;
        }
        closed.store(true, Ordering::Release);
    }
}
