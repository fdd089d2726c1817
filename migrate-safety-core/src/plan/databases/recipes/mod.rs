//! One file a recipe: the change it serves, what it asks of the schema, its steps.

pub(super) use add_unique::{duplicates, shared};
pub(super) use drop_column::optional;
pub(super) use set_not_null::needs_value;

use super::request::{Answer, Request};
use crate::dialect::{Dialect, Target};
use crate::plan::error::Refusal;

/// How one kind of change is made without harm on MySQL, MariaDB or SQLite. Where it does what a recipe for PostgreSQL does,
/// it has that recipe's id.
#[derive(Debug)]
pub struct DatabaseRecipe {
    /// Its id: kebab-case, never changes.
    pub id: &'static str,
    /// The change it serves, in a line.
    pub title: &'static str,
    /// For which dialects.
    pub dialects: &'static [Dialect],
    /// Changes that it plans; the tests run each on servers.
    pub samples: &'static [DatabaseSample],
    /// Its code; no answer if the change is not its kind.
    pub(super) plan: fn(&Request<'_>) -> Answer,
}

/// A change on a schema.
#[derive(Clone, Copy, Debug)]
pub struct DatabaseSample {
    /// The server.
    pub target: Target,
    /// The schema before it.
    pub before: &'static str,
    /// The plain change.
    pub change: &'static str,
}

impl DatabaseSample {
    const fn new(target: Target, before: &'static str, change: &'static str) -> Self {
        Self { target, before, change }
    }

    /// A change on SQLite 3.45.
    pub const fn sqlite(before: &'static str, change: &'static str) -> Self {
        Self::new(Target::sqlite(345), before, change)
    }

    /// A change on MySQL 8.4.
    pub const fn mysql(before: &'static str, change: &'static str) -> Self {
        Self::new(Target::mysql(804), before, change)
    }

    /// A change on MariaDB 10.11.
    pub const fn mariadb(before: &'static str, change: &'static str) -> Self {
        Self::new(Target::mariadb(1011), before, change)
    }
}

/// All of them.
const ALL: &[Dialect] = &[Dialect::MySql, Dialect::MariaDb, Dialect::Sqlite];

macro_rules! recipes {
    ($($(#[$when:meta])* $file:ident),* $(,)?) => {
        $($(#[$when])* mod $file;)*
        /// All recipes; the first that answers plans the change.
        pub static RECIPES: &[&DatabaseRecipe] = &[$($(#[$when])* &$file::RECIPE),*];
    };
}

recipes! {
    add_column,
    add_foreign_key,
    add_unique,
    derived_column,
    backfill,
    drop_column,
    drop_default,
    drop_table,
    rename_column,
    rename_table,
    set_not_null,
    #[cfg(feature = "mysql")] retype_column,
    #[cfg(feature = "mysql")] online_copy,
    #[cfg(feature = "sqlite")] rebuild,
    as_it_is,
}

/// The refusal where the schema does not tell enough of a table.
pub(super) fn unknown_table() -> Refusal {
    Refusal::new("not all of the table is known", "give the schema that it has, by --schema")
}
