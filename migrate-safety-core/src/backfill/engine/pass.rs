//! The first pass does the work; each later one verifies all of it and repairs what it finds, until one finds nothing.

use super::Statement;
use super::claim::Claim;
use super::error::{Failure, RunError};
use super::records::JobRow;
use super::store::Parameters;
use super::worker::Worker;

/// How many keys of rows without their value are named.
const EXAMPLES: u32 = 10;

impl Worker {
    /// All of a pass is done: another one, or the end. Runs in the transaction that holds the row of the backfill.
    pub(super) async fn end_pass(&mut self, job: &JobRow) -> Result<Claim, Failure> {
        let totals = self.totals;
        let over = Claim::PassOver { pass: job.pass, changed: totals.changed };
        let last_key = self.last_key().await?;
        if job.pass == 1 {
            self.begin_pass(2, last_key.as_deref()).await?;
            return Ok(over);
        }
        let unexplained = totals.mismatched.saturating_sub(totals.rejected);
        if totals.changed == 0 && unexplained == 0 {
            self.verified(job.pass).await?;
        } else if totals.changed > 0 && job.pass.saturating_sub(self.first_pass) + 1 < self.options.max_passes {
            self.begin_pass(job.pass + 1, last_key.as_deref()).await?;
        } else {
            let rows = unexplained.max(totals.changed);
            let keys = self.examples(job.pass).await?;
            let error = RunError::NotConverging { pass: job.pass, rows, keys };
            self.fail(&error.to_string()).await?;
        }
        Ok(over)
    }

    /// From the start again, up to the last key of now.
    pub(super) async fn begin_pass(&self, pass: u32, last_key: Option<&[String]>) -> Result<(), Failure> {
        let mut p = Parameters::default();
        let (name, pass, last) = (p.text(&self.name), p.number(pass), p.json(last_key));
        let sql = format!(
            "UPDATE {} SET state = 'verifying', pass = {pass}, frontier = NULL, last_key = {last}, error = NULL, \
             updated_at = clock_timestamp() WHERE name = {name}",
            self.store.jobs
        );
        self.io.execute(Statement::new(sql, p.values())).await.map(drop)
    }

    async fn last_key(&self) -> Result<Option<Vec<String>>, Failure> {
        let sql = format!("SELECT coalesce(({}), 'null'::jsonb)::text AS answer", self.prepared.last_key_sql());
        self.io.fetch(Statement::new(sql, [])).await
    }

    async fn verified(&mut self, pass: u32) -> Result<(), Failure> {
        let (jobs, rejects) = (&self.store.jobs, &self.store.rejects);
        let mut p = Parameters::default();
        let (name, pass) = (p.text(&self.name), p.number(pass));
        // Rows that did not fit in an earlier pass and do now.
        let sql = format!("DELETE FROM {rejects} WHERE name = {name} AND pass <> {pass}");
        self.io.execute(Statement::new(sql, p.values())).await?;
        let mut p = Parameters::default();
        let name = p.text(&self.name);
        let sql = format!(
            "UPDATE {jobs} SET state = 'verified', visited = {}, rejected = (SELECT count(*) FROM {rejects} WHERE name = \
             {name}), error = NULL, updated_at = clock_timestamp() WHERE name = {name}",
            self.totals.visited
        );
        self.io.execute(Statement::new(sql, p.values())).await.map(drop)
    }

    pub(super) async fn fail(&self, reason: &str) -> Result<(), Failure> {
        let mut p = Parameters::default();
        let (name, reason) = (p.text(&self.name), p.text(reason));
        let sql = format!(
            "UPDATE {} SET state = 'failed', error = {reason}, updated_at = clock_timestamp() WHERE name = {name}",
            self.store.jobs
        );
        self.io.execute(Statement::new(sql, p.values())).await.map(drop)
    }

    /// Keys of some rows without their value, from a range where a pass has found such.
    async fn examples(&self, pass: u32) -> Result<Vec<String>, Failure> {
        #[derive(serde::Deserialize)]
        struct Bounds {
            lower: Option<Vec<String>>,
            upper: Vec<String>,
        }
        let mut p = Parameters::default();
        let (name, pass) = (p.text(&self.name), p.number(pass));
        let sql = format!(
            "SELECT json_build_object('lower', lower, 'upper', upper)::text AS answer FROM {} WHERE name = {name} AND \
             pass = {pass} AND mismatched > rejected ORDER BY number LIMIT 1",
            self.store.ranges
        );
        let Some(bounds) = self.io.fetch_optional::<Bounds>(Statement::new(sql, p.values())).await? else {
            return Ok(Vec::new());
        };
        let columns = &self.prepared.key.columns;
        let mut p = Parameters::default();
        let after = bounds.lower.as_ref().map(|key| p.key(columns, key));
        let upto = p.key(columns, &bounds.upper);
        let range = self.prepared.range(after.as_deref(), Some(&upto));
        // A value that cannot be computed must not hide why the run ends.
        self.io.batch("SAVEPOINT examples").await?;
        let keys =
            self.io.fetch(Statement::new(self.prepared.mismatching_keys_sql(&range, EXAMPLES), p.values())).await;
        match keys {
            Ok(keys) => Ok(keys),
            Err(_) => self.io.batch("ROLLBACK TO SAVEPOINT examples").await.map(|()| Vec::new()),
        }
    }
}
