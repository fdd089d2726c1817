//! A plan is not trusted: its steps are checked as any migration is, and replayed; they have to lead where the plain
//! change leads, and every way back has to lead back.

use super::compose::{Order, compose};
use super::draft::Draft;
use super::error::PlanError;
use super::model::{Accepted, Plan, Rollback, Step, StepLock, Work};
use super::options::PlanOptions;
use super::render::migration::{Way, statements_before};
use super::state::State;
use crate::catalog::diff::{Closeness, Difference, diff};
use crate::check::{Start, check_on};
use crate::effects::{Effects, RelationRef};
use crate::layout::{Migration, MigrationSet, Source};
use crate::report::{MigrationReport, Report, StatementReport};
use crate::rules::{Finding, Status};
use crate::{Config, Layout};
use std::collections::BTreeSet;
use std::path::PathBuf;

/// The plan of these drafts that holds.
pub(super) fn plan(
    start: &State,
    end: &State,
    change: &super::change::Resolved,
    drafts: Vec<Draft>,
    options: &PlanOptions,
) -> Result<Plan, PlanError> {
    let merged = prove(start, end, compose(start, &change.sql, &drafts, Order::Merged, options), options);
    if merged.is_ok() || drafts.len() == 1 {
        return merged;
    }
    prove(start, end, compose(start, &change.sql, &drafts, Order::OneByOne, options), options)
}

/// Predicts the locks of a plan's steps, and makes sure that it holds.
fn prove(start: &State, end: &State, mut plan: Plan, options: &PlanOptions) -> Result<Plan, PlanError> {
    let report = judged(start, &plan, options);
    let mut judged = report.migrations.iter();
    for step in plan.phases.iter_mut().flat_map(|phase| &mut phase.steps) {
        if !step.is_migration() {
            continue;
        }
        let Some(judged) = judged.next() else { continue };
        step.locks = locks(judged);
        step.work = work(step, judged);
        passes(step, judged)?;
    }
    faithful(start, end, &plan)?;
    leads_back(start, &plan)?;
    Ok(plan)
}

/// What the check says of the steps as migrations.
fn judged(start: &State, plan: &Plan, options: &PlanOptions) -> Report {
    let steps = plan.steps().filter(|step| step.is_migration());
    let migrations = steps.enumerate().map(|(number, step)| {
        let source = Source { path: PathBuf::from(&step.id), text: Way::up(step).text.into() };
        Migration {
            id: format!("{number:06}"),
            name: step.id.clone(),
            up: source,
            down: None,
            transaction: step.transaction,
            notes: Vec::new(),
        }
    });
    let set = MigrationSet { layout: Layout::Sqlx, migrations: migrations.collect(), ..MigrationSet::default() };
    let config = Config { target: plan.target, start_after: None, only: None, ..options.config.clone() };
    check_on(&set, &config, &Start { catalog: Some(&start.catalog), ..Start::default() })
}

/// The strongest lock on each relation.
fn locks(migration: &MigrationReport) -> Vec<StepLock> {
    let mut locks: Vec<StepLock> = Vec::new();
    for lock in migration.statements.iter().flat_map(|statement| &statement.effects.locks) {
        match locks.iter_mut().find(|known| known.relation == lock.relation.name) {
            Some(known) => known.mode = known.mode.max(lock.mode),
            None => locks.push(StepLock { relation: lock.relation.name.clone(), mode: lock.mode }),
        }
    }
    locks.sort_by(|a, b| a.relation.cmp(&b.relation));
    locks
}

/// What it does row by row.
///
/// What the gate reads, it reads before the step has locked anything.
fn work(step: &Step, migration: &MigrationReport) -> Work {
    let own = migration.statements.len().saturating_sub(step.sql.len());
    let names = |counts: fn(&StatementReport) -> bool, of: fn(&Effects) -> &Vec<RelationRef>| {
        let statements = migration.statements.iter().skip(own).filter(|statement| counts(statement));
        let relations = statements.flat_map(|statement| of(&statement.effects));
        let names: BTreeSet<String> = relations.map(|relation| relation.name.clone()).collect();
        names.into_iter().collect()
    };
    Work {
        scans: names(|statement| !builds_index(statement), |effects| &effects.scans),
        rewrites: names(|_| true, |effects| &effects.rewrites),
        indexed: names(builds_index, |effects| &effects.scans),
        rebuilds_indexes: names(|_| true, |effects| &effects.rebuilds_indexes),
    }
}

/// Whether a statement reads a table to build an index of it.
fn builds_index(statement: &StatementReport) -> bool {
    statement.operations.iter().any(|operation| operation.0 == "create-index")
}

/// The check blocks nothing but what a step has a maintenance window for, which is noted.
fn passes(step: &mut Step, migration: &MigrationReport) -> Result<(), PlanError> {
    let mut blocking = blocking(step, migration).peekable();
    if let Some(window) = &mut step.window {
        window.accepts = blocking.map(|(statement, finding)| Accepted { statement, rule: finding.rule }).collect();
        return Ok(());
    }
    match blocking.peek() {
        Some((_, finding)) => Err(PlanError::Unsafe {
            step: format!("{} ({})", step.id, step.title),
            finding: format!("{}: {}\n  in: {}", finding.rule, finding.message, step.sql.join(";\n      ")),
        }),
        None => Ok(()),
    }
}

/// What is blocked, and in which statement of the step.
fn blocking<'r>(
    step: &Step,
    migration: &'r MigrationReport,
) -> impl Iterator<Item = (Option<usize>, &'r Finding)> + use<'r> {
    let before = statements_before(step);
    let of_statements = migration.statements.iter().enumerate().flat_map(move |(at, statement)| {
        statement.findings.iter().map(move |finding| (at.checked_sub(before), finding))
    });
    let of_migration = migration.findings.iter().map(|finding| (None, finding));
    of_migration.chain(of_statements).filter(|(_, finding)| finding.status == Status::Block)
}

/// The steps leave what the plain change leaves.
fn faithful(start: &State, end: &State, plan: &Plan) -> Result<(), PlanError> {
    let reached = start.with(plan.steps().flat_map(|step| &step.sql).map(String::as_str));
    let differences = diff(&end.catalog, &reached.catalog, Closeness::Meaning);
    if differences.is_empty() { Ok(()) } else { Err(PlanError::Unfaithful { differences }) }
}

/// From every step up to the first that cannot be undone, the ways back restore the schema.
fn leads_back(start: &State, plan: &Plan) -> Result<(), PlanError> {
    let mut done: Vec<&Step> = Vec::new();
    let mut state = start.clone();
    for step in plan.steps() {
        if matches!(step.rollback, Rollback::Impossible(_)) {
            return Ok(());
        }
        state = state.with(step.sql.iter().map(String::as_str));
        done.push(step);
        let differences = undone(start, &state, &done);
        if !differences.is_empty() {
            return Err(PlanError::NoWayBack { step: format!("{} ({})", step.id, step.title), differences });
        }
    }
    Ok(())
}

fn undone(start: &State, state: &State, done: &[&Step]) -> Vec<Difference> {
    let back = done.iter().rev().flat_map(|step| step.rollback.statements());
    let restored = state.with(back.map(String::as_str));
    diff(&start.catalog, &restored.catalog, Closeness::Meaning)
}
