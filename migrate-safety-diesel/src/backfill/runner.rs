//! The runner: one or several workers in this process.

#[cfg(any(feature = "mysql", feature = "sqlite"))]
use super::databases::{DatabaseLink, Place};
use super::driver::{Link, drive};
#[cfg(feature = "postgres")]
use super::postgres::{PgLink, prepare};
use super::{Error, known};
use migrate_safety_core::backfill::{Backfill, Event, Options, Outcome, Run, RunError, Signal};
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
    /// The URL says which database it is: `mysql://…` and `sqlite:FILE` with the features of that name, and otherwise
    /// what a `PgConnection` takes.
    ///
    /// # Errors
    /// It cannot be done, or it stopped; what is done is kept.
    pub fn run(self, url: &str) -> Result<Outcome, Error> {
        known(url)?;
        #[cfg(any(feature = "mysql", feature = "sqlite"))]
        if let Some(place) = Place::of(url) {
            let plan = place.prepare(&self.backfill)?;
            let run = |options, owner: &str| Run::elsewhere(&self.name, plan.clone(), options, owner);
            return self.work(&run, &|| DatabaseLink::new(place.clone()));
        }
        #[cfg(feature = "postgres")]
        {
            let prepared = prepare(&self.backfill, url)?;
            let run = |options, owner: &str| Run::new(&self.name, prepared.clone(), options, owner);
            self.work(&run, &|| PgLink::new(url))
        }
        #[cfg(not(feature = "postgres"))]
        Err(Error::Feature("postgres"))
    }

    fn work<L: Link>(
        &self,
        run: &(dyn Fn(Options, &str) -> Run + Sync),
        link: &(dyn Fn() -> L + Sync),
    ) -> Result<Outcome, Error> {
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
            let (options, owner) = self.worker(number, &failed);
            let outcome = drive(run(options, &owner), link(), &tell);
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
    fn worker(&self, number: u32, failed: &Arc<AtomicBool>) -> (Options, String) {
        let (callers, failed) = (self.options.signal.clone(), Arc::clone(failed));
        let signal = move || match failed.load(Ordering::Relaxed) {
            true => Signal::Stop,
            false => callers.as_ref().map_or(Signal::Go, |signal| signal()),
        };
        let restart = self.options.restart && number == 0;
        let options = Options { restart, signal: Some(Arc::new(signal)), ..self.options.clone() };
        (options, format!("process {} worker {number}", std::process::id()))
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
