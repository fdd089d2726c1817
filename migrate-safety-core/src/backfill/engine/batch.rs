//! One batch: one transaction with its own progress.

use super::error::{Failure, RunError};
use super::io::read;
use super::progress::{Event, Reject};
use super::records::{Bound, Compared, Held, KeyValues, ProgressRow, RangeRow};
use super::store::Parameters;
use super::worker::{LOOK_EVERY, Trouble, Worker};
use super::{Statement, Transaction};
use crate::backfill::render::literal;
use std::time::Duration;

/// A batch that was committed.
#[derive(Clone, Copy, Debug)]
pub(super) struct Done {
    pub(super) visited: u64,
    pub(super) changed: u64,
    /// Whether the range is done with it.
    pub(super) last: bool,
    /// How long all of it took.
    pub(super) time: Duration,
    /// For how long of that its rows were kept from others: the rest does not depend on how many there are.
    pub(super) work: Duration,
}

/// What a batch adds to its range.
#[derive(Clone, Copy, Debug, Default)]
struct Added {
    visited: u64,
    changed: u64,
    rejected: u64,
    postponed: u64,
    compared: Compared,
}

/// Where a batch ends.
#[derive(Clone, Debug)]
pub(super) struct Bounds {
    pub(super) upto: KeyValues,
    pub(super) visited: u64,
}

impl Bounds {
    pub(super) fn new(bound: Bound, range: &RangeRow, rows: u32) -> Self {
        match bound.bound {
            Some(upto) => Self { upto, visited: u64::from(rows) },
            None => Self { upto: range.upper.clone(), visited: bound.rest.unwrap_or_default() },
        }
    }
}

/// Where the batch behind the one that is under way ends, found out in the same go.
#[derive(Clone, Debug)]
pub(super) struct Ahead {
    pub(super) range: (u32, u32, u64),
    pub(super) after: KeyValues,
    pub(super) rows: u32,
    pub(super) bounds: Bounds,
}

impl Ahead {
    /// Whether a batch of so many rows may end there.
    fn is_for(&self, range: &RangeRow, rows: u32) -> bool {
        let fits = self.rows <= rows.saturating_add(rows / 4);
        fits && self.range == range.identity() && range.cursor.as_ref() == Some(&self.after)
    }
}

/// What came of the attempt to do a batch.
#[derive(Clone, Copy, Debug)]
pub(super) enum Attempt {
    /// It is committed.
    Done { changed: u64, work: Duration },
    /// Rows do not have their values: comparing is not enough.
    Mismatched,
    /// An earlier commit whose outcome was not known has gone through after all: it goes on from there.
    Moved,
    /// The range is not this worker's any more, or the backfill is paused.
    Lost,
}

/// States in which there is work to do.
const ACTIVE: [&str; 2] = ["running", "verifying"];

impl Worker {
    /// Goes through the next `rows` rows. `None`: the range is not this worker's any more, or the backfill is paused.
    pub(super) async fn batch(&mut self, range: &mut RangeRow, rows: u32) -> Result<Option<Done>, Trouble> {
        let began = self.io.clock();
        let mut at_once = self.at_once;
        loop {
            let bounds = self.bounds(range, rows).await?;
            let attempt = match at_once {
                true => self.try_at_once(range, &bounds).await?,
                false => self.try_step_by_step(range, &bounds).await?,
            };
            match attempt {
                Attempt::Done { changed, work } => {
                    let (visited, last) = (bounds.visited, bounds.upto == range.upper);
                    let time = self.io.clock().saturating_sub(began);
                    return Ok(Some(Done { visited, changed, last, time, work }));
                }
                Attempt::Mismatched => at_once = false,
                Attempt::Moved => {}
                Attempt::Lost => return Ok(None),
            }
        }
    }

    /// Compares, writes where that finds something, and compares again.
    async fn try_step_by_step(&mut self, range: &mut RangeRow, bounds: &Bounds) -> Result<Attempt, Trouble> {
        self.io.batch(&self.begin()).await?;
        if let Some(attempt) = self.enter(range).await? {
            return Ok(attempt);
        }
        let mut added = Added { visited: bounds.visited, ..Added::default() };
        let entered = self.io.clock();
        if range.pass == 1 {
            added.changed = self.write(range, bounds).await?;
        } else {
            added.compared = self.compared(range, bounds).await?;
            if added.compared.mismatched > 0 {
                added.changed = self.write(range, bounds).await?;
                added.compared = self.compared(range, bounds).await?;
            }
        }
        self.leave(range, bounds.upto.clone(), added).await?;
        Ok(Attempt::Done { changed: added.changed, work: self.io.clock().saturating_sub(entered) })
    }

    /// Records the next row, which does not fit, and goes past it; or ends the run, if there are too many.
    pub(super) async fn reject(&mut self, range: &mut RangeRow, failure: Failure) -> Result<(), Trouble> {
        let bounds = self.bounds(range, 1).await?;
        self.io.batch(&self.begin()).await?;
        if self.enter(range).await?.is_some() {
            return Ok(());
        }
        let mut p = Parameters::default();
        let name = p.text(&self.name);
        let sql =
            format!("SELECT count(*)::text AS answer FROM {} WHERE name = {name} AND skipped", self.store.rejects);
        let skipped: u64 = self.io.fetch(Statement::new(sql, p.values())).await?;
        let skip = skipped < self.options.max_rejects;
        let key = bounds.upto.join(", ");

        let mut p = Parameters::default();
        let (name, pass, json) = (p.text(&self.name), p.number(range.pass), p.json(Some(&bounds.upto)));
        let (sqlstate, message, skip_text) =
            (p.text(&failure.sqlstate), p.text(&failure.message), p.text(skip.to_string()));
        let sql = format!(
            "INSERT INTO {} (name, pass, key, sqlstate, message, skipped) VALUES ({name}, {pass}, {json}, {sqlstate}, \
             {message}, {skip_text}::boolean) ON CONFLICT (name, key) DO UPDATE SET pass = excluded.pass, sqlstate = \
             excluded.sqlstate, message = excluded.message, skipped = excluded.skipped",
            self.store.rejects
        );
        self.io.execute(Statement::new(sql, p.values())).await?;
        if !skip {
            let error = RunError::TooManyRejects { key, failure, allowed: self.options.max_rejects };
            self.fail(&error.to_string()).await?;
            self.io.batch("COMMIT").await?;
            return Err(error.into());
        }
        let mismatched = u64::from(range.pass > 1);
        let compared = Compared { mismatched, checksum: 0 };
        let added = Added { visited: bounds.visited, rejected: 1, compared, ..Added::default() };
        self.leave(range, bounds.upto, added).await?;
        self.pace.cleared();
        self.totals.visited += added.visited;
        self.totals.rejected += 1;
        self.io.tell(Event::Rejected(Reject { key, failure })).await;
        Ok(())
    }

    /// Leaves the next row, which somebody has locked for long, to the next pass.
    pub(super) async fn postpone(&mut self, range: &mut RangeRow) -> Result<(), Trouble> {
        let bounds = self.bounds(range, 1).await?;
        self.io.batch(&self.begin()).await?;
        if self.enter(range).await?.is_some() {
            return Ok(());
        }
        let added = Added { visited: bounds.visited, postponed: 1, ..Added::default() };
        self.leave(range, bounds.upto, added).await?;
        self.pace.cleared();
        self.totals.visited += added.visited;
        Ok(())
    }

    /// Where the next batch ends: as the last one has found out, or else the server is asked.
    async fn bounds(&mut self, range: &RangeRow, rows: u32) -> Result<Bounds, Failure> {
        if let Some(ahead) = self.ahead.take()
            && ahead.is_for(range, rows)
        {
            return Ok(ahead.bounds);
        }
        let answers = self.io.transactions(vec![self.probe(range, range.cursor.as_deref(), rows)]).await?;
        let bound = answers.first().map(|answer| read(answer)).transpose()?.unwrap_or_default();
        Ok(Bounds::new(bound, range, rows))
    }

    /// Asks where a batch of `rows` rows behind a key ends: no row is locked meanwhile.
    pub(super) fn probe(&self, range: &RangeRow, after: Option<&[String]>, rows: u32) -> Transaction {
        let columns = &self.prepared.key.columns;
        let mut p = Parameters::inline();
        let after = after.map(|key| p.key(columns, key));
        let upto = p.key(columns, &range.upper);
        let limit = rows.to_string();
        let bound = self.prepared.nth_key_sql(after.as_deref(), Some(&upto), &limit);
        let rest = self.prepared.count_sql(after.as_deref(), Some(&upto), &limit);
        let statement = format!(
            "WITH probe AS MATERIALIZED (SELECT ({bound}) AS bound) SELECT json_build_object('bound', bound, 'rest', CASE \
             WHEN bound IS NULL THEN ({rest}) END)::text AS answer FROM probe"
        );
        Transaction { begin: self.begin_bookkeeping(), statement }
    }

    /// Takes hold of the range; why not, if it cannot.
    async fn enter(&mut self, range: &mut RangeRow) -> Result<Option<Attempt>, Trouble> {
        let mut p = Parameters::default();
        let (held, state) = (self.held(range, &mut p), self.state(&mut p));
        let sql = format!(
            "WITH held AS MATERIALIZED ({held}) SELECT json_build_object('held', EXISTS (SELECT FROM held), 'state', \
             {state})::text AS answer"
        );
        let row: Held = self.io.fetch(Statement::new(sql, p.values())).await?;
        if row.held {
            return Ok(None);
        }
        self.roll_back().await?;
        self.not_held(range, &row.state).await.map(Some)
    }

    /// Why the range could not be taken hold of.
    pub(super) async fn not_held(&mut self, range: &mut RangeRow, state: &str) -> Result<Attempt, Trouble> {
        if !ACTIVE.contains(&state) {
            self.release(range).await;
            return Ok(Attempt::Lost);
        }
        Ok(if self.reread(range).await? { Attempt::Moved } else { Attempt::Lost })
    }

    /// Locks the range if it is this worker's, its cursor where the batch begins, and the backfill runs.
    pub(super) fn held(&self, range: &RangeRow, p: &mut Parameters) -> String {
        let (condition, cursor) = (self.is_range(range, p), p.json(range.cursor.as_deref()));
        let (state, active) = (self.state(p), ACTIVE.map(literal).join(", "));
        format!(
            "SELECT FROM {} WHERE {condition} AND NOT done AND cursor IS NOT DISTINCT FROM {cursor} AND {state} IN \
             ({active}) FOR UPDATE",
            self.store.ranges
        )
    }

    /// The state of the backfill.
    pub(super) fn state(&self, p: &mut Parameters) -> String {
        format!("(SELECT state FROM {} WHERE name = {})", self.store.jobs, p.text(&self.name))
    }

    async fn write(&self, range: &RangeRow, bounds: &Bounds) -> Result<u64, Failure> {
        let mut p = Parameters::default();
        let sql = self.prepared.write_sql(&self.keys(range, bounds, &mut p));
        self.io.execute(Statement::new(sql, p.values())).await
    }

    async fn compared(&self, range: &RangeRow, bounds: &Bounds) -> Result<Compared, Failure> {
        let mut p = Parameters::default();
        let sql = self.prepared.compare_sql(&self.keys(range, bounds, &mut p));
        self.io.fetch(Statement::new(sql, p.values())).await
    }

    pub(super) fn keys(&self, range: &RangeRow, bounds: &Bounds, p: &mut Parameters) -> Vec<String> {
        let columns = &self.prepared.key.columns;
        let after = range.cursor.as_ref().map(|key| p.key(columns, key));
        let upto = p.key(columns, &bounds.upto);
        self.prepared.range(after.as_deref(), Some(&upto))
    }

    /// Writes down how far the batch has come, commits it, and takes note of others that write the table.
    async fn leave(&mut self, range: &mut RangeRow, upto: KeyValues, added: Added) -> Result<(), Trouble> {
        let look = self.is_time_to_look();
        let mut p = Parameters::default();
        let cursor = p.json(Some(&upto));
        let (visited, changed) = (p.number(added.visited), p.number(added.changed));
        let (rejected, postponed) = (p.number(added.rejected), p.number(added.postponed));
        let (mismatched, checksum) = (p.number(added.compared.mismatched), p.number(added.compared.checksum));
        let (size, lease) = (p.number(self.pace.rows()), p.text(self.options.lease.as_secs_f64().to_string()));
        let condition = self.is_range(range, &mut p);
        let others = if look { self.others() } else { "NULL".to_owned() };
        let sql = format!(
            "UPDATE {} SET cursor = {cursor}, done = ({cursor} = upper), visited = visited + {visited}, changed = changed \
             + {changed}, rejected = rejected + {rejected}, postponed = postponed + {postponed}, mismatched = mismatched + \
             {mismatched}, checksum = checksum # {checksum}, batch_size = {size}, backend = pg_backend_pid(), lease_until \
             = clock_timestamp() + make_interval(secs => {lease}::float8), updated_at = clock_timestamp() WHERE \
             {condition} RETURNING json_build_object('others', {others})::text AS answer",
            self.store.ranges
        );
        let row: ProgressRow = self.io.fetch(Statement::new(sql, p.values())).await?;
        self.io.batch("COMMIT").await?;
        range.cursor = Some(upto);
        self.note(row.others);
        Ok(())
    }

    /// Whether to look for others that write the table.
    pub(super) fn is_time_to_look(&self) -> bool {
        let now = self.io.clock();
        self.others_looked_at.is_none_or(|then| now.saturating_sub(then) >= LOOK_EVERY)
    }

    /// Takes note of whether others write the table; of nothing, if nobody looked.
    pub(super) fn note(&mut self, others: Option<bool>) {
        let now = self.io.clock();
        if others.is_some() {
            self.others_looked_at = Some(now);
        }
        if others == Some(true) {
            self.pace.saw_others(now);
        }
    }

    /// Whether another session waits for this transaction, or is about to write the table. Those of the workers of
    /// this backfill do not count.
    pub(super) fn others(&self) -> String {
        let target = literal(&self.prepared.target().sql());
        format!(
            "EXISTS (SELECT FROM pg_catalog.pg_locks AS l WHERE (l.locktype = 'transactionid' AND NOT l.granted AND \
             l.transactionid = pg_current_xact_id()::xid) OR (l.locktype = 'relation' AND l.relation = \
             {target}::regclass AND l.mode = 'RowExclusiveLock' AND l.database = (SELECT oid FROM pg_catalog.pg_database \
             WHERE datname = current_database()) AND l.pid <> ALL (SELECT backend FROM {} WHERE name = {} AND NOT \
             done)))",
            self.store.ranges,
            literal(&self.name)
        )
    }
}
