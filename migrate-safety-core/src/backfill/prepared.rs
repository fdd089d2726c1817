//! A backfill that has been held against a schema.

use super::code;
use super::error::Warning;
use super::key::Key;
use super::loop_sql;
use super::render;
use super::spec::{Backfill, FillMode};
use crate::layout::Layout;
use crate::sql::expr::Expression;
use crate::sql::{Ident, ObjectName};

/// A [`Backfill`] that can run on the schema it was prepared for, and its renderings.
#[derive(Clone, Debug)]
pub struct Prepared {
    pub(super) backfill: Backfill,
    /// The table that is read in batches, with its schema.
    pub(super) table: ObjectName,
    /// Whether tables inherit from it that are left alone.
    pub(super) has_heirs: bool,
    pub(super) key: Key,
    pub(super) columns: Vec<SetColumn>,
    pub(super) only: Option<Expression>,
    /// The table that rows are copied into, if they are.
    pub(super) copy: Option<CopyTarget>,
    /// Where rows go that are deleted, if they are.
    pub(super) gone: Option<Gone>,
    pub(super) warnings: Vec<Warning>,
    /// The server's major version.
    #[cfg(feature = "live")]
    pub(super) server: u16,
}

/// A column that gets a value.
#[derive(Clone, Debug)]
pub(super) struct SetColumn {
    pub(super) name: Ident,
    pub(super) value: Expression,
    /// The value without the locking clause of its query, if that has one: `(SELECT … FOR SHARE)`.
    pub(super) unlocked: Option<Box<str>>,
    pub(super) mode: FillMode,
    pub(super) volatile: bool,
    /// The type to compare in, where that of the value is another one.
    pub(super) cast: Option<String>,
    /// Whether its type has no `=` of its own that tells all values apart, so that texts are compared.
    pub(super) as_text: bool,
}

/// What rows are copied into.
#[derive(Clone, Debug)]
pub(super) struct CopyTarget {
    pub(super) table: ObjectName,
    /// Columns of a unique key of it, all of them copied.
    pub(super) key: Vec<Ident>,
    /// Whether a copied column is GENERATED ALWAYS AS IDENTITY.
    pub(super) overrides_identity: bool,
}

/// Rows that are deleted.
#[derive(Clone, Debug)]
pub(super) struct Gone {
    /// The table that gets them.
    pub(super) archive: Option<ObjectName>,
    /// The columns of both.
    pub(super) columns: Vec<Ident>,
}

impl Prepared {
    /// What was prepared.
    pub fn backfill(&self) -> &Backfill {
        &self.backfill
    }

    /// The table that is read in batches, with its schema.
    pub fn table(&self) -> &ObjectName {
        &self.table
    }

    /// The table that is written.
    pub fn target(&self) -> &ObjectName {
        self.copy.as_ref().map_or(&self.table, |copy| &copy.table)
    }

    /// The key that the batches follow.
    pub fn key(&self) -> &Key {
        &self.key
    }

    /// What should be known before it runs.
    pub fn warnings(&self) -> &[Warning] {
        &self.warnings
    }

    /// One batch: the rows behind the key `$1` (`$1, $2` … for a key of several columns) up to the one in the
    /// parameters that follow. Runs as often as one likes: rows that are done are left alone.
    pub fn batch_sql(&self) -> String {
        let width = self.key.columns.len();
        let bound = |from: usize| (from..from + width).map(|n| format!("${n}")).collect::<Vec<_>>();
        let range = self.range(Some(&bound(1)), Some(&bound(1 + width)));
        self.write_sql(&range)
    }

    /// The whole backfill as one statement that commits after each batch: a `DO` block for a migration that runs
    /// outside a transaction (`-- no-transaction`), as the only statement of its file. Run again after it was stopped,
    /// it goes through the keys from the start and writes only what is left.
    pub fn loop_sql(&self) -> String {
        loop_sql::loop_sql(self)
    }

    /// Counts the rows that do not have their value yet: a gate that expects 0.
    pub fn mismatches_sql(&self) -> String {
        render::mismatches(self)
    }

    /// Counts the runs of this name that are finished, verified at their present definition and without rejected rows,
    /// on a server where an adapter has run it: a gate that expects 1.
    pub fn verified_sql(&self, name: &str) -> String {
        format!(
            "SELECT count(*) FROM public.migrate_safety_backfills WHERE name = {} AND state = 'verified' AND rejected = 0",
            render::literal(name)
        )
    }

    /// The Rust code that runs it through the adapter of a host, under a name; absent for a layout that is none.
    pub fn rust_code(&self, name: &str, host: Layout) -> Option<String> {
        code::rust_code(&self.backfill, name, host)
    }
}
