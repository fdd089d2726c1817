//! A batch in one go: its rows are locked for as long as the server works on them, whatever keeps this process.

use super::Transaction;
use super::batch::{Ahead, Attempt, Bounds};
use super::io::read;
use super::records::{AtOnce, RangeRow};
use super::store::Parameters;
use super::worker::{Trouble, Worker};
use std::time::Duration;

/// Whether the range is held. Expressions of the backfill stand where this name is in force: no table is called so.
const HELD: &str = "migrate_safety_held";

impl Worker {
    /// Writes or compares, moves the cursor and commits.
    pub(super) async fn try_at_once(&mut self, range: &mut RangeRow, bounds: &Bounds) -> Result<Attempt, Trouble> {
        let sent = self.io.clock();
        let statement = self.at_once_sql(range, bounds, self.is_time_to_look());
        let mut transactions = vec![Transaction { begin: self.begin(), statement }];
        // Where a row at fault is looked for, the next batch is of another size.
        let rows = self.pace.rows();
        if bounds.upto != range.upper && !self.pace.is_suspecting() {
            transactions.push(self.probe(range, Some(&bounds.upto), rows));
        }
        let answers = self.io.transactions(transactions).await?;
        let row: AtOnce = read(answers.first().map_or("", String::as_str))?;
        if row.mismatched > 0 {
            return Ok(Attempt::Mismatched);
        }
        if !row.moved {
            return self.not_held(range, &row.state).await;
        }
        range.cursor = Some(bounds.upto.clone());
        self.note(row.others);
        if let Some(answer) = answers.get(1) {
            let after = bounds.upto.clone();
            let bounds = Bounds::new(read(answer)?, range, rows);
            self.ahead = Some(Ahead { range: range.identity(), after, rows, bounds });
        }
        let work = match self.options.synchronous_commit {
            // Until the commit is on disk, others wait.
            true => self.io.clock().saturating_sub(sent),
            false => Duration::try_from_secs_f64(row.seconds).unwrap_or_default(),
        };
        Ok(Attempt::Done { changed: row.changed, work })
    }

    /// Nothing is done unless the range is held, with its cursor where the batch begins.
    fn at_once_sql(&self, range: &RangeRow, bounds: &Bounds, look: bool) -> String {
        let mut p = Parameters::inline();
        let held = self.held(range, &mut p);
        let mut keys = self.keys(range, bounds, &mut p);
        let (with, task, changed, mismatched) = if range.pass == 1 {
            keys.push(format!("EXISTS (SELECT FROM {HELD})"));
            let (with, write) = self.prepared.write_parts(&keys);
            (with.map(|with| format!("{with}, ")), format!("{write} RETURNING 1"), "count(*)", "0")
        } else {
            (None, self.prepared.compare_sql(&keys), "0", "sum((answer::json ->> 'mismatched')::bigint)")
        };
        let (cursor, condition) = (p.json(Some(&bounds.upto)), self.is_range(range, &mut p));
        let (visited, size) = (bounds.visited, self.pace.rows());
        let (lease, state) = (self.options.lease.as_secs_f64(), self.state(&mut p));
        let others = if look { self.others() } else { "NULL".to_owned() };
        let with = with.unwrap_or_default();
        // The last part sees everything before it done, and those who wait for it.
        format!(
            "WITH {HELD} AS MATERIALIZED ({held}), {with}task AS ({task}), result AS MATERIALIZED (SELECT {changed} AS changed, \
             {mismatched} AS mismatched FROM task), moved AS (UPDATE {} SET cursor = {cursor}, done = ({cursor} = upper), \
             visited = visited + {visited}, changed = changed + (SELECT changed FROM result), batch_size = {size}, backend \
             = pg_backend_pid(), lease_until = clock_timestamp() + make_interval(secs => {lease}), updated_at = \
             clock_timestamp() WHERE {condition} AND EXISTS (SELECT FROM {HELD}) AND (SELECT mismatched = 0 FROM result) \
             RETURNING 1), over AS MATERIALIZED (SELECT count(*) > 0 AS moved FROM moved) SELECT \
             json_build_object('moved', over.moved, 'state', {state}, 'changed', result.changed, 'mismatched', \
             result.mismatched, 'others', {others}, 'seconds', extract(epoch FROM clock_timestamp() - \
             statement_timestamp()))::text AS answer FROM over, result",
            self.store.ranges
        )
    }
}
