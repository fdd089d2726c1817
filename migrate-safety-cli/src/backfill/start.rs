//! Beginning a backfill, or going on with it.

use super::show::Display;
use crate::database::Database;
use crate::{CLEAN, FINDINGS, duration, print};
use clap::Args;
use migrate_safety_sqlx::backfill::{Backfill, Options, Runner, Signal};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// What is to be done, and how fast.
#[derive(Debug, Args)]
pub(crate) struct Start {
    #[command(flatten)]
    database: Database,
    /// The name that tells it from other backfills.
    #[arg(long, required = true)]
    name: Option<String>,
    /// The table that is read in batches: schema.table.
    #[arg(long, required = true)]
    table: Option<String>,
    /// A column and its value: "email_lower = lower(email)". Can be given several times.
    #[arg(long, value_name = "COLUMN = EXPRESSION")]
    set: Vec<String>,
    /// The same, only where the column is NULL: for values that differ each time.
    #[arg(long, value_name = "COLUMN = EXPRESSION")]
    fill: Vec<String>,
    /// Copy the rows into this table; --set says what its columns get.
    #[arg(long, value_name = "TABLE")]
    into: Option<String>,
    /// Only rows that meet this condition.
    #[arg(long = "where", value_name = "CONDITION")]
    only: Option<String>,
    /// The unique key that the batches follow [default: the primary key].
    #[arg(long, value_name = "COLUMN,…", value_delimiter = ',')]
    key: Vec<String>,
    /// The most rows of a batch, up to 10000.
    #[arg(long, value_name = "N")]
    batch: Option<u32>,
    /// How long a batch should take [default: 200ms].
    #[arg(long, value_name = "DURATION", value_parser = duration::parse)]
    target_time: Option<Duration>,
    /// How long rows may be kept from other writers [default: 50ms].
    #[arg(long, value_name = "DURATION", value_parser = duration::parse)]
    max_lock_wait: Option<Duration>,
    /// Pause while a replica is this far behind [default: 5s].
    #[arg(long, value_name = "DURATION", value_parser = duration::parse)]
    max_lag: Option<Duration>,
    /// A replica of MySQL or MariaDB, which is asked how far it is behind; may be given several times. Replicas of PostgreSQL
    /// are known to the server itself.
    #[arg(long = "replica", value_name = "URL")]
    replicas: Vec<String>,
    /// The pause after a batch, as a part of the time for which it kept its rows [default: 0.1].
    #[arg(long, value_name = "RATIO")]
    pause: Option<f64>,
    /// How many workers share the table.
    #[arg(long, default_value_t = 1)]
    workers: u32,
    /// How many rows that do not fit are recorded and skipped [default: 1000].
    #[arg(long, value_name = "N")]
    max_rejects: Option<u64>,
    /// The schema of the backfill's own tables [default: public].
    #[arg(long, value_name = "SCHEMA")]
    state_schema: Option<String>,
    /// Begin anew, whatever was done under this name.
    #[arg(long)]
    restart: bool,
}

impl Start {
    /// 0: every row has its value; 1: rows were skipped, or it was stopped.
    pub(super) fn run(&self) -> Result<u8, String> {
        let url = self.database.url_or_environment()?;
        let stop = Arc::new(AtomicBool::new(false));
        let display = Arc::new(Mutex::new(Display::new(self.workers)));
        let heard = Arc::clone(&display);
        let name = self.name.as_deref().ok_or("which backfill? Give --name")?;
        let runner = Runner::new(name, self.backfill()?)
            .options(self.options(Arc::clone(&stop))?)
            .workers(self.workers)
            .replicas(self.replicas.clone())
            .on_event(move |event| heard.lock().unwrap_or_else(PoisonError::into_inner).show(event));
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(|e| e.to_string())?;
        let outcome = runtime.block_on(async {
            tokio::spawn(interrupted(stop));
            runner.run(&url).await
        });
        display.lock().unwrap_or_else(PoisonError::into_inner).clear();
        let outcome = outcome.map_err(|error| error.to_string())?;
        print(&format!("{outcome}\n"));
        Ok(if outcome.is_verified() { CLEAN } else { FINDINGS })
    }

    fn backfill(&self) -> Result<Backfill, String> {
        let table = self.table.as_deref().ok_or("which table? Give --table")?;
        let mut backfill = match &self.into {
            Some(into) => Backfill::copy(table, into),
            None => Backfill::new(table),
        };
        for text in &self.set {
            let (column, value) = assignment(text)?;
            backfill = backfill.set(column, value);
        }
        for text in &self.fill {
            let (column, value) = assignment(text)?;
            backfill = backfill.fill(column, value);
        }
        if let Some(only) = &self.only {
            backfill = backfill.only(only);
        }
        Ok(backfill.key(&self.key))
    }

    fn options(&self, stop: Arc<AtomicBool>) -> Result<Options, String> {
        let mut options = Options { restart: self.restart, ..Options::default() };
        if let Some(rows) = self.batch {
            if !(1..=options.rows.1).contains(&rows) {
                return Err(format!("--batch {rows}: a batch has 1 to {} rows", options.rows.1));
            }
            options.rows = (options.rows.0.min(rows), rows);
        }
        if let Some(pause) = self.pause {
            if !(0.0..=100.0).contains(&pause) {
                return Err(format!("--pause {pause}: a part of the time of a batch is 0 to 100"));
            }
            options.pause = pause;
        }
        let set = |option: &mut Duration, told: Option<Duration>| *option = told.unwrap_or(*option);
        set(&mut options.target_time, self.target_time);
        set(&mut options.max_lock_wait, self.max_lock_wait);
        options.max_lag = self.max_lag.or(options.max_lag);
        options.max_rejects = self.max_rejects.unwrap_or(options.max_rejects);
        options.schema = self.state_schema.clone().unwrap_or(options.schema);
        let signal = move || if stop.load(Ordering::Relaxed) { Signal::Stop } else { Signal::Go };
        options.signal = Some(Arc::new(signal));
        Ok(options)
    }
}

/// `column = expression`.
fn assignment(text: &str) -> Result<(&str, &str), String> {
    let quoted = text.trim_start().starts_with('"');
    // A quoted name may hold anything.
    let after = if quoted { text.match_indices('"').nth(1).map_or(0, |(at, _)| at) } else { 0 };
    let at = text.get(after..).and_then(|rest| rest.find('=')).map(|at| at + after);
    let (column, value) = at
        .map(|at| (&text[..at], &text[at + 1..]))
        .ok_or_else(|| format!("`{text}` sets nothing: write \"column = expression\""))?;
    Ok((column.trim(), value.trim()))
}

/// The first interrupt ends the run behind the batch that is under way, the second one at once.
async fn interrupted(stop: Arc<AtomicBool>) {
    if tokio::signal::ctrl_c().await.is_ok() {
        stop.store(true, Ordering::Relaxed);
        if tokio::signal::ctrl_c().await.is_ok() {
            std::process::exit(130);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_column_and_its_value_are_told_apart() {
        assert_eq!(assignment("a = b = c"), Ok(("a", "b = c")));
        assert_eq!(assignment("\"x=y\" = 1"), Ok(("\"x=y\"", "1")));
        assert!(assignment("lower(a)").is_err());
    }
}
