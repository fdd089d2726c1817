//! `migrate-safety check`.

use crate::input::Input;
use crate::{CLEAN, FINDINGS, UNUSABLE};
use clap::{Args, ValueEnum};
use migrate_safety_core::report::Colour;
use migrate_safety_core::rules::Status;
use std::io::{IsTerminal, Write};

/// Judge migrations: which tables they lock, rewrite and read through, and whether they can run at all.
#[derive(Debug, Args)]
pub(crate) struct Check {
    #[command(flatten)]
    input: Input,
    /// How to print the report.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// From which status on the exit status is 1.
    #[arg(long, value_enum, default_value_t = Deny::Block)]
    deny: Deny,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Format {
    Text,
    Json,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Deny {
    Flag,
    Block,
}

impl Check {
    pub(crate) fn run(&self) -> u8 {
        let (set, config, unreadable) = match self.input.read(false) {
            Ok(read) => read,
            Err(error) => {
                eprintln!("error: {error}");
                return UNUSABLE;
            }
        };
        if set.migrations.is_empty() && unreadable > 0 {
            return UNUSABLE;
        }
        let report = migrate_safety_core::check(&set, &config);
        let text = match self.format {
            Format::Text => {
                let coloured = std::io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none();
                report.to_text(if coloured { Colour::Always } else { Colour::Never })
            }
            Format::Json => format!("{:#}\n", report.to_json()),
        };
        // A reader that went away (`| head`) is no error of ours.
        let _ = std::io::stdout().lock().write_all(text.as_bytes());
        let denied = match self.deny {
            Deny::Flag => Status::Flag,
            Deny::Block => Status::Block,
        };
        if unreadable > 0 {
            UNUSABLE
        } else if report.worst() >= denied {
            FINDINGS
        } else {
            CLEAN
        }
    }
}
