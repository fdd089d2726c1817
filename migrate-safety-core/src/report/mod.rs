//! The report: everything a check found, by migration and statement, with its renderings.

#[cfg(any(feature = "json", feature = "text"))]
mod cure;
#[cfg(feature = "text")]
mod github;
#[cfg(feature = "json")]
mod json;
#[cfg(feature = "text")]
mod markdown;
mod plain;
#[cfg(feature = "json")]
mod sarif;
#[cfg(feature = "text")]
mod text;

pub use plain::Message;
#[cfg(feature = "text")]
pub use text::Colour;

use crate::config::Config;
use crate::dialect::Target;
use crate::effects::Effects;
use crate::estimate::Estimate;
use crate::layout::{Layout, LoadError, Migration, MigrationSet};
use crate::rules::{Category, Finding, Status, Verdict};
use crate::sql::{Operation, Span};
use std::path::PathBuf;
use std::sync::Arc;

/// What a check found.
#[derive(Clone, Debug)]
pub struct Report {
    /// The server it is for.
    pub target: Target,
    /// The layout of the migrations.
    pub layout: Layout,
    /// The migrations that are reported, in order.
    pub migrations: Vec<MigrationReport>,
    /// How many migrations were only replayed, by the settings.
    pub replayed: usize,
    /// Findings about the set as a whole.
    pub findings: Vec<Finding>,
    /// Files that could not be read.
    pub errors: Vec<LoadError>,
}

/// What was found in one migration.
#[derive(Clone, Debug)]
pub struct MigrationReport {
    /// Its version.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its file.
    pub path: PathBuf,
    /// Its text, for snippets.
    pub text: Arc<str>,
    /// Whether the host runs it in a transaction.
    pub transaction: bool,
    /// Its statements.
    pub statements: Vec<StatementReport>,
    /// Findings about the migration as a whole, or between its statements.
    pub findings: Vec<Finding>,
}

/// What was found in one statement.
#[derive(Clone, Debug)]
pub struct StatementReport {
    /// Where it stands.
    pub span: Span,
    /// Its text.
    pub sql: String,
    /// What it does.
    pub operations: Vec<OperationName>,
    /// Whether all of it was understood.
    pub understood: bool,
    /// What the server will do.
    pub effects: Arc<Effects>,
    /// How long its work on tables of known size takes.
    pub estimates: Vec<Estimate>,
    /// Its findings.
    pub findings: Vec<Finding>,
}

/// The name of a kind of operation: `create-index`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OperationName(pub &'static str);

impl OperationName {
    /// The name of an operation's kind.
    pub fn of(operation: &Operation) -> Self {
        Self(operation.name())
    }
}

/// The answer for one category over the whole report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CategoryAnswer {
    /// The category.
    pub category: Category,
    /// The answer.
    pub status: Status,
    /// How many findings it has.
    pub findings: usize,
}

impl Report {
    pub(crate) fn new(target: Target, layout: Layout) -> Self {
        Self { target, layout, migrations: Vec::new(), replayed: 0, findings: Vec::new(), errors: Vec::new() }
    }

    /// What was found in the migrations of a set, one by one.
    pub(crate) fn of(set: &MigrationSet, config: &Config, migrations: Vec<MigrationReport>) -> Self {
        Self { migrations, errors: set.errors.clone(), ..Self::new(config.target, set.layout) }
    }

    /// Whether anything is estimated, so that what that rests on has to be said.
    pub fn has_estimates(&self) -> bool {
        self.migrations.iter().any(|m| m.statements.iter().any(|s| !s.estimates.is_empty()))
    }

    /// Every finding, wherever it stands.
    pub fn all_findings(&self) -> impl Iterator<Item = &Finding> {
        self.findings.iter().chain(self.migrations.iter().flat_map(MigrationReport::all_findings))
    }

    /// The worst status of all findings.
    pub fn worst(&self) -> Status {
        self.all_findings().map(|f| f.status).max().unwrap_or(Status::Pass)
    }

    /// May it ship?
    pub fn verdict(&self) -> Verdict {
        Verdict::of(self.worst())
    }

    /// The ten answers.
    pub fn categories(&self) -> Vec<CategoryAnswer> {
        let answer = |category| {
            let mut status = Status::Pass;
            let mut findings = 0;
            for finding in self.all_findings().filter(|f| f.category == category) {
                status = status.max(finding.status);
                findings += 1;
            }
            CategoryAnswer { category, status, findings }
        };
        Category::ALL.into_iter().map(answer).collect()
    }

    /// The verdict in one sentence.
    pub fn summary(&self) -> String {
        let migrations = self.migrations.len();
        let counted = |n: usize, one: &str| if n == 1 { format!("1 {one}") } else { format!("{n} {one}s") };
        let blocking = self.migrations.iter().filter(|m| m.verdict() == Verdict::Block).count();
        let flagged = self.migrations.iter().filter(|m| m.verdict() == Verdict::SafeWithModifications).count();
        match self.verdict() {
            Verdict::Block if blocking > 0 => format!(
                "{blocking} of {} would cause an incident or fail when deployed.",
                counted(migrations, "migration")
            ),
            Verdict::Block => "The set of migrations as a whole would fail when deployed.".to_owned(),
            Verdict::SafeWithModifications if flagged > 0 => {
                format!("{flagged} of {} should be looked at before they ship.", counted(migrations, "migration"))
            }
            Verdict::SafeWithModifications => "The set of migrations as a whole should be looked at.".to_owned(),
            Verdict::SafeToShip => format!("Nothing found in {}.", counted(migrations, "migration")),
        }
    }
}

impl MigrationReport {
    pub(crate) fn new(migration: &Migration, statements: Vec<StatementReport>, findings: Vec<Finding>) -> Self {
        Self {
            id: migration.id.clone(),
            name: migration.name.clone(),
            path: migration.up.path.clone(),
            text: migration.up.text.clone(),
            transaction: migration.transaction,
            statements,
            findings,
        }
    }

    /// The lists in which its findings stand.
    pub(crate) fn finding_lists(&mut self) -> Vec<&mut Vec<Finding>> {
        std::iter::once(&mut self.findings).chain(self.statements.iter_mut().map(|s| &mut s.findings)).collect()
    }

    /// Every finding in it, in the order of their places; those about the whole migration first.
    pub fn in_order(&self) -> Vec<&Finding> {
        let mut found: Vec<&Finding> = self.all_findings().collect();
        found.sort_by_key(|f| f.span.map(|s| s.start.offset));
        found
    }

    /// Every finding in it.
    pub fn all_findings(&self) -> impl Iterator<Item = &Finding> {
        self.findings.iter().chain(self.statements.iter().flat_map(|s| &s.findings))
    }

    /// May it ship?
    pub fn verdict(&self) -> Verdict {
        Verdict::of(self.all_findings().map(|f| f.status).max().unwrap_or(Status::Pass))
    }
}
