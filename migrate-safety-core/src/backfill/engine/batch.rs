//! One batch: one transaction with its own progress.

use super::Statement;
use super::error::{Failure, RunError};
use super::progress::{Event, Reject};
use super::records::{BatchRow, Compared, KeyValues, ProgressRow, RangeRow};
use super::store::Parameters;
use super::worker::{LOOK_EVERY, Trouble, Worker};
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
    /// How long of that the rows took: the rest does not depend on how many there are.
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

/// Where a batch begins and ends.
#[derive(Clone, Debug)]
struct Bounds {
    upto: KeyValues,
    visited: u64,
}

impl Worker {
    /// Goes through the next `rows` rows. `None`: the range is not this worker's any more, or the backfill is paused.
    pub(super) async fn batch(&mut self, range: &mut RangeRow, rows: u32) -> Result<Option<Done>, Trouble> {
        let began = self.io.clock();
        self.io.batch(&self.begin()).await?;
        let Some(bounds) = self.enter(range, rows).await? else { return Ok(None) };
        let mut added = Added { visited: bounds.visited, ..Added::default() };
        let entered = self.io.clock();
        if range.pass == 1 {
            added.changed = self.write(range, &bounds).await?;
        } else {
            added.compared = self.compared(range, &bounds).await?;
            if added.compared.mismatched > 0 {
                added.changed = self.write(range, &bounds).await?;
                added.compared = self.compared(range, &bounds).await?;
            }
        }
        let work = self.io.clock().saturating_sub(entered);
        let last = bounds.upto == range.upper;
        self.leave(range, bounds.upto, added).await?;
        let time = self.io.clock().saturating_sub(began);
        Ok(Some(Done { visited: added.visited, changed: added.changed, last, time, work }))
    }

    /// Records the next row, which does not fit, and goes past it; or ends the run, if there are too many.
    pub(super) async fn reject(&mut self, range: &mut RangeRow, failure: Failure) -> Result<(), Trouble> {
        self.io.batch(&self.begin()).await?;
        let Some(bounds) = self.enter(range, 1).await? else { return Ok(()) };
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
        self.io.batch(&self.begin()).await?;
        let Some(bounds) = self.enter(range, 1).await? else { return Ok(()) };
        let added = Added { visited: bounds.visited, postponed: 1, ..Added::default() };
        self.leave(range, bounds.upto, added).await?;
        self.pace.cleared();
        self.totals.visited += added.visited;
        Ok(())
    }

    /// Takes hold of the range and finds the end of the batch. `None`: there is nothing to do here any more.
    async fn enter(&mut self, range: &mut RangeRow, rows: u32) -> Result<Option<Bounds>, Trouble> {
        loop {
            let row: BatchRow = self.io.fetch(self.enter_statement(range, rows)).await?;
            let active = matches!(row.state.as_str(), "running" | "verifying");
            if !row.held || !active {
                self.roll_back().await?;
                if row.held {
                    self.release(range).await;
                }
                return Ok(None);
            }
            if row.cursor != range.cursor {
                // A commit whose outcome was not known has gone through after all.
                range.cursor = row.cursor;
                continue;
            }
            return Ok(Some(match row.bound {
                Some(upto) => Bounds { upto, visited: u64::from(rows) },
                None => Bounds { upto: range.upper.clone(), visited: row.rest.unwrap_or_default() },
            }));
        }
    }

    fn enter_statement(&self, range: &RangeRow, rows: u32) -> Statement {
        let columns = &self.prepared.key.columns;
        let mut p = Parameters::default();
        let condition = self.is_range(range, &mut p);
        let name = p.text(&self.name);
        let after = range.cursor.as_ref().map(|key| p.key(columns, key));
        let upto = p.key(columns, &range.upper);
        let limit = p.number(rows);
        let bound = self.prepared.nth_key_sql(after.as_deref(), Some(&upto), &limit);
        let rest = self.prepared.count_sql(after.as_deref(), Some(&upto), &limit);
        let sql = format!(
            "WITH held AS MATERIALIZED (SELECT cursor FROM {} WHERE {condition} AND NOT done FOR UPDATE), probe AS \
             MATERIALIZED (SELECT ({bound}) AS bound) SELECT json_build_object('held', EXISTS (SELECT FROM held), \
             'cursor', (SELECT cursor FROM held), 'state', (SELECT state FROM {} WHERE name = {name}), 'bound', bound, \
             'rest', CASE WHEN bound IS NULL THEN ({rest}) END)::text AS answer FROM probe",
            self.store.ranges, self.store.jobs
        );
        Statement::new(sql, p.values())
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

    fn keys(&self, range: &RangeRow, bounds: &Bounds, p: &mut Parameters) -> Vec<String> {
        let columns = &self.prepared.key.columns;
        let after = range.cursor.as_ref().map(|key| p.key(columns, key));
        let upto = p.key(columns, &bounds.upto);
        self.prepared.range(after.as_deref(), Some(&upto))
    }

    /// Writes down how far the batch has come, commits it, and takes note of others that write the table.
    async fn leave(&mut self, range: &mut RangeRow, upto: KeyValues, added: Added) -> Result<(), Trouble> {
        let now = self.io.clock();
        let look = self.others_looked_at.is_none_or(|then| now.saturating_sub(then) >= LOOK_EVERY);
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
        if look {
            self.others_looked_at = Some(now);
        }
        if row.others == Some(true) {
            self.pace.saw_others(now);
        }
        Ok(())
    }

    /// Whether another session waits for this transaction, or is about to write the table. Those of the workers of
    /// this backfill do not count.
    fn others(&self) -> String {
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
