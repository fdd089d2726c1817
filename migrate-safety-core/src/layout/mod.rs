//! Migration directories of the hosts, read into a [`MigrationSet`].

use std::path::{Path, PathBuf};
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
    /// Any `.sql` files, run in the order of their names, each in a transaction.
    #[default]
    Plain,
}

impl Layout {
    /// The name on the command line: `sqlx`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Sqlx => "sqlx",
            Self::Diesel => "diesel",
            Self::Plain => "plain",
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
    /// The same version as another migration.
    DuplicateVersion {
        /// The other migration's file.
        other: PathBuf,
    },
}

/// A file or directory that could not be read.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{}{}: {reason}", path.display(), line.map(|l| format!(":{l}")).unwrap_or_default())]
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
