//! What a rule for MySQL, MariaDB or SQLite may look at.

use super::effects::Outcome;
use super::name::ObjectName;
use super::operation::Operation;
use super::schema::{Schema, Table};
use super::statement::Statement;
use crate::catalog::{RelationId, Session, Stamp};
use crate::config::Config;
use crate::dialect::Target;
use crate::effects::RelationRef;
use crate::layout::{Layout, Migration, MigrationSet};
use crate::rules::view::Scope;
use crate::sql::Span;

/// A statement that has been judged.
#[derive(Clone, Debug)]
pub struct Judged {
    /// Its place among the statements of its migration.
    pub index: usize,
    /// The statement.
    pub statement: Statement,
    /// What it does.
    pub outcome: Outcome,
    /// Settings of the session before it.
    pub session: Session,
    /// When it ran.
    pub now: Stamp,
}

/// One statement, before it is applied.
#[derive(Clone, Copy, Debug)]
pub struct StatementView<'a> {
    /// The statement.
    pub statement: &'a Statement,
    /// What it does.
    pub outcome: &'a Outcome,
    /// The schema before it.
    pub schema: &'a Schema,
    /// Settings of the session before it.
    pub session: &'a Session,
    /// Its text.
    pub sql: &'a str,
    /// In what kind of transaction it runs.
    pub scope: Scope,
    /// The statements before it in its migration.
    pub earlier: &'a [Judged],
    /// How many statements its migration has.
    pub statements: usize,
    /// Its migration.
    pub migration: &'a Migration,
    /// When it runs.
    pub now: Stamp,
    /// Who runs it.
    pub host: Layout,
    /// Settings of the check.
    pub config: &'a Config,
}

/// One migration, when its statements have been judged.
#[derive(Clone, Copy, Debug)]
pub struct MigrationView<'a> {
    /// The migration.
    pub migration: &'a Migration,
    /// Its number, from 1.
    pub number: u32,
    /// Its statements.
    pub judged: &'a [Judged],
    /// The schema before it.
    pub before: &'a Schema,
    /// The schema after it.
    pub after: &'a Schema,
    /// What its way back does, run behind it, if it has one.
    pub undone: Option<&'a Undone>,
    /// Who runs it.
    pub host: Layout,
    /// Settings of the check.
    pub config: &'a Config,
}

/// A way back, run behind its migration.
#[derive(Clone, Debug)]
pub struct Undone {
    /// What its statements do.
    pub judged: Vec<Judged>,
    /// The schema that it leaves.
    pub schema: Schema,
}

/// All migrations.
#[derive(Clone, Copy, Debug)]
pub struct SetView<'a> {
    /// The migrations.
    pub set: &'a MigrationSet,
    /// The schema that they leave.
    pub schema: &'a Schema,
    /// Settings of the check.
    pub config: &'a Config,
}

impl<'a> StatementView<'a> {
    /// What it does.
    pub fn operation(&self) -> &'a Operation {
        &self.statement.operation
    }

    /// The server.
    pub fn target(&self) -> Target {
        self.schema.target
    }

    /// The table of this name.
    pub fn table(&self, name: &ObjectName) -> Option<&'a Table> {
        self.schema.table(name)
    }

    /// Whether a table was there before this migration: others use it.
    pub fn is_old(&self, id: RelationId) -> bool {
        let mut tables = self.schema.tables.values();
        tables.find(|table| table.id == id).is_none_or(|table| is_before(table, self.now.migration))
    }

    /// Whether work on a table is felt: it was there before this migration and is not known to be small.
    pub fn is_hot(&self, table: &RelationRef) -> bool {
        self.is_old(table.id) && !is_small(self.config, &table.name)
    }

    /// The relations of a list that are hot.
    pub fn hot<'r>(&self, relations: impl IntoIterator<Item = &'r RelationRef>) -> Vec<&'r str> {
        relations.into_iter().filter(|relation| self.is_hot(relation)).map(|relation| relation.name.as_str()).collect()
    }

    /// Where it stands.
    pub fn span(&self) -> Span {
        self.statement.span
    }
}

impl MigrationView<'_> {
    /// The server.
    pub fn target(&self) -> Target {
        self.after.target
    }

    /// Whether a table was there before the migration.
    pub fn was_known(&self, id: RelationId) -> bool {
        self.before.tables.values().any(|table| table.id == id)
    }
}

fn is_before(table: &Table, migration: u32) -> bool {
    table.created.migration < migration || table.created == Stamp::BEFORE
}

/// The rows of a table, if the settings tell: by its name with or without a database.
pub(super) fn rows(config: &Config, shown: &str) -> Option<u64> {
    let bare = |name: &str| name.rsplit('.').next().unwrap_or_default().to_ascii_lowercase();
    let known = |database: &str| matches!(database, "public" | "main" | "");
    config.table_rows.iter().find_map(|(table, rows)| {
        let database = table.rsplit_once('.').map_or("", |(database, _)| database);
        let same = table.eq_ignore_ascii_case(shown) || (known(database) && bare(table) == bare(shown));
        same.then_some(*rows)
    })
}

/// Whether a table is known to have few rows.
pub(super) fn is_small(config: &Config, shown: &str) -> bool {
    rows(config, shown).is_some_and(|rows| rows <= config.small_table_rows)
}
