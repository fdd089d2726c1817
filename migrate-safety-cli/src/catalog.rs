//! `migrate-safety catalog`.

use crate::database::{self, OptionalDatabase};
use crate::input::{Input, Loaded};
use crate::{CLEAN, UNUSABLE, print};
use clap::{Args, ValueEnum};
use migrate_safety_core::catalog::Catalog;

/// Print the schema that migrations leave, or that a live database holds.
#[derive(Debug, Args)]
pub(crate) struct Print {
    #[command(flatten)]
    input: Input,
    #[command(flatten)]
    database: OptionalDatabase,
    /// How to print it.
    #[arg(long, value_enum, default_value_t = Format::Sql)]
    format: Format,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Format {
    Sql,
    Json,
}

impl Print {
    pub(crate) fn run(&self) -> u8 {
        match self.database.url() {
            Ok(None) => self.print_replayed(),
            Ok(Some(url)) => self.print_live(&url),
            Err(error) => {
                eprintln!("error: {error}");
                UNUSABLE
            }
        }
    }

    fn print_replayed(&self) -> u8 {
        let Loaded { set, config, unreadable, .. } =
            match self.input.read(true).and_then(|loaded| loaded.needs_postgres("catalog")) {
                Ok(read) => read,
                Err(error) => {
                    eprintln!("error: {error}");
                    return UNUSABLE;
                }
            };
        if set.migrations.is_empty() && unreadable > 0 {
            return UNUSABLE;
        }
        self.print(&migrate_safety_core::replay(&set, &config));
        if unreadable > 0 { UNUSABLE } else { CLEAN }
    }

    fn print_live(&self, url: &str) -> u8 {
        match database::read(url) {
            Ok(live) => {
                for unread in &live.unread {
                    eprintln!("error: {unread}");
                    if matches!(self.format, Format::Sql) {
                        print(&format!("-- incomplete: {unread}\n"));
                    }
                }
                self.print(&live.catalog);
                if live.unread.is_empty() { CLEAN } else { UNUSABLE }
            }
            Err(error) => {
                eprintln!("error: {error}");
                UNUSABLE
            }
        }
    }

    fn print(&self, catalog: &Catalog) {
        print(&match self.format {
            Format::Sql => catalog.to_sql(),
            Format::Json => format!("{:#}\n", catalog.to_json()),
        });
    }
}
