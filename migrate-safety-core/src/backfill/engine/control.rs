//! Looking at a backfill and steering it, from any process.

use super::Statement;
use super::store::{Parameters, Store};
use serde::Deserialize;
use std::fmt;

/// What can be told to a backfill; its workers hear it before their next batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Control {
    /// Wait, after the batch that is under way.
    Pause,
    /// Go on.
    Resume,
    /// End for good; what is done stays.
    Cancel,
}

/// What a backfill is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// The first pass, if any worker lives.
    Running,
    /// A later pass.
    Verifying,
    /// It waits for [`Control::Resume`].
    Paused,
    /// A whole pass has found nothing left to do.
    Verified,
    /// It stopped; the next run goes on.
    Failed,
    /// It was cancelled.
    Cancelled,
}

/// Where a backfill is, running or not.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct Status {
    /// Its name.
    pub name: String,
    /// The table that is read, `schema.name`.
    pub table: String,
    /// What is done.
    pub definition: String,
    /// What it is doing.
    pub state: State,
    /// Whether a worker has given a sign of life within its lease.
    #[serde(default)]
    pub alive: bool,
    /// Workers that have.
    pub workers: u32,
    /// 1: the backfill itself; later ones verify.
    pub pass: u32,
    /// Rows gone through in this pass.
    pub visited: u64,
    /// Rows changed in all passes.
    pub changed: u64,
    /// Rows that do not fit.
    pub rejected: u64,
    /// Rows this pass has found without their value and could not give it.
    pub mismatched: u64,
    /// Rows the table has, as the server estimates.
    pub estimated: Option<u64>,
    /// Rows per second, as a worker last reported.
    pub rows_per_second: Option<f64>,
    /// Why it stopped.
    pub error: Option<String>,
    /// When it began, ISO 8601.
    pub started_at: String,
    /// When it last gave a sign of life, ISO 8601.
    pub updated_at: String,
}

impl State {
    const NAMES: [(&str, Self); 6] = [
        ("running", Self::Running),
        ("verifying", Self::Verifying),
        ("paused", Self::Paused),
        ("verified", Self::Verified),
        ("failed", Self::Failed),
        ("cancelled", Self::Cancelled),
    ];

    /// The name in the table: `running`.
    pub fn name(self) -> &'static str {
        Self::NAMES.iter().find(|(_, state)| *state == self).map_or("failed", |(name, _)| name)
    }

    /// The state of this name; the table takes no other ones.
    pub(super) fn named(name: &str) -> Self {
        Self::NAMES.iter().find(|(known, _)| *known == name).map_or(Self::Failed, |(_, state)| *state)
    }
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl<'de> Deserialize<'de> for State {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(|name| Self::named(&name))
    }
}

/// Gives, as `answer`, the status of a backfill as JSON for [`Status`]; no row if there is none of this name.
pub fn status_statement(schema: &str, name: &str) -> Statement {
    let Store { jobs, ranges, rejects, .. } = Store::new(schema);
    let mut p = Parameters::default();
    let name = p.text(name);
    let sql = format!(
        "SELECT json_build_object('name', j.name, 'table', j.table_name, 'definition', j.definition, 'state', j.state, \
         'alive', r.workers > 0, 'workers', r.workers, 'pass', j.pass, 'visited', r.visited, 'changed', r.changed, \
         'rejected', (SELECT count(*) FROM {rejects} WHERE name = {name}), 'mismatched', r.mismatched, 'estimated', \
         j.estimated_rows, 'rows_per_second', j.rows_per_second, 'error', j.error, 'started_at', j.started_at, \
         'updated_at', greatest(j.updated_at, r.updated_at))::text AS answer FROM {jobs} AS j CROSS JOIN LATERAL (SELECT \
         coalesce(sum(visited) FILTER (WHERE pass = j.pass), 0) AS visited, coalesce(sum(changed), 0) AS changed, \
         coalesce(sum(mismatched) FILTER (WHERE pass = j.pass), 0) AS mismatched, count(DISTINCT owner) FILTER (WHERE NOT \
         done AND lease_until > clock_timestamp()) AS workers, max(updated_at) AS updated_at FROM {ranges} WHERE name = \
         j.name) AS r WHERE j.name = {name}"
    );
    Statement::new(sql, p.values())
}

/// Tells a backfill; changes no row if there is none of this name or it has come to an end before.
pub fn control_statement(schema: &str, name: &str, control: Control) -> Statement {
    let jobs = Store::new(schema).jobs;
    let mut p = Parameters::default();
    let name = p.text(name);
    let (state, from) = match control {
        Control::Pause => ("'paused'", "'running', 'verifying'"),
        Control::Resume => {
            ("CASE WHEN pass = 1 THEN 'running' ELSE 'verifying' END", "'paused', 'failed', 'cancelled'")
        }
        Control::Cancel => ("'cancelled'", "'running', 'verifying', 'paused', 'failed'"),
    };
    let sql = format!(
        "UPDATE {jobs} SET state = {state}, error = NULL, updated_at = clock_timestamp() WHERE name = {name} AND state IN \
         ({from})"
    );
    Statement::new(sql, p.values())
}
