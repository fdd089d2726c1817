//! Looking at a backfill and steering it.

use super::show::grouped;
use crate::database::Database;
use crate::{CLEAN, print};
use clap::{Args, ValueEnum};
use migrate_safety_sqlx::backfill::{Control, Error, Status, control_at, status_at};

/// A backfill that was begun.
#[derive(Debug, Args)]
pub(crate) struct Named {
    #[command(flatten)]
    database: Database,
    /// Its name.
    #[arg(long)]
    name: String,
    /// The schema of the backfill's own tables.
    #[arg(long, value_name = "SCHEMA", default_value = "public")]
    state_schema: String,
    /// How to print where it is.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Format {
    Text,
    Json,
}

impl Named {
    pub(super) fn status(&self) -> Result<u8, String> {
        self.with(async |url| status_at(url, &self.state_schema, &self.name).await)
    }

    pub(super) fn control(&self, told: Control) -> Result<u8, String> {
        self.with(async |url| control_at(url, &self.state_schema, &self.name, told).await)
    }

    fn with(&self, ask: impl AsyncFnOnce(&str) -> Result<Status, Error>) -> Result<u8, String> {
        let url = self.database.url_or_environment()?;
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(|e| e.to_string())?;
        let status = runtime.block_on(ask(&url)).map_err(|error| error.to_string())?;
        print(&match self.format {
            Format::Text => text(&status),
            Format::Json => format!("{:#}\n", json(&status)),
        });
        Ok(CLEAN)
    }
}

fn text(status: &Status) -> String {
    let alive = match (status.alive, status.workers) {
        (true, 1) => "1 worker is at it".to_owned(),
        (true, workers) => format!("{workers} workers are at it"),
        (false, _) => "no worker is at it".to_owned(),
    };
    let estimated = status.estimated.map(|rows| format!(" of about {}", grouped(rows))).unwrap_or_default();
    let mut text = format!(
        "{}: {} (pass {}), {alive}\n  {} rows{estimated} gone through, {} changed, {} rejected, {} without their value\n  \
         {}\n  begun {}, last sign of life {}\n",
        status.name,
        status.state,
        status.pass,
        grouped(status.visited),
        grouped(status.changed),
        grouped(status.rejected),
        grouped(status.mismatched),
        status.definition,
        status.started_at,
        status.updated_at
    );
    if let Some(error) = &status.error {
        text.push_str(&format!("  stopped by: {error}\n"));
    }
    text
}

fn json(status: &Status) -> serde_json::Value {
    serde_json::json!({
        "version": 1,
        "name": status.name,
        "table": status.table,
        "definition": status.definition,
        "state": status.state.name(),
        "alive": status.alive,
        "workers": status.workers,
        "pass": status.pass,
        "visited": status.visited,
        "changed": status.changed,
        "rejected": status.rejected,
        "mismatched": status.mismatched,
        "estimated": status.estimated,
        "rows_per_second": status.rows_per_second,
        "error": status.error,
        "started_at": status.started_at,
        "updated_at": status.updated_at,
    })
}
