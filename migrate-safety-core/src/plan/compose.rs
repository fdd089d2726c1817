//! Drafts put together into phases, steps numbered, ways back found.

use super::draft::{Draft, DraftStep};
use super::model::{Phase, PhaseName, Plan, Rollback, Step, Window, Work};
use super::options::PlanOptions;
use super::replayed::Replayed;
use crate::dialect::Dialect;

/// How several drafts are put together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Order {
    /// All expand steps, then all migrate steps, then all contract steps: the fewest releases.
    Merged,
    /// One draft after the other, where a later part needs what an earlier one leaves at its end.
    OneByOne,
}

/// The plan that drafts make, without locks and proof.
pub(super) fn compose<S: Replayed>(
    start: &S,
    change: &str,
    drafts: &[Draft],
    order: Order,
    options: &PlanOptions,
) -> Plan {
    let groups: Vec<&[Draft]> = match order {
        Order::Merged => vec![drafts],
        Order::OneByOne => drafts.chunks(1).collect(),
    };
    let mut composer = Composer { options, state: start.clone(), release: 1, counts: [0; 3] };
    let phases = groups.into_iter().flat_map(|group| composer.phases(group)).collect();
    let mut recipes: Vec<&'static str> = Vec::new();
    for draft in drafts {
        if !recipes.contains(&draft.recipe) {
            recipes.push(draft.recipe);
        }
    }
    let mut notes: Vec<String> = Vec::new();
    for note in drafts.iter().flat_map(|draft| &draft.notes) {
        if !notes.contains(note) {
            notes.push(note.clone());
        }
    }
    Plan {
        target: start.target(),
        layout: options.layout,
        change: change.trim().trim_end_matches(';').to_owned(),
        recipes,
        already_safe: drafts.iter().all(|draft| draft.already_safe),
        phases,
        application: drafts.iter().flat_map(|draft| draft.application.clone()).collect(),
        notes,
        table_rows: options.config.table_rows.clone(),
    }
}

struct Composer<'o, S> {
    options: &'o PlanOptions,
    state: S,
    release: u32,
    /// How many steps each phase has so far.
    counts: [usize; 3],
}

impl<S: Replayed> Composer<'_, S> {
    fn phases(&mut self, drafts: &[Draft]) -> Vec<Phase> {
        let mut phases = Vec::new();
        // What a phase without steps waits for, the next one does.
        let mut deploys: Vec<&str> = Vec::new();
        for (at, name) in PhaseName::ALL.into_iter().enumerate() {
            for what in drafts.iter().filter_map(|draft| draft.deploys.get(&name)).flat_map(|what| what.lines()) {
                if !deploys.contains(&what) {
                    deploys.push(what);
                }
            }
            let drafted = drafts.iter().flat_map(|draft| &draft.steps).filter(|(phase, _)| *phase == name);
            let drafted: Vec<&DraftStep> = drafted.map(|(_, step)| step).collect();
            if drafted.is_empty() {
                continue;
            }
            let deploys = std::mem::take(&mut deploys);
            // What the first phase waits for has been released before the plan begins.
            let is_first = self.counts == [0; 3];
            if !deploys.is_empty() && !is_first {
                self.release += 1;
            }
            let deploy = if deploys.is_empty() {
                "No change of the application is needed before this phase.".to_owned()
            } else {
                deploys.join("\n")
            };
            let mut steps = Vec::new();
            for step in drafted {
                self.counts[at] += 1;
                steps.push(self.step(format!("{}-{}", name.name(), self.counts[at]), step));
            }
            phases.push(Phase { name, release: self.release, deploy, steps });
        }
        phases
    }

    fn step(&mut self, id: String, draft: &DraftStep) -> Step {
        let after = self.state.with(&draft.sql);
        let rollback = draft.rollback.clone().unwrap_or_else(|| match self.state.way_back(&after) {
            statements if statements.is_empty() => Rollback::Nothing,
            statements => Rollback::Sql {
                statements,
                transaction: draft.transaction || self.state.target().dialect == Dialect::Postgres,
            },
        });
        self.state = after;
        Step {
            target: self.state.target(),
            id,
            kind: draft.kind,
            title: draft.title.clone(),
            sql: draft.sql.clone(),
            transaction: draft.transaction,
            locks: Vec::new(),
            work: Work::default(),
            lock_timeout: self.options.lock_timeout,
            gate: draft.gate.clone(),
            rollback,
            backfill: draft.backfill.clone(),
            batches: draft.batches.clone(),
            tool: draft.tool.clone(),
            window: draft.window.clone().map(|why| Window { why, accepts: Vec::new() }),
            allowed: draft.allowed.clone(),
        }
    }
}
