//! What is tried again because a lock was not to be had, and who was in the way.

use super::run::{Runner, Work};
use super::ways::ACTIVITY_COLUMNS;
use crate::guard::activity::Activity;
use crate::guard::error::Reason;
use crate::guard::event::Event;
use crate::guard::host::Failure;
use crate::guard::report::Retried;
use crate::guard::transaction::{Missed, PAUSES, failed};
use crate::retry::{Backoff, ErrorClass};
use std::time::Duration;

/// How often to look whether a long transaction has ended, and for how long before it is tried all the same.
const HOLD_BACK: (Duration, Duration) = (Duration::from_millis(500), Duration::from_secs(20));

/// The attempts at one piece of work.
pub(super) struct Tries {
    began: Duration,
    backoff: Backoff,
}

/// What is done beside the migrations.
#[derive(Clone, Copy)]
pub(super) enum Ours<'s> {
    Statement(&'s str),
    /// A transaction that writes.
    Begin,
    /// The host's books are made, if they are not there.
    Books,
}

impl Runner<'_> {
    /// No attempt yet.
    pub(super) fn tries(&self) -> Tries {
        Tries { began: self.host.now(), backoff: Backoff::new(PAUSES.0, PAUSES.1, Backoff::seed()) }
    }

    /// Waits for the next attempt, or says why there is none. `began`: when the attempt did.
    pub(super) async fn try_again(
        &mut self,
        work: &Work<'_>,
        missed: Missed,
        repeatable: bool,
        began: Duration,
        left: &str,
        tries: &mut Tries,
    ) -> Result<(), Reason> {
        let took = self.host.now().saturating_sub(began);
        if missed.failure.class() == ErrorClass::ReadOnly {
            return Err(Reason::ReadOnly(missed.failure.message));
        }
        if !missed.failure.class().is_transient() || !repeatable {
            return Err(failed(work.migration, missed, left));
        }
        let blockers = self.blockers(&work.tables).await;
        let reason = missed.failure.to_string();
        self.current.retries.push(Retried { reason: reason.clone(), blockers: blockers.clone(), took });
        let waited = self.host.now().saturating_sub(tries.began);
        let migration = work.migration.id.clone();
        if waited >= self.settings.patience {
            return Err(Reason::Blocked { migration, waited, failure: Box::new(missed.failure), blockers });
        }
        let pause = tries.backoff.pause().min(self.settings.patience.saturating_sub(waited));
        self.host.tell(&Event::Retrying { migration, reason, blockers, pause });
        self.host.pause(pause).await;
        self.hold_back(work, tries).await;
        Ok(())
    }

    /// While a transaction that will not end within the lock timeout has the table, nobody is made to queue behind us.
    async fn hold_back(&mut self, work: &Work<'_>, tries: &Tries) {
        let began = self.host.now();
        let mut told = false;
        loop {
            let long = self.settings.lock_timeout.as_secs_f64();
            let mut found = self.blockers(&work.tables).await;
            found.retain(|found| found.relation.is_some() && found.transaction_seconds.is_some_and(|age| age > long));
            let now = self.host.now();
            let late = now.saturating_sub(tries.began) >= self.settings.patience;
            if found.is_empty() || late || now.saturating_sub(began) >= HOLD_BACK.1 {
                return;
            }
            if !told {
                told = true;
                self.host.tell(&Event::HoldingBack { migration: work.migration.id.clone(), blockers: found });
            }
            self.host.pause(HOLD_BACK.0).await;
        }
    }

    /// Who holds these tables; what this user may not see is not told.
    async fn blockers(&mut self, tables: &[String]) -> Vec<Activity> {
        self.first_answer(&(self.ways.blockers)(tables)).await
    }

    /// The rows of the first question that has any.
    pub(super) async fn first_answer(&mut self, questions: &[String]) -> Vec<Activity> {
        for question in questions {
            if let Ok(rows) = self.host.rows(question).await
                && !rows.is_empty()
            {
                return rows.into_iter().map(activity).collect();
            }
        }
        Vec::new()
    }

    /// Does something of ours, again while something is locked.
    pub(super) async fn patiently(&mut self, what: Ours<'_>, doing: &'static str) -> Result<(), Reason> {
        let mut tries = self.tries();
        loop {
            let done = match what {
                Ours::Statement(sql) => self.host.execute(sql).await,
                Ours::Begin => self.host.begin(self.ways.begin, "").await,
                Ours::Books => self.host.open_books().await,
            };
            match done {
                Ok(()) => return Ok(()),
                Err(failure) => self.wait_after(failure, doing, &mut tries).await?,
            }
        }
    }

    /// Asks, again while something is locked.
    pub(super) async fn ask(&mut self, sql: &str, doing: &'static str) -> Result<Vec<Vec<Option<String>>>, Reason> {
        let mut tries = self.tries();
        loop {
            match self.host.rows(sql).await {
                Ok(rows) => return Ok(rows),
                Err(failure) => self.wait_after(failure, doing, &mut tries).await?,
            }
        }
    }

    async fn wait_after(&mut self, failure: Failure, doing: &'static str, tries: &mut Tries) -> Result<(), Reason> {
        let waited = self.host.now().saturating_sub(tries.began);
        if failure.class() != ErrorClass::Lock || waited >= self.settings.patience {
            return Err(Reason::server(doing)(failure));
        }
        let pause = tries.backoff.pause();
        self.host.pause(pause).await;
        Ok(())
    }
}

/// A session, as the columns of a question tell of it.
pub(super) fn activity(mut row: Vec<Option<String>>) -> Activity {
    row.resize(ACTIVITY_COLUMNS, None);
    let mut columns = row.into_iter();
    let mut text = || columns.next().flatten();
    Activity {
        pid: text().and_then(|pid| pid.parse().ok()),
        application: text().unwrap_or_default(),
        state: text().unwrap_or_default(),
        query: text().unwrap_or_default(),
        transaction_seconds: text().and_then(|age| age.parse().ok()),
        relation: text(),
        mode: text(),
        waiting_seconds: None,
    }
}
