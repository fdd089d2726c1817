//! `migrate-safety init`: a `migrate-safety.toml` that reports what comes after today.

use crate::input::{Input, Loaded};
use crate::{CLEAN, UNUSABLE};
use clap::Args;
use migrate_safety_core::config::FILE_NAME;
use std::io::Write;
use std::path::Path;

/// Write a commented migrate-safety.toml here, with the newest migration as the baseline.
#[derive(Debug, Args)]
pub(crate) struct Init {
    #[command(flatten)]
    input: Input,
}

impl Init {
    pub(crate) fn run(&self) -> u8 {
        match self.write() {
            Ok(said) => {
                println!("{said}");
                CLEAN
            }
            Err(error) => {
                eprintln!("error: {error}");
                UNUSABLE
            }
        }
    }

    fn write(&self) -> Result<String, String> {
        let path = Path::new(FILE_NAME);
        let exists = || format!("{FILE_NAME} exists: remove it first, or edit it");
        if path.exists() {
            return Err(exists());
        }
        let loaded = self.input.read(false)?;
        if loaded.set.migrations.is_empty() && loaded.unreadable > 0 {
            return Err("there is no migration to begin after".to_owned());
        }
        let text = self.text(&loaded);
        let mut file = std::fs::File::create_new(path).map_err(|error| match error.kind() {
            std::io::ErrorKind::AlreadyExists => exists(),
            _ => format!("{FILE_NAME}: {error}"),
        })?;
        file.write_all(text.as_bytes()).map_err(|error| format!("{FILE_NAME}: {error}"))?;
        let newest =
            loaded.set.migrations.last().map_or_else(String::new, |m| format!(" after {}", m.up.path.display()));
        Ok(format!("wrote {FILE_NAME}: `migrate-safety check` now reports what comes{newest}"))
    }

    fn text(&self, loaded: &Loaded) -> String {
        let Loaded { set, config, .. } = loaded;
        let migrations = self.input.paths.first().map_or_else(|| "migrations".to_owned(), |p| p.display().to_string());
        let baseline = set.migrations.last().map_or_else(
            || "# start_after = \"20240101000000\"".to_owned(),
            |newest| format!("start_after = {}", quoted(&newest.id)),
        );
        let not_run = if set.ignored.is_empty() {
            "# index-not-concurrent = \"flag\"".to_owned()
        } else {
            let names: Vec<String> = set.ignored.iter().map(|p| format!("#   {}\n", p.display())).collect();
            format!(
                "# Files that were here before and that {} does not run:\n{}file-not-run = \"allow\"",
                set.layout.name(),
                names.concat()
            )
        };
        format!(
            "# Settings of migrate-safety, found upward from the migrations.\n\
             \n\
             # The server in production: postgres:VERSION.\n\
             dialect = {}\n\
             \n\
             # Where the migrations are, and how they are laid out: sqlx, diesel or plain.\n\
             migrations = {}\n\
             layout = {}\n\
             \n\
             # Migrations up to this one are replayed, not reported.\n\
             {baseline}\n\
             \n\
             # From which status on a check fails: \"block\" or \"flag\".\n\
             deny = \"block\"\n\
             \n\
             # A table with at most this many rows is small: a lock held while it is read is short.\n\
             small_table_rows = {}\n\
             \n\
             # Rows of tables where you know them. An unknown table counts as large.\n\
             [table_rows]\n\
             # \"public.users\" = 40_000_000\n\
             # \"public.settings\" = 12\n\
             \n\
             # What becomes of the findings of a rule: \"allow\", \"flag\" or \"block\".\n\
             [rules]\n\
             {not_run}\n",
            quoted(&config.target.to_string()),
            quoted(&migrations),
            quoted(set.layout.name()),
            config.small_table_rows,
        )
    }
}

/// A string of TOML.
fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}
