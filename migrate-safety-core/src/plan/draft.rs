//! What a recipe writes: steps without numbers, locks or proof.

use super::model::{Allowed, ApplicationCode, Batches, Gate, PhaseName, Rollback, StepKind, Tool};
use crate::backfill::Prepared;
use crate::catalog::RelationId;
use std::collections::BTreeMap;

/// The steps of one recipe for one part of a change.
#[derive(Clone, Debug, Default)]
pub(crate) struct Draft {
    pub(super) recipe: &'static str,
    pub(super) already_safe: bool,
    /// Whether its step belongs into the migration that makes the relation it is about.
    pub(super) joined: bool,
    /// Relations that it makes.
    pub(super) makes: Vec<RelationId>,
    pub(super) steps: Vec<(PhaseName, DraftStep)>,
    /// What the application must be doing before a phase: the phase then needs a release of its own.
    pub(super) deploys: BTreeMap<PhaseName, String>,
    pub(super) application: Vec<ApplicationCode>,
    pub(super) notes: Vec<String>,
}

impl Draft {
    /// A draft without steps.
    pub(crate) fn new() -> Self {
        Self::default()
    }

    /// The plain change as it is, with a lock timeout.
    pub(crate) fn safe(step: DraftStep) -> Self {
        Self { already_safe: true, ..Self::new().expand(step) }
    }

    /// Belongs into the migration that makes the relation it is about.
    pub(crate) fn joined(mut self) -> Self {
        self.joined = true;
        self
    }

    /// Takes the statements of a joined draft into its last step; gives the draft back if it cannot.
    pub(super) fn join(&mut self, other: Self) -> Option<Self> {
        match &mut *self.steps {
            [.., (_, last)] if self.already_safe && last.transaction && last.rollback.is_none() => {
                last.sql.extend(other.steps.into_iter().flat_map(|(_, step)| step.sql));
                self.makes.extend(other.makes);
                None
            }
            _ => Some(other),
        }
    }

    pub(super) fn of(mut self, recipe: &'static str) -> Self {
        self.recipe = recipe;
        self
    }

    /// Adds a step to the expand phase.
    pub(crate) fn expand(self, step: DraftStep) -> Self {
        self.step(PhaseName::Expand, step)
    }

    /// Adds a step to the migrate phase.
    pub(crate) fn migrate(self, step: DraftStep) -> Self {
        self.step(PhaseName::Migrate, step)
    }

    /// Adds a step to the contract phase.
    pub(crate) fn contract(self, step: DraftStep) -> Self {
        self.step(PhaseName::Contract, step)
    }

    /// Adds a step to a phase.
    pub(crate) fn step(mut self, phase: PhaseName, step: DraftStep) -> Self {
        self.steps.push((phase, step));
        self
    }

    /// Says what the application must be doing before a phase, which then ships with a later release than the one before
    /// it.
    pub(crate) fn deploy(mut self, before: PhaseName, what: impl Into<String>) -> Self {
        self.awaits(before, &what.into());
        self
    }

    /// A phase waits for this besides what it waits for already: a line each.
    fn awaits(&mut self, before: PhaseName, what: &str) {
        let lines = self.deploys.entry(before).or_default();
        for line in what.lines() {
            if lines.lines().all(|known| known != line) {
                let separator = if lines.is_empty() { "" } else { "\n" };
                *lines = format!("{lines}{separator}{line}");
            }
        }
    }

    /// Adds code of the application that has to be running before a phase.
    pub(crate) fn code(mut self, before: PhaseName, title: impl Into<String>, code: impl Into<String>) -> Self {
        self.application.push(ApplicationCode { before, title: title.into(), code: code.into() });
        self
    }

    /// Adds something a person should know.
    pub(crate) fn note(mut self, note: impl Into<String>) -> Self {
        self.notes.push(note.into());
        self
    }

    /// Adds a step before all others of a phase.
    pub(crate) fn first(mut self, phase: PhaseName, step: DraftStep) -> Self {
        let at = self.steps.iter().position(|(other, _)| *other == phase).unwrap_or(self.steps.len());
        self.steps.insert(at, (phase, step));
        self
    }

    /// What it does in the expand phase moves to the migrate phase.
    pub(crate) fn later(self) -> Self {
        self.not_before(PhaseName::Migrate)
    }

    /// What it does before a phase moves to this.
    pub(super) fn not_before(mut self, first: PhaseName) -> Self {
        for (phase, _) in &mut self.steps {
            *phase = (*phase).max(first);
        }
        for earlier in PhaseName::ALL.into_iter().take_while(|phase| *phase < first) {
            if let Some(what) = self.deploys.remove(&earlier) {
                self.awaits(first, &what);
            }
        }
        self
    }

    /// The last phase in which it moves rows, if it does.
    pub(super) fn moves_rows(&self) -> Option<PhaseName> {
        let moving = self.steps.iter().filter(|(_, step)| step.kind == StepKind::Backfill || step.batches.is_some());
        moving.map(|(phase, _)| *phase).max()
    }

    /// Nothing has to be deployed before a phase.
    pub(crate) fn without_deploy(mut self, before: PhaseName) -> Self {
        self.deploys.remove(&before);
        self
    }

    /// The steps of another draft behind these, phase by phase.
    pub(crate) fn then(mut self, other: Self) -> Self {
        self.steps.extend(other.steps);
        for (before, what) in &other.deploys {
            self.awaits(*before, what);
        }
        self.application.extend(other.application);
        self.notes.extend(other.notes);
        self.already_safe &= other.already_safe;
        self
    }
}

/// One step, as a recipe writes it.
#[derive(Clone, Debug)]
pub(crate) struct DraftStep {
    pub(super) kind: StepKind,
    pub(super) title: String,
    pub(super) sql: Vec<String>,
    pub(super) transaction: bool,
    pub(super) gate: Option<Gate>,
    /// Absent: what undoes the step is found by comparing the schema before and after it.
    pub(super) rollback: Option<Rollback>,
    pub(super) backfill: Option<Prepared>,
    pub(super) batches: Option<Batches>,
    pub(super) tool: Option<Tool>,
    pub(super) window: Option<String>,
    pub(super) allowed: Option<Allowed>,
    /// Whether all it does is to make a table anew (SQLite).
    #[cfg_attr(not(feature = "sqlite"), allow(dead_code, reason = "nothing else makes tables anew"))]
    pub(super) remakes: bool,
}

impl DraftStep {
    /// Statements that change the schema, in one transaction.
    pub(crate) fn ddl<S: Into<String>>(title: impl Into<String>, sql: impl IntoIterator<Item = S>) -> Self {
        Self {
            kind: StepKind::Ddl,
            title: title.into(),
            sql: sql.into_iter().map(Into::into).collect(),
            transaction: true,
            gate: None,
            rollback: None,
            backfill: None,
            batches: None,
            tool: None,
            window: None,
            allowed: None,
            remakes: false,
        }
    }

    /// A statement that refuses to run in a transaction.
    pub(crate) fn alone(title: impl Into<String>, sql: impl Into<String>) -> Self {
        Self { transaction: false, ..Self::ddl(title, [sql]) }
    }

    /// A statement that reads existing rows to prove something.
    pub(crate) fn verify(title: impl Into<String>, sql: impl Into<String>) -> Self {
        Self { kind: StepKind::Verify, ..Self::ddl(title, [sql]) }.rollback_nothing()
    }

    /// Data moved in batches.
    pub(crate) fn backfill(title: impl Into<String>, prepared: &Prepared) -> Self {
        let step = Self { kind: StepKind::Backfill, ..Self::alone(title, prepared.loop_sql()) };
        Self { backfill: Some(prepared.clone()), ..step }.rollback_nothing()
    }

    /// Something that is done by the application or by people.
    pub(crate) fn application(title: impl Into<String>) -> Self {
        Self { kind: StepKind::Application, ..Self::ddl(title, Vec::<String>::new()) }.rollback_nothing()
    }

    /// The step may only run if the query gives this answer.
    pub(crate) fn gate(
        mut self,
        sql: impl Into<String>,
        expect: impl Into<String>,
        meaning: impl Into<String>,
    ) -> Self {
        self.gate = Some(Gate { sql: sql.into(), expect: expect.into(), meaning: meaning.into() });
        self
    }

    /// What undoes it, in one transaction.
    pub(crate) fn undo<S: Into<String>>(mut self, sql: impl IntoIterator<Item = S>) -> Self {
        let statements = sql.into_iter().map(Into::into).collect();
        self.rollback = Some(Rollback::Sql { statements, transaction: true });
        self
    }

    /// What undoes it; refuses to run in a transaction.
    pub(crate) fn undo_alone(mut self, sql: impl Into<String>) -> Self {
        self.rollback = Some(Rollback::Sql { statements: vec![sql.into()], transaction: false });
        self
    }

    /// There is nothing to undo.
    pub(crate) fn rollback_nothing(mut self) -> Self {
        self.rollback = Some(Rollback::Nothing);
        self
    }

    /// It cannot be undone.
    pub(crate) fn irreversible(mut self, why: impl Into<String>) -> Self {
        self.rollback = Some(Rollback::Impossible(why.into()));
        self
    }

    /// A rule would block it that does not see what has been deployed; why there is no harm. It is said before the first
    /// statement; on databases other than PostgreSQL before the one that the rule is about, if it blocks one.
    pub(crate) fn allow(mut self, rule: &'static str, reason: impl Into<String>) -> Self {
        self.allowed = Some(Allowed { statements: vec![0], rule, reason: reason.into() });
        self
    }

    /// What is allowed is done by these statements, not by the first.
    pub(crate) fn at(mut self, statements: impl IntoIterator<Item = usize>) -> Self {
        if let Some(allowed) = &mut self.allowed {
            allowed.statements = statements.into_iter().collect();
        }
        self
    }

    /// It has no online form: it needs a maintenance window, for this reason.
    pub(crate) fn window(mut self, why: impl Into<String>) -> Self {
        self.window = Some(why.into());
        self
    }
}
