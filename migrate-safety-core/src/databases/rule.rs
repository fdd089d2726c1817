//! The form of a rule for MySQL, MariaDB or SQLite: that of PostgreSQL's, with another view.

use super::view::{MigrationView, SetView, StatementView};
use crate::dialect::Dialect;
use crate::rules::{Findings, Rule, SetFindings, StatementFindings};

/// A rule: its metadata, the dialects it is for, and its code.
///
/// Where it says what a rule for PostgreSQL says, it has that rule's id and category.
#[derive(Debug)]
pub struct DatabaseRule {
    /// What is said of it. Its samples name their server; its `check` is not used.
    pub rule: Rule,
    /// For which dialects.
    pub dialects: &'static [Dialect],
    /// Its code.
    pub look: Look,
}

/// When a rule looks.
#[derive(Debug)]
pub enum Look {
    /// At each statement, with the schema before it.
    Statement(fn(&StatementView<'_>, &mut Findings<'_>)),
    /// At each migration, when its statements are judged.
    Migration(fn(&MigrationView<'_>, &mut Findings<'_>)),
    /// At the same time, about single statements: for what a later statement can set right.
    Outcome(fn(&MigrationView<'_>, &mut StatementFindings<'_>)),
    /// Once, over all migrations, when they have been replayed.
    Set(fn(&SetView<'_>, &mut SetFindings<'_>)),
}

/// All of them.
pub(super) const ALL: &[Dialect] = &[Dialect::MySql, Dialect::MariaDb, Dialect::Sqlite];
/// MySQL and MariaDB.
pub(crate) const MYSQL: &[Dialect] = &[Dialect::MySql, Dialect::MariaDb];
/// SQLite.
#[cfg(feature = "sqlite")]
pub(super) const SQLITE: &[Dialect] = &[Dialect::Sqlite];
