//! The runner: one or several workers in this process.

use super::Error;
use super::driver::drive;
use diesel::{Connection, PgConnection};
use migrate_safety_core::backfill::{Backfill, Event, Options, Outcome, Prepared, Run, RunError, Signal};
use migrate_safety_core::catalog::introspect::Limits;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

/// Runs a backfill under a name.
#[derive(Clone)]
pub struct Runner {
    name: String,
    backfill: Backfill,
    options: Options,
    workers: u32,
    listener: Option<Arc<dyn Fn(Event) + Send + Sync>>,
}

impl Runner {
    /// The name tells it from others in the database, for as long as its rows are kept there.
    pub fn new(name: impl Into<String>, backfill: Backfill) -> Self {
        Self { name: name.into(), backfill, options: Options::default(), workers: 1, listener: None }
    }

    /// How it behaves.
    #[must_use]
    pub fn options(mut self, options: Options) -> Self {
        self.options = options;
        self
    }

    /// How many workers this process has, each with a thread and a connection; at least one.
    #[must_use]
    pub fn workers(mut self, workers: u32) -> Self {
        self.workers = workers.max(1);
        self
    }

    /// Who hears what happens; called on the workers' threads.
    #[must_use]
    pub fn on_event(mut self, listener: impl Fn(Event) + Send + Sync + 'static) -> Self {
        self.listener = Some(Arc::new(listener));
        self
    }

    /// Runs it until every row has its value. One that was begun before goes on; one that is verified already ends at
    /// once.
    ///
    /// # Errors
    /// It cannot be done, or it stopped; what is done is kept.
    pub fn run(self, url: &str) -> Result<Outcome, Error> {
        let prepared = self.prepare(url)?;
        let (opened, failed) = (AtomicBool::new(false), Arc::new(AtomicBool::new(false)));
        let tell = |event: Event| {
            let opening = matches!(event, Event::Opened { .. });
            // All workers find the same when they open.
            if let Some(listener) = self.listener.as_ref().filter(|_| !(opening && opened.load(Ordering::Relaxed))) {
                listener(event);
            }
            if opening {
                opened.store(true, Ordering::Relaxed);
            }
        };
        let work = |number: u32| {
            let _span = tracing::info_span!("backfill", name = %self.name, worker = number).entered();
            let run = self.worker(number, &prepared, &failed);
            let outcome = drive(run, url, &tell);
            failed.fetch_or(outcome.is_err(), Ordering::Relaxed);
            outcome
        };
        let (work, opened, failed) = (&work, &opened, &failed);
        thread::scope(|scope| {
            let others: Vec<_> = (1..self.workers)
                .map(|number| {
                    scope.spawn(move || {
                        while !opened.load(Ordering::Relaxed) && !failed.load(Ordering::Relaxed) {
                            thread::sleep(Duration::from_millis(20));
                        }
                        work(number)
                    })
                })
                .collect();
            let mut outcome = work(0);
            for other in others {
                let ended = other.join().unwrap_or(Err(RunError::Unfinished));
                // Workers that were stopped for the failure of one say nothing of it.
                if outcome.is_ok() && (ended.is_err() || matches!(outcome, Ok(Outcome::Stopped))) {
                    outcome = ended;
                }
            }
            Ok(outcome?)
        })
    }

    /// A worker that stops when another one of this process has failed. Only the first begins anew: it would take from
    /// the others what they have done.
    fn worker(&self, number: u32, prepared: &Prepared, failed: &Arc<AtomicBool>) -> Run {
        let (callers, failed) = (self.options.signal.clone(), Arc::clone(failed));
        let signal = move || match failed.load(Ordering::Relaxed) {
            true => Signal::Stop,
            false => callers.as_ref().map_or(Signal::Go, |signal| signal()),
        };
        let restart = self.options.restart && number == 0;
        let options = Options { restart, signal: Some(Arc::new(signal)), ..self.options.clone() };
        let owner = format!("process {} worker {number}", std::process::id());
        Run::new(&self.name, prepared.clone(), options, &owner)
    }

    /// Holds it against the live schema.
    fn prepare(&self, url: &str) -> Result<Prepared, Error> {
        let mut connection = PgConnection::establish(url).map_err(|error| Error::Unreachable(error.to_string()))?;
        let live = crate::introspect(&mut connection, Limits::default())?;
        Ok(self.backfill.prepare(&live.catalog)?)
    }
}

impl std::fmt::Debug for Runner {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Runner")
            .field("name", &self.name)
            .field("backfill", &self.backfill)
            .field("workers", &self.workers)
            .finish_non_exhaustive()
    }
}
