//! Migration directories of the hosts, read into a [`MigrationSet`].

mod detect;
pub mod dialect;
mod diesel;
mod plain;
pub(crate) mod read;
pub mod schema_rs;
mod sqlx;

use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::sync::Arc;

/// The migrations of a project, in the order in which their host runs them.
#[derive(Clone, Debug, Default)]
pub struct MigrationSet {
    /// The layout they were read in.
    pub layout: Layout,
    /// The migrations.
    pub migrations: Vec<Migration>,
    /// Files that could not be read; the others are there all the same.
    pub errors: Vec<LoadError>,
    /// Files in the directory that look like migrations but that the host does not run.
    pub ignored: Vec<PathBuf>,
    /// diesel's `schema.rs` of the project, if it has one.
    pub schema_rs: Option<schema_rs::SchemaRs>,
    /// Whether the set is the whole history of its database: a table that no migration creates does not exist.
    pub complete: bool,
}

/// How a directory of migrations is organised.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Layout {
    /// sqlx: `<version>_<name>.sql`, or `.up.sql` and `.down.sql`.
    Sqlx,
    /// diesel: a directory per migration with `up.sql`, `down.sql`, `metadata.toml`.
    Diesel,
    /// Any `.sql` files, run in the order of their names, each in a transaction unless its first bytes are
    /// `-- no-transaction`.
    #[default]
    Plain,
}

impl Layout {
    /// All of them.
    pub(crate) const ALL: [Self; 3] = [Self::Sqlx, Self::Diesel, Self::Plain];

    /// The name on the command line: `sqlx`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Sqlx => "sqlx",
            Self::Diesel => "diesel",
            Self::Plain => "plain",
        }
    }

    /// The library whose code an application with such migrations is written with; plain files say nothing, so sqlx.
    pub fn host(self) -> &'static str {
        match self {
            Self::Diesel => "diesel",
            Self::Sqlx | Self::Plain => "sqlx",
        }
    }

    /// How the host orders two versions.
    pub fn compare_versions(self, a: &str, b: &str) -> std::cmp::Ordering {
        match self {
            Self::Diesel => a.replace('-', "").cmp(&b.replace('-', "")),
            Self::Sqlx | Self::Plain => plain::natural(a, b),
        }
    }

    /// Whether the host opens a transaction around the way back: a file says so itself, diesel asks the migration.
    pub(crate) fn transaction_of_down(self, migration: &Migration, down: &Source) -> bool {
        match self {
            Self::Sqlx | Self::Plain => !down.text.starts_with(sqlx::NO_TRANSACTION),
            Self::Diesel => migration.transaction,
        }
    }

    /// The name of the table in which the host records what it has run.
    pub fn bookkeeping_table(self) -> Option<&'static str> {
        match self {
            Self::Sqlx => Some("_sqlx_migrations"),
            Self::Diesel => Some("__diesel_schema_migrations"),
            Self::Plain => None,
        }
    }

    /// The table in which the host records what it has run: it is there before the first migration (sqlx 0.9
    /// `ensure_migrations_table`, diesel_migrations 2.3 `CREATE_MIGRATIONS_TABLE`).
    pub fn bookkeeping(self) -> Option<&'static str> {
        match self {
            Self::Sqlx => Some(
                "CREATE TABLE IF NOT EXISTS _sqlx_migrations (version bigint PRIMARY KEY, description text NOT NULL, \
                 installed_on timestamptz NOT NULL DEFAULT now(), success boolean NOT NULL, checksum bytea NOT NULL, \
                 execution_time bigint NOT NULL)",
            ),
            Self::Diesel => Some(
                // To the blank: SQLite keeps the text.
                "CREATE TABLE IF NOT EXISTS __diesel_schema_migrations (\n       version VARCHAR(50) PRIMARY KEY NOT NULL,\n       \
                 run_on TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP\n)",
            ),
            Self::Plain => None,
        }
    }
}

/// One migration.
#[derive(Clone, Debug)]
pub struct Migration {
    /// The version, as the host compares it: `20240131120000`.
    pub id: String,
    /// What it is called: `add users`.
    pub name: String,
    /// Going up.
    pub up: Source,
    /// Going down, if there is a way.
    pub down: Option<Source>,
    /// Whether the host opens a transaction around it.
    pub transaction: bool,
    /// What is odd about how it is laid out, for the rules to report.
    pub notes: Vec<LayoutNote>,
}

/// The text of one direction of a migration.
#[derive(Clone, Debug)]
pub struct Source {
    /// The file, as it was named; `-` for standard input.
    pub path: PathBuf,
    /// Its text, a byte order mark included.
    pub text: Arc<str>,
}

/// Something about a migration's files that its host reads otherwise than the author may think.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LayoutNote {
    /// `-- no-transaction` that is not the file's first bytes: the host ignores it.
    MisplacedNoTransaction {
        /// 1-based line where it stands.
        line: u32,
        /// Why the host does not see it: "a byte order mark stands before it".
        why: &'static str,
    },
    /// `metadata.toml` without `run_in_transaction`: diesel then runs without a transaction.
    MetadataWithoutKey {
        /// The file.
        path: PathBuf,
    },
    /// `metadata.toml` that diesel cannot read: it then runs in a transaction.
    MetadataUnreadable {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        why: String,
    },
    /// The file begins with a byte order mark, which the server takes for part of the first word.
    ByteOrderMark,
}

/// A file or directory that could not be read.
#[derive(Clone, Debug)]
pub struct LoadError {
    /// The file or directory.
    pub path: PathBuf,
    /// 1-based line, where there is one.
    pub line: Option<u32>,
    /// What is wrong and what to do.
    pub reason: String,
}

impl LoadError {
    /// An error about a whole file.
    pub fn new(path: &Path, reason: impl Into<String>) -> Self {
        Self { path: path.to_owned(), line: None, reason: reason.into() }
    }
}

impl fmt::Display for LoadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.path.display())?;
        if let Some(line) = self.line {
            write!(f, ":{line}")?;
        }
        write!(f, ": {}", self.reason)
    }
}

impl std::error::Error for LoadError {}

impl FromStr for Layout {
    type Err = UnknownLayout;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL.into_iter().find(|l| l.name() == text).ok_or_else(|| UnknownLayout { given: text.to_owned() })
    }
}

/// A layout that is not known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownLayout {
    given: String,
}

impl fmt::Display for UnknownLayout {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` is not a layout: write auto, sqlx, diesel or plain", self.given)
    }
}

impl std::error::Error for UnknownLayout {}

impl MigrationSet {
    /// Reads the migrations at `path`: a directory in the layout of sqlx, diesel or plain files, which is detected, or
    /// one file.
    ///
    /// A directory that holds no migrations itself but has a folder `migrations` is taken for a project.
    ///
    /// # Errors
    /// The path does not exist, cannot be read, or holds no migrations. A single file that cannot be read among
    /// others is not an error here: it is in [`MigrationSet::errors`].
    pub fn from_dir(path: impl AsRef<Path>) -> Result<Self, LoadError> {
        Self::load(path.as_ref(), None)
    }

    /// Like [`MigrationSet::from_dir`], in a layout that is told; `None` detects it.
    ///
    /// # Errors
    /// As [`MigrationSet::from_dir`].
    pub fn load(path: &Path, layout: Option<Layout>) -> Result<Self, LoadError> {
        let metadata = std::fs::metadata(path).map_err(|e| LoadError::new(path, read::explain(&e)))?;
        if metadata.is_dir() { detect::directory(path, layout) } else { Ok(detect::file(path, layout)) }
    }

    /// One migration from a text: standard input (named `-`) or a string in a test. What it does not create itself is
    /// taken to exist.
    pub fn from_text(path: impl Into<PathBuf>, text: impl Into<Arc<str>>, layout: Layout) -> Self {
        let source = Source { path: path.into(), text: text.into() };
        let name = source.path.file_stem().map_or_else(|| "-".to_owned(), |n| n.to_string_lossy().into_owned());
        let migration = match layout {
            Layout::Sqlx => sqlx::migration(&name, source),
            Layout::Diesel | Layout::Plain => plain::migration(&name, source),
        };
        Self { layout, migrations: vec![migration], ..Self::default() }
    }

    /// The migrations of `other` behind these.
    pub fn append(&mut self, other: Self) {
        if self.migrations.is_empty() && self.errors.is_empty() {
            *self = other;
            return;
        }
        self.migrations.extend(other.migrations);
        self.errors.extend(other.errors);
        self.ignored.extend(other.ignored);
        self.schema_rs = self.schema_rs.take().or(other.schema_rs);
        self.complete &= other.complete;
    }
}
