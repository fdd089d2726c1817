//! What a plan starts from.

use crate::input::{Input, Loaded};
use migrate_safety_core::Dialect;
use migrate_safety_core::catalog::Catalog;
use migrate_safety_core::config::Config;
use migrate_safety_core::databases::{self, schema::Schema};
use migrate_safety_core::layout::{Layout, MigrationSet};
use migrate_safety_core::plan::{Change, Plan, PlanError, PlanOptions, plan};
use migrate_safety_core::replay;
use std::path::{Path, PathBuf};

/// The schema before a change.
pub(super) struct History {
    pub(super) schema: Known,
    pub(super) config: Config,
    pub(super) layout: Layout,
    /// The migration that is the change.
    pub(super) migration: Option<String>,
}

impl History {
    /// Reads the history. If `file` is one of its migrations, the history ends before it.
    ///
    /// The layout is the one that is told, or that of the history, or that of the directory `out`.
    pub(super) fn read(mut input: Input, file: Option<&Path>, out: Option<&Path>) -> Result<Self, String> {
        if input.paths.is_empty() && input.schema.is_none() {
            input.paths.extend(file.and_then(home));
        }
        let Loaded { mut set, config, layout: told, unreadable, .. } = input.read(true)?;
        if unreadable > 0 {
            return Err("nothing is planned on a history that cannot be read as a whole".to_owned());
        }
        let layout = told.unwrap_or_else(|| {
            let out = out.and_then(|dir| MigrationSet::load(dir, None).ok());
            let read = if set.migrations.is_empty() { out.as_ref() } else { Some(&set) };
            read.map_or(Layout::Sqlx, |set| set.layout)
        });
        let place = file.and_then(|file| place(&set, file));
        let migration = place.and_then(|at| set.migrations.drain(at..).next());
        let migration = migration.map(|migration| migration.up.text.to_string());
        let schema = match config.target.dialect {
            Dialect::Postgres => Known::Postgres(Box::new(replay(&set, &config))),
            _ => Known::Other(Box::new(databases::replay(&set, &config))),
        };
        Ok(Self { schema, config, layout, migration })
    }
}

/// A schema, of whichever server.
pub(super) enum Known {
    Postgres(Box<Catalog>),
    /// MySQL, MariaDB or SQLite.
    Other(Box<Schema>),
}

impl Known {
    pub(super) fn plan(&self, change: Change, options: &PlanOptions) -> Result<Plan, PlanError> {
        match self {
            Self::Postgres(catalog) => plan(&**catalog, change, options),
            Self::Other(schema) => plan(&**schema, change, options),
        }
    }
}

/// Where in a set the migration of a file, or of a directory of diesel's, stands.
fn place(set: &MigrationSet, file: &Path) -> Option<usize> {
    let file = up(file).canonicalize().ok()?;
    set.migrations.iter().position(|migration| migration.up.path.canonicalize().is_ok_and(|path| path == file))
}

/// The directory of migrations that a file is one of, by its name.
fn home(file: &Path) -> Option<PathBuf> {
    let file = up(file);
    let holds = |dir: &&Path| {
        let set = MigrationSet::load(dir, None);
        set.is_ok_and(|set| set.complete && set.layout != Layout::Plain && place(&set, &file).is_some())
    };
    let dirs = file.ancestors().skip(1).take(2);
    let mut dirs = dirs.map(|dir| if dir.as_os_str().is_empty() { Path::new(".") } else { dir });
    dirs.find(holds).map(Path::to_owned)
}

/// The file that a migration goes up by: `up.sql` in a directory of diesel's.
fn up(file: &Path) -> PathBuf {
    if file.is_dir() { file.join("up.sql") } else { file.to_owned() }
}
