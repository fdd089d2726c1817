//! Plans for MySQL, MariaDB and SQLite: the same phases, steps and proof, on the smaller schema of these databases.
//!
//! Their servers differ in how a table is changed at all. MySQL and MariaDB: in the dictionary (`INSTANT`), in place while
//! others write (`INPLACE, LOCK=NONE`), or by a tool that copies the table beside the writers. SQLite: by the few forms of
//! `ALTER TABLE` that its version has, or by making the table anew.

mod desired;
mod fill;
mod forms;
#[cfg(feature = "sqlite")]
mod merged;
mod moved;
mod piece;
#[cfg(feature = "sqlite")]
mod rebuild;
pub(super) mod recipes;
mod remade;
mod request;
mod state;
#[cfg(feature = "mysql")]
mod tool;
mod wish;

pub(super) use state::State;

use super::draft::Draft;
use super::error::PlanError;
use super::model::{Plan, Rollback, StepKind};
use super::options::PlanOptions;
use super::replayed::Replayed;
use super::{Change, prove};
use crate::databases::name::ObjectName;
use crate::databases::schema::Schema;
use crate::layout::Layout;
use piece::Piece;
use request::Request;
use std::collections::VecDeque;

/// Errors of MySQL and MariaDB for columns that foreign keys compare.
const OF_FOREIGN_KEYS: [&str; 3] = ["1832", "1833", "3780"];

/// Turns a change of a schema of MySQL, MariaDB or SQLite into a plan.
pub(super) fn plan(schema: &Schema, change: Change, options: &PlanOptions) -> Result<Plan, PlanError> {
    let start = State::new(schema);
    let change = change.resolve_for(&start)?;
    let planner = Planner { start: &start, options };
    let mut state = start.clone();
    let drafts = planner.drafts(&mut state, piece::pieces(&start, &change.sql)?)?;
    let mut plan = prove::plan(&start, &state, &change, drafts, options)?;
    assert_ways_back(&planner, &mut plan);
    plan.notes.extend(change.notes);
    plan.notes.extend(notes(&plan));
    Ok(plan)
}

/// What a person should know of the way in which the migrations are run.
fn notes(plan: &Plan) -> Vec<String> {
    let holds = |statement: &str| plan.steps().any(|step| step.sql.iter().any(|sql| sql.starts_with(statement)));
    let mut notes = Vec::new();
    if plan.layout != Layout::Sqlx && holds("PRAGMA foreign_keys = ON") {
        notes.push(
            "A step that makes a table anew leaves its connection enforcing foreign keys, whether it did so before or not: a \
             statement cannot ask."
                .to_owned(),
        );
    }
    if plan.layout == Layout::Plain
        && (holds("CREATE PROCEDURE") || holds("CREATE TRIGGER"))
        && plan.target.dialect.is_mysql()
    {
        notes.push(
            "The mysql client ends a statement at each `;`: give it the routines and triggers behind `DELIMITER //`. A driver \
             takes the files as they are."
                .to_owned(),
        );
    }
    notes
}

/// Ways back, too, assert how a table is changed, where the server can do it while others write.
fn assert_ways_back(planner: &Planner<'_>, plan: &mut Plan) {
    let mut before = planner.start.clone();
    for step in plan.phases.iter_mut().flat_map(|phase| &mut phase.steps) {
        let after = if step.kind == StepKind::Backfill { before.clone() } else { before.with(&step.sql) };
        if let Rollback::Sql { statements, .. } = &mut step.rollback {
            let mut state = after.clone();
            for statement in statements {
                let asserted = planner.asserted(&state, statement);
                state = state.with(std::slice::from_ref(statement));
                if let Some(asserted) = asserted {
                    *statement = asserted;
                }
            }
        }
        before = after;
    }
}

/// Asks the recipes.
#[derive(Clone, Copy, Debug)]
struct Planner<'a> {
    /// The schema before the whole change.
    start: &'a State,
    options: &'a PlanOptions,
}

impl Planner<'_> {
    /// A draft for each piece, on the schema that the plain pieces before it leave.
    fn drafts(&self, state: &mut State, pieces: Vec<Piece>) -> Result<Vec<Draft>, PlanError> {
        let mut drafts: Vec<Draft> = Vec::new();
        let mut pieces = VecDeque::from(pieces);
        #[cfg(feature = "sqlite")]
        let mut remade = merged::Remade::default();
        while let Some(piece) = pieces.pop_front() {
            if piece.moved.as_ref().is_some_and(|moved| !self.is_in_use(&moved.table)) {
                piece.apart().into_iter().rev().for_each(|part| pieces.push_front(part));
                continue;
            }
            let after = state.plain(&piece)?;
            let request = Request { planner: self, state, after: &after, piece: &piece };
            let Some(draft) = Self::draft(&request)? else {
                // Each action by itself is a change that some recipe knows.
                piece.apart().into_iter().rev().for_each(|part| pieces.push_front(part));
                continue;
            };
            #[cfg(feature = "sqlite")]
            let Some(draft) = remade.step(&mut drafts, draft, (state, &after), &piece) else {
                *state = after;
                continue;
            };
            drafts.push(draft);
            *state = after;
        }
        Ok(drafts)
    }

    /// Whether a table was there before the whole change.
    fn is_in_use(&self, table: &ObjectName) -> bool {
        self.start.schema.table(table).is_some()
    }

    /// The first recipe that answers plans the piece; none plans several actions that are not one change.
    fn draft(request: &Request<'_>) -> Result<Option<Draft>, PlanError> {
        let dialect = request.target().dialect;
        let known = || {
            let recipes = recipes::RECIPES.iter().filter(|recipe| recipe.dialects.contains(&dialect));
            recipes.filter_map(|recipe| Some((recipe, (recipe.plan)(request)?))).map(|(recipe, answer)| {
                let draft = answer.map_err(|refusal| refusal.into_error(recipe.id, &request.piece.sql))?;
                Ok(draft.of(recipe.id))
            })
        };
        match request.fails() {
            // The recipe knows how to go about it.
            Some(failure)
                if OF_FOREIGN_KEYS.contains(&failure.sqlstate)
                    && let Some(Err(refusal)) = known().next() =>
            {
                Err(refusal)
            }
            Some(failure) => Err(PlanError::ChangeFails { message: failure.message, sql: request.piece.sql.clone() }),
            None => known().next().transpose(),
        }
    }
}
