//! What every command reads: migrations, settings, a schema.

use clap::Args;
use migrate_safety_core::config::{Config, ConfigFile};
use migrate_safety_core::dialect::{Dialect, Target};
use migrate_safety_core::layout::dialect::Choice;
use migrate_safety_core::layout::{self, Layout, LoadError, MigrationSet, Source};
use migrate_safety_core::schema_problems;
use std::io::Read;
use std::path::{Path, PathBuf};

/// Options that say what is read and how. `migrate-safety.toml` gives what they leave open.
#[derive(Debug, Args)]
pub(crate) struct Input {
    /// Directories or files of migrations, or `-` for standard input [default: migrations].
    #[arg(value_name = "PATH")]
    pub(crate) paths: Vec<PathBuf>,
    /// How the migrations are laid out: auto, sqlx, diesel or plain [default: auto].
    #[arg(long)]
    pub(crate) layout: Option<String>,
    /// The server: postgres:16, mysql:8.0, mariadb:10.11, sqlite:3.45 [default: what the project is set up for].
    #[arg(long)]
    pub(crate) dialect: Option<Target>,
    /// The schema before the first migration, as SQL (`pg_dump --schema-only`).
    #[arg(long, value_name = "FILE")]
    pub(crate) schema: Option<PathBuf>,
}

/// What was read.
#[derive(Debug)]
pub(crate) struct Loaded {
    pub(crate) set: MigrationSet,
    pub(crate) config: Config,
    /// The `migrate-safety.toml`, if there is one.
    pub(crate) file: Option<ConfigFile>,
    /// The layout, if one is told.
    pub(crate) layout: Option<Layout>,
    /// How many files could not be read; each has been told on standard error.
    pub(crate) unreadable: usize,
}

impl Loaded {
    /// Says that a command cannot do its work for the server that the migrations are for, if that is so.
    pub(crate) fn needs_postgres(self, command: &str) -> Result<Self, String> {
        match self.config.target.dialect {
            Dialect::Postgres => Ok(self),
            _ => Err(format!(
                "`{command}` knows PostgreSQL only, and these migrations are for {}: of those, `check` tells what they do",
                self.config.target
            )),
        }
    }
}

impl Input {
    /// Reads everything. What could not be read is told on standard error and counted; the rest is read all the same.
    ///
    /// Without a path it reads `migrations`, unless there is a schema and `schema_alone` is enough.
    pub(crate) fn read(&self, schema_alone: bool) -> Result<Loaded, String> {
        self.read_for(None, schema_alone)
    }

    /// Like [`Self::read`], for the server that a database is in, which tells its version itself.
    pub(crate) fn read_for(&self, server: Option<Target>, schema_alone: bool) -> Result<Loaded, String> {
        let file = ConfigFile::find(self.start()).map_err(|e| e.to_string())?;
        let layout = self.layout(file.as_ref())?;
        let mut config = match &file {
            // The schema of the command line stands for the file's.
            Some(file) if self.schema.is_some() => ConfigFile { schema: None, ..file.clone() }.config(),
            Some(file) => file.config(),
            None => Ok(Config::default()),
        }
        .map_err(|e| e.to_string())?;
        config.target = server.map_or_else(|| self.target(file.as_ref()), Ok)?;
        if let Some(path) = &self.schema {
            config.schema = Some(read_sql(path)?);
        }
        let default = [file.as_ref().and_then(|f| f.migrations.clone()).unwrap_or_else(|| "migrations".into())];
        let alone = schema_alone && self.schema.is_some();
        let paths = if self.paths.is_empty() && !alone { &default[..] } else { &self.paths };
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
        for error in set.errors.iter().chain(&schema_problems(&config)) {
            unreadable += 1;
            eprintln!("error: {error}");
        }
        if paths.is_empty() {
            set.complete = true;
        }
        Ok(Loaded { set, config, file, layout, unreadable })
    }

    /// The server: as told, as the settings say, or as the project's host is set up, which is then said.
    fn target(&self, file: Option<&ConfigFile>) -> Result<Target, String> {
        if let Some(target) = self.dialect.or_else(|| file.and_then(|file| file.dialect)) {
            return Ok(target);
        }
        let said = |target: Target, by: &str| {
            if target.dialect != Dialect::Postgres {
                eprintln!("note: taken to be for {target}, by {by}; `--dialect` says otherwise");
            }
            target
        };
        let usual = file.and_then(|file| file.migrations.as_deref()).unwrap_or(Path::new("migrations"));
        let by_url = std::env::var("DATABASE_URL").ok().and_then(|url| Dialect::of_url(&url)).map(Target::usual);
        match (layout::dialect::of(self.paths.first().map_or(usual, PathBuf::as_path)), by_url) {
            (Choice::Untold, Some(target)) => Ok(said(target, "the DATABASE_URL of the environment")),
            (Choice::Several(told), Some(target)) if told.dialects.iter().any(|one| one.is_like(target.dialect)) => {
                Ok(said(target, "the DATABASE_URL of the environment"))
            }
            (Choice::Untold, None) => Ok(Target::default()),
            (Choice::One(target, path), _) => Ok(said(target, &path.display().to_string())),
            (Choice::Named(target), _) => Ok(said(target, "the name of a directory")),
            (Choice::Several(told), _) => {
                let names: Vec<&str> = told.dialects.iter().map(|dialect| dialect.name()).collect();
                let told_by = format!("{} has features for {}", told.path.display(), names.join(", "));
                let say =
                    "say with `--dialect`, or `dialect` in migrate-safety.toml, for which server these migrations are";
                if !told.dialects.contains(&Dialect::Postgres) {
                    return Err(format!("{told_by}: {say}"));
                }
                eprintln!("note: taken to be for {}: {told_by}; {say}", Target::default());
                Ok(Target::default())
            }
        }
    }

    /// Where the search for settings starts.
    fn start(&self) -> &Path {
        let first = self.paths.first().map(PathBuf::as_path).filter(|path| *path != Path::new("-"));
        match first {
            Some(path) if path.is_dir() => path,
            Some(path) => path.parent().unwrap_or(Path::new("")),
            None => Path::new(""),
        }
    }

    /// The layout, if one is told.
    fn layout(&self, file: Option<&ConfigFile>) -> Result<Option<Layout>, String> {
        match self.layout.as_deref() {
            None => Ok(file.and_then(|file| file.layout)),
            Some("auto") => Ok(None),
            Some(told) => told.parse().map(Some).map_err(|e: migrate_safety_core::layout::UnknownLayout| e.to_string()),
        }
    }
}

fn load(path: &Path, layout: Option<Layout>) -> Result<MigrationSet, LoadError> {
    if path != Path::new("-") {
        return MigrationSet::load(path, layout);
    }
    Ok(MigrationSet::from_text("-", standard_input()?, layout.unwrap_or(Layout::Plain)))
}

fn standard_input() -> Result<String, LoadError> {
    let failed = |reason: String| LoadError::new(Path::new("-"), reason);
    let mut bytes = Vec::new();
    std::io::stdin().lock().read_to_end(&mut bytes).map_err(|e| failed(e.to_string()))?;
    String::from_utf8(bytes).map_err(|_| failed("standard input is not UTF-8".to_owned()))
}

/// The SQL in a file, `-` for standard input.
pub(crate) fn sql_of(path: &Path) -> Result<String, String> {
    if path == Path::new("-") {
        return standard_input().map_err(|error| error.to_string());
    }
    read_sql(path).map(|source| source.text.to_string())
}

/// One file of SQL.
pub(crate) fn read_sql(path: &Path) -> Result<Source, String> {
    if path.is_dir() {
        return Err(format!("{}: give one file of SQL, not a directory", path.display()));
    }
    let set = MigrationSet::load(path, Some(Layout::Plain)).map_err(|e| e.to_string())?;
    if let Some(error) = set.errors.first() {
        return Err(error.to_string());
    }
    match set.migrations.into_iter().next() {
        Some(migration) => Ok(migration.up),
        None => Err(format!("{}: give one file of SQL", path.display())),
    }
}
