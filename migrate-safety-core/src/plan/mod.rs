//! From one dangerous change to a sequence of safe steps: expand, migrate, contract.
//!
//! ```text
//! Change ─pieces─▶ Piece ─recipe─▶ Draft ─compose─▶ Plan ─prove─▶ Plan ─render─▶ migrations, code, runbook
//! ```
//!
//! A recipe knows one kind of change and asks the catalog what else hangs on it. What it drafts is not trusted: the
//! steps go through the same check as any migration, are replayed, and have to leave the schema that the plain change
//! leaves; and so does every way back. Where no recipe answers or its steps do not hold, the change is made in a maintenance
//! window, if that takes the harm from it; otherwise it is an error, never half a plan.

mod bounds;
mod bracket;
mod cascade;
mod change;
mod compose;
mod copy;
mod counting;
mod cross;
#[cfg(any(feature = "mysql", feature = "sqlite"))]
mod databases;
mod desired;
mod draft;
mod error;
mod fill;
mod installed;
mod json_key;
mod model;
mod names;
mod options;
mod piece;
mod prove;
mod recipes;
mod render;
mod replayed;
mod request;
mod rows;
#[cfg(feature = "sea-query")]
mod sea_query;
mod state;
mod way_back;
mod window;

pub use change::Change;
#[cfg(any(feature = "mysql", feature = "sqlite"))]
pub use databases::recipes::{DatabaseRecipe, DatabaseSample, RECIPES as DATABASE_RECIPES};
pub use error::{Candidate, PlanError};
pub use model::{
    Accepted, Allowed, ApplicationCode, Batches, Gate, Phase, PhaseName, Plan, Rollback, Step, StepKind, StepLock,
    StepLockMode, Tool, Window, Work,
};
pub use options::{DualWrite, PlanOptions};
pub use recipes::{RECIPES, Recipe, RecipeSample};
pub use render::WriteError;

use crate::catalog::{Catalog, RelationId};
use crate::sql::{Ident, Operation};
use draft::Draft;
use piece::Piece;
use request::Request;
use state::State;
use std::collections::{BTreeSet, VecDeque};

/// Turns a change of a schema into a sequence of steps that a live database and a running application survive.
///
/// # Errors
/// The change cannot be read, would fail on this schema, or has no sequence of steps that is known to be safe: the
/// error says which part, and why.
pub fn plan<S: Before>(before: &S, change: impl Into<Change>, options: &PlanOptions) -> Result<Plan, PlanError> {
    before.planned(change.into(), options)
}

/// A schema that a change can be planned on: a [`Catalog`] of PostgreSQL, or a
/// [`Schema`](crate::databases::schema::Schema) of MySQL, MariaDB or SQLite.
pub trait Before: sealed::Sealed {
    /// See [`plan`].
    ///
    /// # Errors
    /// See [`plan`].
    fn planned(&self, change: Change, options: &PlanOptions) -> Result<Plan, PlanError>;
}

mod sealed {
    pub trait Sealed {}
}

impl sealed::Sealed for Catalog {}

impl Before for Catalog {
    fn planned(&self, change: Change, options: &PlanOptions) -> Result<Plan, PlanError> {
        let change = change.resolve(self)?;
        let start = State::new(self);
        let mut state = start.clone();
        let planner = Planner { start: &start, options };
        let pieces = piece::pieces(&start, &change.sql)?;
        let temporary: Vec<Ident> = pieces.iter().flat_map(Piece::temporary).collect();
        let drafts = planner.drafts(&mut state, pieces.clone())?;
        in_one_session(&drafts, &temporary)?;
        let mut plan = prove::plan(&start, &state, &change, drafts, options)
            .or_else(|error| window::whole((&start, &state), &change, &pieces, (&error, options)).ok_or(error))?;
        plan.notes.extend(change.notes);
        Ok(plan)
    }
}

#[cfg(any(feature = "mysql", feature = "sqlite"))]
impl sealed::Sealed for crate::databases::schema::Schema {}

#[cfg(any(feature = "mysql", feature = "sqlite"))]
impl Before for crate::databases::schema::Schema {
    fn planned(&self, change: Change, options: &PlanOptions) -> Result<Plan, PlanError> {
        databases::plan(self, change, options)
    }
}

/// Steps do not share a session, so that each temporary table has to do with one of them alone.
fn in_one_session(drafts: &[Draft], temporary: &[Ident]) -> Result<(), PlanError> {
    let steps = || drafts.iter().flat_map(|draft| &draft.steps).map(|(_, step)| step);
    for name in temporary {
        let mut naming = steps().filter(|step| step.sql.iter().any(|sql| names::names_word(sql, name)));
        if let Some(second) = naming.nth(1) {
            return Err(PlanError::Refused {
                recipe: recipes::AS_IT_IS,
                reason: format!("{name} is a temporary table, and steps that run by themselves do not see it"),
                instead: "make it a plain table, and drop it at the end".to_owned(),
                sql: second.sql.join(";\n"),
            });
        }
    }
    Ok(())
}

/// Asks the recipes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Planner<'a> {
    /// The schema before the whole change.
    start: &'a State,
    options: &'a PlanOptions,
}

impl Planner<'_> {
    /// A draft for each piece, on the schema that the plain pieces before it leave.
    fn drafts(&self, state: &mut State, pieces: Vec<Piece>) -> Result<Vec<Draft>, PlanError> {
        let mut drafts: Vec<Draft> = Vec::new();
        // Relations that get rows by earlier pieces: what is demanded of these rows waits for them.
        let mut filled: BTreeSet<RelationId> = BTreeSet::new();
        let mut pieces = VecDeque::from(pieces);
        while let Some(piece) = pieces.pop_front() {
            let after = state.plain(&piece)?;
            let Some(draft) = self.draft(&Request::new(self, state, &after, &piece))? else {
                piece.apart().into_iter().rev().for_each(|part| pieces.push_front(part));
                continue;
            };
            let request = Request::new(self, state, &after, &piece);
            // A trigger that is made after rows have been changed is not to fire for them.
            let fills = |draft: &Draft| draft.steps.iter().any(|(_, step)| step.kind == StepKind::Backfill);
            let is_trigger = matches!(piece.operation(), Some(Operation::CreateTrigger(_)));
            // Nor are rows to be read that have not got their values yet.
            let reads = piece.operation().is_some_and(reads_rows);
            let target = request.target();
            let waits = target.is_some_and(|target| filled.contains(&target));
            let draft = if (is_trigger || reads || waits) && drafts.iter().any(fills) { draft.later() } else { draft };
            // Rows are changed and taken away in the order in which it is written.
            let draft = match drafts.iter().filter_map(Draft::moves_rows).max() {
                Some(phase) if piece.operation().is_some_and(changes_rows) => draft.not_before(phase),
                _ => draft,
            };
            if reads {
                filled.extend(target.into_iter().chain(request.made()));
            }
            let home = if draft.joined && !waits { home(&mut drafts, target) } else { None };
            let makes = request.made().collect();
            let draft = Draft { makes, ..draft };
            let apart = match home {
                Some(home) => home.join(draft),
                None => Some(draft),
            };
            drafts.extend(apart);
            *state = after;
        }
        Ok(drafts)
    }

    /// The first recipe that answers plans the piece; none plans a pair that is none.
    fn draft(&self, request: &Request<'_>) -> Result<Option<Draft>, PlanError> {
        for recipe in RECIPES {
            if let Some(answer) = (recipe.plan)(request) {
                let draft = answer.or_else(|refusal| {
                    window::instead(request, &refusal).ok_or_else(|| refusal.into_error(recipe.id, request.sql()))
                });
                return Ok(Some(draft?.of(recipe.id)));
            }
        }
        Ok(None)
    }
}

/// Whether an operation changes rows or takes them away.
fn changes_rows(operation: &Operation) -> bool {
    matches!(operation, Operation::Update(_) | Operation::Delete(_) | Operation::Truncate { .. })
}

/// Whether an operation takes rows from somewhere and keeps them.
fn reads_rows(operation: &Operation) -> bool {
    matches!(
        operation,
        Operation::Insert(_)
            | Operation::CreateTableAs { with_data: true, .. }
            | Operation::CreateMaterializedView { with_data: true, .. }
            | Operation::RefreshMaterializedView { .. }
    )
}

/// The draft that makes a relation; for what is about none, the last one, if that makes any.
fn home(drafts: &mut [Draft], target: Option<RelationId>) -> Option<&mut Draft> {
    match target {
        Some(id) => drafts.iter_mut().find(|draft| draft.makes.contains(&id)),
        None => drafts.last_mut().filter(|draft| !draft.makes.is_empty()),
    }
}
