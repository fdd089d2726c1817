//! `migrate-safety drift`.

use crate::database::{self, Database, Held};
use crate::input::{Input, Loaded};
use crate::{CLEAN, FINDINGS, UNUSABLE, print};
use clap::{Args, ValueEnum};
use migrate_safety_core::drift::{drift, drift_of_database};
use std::path::PathBuf;

/// Compare a live database with the migrations it has applied.
#[derive(Debug, Args)]
pub(crate) struct Drift {
    /// The directory of the migrations [default: migrations].
    #[arg(long, value_name = "DIR")]
    migrations: Option<PathBuf>,
    /// How the migrations are laid out: auto, sqlx, diesel or plain [default: auto].
    #[arg(long)]
    layout: Option<String>,
    #[command(flatten)]
    database: Database,
    /// How to print the differences.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Format {
    Text,
    Json,
}

impl Drift {
    pub(crate) fn run(&self) -> u8 {
        match self.compare() {
            Ok(status) => status,
            Err(error) => {
                eprintln!("error: {error}");
                UNUSABLE
            }
        }
    }

    /// 0: no drift; 1: drift; 2: it cannot be told.
    fn compare(&self) -> Result<u8, String> {
        let paths = self.migrations.iter().cloned().collect();
        let input = Input { paths, layout: self.layout.clone(), dialect: None, schema: None };
        let url = self.database.url_or_environment()?;
        let Loaded { set, config, unreadable, .. } = input.read_for(Some(database::server_of(&url)), false)?;
        if unreadable > 0 {
            return Ok(UNUSABLE);
        }
        let drift = match database::read(&url)? {
            Held::Postgres(live) => drift(&set, &config, &live, &migrate_safety_sqlx::checksum),
            Held::Other(live) => drift_of_database(&set, &config, &live, &migrate_safety_sqlx::checksum),
        };
        print(&match self.format {
            Format::Text => drift.to_string(),
            Format::Json => format!("{:#}\n", drift.to_json()),
        });
        for unread in &drift.unread {
            eprintln!("error: {unread}");
        }
        Ok(match (drift.is_drift(), drift.unread.is_empty()) {
            (true, _) => FINDINGS,
            (false, true) => CLEAN,
            (false, false) => UNUSABLE,
        })
    }
}
