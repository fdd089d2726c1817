//! `migrate-safety catalog`.

use crate::input::{Input, Loaded};
use crate::{CLEAN, UNUSABLE, print};
use clap::{Args, ValueEnum};

/// Print the schema that migrations leave.
#[derive(Debug, Args)]
pub(crate) struct Print {
    #[command(flatten)]
    input: Input,
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
        let catalog = migrate_safety_core::replay(&set, &config);
        print(&match self.format {
            Format::Sql => catalog.to_sql(),
            Format::Json => format!("{:#}\n", catalog.to_json()),
        });
        if unreadable > 0 { UNUSABLE } else { CLEAN }
    }
}
