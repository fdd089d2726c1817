//! What a plan is made of.

use crate::backfill::Prepared;
use crate::dialect::Target;
use crate::layout::Layout;
use crate::sql::LockMode;
use std::collections::BTreeMap;
use std::time::Duration;

/// A change of a schema as a sequence of steps.
#[derive(Clone, Debug)]
pub struct Plan {
    /// The server it is for.
    pub target: Target,
    /// Whose migrations and code it is written for.
    pub layout: Layout,
    /// The change as SQL.
    pub change: String,
    /// The recipes it was made by, one for each part of the change.
    pub recipes: Vec<&'static str>,
    /// Whether the plain change is safe as it is; then only a lock timeout has been added.
    pub already_safe: bool,
    /// The phases in the order in which they are run.
    pub phases: Vec<Phase>,
    /// What the application does between the phases.
    pub application: Vec<ApplicationCode>,
    /// What a person should know before starting.
    pub notes: Vec<String>,
    /// Rows of tables, by `schema.name`, as the settings say.
    pub table_rows: BTreeMap<String, u64>,
}

impl Plan {
    /// Every step in the order in which it is run.
    pub fn steps(&self) -> impl Iterator<Item = &Step> {
        self.phases.iter().flat_map(|phase| &phase.steps)
    }

    /// In how many releases of the application it ships.
    pub fn releases(&self) -> u32 {
        self.phases.iter().map(|phase| phase.release).max().unwrap_or(1)
    }
}

/// Steps that ship together.
#[derive(Clone, Debug)]
pub struct Phase {
    /// Which phase.
    pub name: PhaseName,
    /// With which release of the application its steps ship, from 1: steps of different releases must not run together.
    pub release: u32,
    /// What the application must be doing before it, and may do after.
    pub deploy: String,
    /// The steps in order.
    pub steps: Vec<Step>,
}

/// The phases of a schema change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PhaseName {
    /// The new form is added beside the old.
    Expand,
    /// Data is moved, proofs are made.
    Migrate,
    /// The old form is taken away.
    Contract,
}

impl PhaseName {
    /// All of them, in order.
    pub const ALL: [Self; 3] = [Self::Expand, Self::Migrate, Self::Contract];

    /// The name in JSON: `expand`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Expand => "expand",
            Self::Migrate => "migrate",
            Self::Contract => "contract",
        }
    }
}

/// One step: one migration, or something that people or the application do.
#[derive(Clone, Debug)]
pub struct Step {
    /// The server it is for.
    pub target: Target,
    /// `expand-1`.
    pub id: String,
    /// What sort of step it is.
    pub kind: StepKind,
    /// What it does, in a few words.
    pub title: String,
    /// Its statements, without semicolons.
    pub sql: Vec<String>,
    /// Whether they run in one transaction. If not, there is one statement.
    pub transaction: bool,
    /// The strongest lock it takes on each relation that was there before, from `ROW EXCLUSIVE` up, as predicted.
    pub locks: Vec<StepLock>,
    /// What takes longer the more rows there are, as predicted.
    pub work: Work,
    /// How long it may wait for a lock.
    pub lock_timeout: Duration,
    /// What has to hold before it.
    pub gate: Option<Gate>,
    /// The way back.
    pub rollback: Rollback,
    /// The data it moves, if it is a backfill on PostgreSQL.
    pub backfill: Option<Prepared>,
    /// The data it moves, if it is a backfill on another server.
    pub batches: Option<Batches>,
    /// The tool that does it, if one does.
    pub tool: Option<Tool>,
    /// It has no online form: what it needs a maintenance window for.
    pub window: Option<Window>,
    /// What the check would block, because it does not see what has been deployed; the migration says why there is no
    /// harm.
    pub allowed: Option<Allowed>,
}

impl Step {
    /// Whether it is a migration: it has statements, or a gate that a migration checks.
    pub fn is_migration(&self) -> bool {
        self.kind != StepKind::Application
    }
}

/// A rule that is silenced in a statement of a step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Allowed {
    /// The statements, by their places in [`Step::sql`].
    pub statements: Vec<usize>,
    /// The rule.
    pub rule: &'static str,
    /// Why there is no harm.
    pub reason: String,
}

/// The sorts of steps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StepKind {
    /// Changes the schema.
    Ddl,
    /// Moves data in batches.
    Backfill,
    /// Proves something about the data that is there.
    Verify,
    /// Done by the application or by people; no SQL.
    Application,
}

impl StepKind {
    /// The name in JSON: `ddl`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Ddl => "ddl",
            Self::Backfill => "backfill",
            Self::Verify => "verify",
            Self::Application => "application",
        }
    }
}

/// A lock that a step takes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StepLock {
    /// `schema.name`, unquoted.
    pub relation: String,
    /// The mode.
    pub mode: StepLockMode,
}

/// How a server calls a lock.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum StepLockMode {
    /// PostgreSQL's modes, weakest first.
    Postgres(LockMode),
    /// What others may do meanwhile, in MySQL's and SQLite's words: `NONE`, `SHARED`, `EXCLUSIVE`, `RESERVED`.
    Named(&'static str),
}

impl StepLockMode {
    /// The server's words.
    pub fn name(self) -> &'static str {
        match self {
            Self::Postgres(mode) => mode.sql(),
            Self::Named(name) => name,
        }
    }
}

/// A backfill of MySQL, MariaDB or SQLite as SQL: what [`Prepared`] is on PostgreSQL.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Batches {
    /// The table.
    pub table: String,
    /// The columns whose order it goes by.
    pub key: Vec<String>,
    /// One batch: what a program repeats until it changes no row.
    pub batch: String,
    /// How many rows are left; 0 when it is done.
    pub remaining: String,
}

/// A program that changes a table beside those who write to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tool {
    /// Command lines that do the same, one for each tool that can; the first is the one to prefer.
    pub commands: Vec<String>,
    /// What has to hold before it is started.
    pub before: Vec<Gate>,
    /// What has to hold when it is done.
    pub after: Vec<Gate>,
}

/// What a step does row by row, in one go.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Work {
    /// Tables that are read through, by `schema.name`.
    pub scans: Vec<String>,
    /// Tables that are written anew.
    pub rewrites: Vec<String>,
    /// Tables of which new indexes are built.
    pub indexed: Vec<String>,
    /// Indexes that are built anew.
    pub rebuilds_indexes: Vec<String>,
}

impl Work {
    /// Whether it takes the same moment for any number of rows.
    pub fn is_momentary(&self) -> bool {
        let Self { scans, rewrites, indexed, rebuilds_indexes } = self;
        [scans, rewrites, indexed, rebuilds_indexes].into_iter().all(Vec::is_empty)
    }
}

/// Why a step needs a maintenance window.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Window {
    /// The reason.
    pub why: String,
    /// What the check would block without it.
    pub accepts: Vec<Accepted>,
}

/// A finding that is accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Accepted {
    /// The statement of the step, by its place in [`Step::sql`]; absent: the migration as a whole.
    pub statement: Option<usize>,
    /// The rule.
    pub rule: &'static str,
}

/// A query whose answer decides whether a step may run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gate {
    /// The query: one row, one value.
    pub sql: String,
    /// The answer that opens it, as text.
    pub expect: String,
    /// What it means if the answer is another.
    pub meaning: String,
}

/// The way back from a step, to the state before it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Rollback {
    /// These statements, in order.
    Sql {
        /// The statements, without semicolons.
        statements: Vec<String>,
        /// Whether they run in one transaction. If not, there is one statement.
        transaction: bool,
    },
    /// There is nothing to undo.
    Nothing,
    /// There is none, for this reason.
    Impossible(String),
}

impl Rollback {
    /// Its statements, if any.
    pub fn statements(&self) -> &[String] {
        match self {
            Self::Sql { statements, .. } => statements,
            Self::Nothing | Self::Impossible(_) => &[],
        }
    }
}

/// Code of the application for the time between phases.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApplicationCode {
    /// It has to be running everywhere before this phase.
    pub before: PhaseName,
    /// What it is for.
    pub title: String,
    /// The code, in Rust for the host of the plan.
    pub code: String,
}
