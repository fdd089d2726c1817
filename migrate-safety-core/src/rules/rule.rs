//! The form of a rule: data first, then a function of a few lines.

use super::finding::{Category, Finding, Status};
use super::view::{MigrationView, OperationView, SetView, StatementView};
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
    /// Migrations that must give no finding at all.
    pub good: &'static [Sample],
    /// Its code.
    pub check: Check,
}

/// A migration that shows a rule, in sqlx's layout.
#[derive(Clone, Copy, Debug)]
pub struct Sample {
    /// An earlier migration: what exists.
    pub before: &'static str,
    /// The migration's file.
    pub sql: &'static str,
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
    /// Once, over all migrations.
    Set(fn(&SetView<'_>, &mut Findings<'_>)),
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
        self.found.push(Finding {
            rule: self.rule.id,
            category: self.rule.category,
            status,
            message,
            help: None,
            fix: None,
            verify: None,
            span: None,
        });
        &mut self.found[at]
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
