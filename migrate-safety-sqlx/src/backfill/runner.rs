//! The runner: one or several workers in this process.

use super::driver::{Link, PgLink, drive};
use super::{Error, Events};
use migrate_safety_core::backfill::{Backfill, Event, Options, Outcome, Prepared, Run, RunError};
use migrate_safety_core::catalog::introspect::Limits;
use sqlx::postgres::PgConnectOptions;
use sqlx::{ConnectOptions, Connection};
use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::str::FromStr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::Poll;
use std::time::Duration;
use tracing::Instrument;

/// Hears what happens.
pub(super) type Listener = Arc<dyn Fn(Event) + Send + Sync>;

/// Runs a backfill under a name.
#[derive(Clone)]
pub struct Runner {
    name: String,
    backfill: Backfill,
    options: Options,
    workers: u32,
    listener: Option<Listener>,
    #[cfg(feature = "mysql")]
    replicas: Vec<String>,
}

impl Runner {
    /// The name tells it from others in the database, for as long as its rows are kept there.
    pub fn new(name: impl Into<String>, backfill: Backfill) -> Self {
        Self {
            name: name.into(),
            backfill,
            options: Options::default(),
            workers: 1,
            listener: None,
            #[cfg(feature = "mysql")]
            replicas: Vec::new(),
        }
    }

    /// How it behaves.
    #[must_use]
    pub fn options(mut self, options: Options) -> Self {
        self.options = options;
        self
    }

    /// How many workers this process has, each with a connection; at least one.
    #[must_use]
    pub fn workers(mut self, workers: u32) -> Self {
        self.workers = workers.max(1);
        self
    }

    /// The URLs of replicas of MySQL or MariaDB, which are asked every second how far they are behind (`SHOW REPLICA STATUS`):
    /// the server that is written to does not know. While one is behind by more than [`Options::max_lag`], or does not
    /// replicate, no batch is begun.
    #[cfg(feature = "mysql")]
    #[must_use]
    pub fn replicas(mut self, urls: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.replicas = urls.into_iter().map(Into::into).collect();
        self
    }

    /// Who hears what happens; see [`events`](Self::events) for a stream.
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
    pub async fn run(self, url: &str) -> Result<Outcome, Error> {
        #[cfg(any(feature = "mysql", feature = "sqlite"))]
        if let Some(place) = super::elsewhere::Place::of(url)? {
            let plan = place.prepare(&self.backfill).await?;
            #[cfg(feature = "mysql")]
            let watched = super::replicas::Replicas::watch(&self.replicas).await?;
            #[cfg(feature = "mysql")]
            let this = match &watched {
                Some(replicas) => {
                    let (lag, broken) = (Some(replicas.lag()), Some(replicas.broken()));
                    Self { options: Options { lag, broken, ..self.options.clone() }, ..self }
                }
                None => self,
            };
            #[cfg(not(feature = "mysql"))]
            let this = self;
            let run = |name: &str, options, owner: &str| Run::elsewhere(name, plan.clone(), options, owner);
            return this.work(&run, &|| super::elsewhere::DatabaseLink::new(place.clone())).await;
        }
        let options = connect_options(url)?;
        let prepared = self.prepare(url).await?;
        let run = |name: &str, options, owner: &str| Run::new(name, prepared.clone(), options, owner);
        self.work(&run, &|| PgLink::new(options.clone())).await
    }

    /// Runs it while the stream of what happens is read.
    pub fn events(self, url: &str) -> Events {
        let url = url.to_owned();
        Events::new(move |listener| {
            let runner = Self { listener: Some(listener), ..self };
            Box::pin(async move { runner.run(&url).await })
        })
    }

    /// Holds it against the live schema.
    async fn prepare(&self, url: &str) -> Result<Prepared, Error> {
        let mut connection = crate::connect(url).await?;
        let live = crate::introspect(&mut connection, Limits::default()).await;
        // The server notices by itself if this fails.
        let _ = connection.close().await;
        Ok(self.backfill.prepare(&live?.catalog)?)
    }

    async fn work<L: Link + 'static>(
        &self,
        run: &(dyn Fn(&str, Options, &str) -> Run + Sync),
        link: &(dyn Fn() -> L + Sync),
    ) -> Result<Outcome, Error> {
        let opened = Arc::new(AtomicBool::new(false));
        let listener = self.listener.clone();
        let tell: Listener = {
            let opened = Arc::clone(&opened);
            Arc::new(move |event| {
                if matches!(event, Event::Opened { .. }) && opened.swap(true, Ordering::Relaxed) {
                    // All workers find the same.
                    return;
                }
                if let Some(listener) = &listener {
                    listener(event);
                }
            })
        };
        let worker = |number: u32| {
            // Only the first begins anew: it would take from the others what they have done.
            let settings = Options { restart: self.options.restart && number == 0, ..self.options.clone() };
            let owner = format!("process {} worker {number}", std::process::id());
            let run = run(&self.name, settings, &owner);
            let (link, tell, opened) = (link(), Arc::clone(&tell), Arc::clone(&opened));
            let span = tracing::info_span!("backfill", name = %self.name, worker = number);
            let work = async move {
                while number > 0 && !opened.load(Ordering::Relaxed) {
                    sqlx::__rt::sleep(Duration::from_millis(20)).await;
                }
                drive(run, link, &*tell).await
            };
            Box::pin(work.instrument(span)) as Worker
        };
        Ok(all((0..self.workers).map(worker).collect()).await?)
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

type Worker = Pin<Box<dyn Future<Output = Result<Outcome, RunError>> + Send>>;

/// All of them at once. The first error ends the others where they are: their connections close, and what they have not
/// committed is undone.
async fn all(mut workers: Vec<Worker>) -> Result<Outcome, RunError> {
    let mut outcome = None;
    poll_fn(move |context| {
        let mut index = 0;
        while let Some(worker) = workers.get_mut(index) {
            match worker.as_mut().poll(context) {
                Poll::Pending => index += 1,
                Poll::Ready(Err(error)) => return Poll::Ready(Err(error)),
                Poll::Ready(Ok(ended)) => {
                    outcome = Some(ended);
                    drop(workers.swap_remove(index));
                }
            }
        }
        match outcome.take_if(|_| workers.is_empty()) {
            Some(outcome) => Poll::Ready(Ok(outcome)),
            None => Poll::Pending,
        }
    })
    .await
}

pub(super) fn connect_options(url: &str) -> Result<PgConnectOptions, crate::Error> {
    let options = PgConnectOptions::from_str(url).map_err(crate::Error::url)?;
    Ok(options.disable_statement_logging().application_name("migrate-safety backfill"))
}
