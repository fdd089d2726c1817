//! Ranges of keys are handed out by the database: none twice.

use super::Statement;
use super::control::State;
use super::error::{Failure, RunError};
use super::records::{JobRow, KeyValues, RangeRow, Totals};
use super::store::Parameters;
use super::worker::{Trouble, Worker};

/// What a worker gets to do.
#[derive(Debug)]
pub(super) enum Claim {
    /// This range.
    Range(RangeRow),
    /// Nothing now: others are at the last ranges of the pass.
    Wait,
    /// Nothing now: before rows are compared, transactions must end that are older than the backfill.
    AwaitOthers,
    /// Nothing: the pass is over, and another one begins or the backfill ends.
    PassOver { pass: u32, changed: u64 },
    /// Nothing: it does not run any more, and why.
    Over { state: State, pass: u32, reason: Option<String> },
}

/// How many ranges the table is cut into, so that several workers end at about the same time.
const RANGES: u64 = 32;

/// How many rows a range has at least and at most.
const RANGE_ROWS: (u64, u64) = (20_000, 200_000);

impl Worker {
    /// Claims a range: one that its worker has left, or the next new one.
    pub(super) async fn claim(&mut self) -> Result<Claim, Trouble> {
        self.io.batch(&self.begin_bookkeeping()).await?;
        let job = self.job().await?;
        let definition = self.definition();
        if job.definition != definition {
            // Started anew by somebody else, with another definition.
            let name = self.name.clone();
            return Err(RunError::Changed { name, what: "definition", before: job.definition, now: definition }.into());
        }
        let state = State::named(&job.state);
        self.totals = self.totals(job.pass).await?;
        let claim = match state {
            State::Running | State::Verifying => self.next_range(job).await?,
            state => Claim::Over { state, pass: job.pass, reason: job.error },
        };
        self.io.batch("COMMIT").await?;
        Ok(claim)
    }

    async fn next_range(&mut self, job: JobRow) -> Result<Claim, Failure> {
        if self.totals.open > 0
            && let Some(range) = self.take_over(job.pass).await?
        {
            return Ok(Claim::Range(range));
        }
        if job.is_exhausted() {
            return match self.totals.open {
                0 if job.pass == 1 && job.awaits_others => Ok(Claim::AwaitOthers),
                0 => self.end_pass(&job).await,
                _ => Ok(Claim::Wait),
            };
        }
        self.new_range(&job).await.map(Claim::Range)
    }

    /// A range whose worker has given no sign of life. One in the middle of a batch is locked, and left alone until
    /// the server ends that transaction.
    async fn take_over(&self, pass: u32) -> Result<Option<RangeRow>, Failure> {
        let ranges = &self.store.ranges;
        let mut p = Parameters::default();
        let (name, pass) = (p.text(&self.name), p.number(pass));
        let claimed = self.claimed(&mut p);
        let sql = format!(
            "UPDATE {ranges} AS r SET fence = r.fence + 1, {claimed} FROM (SELECT number FROM {ranges} WHERE name = \
             {name} AND pass = {pass} AND NOT done AND lease_until < clock_timestamp() ORDER BY number LIMIT 1 FOR UPDATE \
             SKIP LOCKED) AS left_behind WHERE r.name = {name} AND r.pass = {pass} AND r.number = left_behind.number \
             RETURNING {RANGE_AS_JSON} AS answer"
        );
        self.io.fetch_optional(Statement::new(sql, p.values())).await
    }

    async fn new_range(&self, job: &JobRow) -> Result<RangeRow, Failure> {
        let rows = (job.estimated_rows.unwrap_or_default() / RANGES).clamp(RANGE_ROWS.0, RANGE_ROWS.1);
        let last = job.last_key.as_deref().unwrap_or_default();
        let columns = &self.prepared.key.columns;
        let mut p = Parameters::default();
        let after = job.frontier.as_ref().map(|key| p.key(columns, key));
        let upto = p.key(columns, last);
        let rows_text = p.number(rows);
        // Where the pass before cut the table; else where the server's sample of the keys says. Both cost nothing, and
        // any key will do. Only then are keys counted.
        let (name, pass, frontier) = (p.text(&self.name), p.number(job.pass), p.json(job.frontier.as_deref()));
        let before = format!(
            "SELECT upper FROM {} WHERE name = {name} AND pass = {pass} - 1 AND lower IS NOT DISTINCT FROM {frontier}",
            self.store.ranges
        );
        let table_rows = job.estimated_rows.unwrap_or_default();
        let sampled = self.prepared.sampled_key_sql(after.as_deref(), Some(&upto), &rows_text, table_rows);
        let counted = self.prepared.nth_key_sql(after.as_deref(), Some(&upto), &rows_text);
        let bounds: Vec<String> =
            [Some(before), sampled, Some(counted)].into_iter().flatten().map(|sql| format!("({sql}), ")).collect();
        let sql = format!("SELECT coalesce({}{})::text AS answer", bounds.concat(), p.json(Some(last)));
        let upper: KeyValues = self.io.fetch(Statement::new(sql, p.values())).await?;

        let mut p = Parameters::default();
        let (name, pass) = (p.text(&self.name), p.number(job.pass));
        let (lower, upper_json) = (p.json(job.frontier.as_deref()), p.json(Some(&upper)));
        let (owner, lease, size) =
            (p.text(&self.owner), p.text(self.options.lease.as_secs_f64().to_string()), p.number(self.pace.rows()));
        let (jobs, ranges) = (&self.store.jobs, &self.store.ranges);
        let speed = p.text(self.rows_per_second().to_string());
        let Totals { visited, changed, .. } = self.totals;
        let sql = format!(
            "WITH moved AS (UPDATE {jobs} SET frontier = {upper_json}, visited = {visited}, changed = {changed}, \
             rows_per_second = {speed}::real, updated_at = clock_timestamp() WHERE name = {name}) INSERT INTO {ranges} AS \
             r (name, pass, number, lower, upper, cursor, batch_size, owner, backend, lease_until) SELECT {name}, {pass}, \
             coalesce(max(number), 0) + 1, {lower}, {upper_json}, {lower}, {size}, {owner}, pg_backend_pid(), \
             clock_timestamp() + make_interval(secs => {lease}::float8) FROM {ranges} WHERE name = {name} AND pass = \
             {pass} RETURNING {RANGE_AS_JSON} AS answer"
        );
        self.io.fetch(Statement::new(sql, p.values())).await
    }

    /// What the ranges of a pass add up to.
    pub(super) async fn totals(&self, pass: u32) -> Result<Totals, Failure> {
        let mut p = Parameters::default();
        let (name, pass) = (p.text(&self.name), p.number(pass));
        let sql = format!(
            "SELECT json_build_object('visited', coalesce(sum(visited), 0), 'changed', coalesce(sum(changed), 0), \
             'rejected', coalesce(sum(rejected), 0), 'mismatched', coalesce(sum(mismatched), 0), 'open', count(*) FILTER \
             (WHERE NOT done))::text AS answer FROM {} WHERE name = {name} AND pass = {pass}",
            self.store.ranges
        );
        self.io.fetch(Statement::new(sql, p.values())).await
    }

    /// A sign of life.
    pub(super) async fn renew(&self, range: &RangeRow) -> Result<(), Failure> {
        self.set_lease(range, self.options.lease.as_secs_f64()).await
    }

    /// Leaves a range to whoever comes next. Failing that, they wait until the lease is over.
    pub(super) async fn release(&self, range: &RangeRow) {
        let _ = self.set_lease(range, 0.0).await;
    }

    async fn set_lease(&self, range: &RangeRow, seconds: f64) -> Result<(), Failure> {
        let mut p = Parameters::default();
        let seconds = p.text(seconds.to_string());
        let condition = self.is_range(range, &mut p);
        let sql = format!(
            "UPDATE {} SET lease_until = clock_timestamp() + make_interval(secs => {seconds}::float8) WHERE {condition}",
            self.store.ranges
        );
        self.io.execute(Statement::new(sql, p.values())).await.map(drop)
    }

    /// The condition on a range that is still this worker's.
    pub(super) fn is_range(&self, range: &RangeRow, p: &mut Parameters) -> String {
        let (name, pass, number) = (p.text(&self.name), p.number(range.pass), p.number(range.number));
        let fence = p.number(range.fence);
        format!("name = {name} AND pass = {pass} AND number = {number} AND fence = {fence}")
    }

    fn claimed(&self, p: &mut Parameters) -> String {
        let (owner, lease) = (p.text(&self.owner), p.text(self.options.lease.as_secs_f64().to_string()));
        format!(
            "owner = {owner}, backend = pg_backend_pid(), lease_until = clock_timestamp() + make_interval(secs => \
             {lease}::float8), updated_at = clock_timestamp()"
        )
    }
}

const RANGE_AS_JSON: &str = "json_build_object('pass', r.pass, 'number', r.number, 'cursor', r.cursor, 'upper', \
                             r.upper, 'batch_size', r.batch_size, 'fence', r.fence)::text";
