//! What every command reads: migrations, a schema, a dialect.

use clap::Args;
use migrate_safety_core::config::Config;
use migrate_safety_core::dialect::Target;
use migrate_safety_core::layout::{Layout, LoadError, MigrationSet, Source};
use std::io::Read;
use std::path::{Path, PathBuf};

/// Options that say what is read and how.
#[derive(Debug, Args)]
pub(crate) struct Input {
    /// Directories or files of migrations, or `-` for standard input [default: migrations].
    #[arg(value_name = "PATH")]
    pub(crate) paths: Vec<PathBuf>,
    /// How the migrations are laid out: auto, sqlx, diesel or plain.
    #[arg(long, default_value = "auto")]
    pub(crate) layout: String,
    /// The server: postgres:VERSION.
    #[arg(long, default_value = "postgres:16")]
    pub(crate) dialect: Target,
    /// The schema before the first migration, as SQL (`pg_dump --schema-only`).
    #[arg(long, value_name = "FILE")]
    pub(crate) schema: Option<PathBuf>,
}

impl Input {
    /// The layout, if one is told.
    fn layout(&self) -> Result<Option<Layout>, String> {
        match self.layout.as_str() {
            "auto" => Ok(None),
            told => told.parse().map(Some).map_err(|e: migrate_safety_core::layout::UnknownLayout| e.to_string()),
        }
    }

    /// Reads everything. What could not be read is told on standard error and counted; the rest is read all the same.
    ///
    /// Without a path it reads `migrations`, unless there is a schema and `schema_alone` is enough.
    pub(crate) fn read(&self, schema_alone: bool) -> Result<(MigrationSet, Config, usize), String> {
        let layout = self.layout()?;
        let mut config = Config { target: self.dialect, ..Config::default() };
        if let Some(path) = &self.schema {
            config.schema = Some(read_schema(path)?);
        }
        let default = [PathBuf::from("migrations")];
        let paths =
            if self.paths.is_empty() && !(schema_alone && self.schema.is_some()) { &default[..] } else { &self.paths };
        let mut set = MigrationSet::default();
        let mut unreadable = 0;
        for path in paths {
            match load(path, layout) {
                Ok(read) => set.append(read),
                Err(error) => {
                    unreadable += 1;
                    eprintln!("error: {error}");
                }
            }
        }
        for error in &set.errors {
            unreadable += 1;
            eprintln!("error: {error}");
        }
        if paths.is_empty() {
            set.complete = true;
        }
        Ok((set, config, unreadable))
    }
}

fn load(path: &Path, layout: Option<Layout>) -> Result<MigrationSet, LoadError> {
    if path != Path::new("-") {
        return MigrationSet::load(path, layout);
    }
    let mut bytes = Vec::new();
    std::io::stdin().lock().read_to_end(&mut bytes).map_err(|e| LoadError::new(path, e.to_string()))?;
    let text = String::from_utf8(bytes).map_err(|_| LoadError::new(path, "standard input is not UTF-8"))?;
    Ok(MigrationSet::from_text("-", text, layout.unwrap_or(Layout::Plain)))
}

fn read_schema(path: &Path) -> Result<Source, String> {
    let set = MigrationSet::load(path, Some(Layout::Plain)).map_err(|e| e.to_string())?;
    if let Some(error) = set.errors.first() {
        return Err(error.to_string());
    }
    match set.migrations.into_iter().next() {
        Some(migration) => Ok(migration.up),
        None => Err(format!("{}: give one file of SQL as the schema", path.display())),
    }
}
