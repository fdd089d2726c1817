//! Pieces of a migration in one transaction, again and again until it gets its locks.

use super::activity::{Observed, Wanted, blockers, observe};
use super::error::Reason;
use super::event::Event;
use super::host::Failure;
use super::report::{HeldLock, LockSource, Retried, StatementRun, Waiter};
use super::run::{Runner, Work};
use super::units::{Made, Unit, strongest};
use crate::layout::Migration;
use crate::retry::{Backoff, ErrorClass};
use crate::sql::LockMode;
use crate::written::{NO_WAY_BACK, NOT_YET};
use std::time::Duration;

/// Pauses between attempts: the first and the longest.
pub(super) const PAUSES: (Duration, Duration) = (Duration::from_millis(100), Duration::from_secs(15));

/// For how long an attempt is held back for a long transaction, and how often to look whether it has ended.
const HOLD_BACK: (Duration, Duration) = (Duration::from_secs(20), Duration::from_millis(500));

/// A transaction that takes less than this keeps nobody waiting who would notice.
const UNFELT: Duration = Duration::from_millis(50);

/// What is run in one transaction.
pub(super) struct Stretch<'u> {
    pub(super) units: &'u [Unit],
    /// How the transaction begins.
    pub(super) begin: &'u str,
    /// `lock_timeout` is ours to set.
    pub(super) sets_timeout: bool,
    /// It may be run again after it was rolled back.
    pub(super) repeatable: bool,
}

/// What is written down before the transaction commits.
#[derive(Clone, Debug)]
pub(super) enum Note {
    /// The migration is applied; with this statement of ours.
    Record { with: Option<String> },
    /// The migration is undone; with this statement of ours.
    Forget { with: Option<String> },
    /// Something of ours.
    Sql(String),
}

/// An attempt that failed.
pub(super) struct Missed {
    pub(super) failure: Failure,
    /// The line of the statement.
    pub(super) line: u32,
}

/// The attempts at one piece of work.
pub(super) struct Tries {
    began: Duration,
    backoff: Backoff,
    /// Long transactions are looked for before the next attempt.
    look_first: bool,
}

impl Runner<'_> {
    /// Runs a stretch to its end. `left` says what is left of the migration if it fails.
    pub(super) async fn in_transaction(
        &mut self,
        work: &Work<'_>,
        stretch: &Stretch<'_>,
        ending: &[Note],
        left: &str,
    ) -> Result<(), Reason> {
        let wanted = strongest(stretch.units.iter().map(|unit| &unit.wanted));
        let mut tries = self.tries();
        loop {
            self.hold_back(work, &wanted, &mut tries).await?;
            let began = self.host.now();
            let statements = self.current.statements.len();
            let missed = match self.attempt(work, stretch, ending).await {
                // Nor has a replica much to do then.
                Ok(LockSource::Foreseen) => return Ok(()),
                Ok(LockSource::Observed) => {
                    self.look_at_replicas().await;
                    return Ok(());
                }
                Err(missed) => missed,
            };
            self.current.statements.truncate(statements);
            if missed.failure.class() != ErrorClass::Disconnected {
                self.host.rollback().await.map_err(Reason::server("rolling back"))?;
            }
            self.try_again(work, &wanted, missed, began, stretch.repeatable, left, &mut tries).await?;
        }
    }

    /// No attempt yet.
    pub(super) fn tries(&self) -> Tries {
        let long = self.settings.lock_timeout.as_secs_f64();
        let open = self.report.oldest_transactions.iter().filter_map(|old| old.transaction_seconds);
        Tries {
            began: self.host.now(),
            backoff: Backoff::new(PAUSES.0, PAUSES.1, Backoff::seed()),
            look_first: open.into_iter().any(|seconds| seconds > long),
        }
    }

    /// While a transaction that will not end within the lock timeout has what is wanted, nobody is made to queue.
    pub(super) async fn hold_back(
        &mut self,
        work: &Work<'_>,
        wanted: &Wanted,
        tries: &mut Tries,
    ) -> Result<(), Reason> {
        if !tries.look_first {
            return Ok(());
        }
        let began = self.host.now();
        let mut told = false;
        loop {
            let mut found = blockers(self.host, wanted).await.map_err(Reason::server("looking who is in the way"))?;
            let long = self.settings.lock_timeout.as_secs_f64();
            // Of a session that this role may not see nothing is known; a prepared transaction has none.
            found.retain(|blocker| blocker.transaction_seconds.map_or(blocker.pid.is_none(), |age| age > long));
            let now = self.host.now();
            let late = now.saturating_sub(tries.began) >= self.settings.patience;
            if found.is_empty() || late || now.saturating_sub(began) >= HOLD_BACK.0 {
                return Ok(());
            }
            if !told {
                told = true;
                self.host.tell(&Event::HoldingBack { migration: work.migration.id.clone(), blockers: found });
            }
            self.host.pause(HOLD_BACK.1).await;
        }
    }

    async fn attempt(&mut self, work: &Work<'_>, stretch: &Stretch<'_>, ending: &[Note]) -> Result<LockSource, Missed> {
        let at = |line| move |failure| Missed { failure, line };
        let first_line = stretch.units.first().map_or(1, |unit| unit.line);
        let mut opening = self.settings_of(stretch);
        // What holds no surprise goes in one message with the beginning: a short migration is felt by its messages.
        let joined = stretch.units.first().filter(|unit| unit.foreseen);
        opening.extend(joined.map(|unit| unit.sql.clone()));
        let began = self.host.now();
        self.host.begin(stretch.begin, &opening.join("; ")).await.map_err(at(first_line))?;
        let mut taken: Vec<(Duration, &Wanted)> = Vec::new();
        for (n, unit) in stretch.units.iter().enumerate() {
            let is_joined = n == 0 && joined.is_some();
            let started = if is_joined { began } else { self.host.now() };
            taken.push((started, &unit.wanted));
            if !is_joined {
                self.host.execute(&unit.sql).await.map_err(at(unit.line))?;
            }
            let took = self.host.now().saturating_sub(started);
            self.current.statements.push(StatementRun { line: unit.line, sql: unit.sql.clone(), took });
        }
        if work.is_code {
            self.host.run_code(work.migration, work.is_undo()).await.map_err(at(first_line))?;
        }
        // Looking costs as much as a short migration does, and what was over so soon was felt by nobody.
        let short = self.host.now().saturating_sub(began) < UNFELT && !work.is_code;
        let (source, observed) = match short && stretch.units.iter().all(|unit| unit.foreseen) {
            true => (LockSource::Foreseen, Vec::new()),
            false => (LockSource::Observed, observe(self.host).await.map_err(at(first_line))?),
        };
        let last = self.written_down(work, ending).map_err(at(first_line))?;
        self.host.commit(&last).await.map_err(at(first_line))?;
        let ended = self.host.now();
        let since = |relation: &str| {
            let first = taken.iter().find(|(_, wanted)| wanted.contains_key(relation));
            ended.saturating_sub(first.map_or(began, |(started, _)| *started))
        };
        match source {
            LockSource::Foreseen => self.note_foreseen(stretch, &since),
            LockSource::Observed => self.note_observed(stretch, observed, &since),
        }
        self.current.locks.sort_by(|a, b| b.held.cmp(&a.held).then_with(|| a.relation.cmp(&b.relation)));
        self.made.extend(stretch.units.iter().flat_map(|unit| unit.makes.iter().cloned()));
        Ok(source)
    }

    /// Notes the locks on tables that were there before as they are foreseen.
    fn note_foreseen(&mut self, stretch: &Stretch<'_>, since: &dyn Fn(&str) -> Duration) {
        for (relation, mode) in strongest(stretch.units.iter().map(|unit| &unit.wanted)) {
            let was_there = self.tables.values().any(|table| *table == relation) || is_among(&self.made, &relation);
            if mode > LockMode::RowExclusive && was_there && !makes(stretch, &relation) {
                let (held, mode) = (since(&relation), mode.pg_locks().to_owned());
                self.current.locks.push(HeldLock { relation, mode, held, source: LockSource::Foreseen });
            }
        }
    }

    /// What is set for one transaction.
    fn settings_of(&self, stretch: &Stretch<'_>) -> Vec<String> {
        let mut settings = Vec::new();
        if stretch.sets_timeout {
            settings.push(format!("SET LOCAL lock_timeout = {}", self.settings.lock_timeout.as_millis()));
        }
        if self.notices_client {
            // A statement whose runner was killed would go on under its locks, only to be rolled back.
            settings.push("SET LOCAL client_connection_check_interval = 1000".to_owned());
        }
        settings
    }

    /// The statements that write notes down.
    pub(super) fn written_down(&self, work: &Work<'_>, notes: &[Note]) -> Result<String, Failure> {
        let took = self.host.now().saturating_sub(self.migration_began);
        let sql = notes.iter().map(|note| match note {
            Note::Record { with } => self.host.record(work.migration, took).map(|sql| together(with.as_deref(), sql)),
            Note::Forget { with } => self.host.forget(work.migration).map(|sql| together(with.as_deref(), sql)),
            Note::Sql(sql) => Ok(sql.clone()),
        });
        Ok(sql.collect::<Result<Vec<_>, _>>()?.join("; "))
    }

    /// Notes the locks on tables that were there before as they were seen.
    fn note_observed(&mut self, stretch: &Stretch<'_>, observed: Vec<Observed>, since: &dyn Fn(&str) -> Duration) {
        let mut names = Vec::new();
        for seen in observed {
            match seen {
                Observed::Lock { oid, relation, mode } => {
                    // The number of what earlier migrations of this run have made was not asked for.
                    let made = relation.as_ref().filter(|now| is_among(&self.made, now) && !makes(stretch, now));
                    if let Some(before) = made.or(self.tables.get(&oid)).cloned() {
                        let (held, source) = (since(&before), LockSource::Observed);
                        self.current.locks.push(HeldLock { relation: before, mode, held, source });
                    }
                    names.extend(relation.map(|now| (oid, now)));
                }
                Observed::Waiter(session) => {
                    let waited = Duration::try_from_secs_f64(session.waiting_seconds.unwrap_or(0.0).max(0.0));
                    self.current.waiters.push(Waiter { session, waited: waited.unwrap_or_default() });
                }
            }
        }
        // What is new, or has got another name, was there before only for the next one.
        self.tables.extend(names);
    }

    /// Waits for the next attempt, or says why there is none.
    #[allow(clippy::too_many_arguments, reason = "the one place where an attempt's end is decided")]
    pub(super) async fn try_again(
        &mut self,
        work: &Work<'_>,
        wanted: &Wanted,
        missed: Missed,
        began: Duration,
        repeatable: bool,
        left: &str,
        tries: &mut Tries,
    ) -> Result<(), Reason> {
        let took = self.host.now().saturating_sub(began);
        let (meaning, is_sure) = self.meaning(&missed.failure, took);
        if !meaning.is_transient() || !repeatable {
            return Err(failed(work.migration, missed, left));
        }
        let found = blockers(self.host, wanted).await.map_err(Reason::server("looking who is in the way"))?;
        if !is_sure && found.is_empty() {
            return Err(failed(work.migration, missed, left));
        }
        let now = self.host.now();
        let reason = missed.failure.to_string();
        self.current.retries.push(Retried { reason: reason.clone(), blockers: found.clone(), took });
        let waited = now.saturating_sub(tries.began);
        let migration = work.migration.id.clone();
        if waited >= self.settings.patience {
            let failure = Box::new(missed.failure);
            return Err(Reason::Blocked { migration, waited, failure, blockers: found });
        }
        let pause = tries.backoff.pause().min(self.settings.patience.saturating_sub(waited));
        self.host.tell(&Event::Retrying { migration, reason, blockers: found, pause });
        self.host.pause(pause).await;
        tries.look_first = true;
        Ok(())
    }
}

/// Two statements that change rows as one: beginning and ending a second one takes as long as what it does.
fn together(ours: Option<&str>, theirs: String) -> String {
    ours.map_or_else(|| theirs.clone(), |ours| format!("WITH ours AS ({ours}) {theirs}"))
}

fn is_among(made: &[Made], relation: &str) -> bool {
    made.iter().any(|made| made.may_be(relation))
}

/// Whether a stretch makes a table of this name.
fn makes(stretch: &Stretch<'_>, relation: &str) -> bool {
    stretch.units.iter().any(|unit| is_among(&unit.makes, relation))
}

/// Why a migration stopped for good.
pub(super) fn failed(migration: &Migration, missed: Missed, left: &str) -> Reason {
    let Missed { failure, line } = missed;
    let (migration, left) = (migration.id.clone(), left.to_owned());
    let class = failure.class();
    let refused =
        class == ErrorClass::Raised || [NOT_YET, NO_WAY_BACK].iter().any(|words| failure.message.contains(words));
    let failure = Box::new(failure);
    match class {
        ErrorClass::Disconnected => Reason::Connection(failure.to_string()),
        _ if refused => Reason::Refused { migration, line, failure, left },
        _ => Reason::Failed { migration, line, failure, left },
    }
}
