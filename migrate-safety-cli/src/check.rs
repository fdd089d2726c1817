//! `migrate-safety check`.

use crate::database::{self, Held, OptionalDatabase};
use crate::input::{Input, Loaded};
use crate::{CLEAN, FINDINGS, UNUSABLE, print, since};
use clap::{Args, ValueEnum};
use migrate_safety_core::Checker;
use migrate_safety_core::report::Colour;
use migrate_safety_core::rules::Status;
use std::io::IsTerminal;

/// Judge migrations: which tables they lock, rewrite and read through, and whether they can run at all.
#[derive(Debug, Args)]
pub(crate) struct Check {
    #[command(flatten)]
    input: Input,
    #[command(flatten)]
    database: OptionalDatabase,
    /// How to print the report.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// From which status on the exit status is 1 [default: block].
    #[arg(long, value_enum)]
    deny: Option<Deny>,
    /// Report only what is newer than a version, or has changed since a revision of git; everything is replayed.
    #[arg(long, value_name = "VERSION|GIT_REF")]
    since: Option<String>,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Format {
    Text,
    Json,
    Markdown,
    Sarif,
    Github,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Deny {
    Flag,
    Block,
}

impl Check {
    pub(crate) fn run(&self) -> u8 {
        let loaded = self.database.url().and_then(|url| {
            let mut loaded = self.input.read_for(url.as_deref().map(database::server_of), false)?;
            if let Some(since) = &self.since {
                since::narrow(&mut loaded.config, &loaded.set, since)?;
            }
            Ok((loaded, url))
        });
        let (Loaded { set, config, file, unreadable, .. }, url) = match loaded {
            Ok(loaded) => loaded,
            Err(error) => {
                eprintln!("error: {error}");
                return UNUSABLE;
            }
        };
        if set.migrations.is_empty() && unreadable > 0 {
            return UNUSABLE;
        }
        let live = match url.as_deref().map(database::read).transpose() {
            Ok(live) => live,
            Err(error) => {
                eprintln!("error: {error}");
                return UNUSABLE;
            }
        };
        let checker = Checker::new(&config);
        let report = match &live {
            None => checker.check(&set),
            Some(Held::Postgres(live)) => checker.with_live(live).check(&set),
            Some(Held::Other(live)) => checker.with_database(live).check(&set),
        };
        for unread in live.iter().flat_map(Held::unread) {
            eprintln!("warning: {unread}");
        }
        print(&match self.format {
            Format::Text => {
                let coloured = std::io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none();
                report.to_text(if coloured { Colour::Always } else { Colour::Never })
            }
            Format::Json => format!("{:#}\n", report.to_json()),
            Format::Markdown => report.to_markdown(),
            Format::Sarif => format!("{:#}\n", report.to_sarif()),
            Format::Github => report.to_github(),
        });
        let denied = match self.deny {
            Some(Deny::Flag) => Status::Flag,
            Some(Deny::Block) => Status::Block,
            None => file.and_then(|file| file.deny).unwrap_or(Status::Block),
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
