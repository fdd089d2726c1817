//! `migrate-safety catalog`.

use crate::database::{self, Held, OptionalDatabase};
use crate::input::{Input, Loaded};
use crate::{CLEAN, UNUSABLE, print};
use clap::{Args, ValueEnum};
use migrate_safety_core::Dialect;
use migrate_safety_core::catalog::Catalog;
use migrate_safety_core::databases;

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
        let Loaded { set, config, unreadable, .. } = match self.input.read(true) {
            Ok(read) => read,
            Err(error) => {
                eprintln!("error: {error}");
                return UNUSABLE;
            }
        };
        if set.migrations.is_empty() && unreadable > 0 {
            return UNUSABLE;
        }
        match config.target.dialect {
            Dialect::Postgres => self.print(&migrate_safety_core::replay(&set, &config)),
            _ => self.print_other(&databases::replay(&set, &config)),
        }
        if unreadable > 0 { UNUSABLE } else { CLEAN }
    }

    fn print_live(&self, url: &str) -> u8 {
        let printed = database::read(url).map(|held| {
            for unread in held.unread() {
                eprintln!("error: {unread}");
                if matches!(self.format, Format::Sql) {
                    print(&format!("-- incomplete: {unread}\n"));
                }
            }
            match &held {
                Held::Postgres(live) => self.print(&live.catalog),
                Held::Other(live) => self.print_other(&live.schema()),
            }
            held.unread().is_empty()
        });
        match printed {
            Ok(complete) => {
                if complete {
                    CLEAN
                } else {
                    UNUSABLE
                }
            }
            Err(error) => {
                eprintln!("error: {error}");
                UNUSABLE
            }
        }
    }

    fn print_other(&self, schema: &databases::schema::Schema) {
        print(&match self.format {
            Format::Sql => schema.to_sql(),
            Format::Json => format!("{:#}\n", schema.to_json()),
        });
    }

    fn print(&self, catalog: &Catalog) {
        print(&match self.format {
            Format::Sql => catalog.to_sql(),
            Format::Json => format!("{:#}\n", catalog.to_json()),
        });
    }
}
