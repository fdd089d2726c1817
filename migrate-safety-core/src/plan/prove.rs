//! A plan is not trusted: its steps are checked as any migration is, and replayed; they have to lead where the plain
//! change leads, and every way back has to lead back.

use super::compose::{Order, compose};
use super::draft::Draft;
use super::error::PlanError;
use super::model::{Accepted, Allowed, Plan, Rollback, Step, StepKind, StepLock, StepLockMode, Window, Work};
use super::options::PlanOptions;
use super::render::migration::{Way, statements_before, statements_behind};
use super::replayed::Replayed;
use crate::catalog::diff::Difference;
use crate::effects::{Effects, RelationRef};
use crate::layout::{Migration, MigrationSet, Source};
use crate::report::{MigrationReport, Report, StatementReport};
use crate::rules::{Finding, Status};
use crate::{Config, Dialect, Layout};
use std::collections::BTreeSet;
use std::path::PathBuf;

/// The plan of these drafts that holds.
pub(super) fn plan<S: Replayed>(
    start: &S,
    end: &S,
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
fn prove<S: Replayed>(start: &S, end: &S, mut plan: Plan, options: &PlanOptions) -> Result<Plan, PlanError> {
    place_allowances(start, &mut plan, options);
    let report = judged(start, &plan, options);
    let mut judged = report.migrations.iter();
    for step in plan.phases.iter_mut().flat_map(|phase| &mut phase.steps) {
        if !step.is_migration() {
            continue;
        }
        let Some(judged) = judged.next() else { continue };
        step.locks = locks(judged);
        // What a step makes for itself nobody waits for.
        step.locks.retain(|lock| start.has(&lock.relation));
        step.work = work(step, judged);
        passes(step, judged)?;
    }
    faithful(start, end, &plan)?;
    leads_back(start, &plan)?;
    Ok(plan)
}

/// Puts what silences a rule where the rule blocks something, on databases other than PostgreSQL; what blocks nothing goes.
fn place_allowances<S: Replayed>(start: &S, plan: &mut Plan, options: &PlanOptions) {
    if plan.target.dialect == Dialect::Postgres || plan.steps().all(|step| step.allowed.is_none()) {
        return;
    }
    let mut bare = plan.clone();
    bare.phases.iter_mut().flat_map(|phase| &mut phase.steps).for_each(|step| step.allowed = None);
    let report = judged(start, &bare, options);
    let steps = plan.phases.iter_mut().flat_map(|phase| &mut phase.steps).filter(|step| step.is_migration());
    for (step, judged) in steps.zip(&report.migrations) {
        let Some(allowed) = &step.allowed else { continue };
        let rule = allowed.rule;
        let at = blocking(step, judged).find(|(_, finding)| finding.rule == rule).map(|(at, _)| at.unwrap_or_default());
        step.allowed = at.and_then(|at| Some(Allowed { statements: vec![at], ..step.allowed.clone()? }));
    }
}

/// What the check says of the steps as migrations.
fn judged<S: Replayed>(start: &S, plan: &Plan, options: &PlanOptions) -> Report {
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
    // What the hosts set for their connections matters in SQLite.
    let layout = if plan.target.dialect == Dialect::Postgres { Layout::Sqlx } else { plan.layout };
    let set = MigrationSet { layout, migrations: migrations.collect(), ..MigrationSet::default() };
    let config = Config { target: plan.target, start_after: None, only: None, ..options.config.clone() };
    start.check(&set, &config)
}

/// The strongest lock on each relation.
fn locks(migration: &MigrationReport) -> Vec<StepLock> {
    let mut locks: Vec<StepLock> = Vec::new();
    let of_statements = migration.statements.iter().flat_map(|statement| {
        let effects = &statement.effects;
        let own = effects.locks.iter().map(|lock| (&lock.relation, StepLockMode::Postgres(lock.mode)));
        own.chain(effects.foreign_locks.iter().map(|lock| (&lock.relation, StepLockMode::Named(lock.mode))))
    });
    for (relation, mode) in of_statements {
        match locks.iter_mut().find(|known| known.relation == relation.name) {
            Some(known) => known.mode = known.mode.max(mode),
            None => locks.push(StepLock { relation: relation.name.clone(), mode }),
        }
    }
    locks.sort_by(|a, b| a.relation.cmp(&b.relation));
    locks
}

/// What it does row by row.
///
/// What the gate reads, it reads before the step has locked anything.
fn work(step: &Step, migration: &MigrationReport) -> Work {
    let own = migration.statements.len().saturating_sub(step.sql.len() + statements_behind(step));
    let names = |counts: fn(&StatementReport) -> bool, of: fn(&Effects) -> &Vec<RelationRef>| {
        let statements = migration.statements.iter().skip(own).filter(|statement| counts(statement));
        let relations = statements.flat_map(|statement| of(&statement.effects));
        let names: BTreeSet<String> = relations.map(|relation| relation.name.clone()).collect();
        names.into_iter().collect()
    };
    let mut rewrites: Vec<String> = names(|_| true, |effects| &effects.rewrites);
    rewrites.extend(made_anew(migration));
    Work {
        scans: names(|statement| !builds_index(statement), |effects| &effects.scans),
        rewrites,
        indexed: names(builds_index, |effects| &effects.scans),
        rebuilds_indexes: names(|_| true, |effects| &effects.rebuilds_indexes),
    }
}

/// The tables of SQLite whose rows are copied before they are dropped.
fn made_anew(migration: &MigrationReport) -> Vec<String> {
    let does =
        |statement: &StatementReport, what: &str| statement.operations.iter().any(|operation| operation.0 == what);
    if !migration.statements.iter().any(|statement| does(statement, "insert")) {
        return Vec::new();
    }
    let dropped = migration.statements.iter().filter(|statement| does(statement, "drop-table"));
    dropped
        .flat_map(|statement| statement.effects.foreign_locks.iter().map(|lock| lock.relation.name.clone()))
        .collect()
}

/// Whether a statement reads a table to build an index of it.
fn builds_index(statement: &StatementReport) -> bool {
    statement.operations.iter().any(|operation| operation.0 == "create-index")
}

/// The check blocks nothing but what a step has a maintenance window for, which is noted.
fn passes(step: &mut Step, migration: &MigrationReport) -> Result<(), PlanError> {
    let mut blocking = blocking(step, migration).peekable();
    // One connection of SQLite writes at a time: where that is for too long, there is no other way.
    if step.window.is_none()
        && let Some((_, finding)) = blocking.peek()
        && finding.rule == "write-lock-held"
    {
        step.window = Some(Window { why: finding.message.clone(), accepts: Vec::new() });
    }
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
    let place = move |finding: &Finding| {
        let start = finding.span?.start.offset;
        let at = migration.statements.iter().position(|statement| statement.span.range().contains(&start))?;
        at.checked_sub(before)
    };
    let of_migration = migration.findings.iter().map(move |finding| (place(finding), finding));
    of_migration.chain(of_statements).filter(|(_, finding)| finding.status == Status::Block)
}

/// The steps leave what the plain change leaves.
fn faithful<S: Replayed>(start: &S, end: &S, plan: &Plan) -> Result<(), PlanError> {
    let reached = plan.steps().fold(start.clone(), |state, step| state.with(shaping(step)));
    let differences = end.differences(&reached);
    if differences.is_empty() { Ok(()) } else { Err(PlanError::Unfaithful { differences }) }
}

/// From every step up to the first that cannot be undone, the ways back restore the schema.
fn leads_back<S: Replayed>(start: &S, plan: &Plan) -> Result<(), PlanError> {
    let mut done: Vec<&Step> = Vec::new();
    let mut state = start.clone();
    for step in plan.steps() {
        if matches!(step.rollback, Rollback::Impossible(_)) {
            return Ok(());
        }
        state = state.with(shaping(step));
        done.push(step);
        let differences = undone(start, &state, &done);
        if !differences.is_empty() {
            return Err(PlanError::NoWayBack { step: format!("{} ({})", step.id, step.title), differences });
        }
    }
    Ok(())
}

fn undone<S: Replayed>(start: &S, state: &S, done: &[&Step]) -> Vec<Difference> {
    let back = done.iter().rev().map(|step| step.rollback.statements());
    let restored = back.fold(state.clone(), |state, statements| state.with(statements));
    start.differences(&restored)
}

/// The statements of a step that may change the schema: a backfill changes rows, by a routine that is gone at its end.
fn shaping(step: &Step) -> &[String] {
    if step.kind == StepKind::Backfill { &[] } else { &step.sql }
}
