//! What happens, as a stream.

use super::Error;
use super::runner::Listener;
use futures_core::Stream;
use migrate_safety_core::backfill::{Event, Outcome};
use std::collections::VecDeque;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};

type Work = Pin<Box<dyn Future<Output = Result<Outcome, Error>> + Send>>;

/// A backfill that runs while this stream is read. Dropped, it stops where it is; what is committed stays.
pub struct Events {
    work: Option<Work>,
    happened: Arc<Mutex<VecDeque<Event>>>,
    ended: Option<Result<Outcome, Error>>,
}

impl Events {
    pub(super) fn new(begin: impl FnOnce(Listener) -> Work) -> Self {
        let happened = Arc::default();
        let queue = Arc::clone(&happened);
        let work = begin(Arc::new(move |event| lock(&queue).push_back(event)));
        Self { work: Some(work), happened, ended: None }
    }

    /// How it ended; `None` before the end of the stream.
    pub fn outcome(self) -> Option<Result<Outcome, Error>> {
        self.ended
    }
}

impl Stream for Events {
    type Item = Event;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Event>> {
        if let Some(event) = lock(&self.happened).pop_front() {
            return Poll::Ready(Some(event));
        }
        let Some(work) = self.work.as_mut() else { return Poll::Ready(None) };
        let ended = work.as_mut().poll(context);
        if let Poll::Ready(ended) = ended {
            self.work = None;
            self.ended = Some(ended);
        }
        let event = lock(&self.happened).pop_front();
        match (event, &self.work) {
            (Some(event), _) => Poll::Ready(Some(event)),
            (None, None) => Poll::Ready(None),
            (None, Some(_)) => Poll::Pending,
        }
    }
}

impl std::fmt::Debug for Events {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Events").field("ended", &self.ended).finish_non_exhaustive()
    }
}

fn lock(queue: &Mutex<VecDeque<Event>>) -> MutexGuard<'_, VecDeque<Event>> {
    queue.lock().unwrap_or_else(PoisonError::into_inner)
}
