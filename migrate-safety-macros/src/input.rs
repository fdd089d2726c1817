//! What is checked: the migrations, the settings, and every file they were read from.

use crate::host::Host;
use crate::settings::Settings;
use migrate_safety_core::config::Level;
use migrate_safety_core::{Layout, MigrationSet};
use std::path::{Path, PathBuf};

pub(crate) struct Input {
    pub(crate) set: MigrationSet,
    pub(crate) settings: Settings,
    pub(crate) directory: PathBuf,
    /// Why there is nothing to check, where that is no error.
    pub(crate) nothing_found: Option<String>,
}

impl Input {
    /// A directory of migrations; that there are none is an error.
    pub(crate) fn read(directory: &Path, layout: Option<Layout>, settings: Settings) -> Result<Self, String> {
        let directory = existing(directory)?;
        let set = MigrationSet::load(&shown(&directory), layout).map_err(|error| error.to_string())?;
        Ok(Self { set, settings, directory, nothing_found: None })
    }

    /// A directory that the host's own macro embeds: it may be empty.
    pub(crate) fn of_host(directory: &Path, layout: Layout, settings: Settings) -> Result<Self, String> {
        let directory = existing(directory)?;
        let (set, nothing_found) = match MigrationSet::load(&shown(&directory), Some(layout)) {
            Ok(set) => (set, None),
            Err(error) => (MigrationSet { layout, ..MigrationSet::default() }, Some(error.to_string())),
        };
        Ok(Self { set, settings, directory, nothing_found })
    }

    /// No migrations.
    pub(crate) fn nothing(directory: &Path, settings: Settings) -> Self {
        Self { set: MigrationSet::default(), settings, directory: directory.to_owned(), nothing_found: None }
    }

    /// A statement that runs after the migrations; only it is reported.
    pub(crate) fn only_statement(&mut self, sql: &str) {
        let mut statement = MigrationSet::from_text("SQL", sql, self.set.layout);
        for migration in &mut statement.migrations {
            migration.transaction = false;
        }
        // A statement has no file beside it that undoes it.
        self.settings.config.rules.insert("no-down".to_owned(), Level::Allow);
        self.settings.config.start_after = None;
        self.settings.config.only = Some(statement.migrations.iter().map(|m| m.up.path.clone()).collect());
        let complete = self.set.complete;
        self.set.append(statement);
        self.set.complete = complete;
    }

    /// Every file that the outcome depends on, by its absolute path, but for those whose changes the compiler hears of
    /// from what stands beside it: the macro of a host includes the texts that it embeds.
    pub(crate) fn files(&self, beside: Host) -> Vec<PathBuf> {
        let mut files = self.settings.files.clone();
        for migration in &self.set.migrations {
            if beside == Host::None {
                files.push(migration.up.path.clone());
                files.extend(migration.down.as_ref().map(|down| down.path.clone()));
            }
            if self.set.layout == Layout::Diesel {
                files.push(migration.up.path.with_file_name("metadata.toml"));
            }
        }
        files.extend(self.set.schema_rs.as_ref().map(|schema| schema.source.path.clone()));
        files.extend(self.set.errors.iter().map(|error| error.path.clone()));
        files.retain(|file| file.is_file());
        files.iter().map(|file| file.canonicalize().unwrap_or_else(|_| file.clone())).collect()
    }
}

fn existing(directory: &Path) -> Result<PathBuf, String> {
    directory.canonicalize().map_err(|error| match error.kind() {
        std::io::ErrorKind::NotFound => format!(
            "there is no directory {}\nhelp: the path is relative to the directory of Cargo.toml",
            shown(directory).display()
        ),
        _ => format!("{}: {error}", directory.display()),
    })
}

/// A path as the compiler shows paths: from where it runs, so that terminals and editors find it.
fn shown(path: &Path) -> PathBuf {
    let here = std::env::current_dir().and_then(|here| here.canonicalize());
    let below = here.ok().and_then(|here| path.strip_prefix(here).map(Path::to_owned).ok());
    below.filter(|path| !path.as_os_str().is_empty()).unwrap_or_else(|| path.to_owned())
}
