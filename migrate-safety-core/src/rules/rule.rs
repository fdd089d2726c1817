//! The form of a rule: data first, then a function of a few lines.

use super::finding::{Category, Finding, Status};
use super::view::{MigrationView, OperationView, SetView, StatementView};
use crate::catalog::Stamp;
use crate::config::Config;
use crate::dialect::Target;
use crate::layout::{Layout, MigrationSet, Source};
use crate::report::{MigrationReport, StatementReport};
use crate::sql::Span;

/// One rule. It lives in a file of its own and is registered by one line in `rules/mod.rs`.
#[derive(Debug)]
pub struct Rule {
    /// Its id: kebab-case, never changes.
    pub id: &'static str,
    /// Which question of a review it answers.
    pub category: Category,
    /// One line.
    pub title: &'static str,
    /// What goes wrong in production, and why.
    pub why: &'static str,
    /// Where that is from.
    pub source: &'static str,
    /// Migrations that must give a finding of this rule.
    pub bad: &'static [Sample],
    /// Migrations that must give no finding at all, but those that they name.
    pub good: &'static [Sample],
    /// Rules that speak of the cause of which this rule names a consequence: where one of them has a finding at the
    /// same place, this rule's is left out. One finding for one cause.
    pub folded_into: &'static [&'static str],
    /// Whether a migration's findings of it, one a statement, say the same: the first is told, with the lines of the rest.
    pub told_once: bool,
    /// Whether [`plan`](crate::plan()) has safe steps for the changes that it finds.
    pub planned: bool,
    /// Its code.
    pub check: Check,
}

impl Rule {
    /// A rule to start from: it finds nothing.
    pub const BASE: Self = Self {
        id: "",
        category: Category::Deployability,
        title: "",
        why: "",
        source: "",
        bad: &[],
        good: &[],
        folded_into: &[],
        told_once: false,
        planned: false,
        check: Check::Operation(|_, _| {}),
    };
}

/// A migration that shows a rule: sqlx's layout, PostgreSQL 16, tables of unknown size, unless it says otherwise.
#[derive(Clone, Copy, Debug)]
pub struct Sample {
    /// What exists before it.
    pub before: &'static str,
    /// The migration's file.
    pub sql: &'static str,
    /// The way back, if it has one.
    pub down: Option<&'static str>,
    /// The layout it is in.
    pub host: Layout,
    /// Whether the host opens a transaction; sqlx reads that from the file.
    pub transaction: bool,
    /// The server.
    pub target: Target,
    /// Rows of tables, by `schema.table`.
    pub rows: &'static [(&'static str, u64)],
    /// Rules of other categories that have something to say of it too: another question, another answer.
    pub with: &'static [&'static str],
}

impl Sample {
    /// A migration in sqlx's layout on what `before` has made.
    pub const fn new(before: &'static str, sql: &'static str) -> Self {
        let (host, target) = (Layout::Sqlx, Target::postgres(16));
        Self { before, sql, down: None, host, transaction: true, target, rows: &[], with: &[] }
    }

    /// With a way back.
    #[must_use]
    pub const fn down(self, down: &'static str) -> Self {
        Self { down: Some(down), ..self }
    }

    /// In diesel's layout.
    #[must_use]
    pub const fn diesel(self) -> Self {
        Self { host: Layout::Diesel, ..self }
    }

    /// Outside a transaction, in a layout that says so beside the file.
    #[must_use]
    pub const fn no_transaction(self) -> Self {
        Self { transaction: false, ..self }
    }

    /// On another version of PostgreSQL.
    #[must_use]
    pub const fn on(self, version: u16) -> Self {
        Self { target: Target::postgres(version), ..self }
    }

    /// On this server.
    #[must_use]
    pub const fn of(self, target: Target) -> Self {
        Self { target, ..self }
    }

    /// With tables of known size.
    #[must_use]
    pub const fn rows(self, rows: &'static [(&'static str, u64)]) -> Self {
        Self { rows, ..self }
    }

    /// Of which rules of other categories speak, too.
    #[must_use]
    pub const fn with(self, with: &'static [&'static str]) -> Self {
        Self { with, ..self }
    }

    /// The migration as a set of its own, and the settings under which to check it.
    pub fn load(&self) -> (MigrationSet, Config) {
        let mut set = MigrationSet::from_text("1_sample.sql", self.sql, self.host);
        set.complete = true;
        for migration in &mut set.migrations {
            migration.down = self.down.map(|down| Source { path: "1_sample.down.sql".into(), text: down.into() });
            migration.transaction &= self.transaction;
        }
        let config = Config {
            target: self.target,
            schema: Some(Source { path: "schema.sql".into(), text: self.before.into() }),
            table_rows: self.rows.iter().map(|(table, rows)| ((*table).to_owned(), *rows)).collect(),
            ..Config::default()
        };
        (set, config)
    }
}

/// When a rule looks.
#[derive(Debug)]
pub enum Check {
    /// At each operation, with the catalog before it.
    Operation(fn(&OperationView<'_>, &mut Findings<'_>)),
    /// At each statement, when its operations are judged.
    Statement(fn(&StatementView<'_>, &mut Findings<'_>)),
    /// At each migration, when its statements are judged.
    Migration(fn(&MigrationView<'_>, &mut Findings<'_>)),
    /// At the same time, about single statements: for what a later statement can set right.
    Outcome(fn(&MigrationView<'_>, &mut StatementFindings<'_>)),
    /// Once, over all migrations, when they have been replayed.
    Set(fn(&SetView<'_>, &mut SetFindings<'_>)),
}

/// Collects what one rule finds.
#[derive(Debug)]
pub struct Findings<'f> {
    rule: &'static Rule,
    found: &'f mut Vec<Finding>,
}

impl<'f> Findings<'f> {
    pub(crate) fn new(rule: &'static Rule, found: &'f mut Vec<Finding>) -> Self {
        Self { rule, found }
    }

    /// The author should verify: `message` says what happens.
    pub fn flag(&mut self, message: impl Into<String>) -> &mut Finding {
        self.push(Status::Flag, message.into())
    }

    /// Ship this and there will be an incident: `message` says what happens.
    pub fn block(&mut self, message: impl Into<String>) -> &mut Finding {
        self.push(Status::Block, message.into())
    }

    fn push(&mut self, status: Status, message: String) -> &mut Finding {
        let at = self.found.len();
        // Most of what is found is found alone.
        self.found.reserve_exact(usize::from(at == 0));
        self.found.push(Finding {
            rule: self.rule.id,
            category: self.rule.category,
            status,
            message,
            estimate: None,
            help: None,
            fix: None,
            verify: None,
            span: None,
        });
        &mut self.found[at]
    }
}

/// Collects what a rule finds in the statements of a migration.
#[derive(Debug)]
pub struct StatementFindings<'f> {
    rule: &'static Rule,
    statements: &'f mut [StatementReport],
}

impl<'f> StatementFindings<'f> {
    pub(crate) fn new(rule: &'static Rule, statements: &'f mut [StatementReport]) -> Self {
        Self { rule, statements }
    }

    /// About one statement, by its index; `None` if there is no such.
    pub fn statement(&mut self, index: usize) -> Option<Findings<'_>> {
        let statement = self.statements.get_mut(index)?;
        Some(Findings::new(self.rule, &mut statement.findings))
    }
}

impl StatementFindings<'_> {
    /// About one statement, by its index, with its place; `None` if there is no such.
    pub fn statement_at(&mut self, index: usize) -> Option<(Findings<'_>, Span)> {
        let statement = self.statements.get_mut(index)?;
        Some((Findings::new(self.rule, &mut statement.findings), statement.span))
    }
}

/// Collects what a rule finds in a set of migrations.
#[derive(Debug)]
pub struct SetFindings<'f> {
    rule: &'static Rule,
    set: &'f mut Vec<Finding>,
    migrations: &'f mut [MigrationReport],
    /// How many statements the migrations before each have, as far as that has been asked for.
    before: Vec<usize>,
}

impl<'f> SetFindings<'f> {
    pub(crate) fn new(rule: &'static Rule, set: &'f mut Vec<Finding>, migrations: &'f mut [MigrationReport]) -> Self {
        Self { rule, set, migrations, before: Vec::new() }
    }

    /// About the set as a whole.
    pub fn set(&mut self) -> Findings<'_> {
        Findings::new(self.rule, self.set)
    }

    /// About one migration of the set, by its index; `None` if there is no such.
    pub fn migration(&mut self, index: usize) -> Option<Findings<'_>> {
        let migration = self.migrations.get_mut(index)?;
        Some(Findings::new(self.rule, &mut migration.findings))
    }

    fn statements_before(&mut self, index: usize) -> Option<usize> {
        if self.before.is_empty() {
            let mut sum = 0;
            for migration in self.migrations.iter() {
                self.before.push(sum);
                sum += migration.statements.len();
            }
        }
        self.before.get(index).copied()
    }

    /// About the statement that made something, by its stamp: where to add a finding, and the place; `None` for what
    /// was there before the set.
    pub fn statement(&mut self, made: Stamp) -> Option<(Findings<'_>, Span)> {
        let index = usize::try_from(made.migration).ok()?.checked_sub(1)?;
        let statement = usize::try_from(made.statement).ok()?.checked_sub(self.statements_before(index)? + 1)?;
        let statement = self.migrations.get_mut(index)?.statements.get_mut(statement)?;
        Some((Findings::new(self.rule, &mut statement.findings), statement.span))
    }
}

impl Finding {
    /// Says what to do instead.
    pub fn help(&mut self, help: impl Into<String>) -> &mut Self {
        self.help = Some(help.into());
        self
    }

    /// Gives SQL to write instead.
    pub fn fix(&mut self, fix: impl Into<String>) -> &mut Self {
        self.fix = Some(fix.into());
        self
    }

    /// Asks for missing context.
    pub fn verify(&mut self, verify: impl Into<String>) -> &mut Self {
        self.verify = Some(verify.into());
        self
    }

    /// Says where.
    pub fn at(&mut self, span: Span) -> &mut Self {
        self.span = Some(span);
        self
    }
}
