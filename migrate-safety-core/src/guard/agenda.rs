//! What is to be run: the goal held against the history, and the check's findings against the policy.

use super::error::Reason;
use super::history::History;
use super::report::Direction;
use super::run::Goal;
use super::settings::Policy;
use crate::Finding;
use crate::catalog::introspect::AppliedMigration;
use crate::layout::{Migration, MigrationSet};
use crate::report::{MigrationReport, Report};
use crate::rules::{Category, Status};

/// Refuses a history on which nothing may be run. `strict`: edited migrations stop the run.
pub(super) fn refuse(
    history: &History,
    direction: Direction,
    ignores_missing: bool,
    strict: bool,
) -> Result<Vec<String>, Reason> {
    if let Some(version) = &history.dirty {
        return Err(Reason::Dirty(version.clone()));
    }
    if !history.missing.is_empty() && !ignores_missing {
        return Err(Reason::Missing(history.missing.clone()));
    }
    if direction == Direction::Down {
        return Ok(Vec::new());
    }
    if !history.edited.is_empty() && strict {
        return Err(Reason::Edited(history.edited.clone()));
    }
    let late = history.out_of_order.iter();
    Ok(late.map(|version| format!("migration {version} is older than the newest applied one")).collect())
}

/// The goal names a migration that is there.
pub(super) fn known(set: &MigrationSet, goal: &Goal) -> Result<(), Reason> {
    match goal {
        Goal::Only(version) | Goal::UndoOnly(version)
            if !set.migrations.iter().any(|migration| set.layout.compare_versions(&migration.id, version).is_eq()) =>
        {
            Err(Reason::NoSuchVersion(version.clone()))
        }
        _ => Ok(()),
    }
}

/// The migrations to apply, in order.
pub(super) fn to_apply<'s>(history: &History, set: &'s MigrationSet, goal: &Goal) -> Vec<&'s Migration> {
    let order = |a: &str, b: &str| set.layout.compare_versions(a, b);
    let wanted = |migration: &&Migration| match goal {
        Goal::UpTo(version) => order(&migration.id, version).is_le(),
        Goal::Only(version) => order(&migration.id, version).is_eq(),
        _ => true,
    };
    let pending = |migration: &&Migration| history.pending.contains(&migration.id);
    set.migrations.iter().filter(pending).filter(wanted).collect()
}

/// The migrations to undo, the newest first.
///
/// # Errors
/// One of them has no way back.
pub(super) fn to_undo<'s>(
    set: &'s MigrationSet,
    applied: &[AppliedMigration],
    goal: &Goal,
) -> Result<Vec<&'s Migration>, Reason> {
    let order = |a: &str, b: &str| set.layout.compare_versions(a, b);
    let is_applied = |id: &str| applied.iter().any(|record| order(&record.version, id).is_eq());
    let wanted = |migration: &&Migration| match goal {
        Goal::DownTo(version) => order(&migration.id, version).is_gt(),
        Goal::UndoOnly(version) => order(&migration.id, version).is_eq(),
        _ => false,
    };
    let todo: Vec<&Migration> = set.migrations.iter().rev().filter(|m| is_applied(&m.id)).filter(wanted).collect();
    match todo.iter().find(|migration| migration.down.is_none()) {
        Some(migration) => Err(Reason::NoWayBack(migration.id.clone())),
        None => Ok(todo),
    }
}

/// What is to be run as a set of its own, for the check.
pub(super) fn judged(set: &MigrationSet, todo: &[&Migration], direction: Direction) -> MigrationSet {
    let migrations = todo.iter().filter_map(|migration| match direction {
        Direction::Up => Some((*migration).clone()),
        Direction::Down => down_as_up(set, migration),
    });
    MigrationSet { layout: set.layout, migrations: migrations.collect(), complete: true, ..MigrationSet::default() }
}

/// A migration whose way up is the way back of another.
pub(super) fn down_as_up(set: &MigrationSet, migration: &Migration) -> Option<Migration> {
    let down = migration.down.clone()?;
    let transaction = set.layout.transaction_of_down(migration, &down);
    Some(Migration { up: down, down: None, transaction, notes: Vec::new(), ..migration.clone() })
}

/// What the findings say that the policy lets pass.
///
/// # Errors
/// It does not let them pass.
pub(super) fn weigh(report: &Report, direction: Direction, policy: Policy) -> Result<Vec<String>, Reason> {
    let counts = |finding: &&Finding| direction == Direction::Up || matters(finding.category);
    let worst = report.all_findings().filter(counts).map(|finding| finding.status).max().unwrap_or(Status::Pass);
    if policy == Policy::Allow {
        return Ok(Vec::new());
    }
    let stops = policy.stops(worst);
    let from = match policy {
        Policy::Deny(from) if stops => from,
        _ => Status::Flag,
    };
    let of_migration = |migration: &'_ MigrationReport| {
        let found = migration.all_findings().filter(counts).filter(|finding| finding.status >= from);
        found.map(|finding| told(Some(&migration.id), finding, stops)).collect::<Vec<_>>()
    };
    let of_all = report.findings.iter().filter(counts).filter(|finding| finding.status >= from);
    let messages: Vec<String> = of_all
        .map(|finding| told(None, finding, stops))
        .chain(report.migrations.iter().flat_map(of_migration))
        .collect();
    if stops {
        let summary = format!("{}\n{}", report.summary(), messages.join("\n"));
        return Err(Reason::Denied { verdict: report.verdict().name(), summary });
    }
    Ok(messages)
}

/// Whether findings of a category stop an undo. What is lost is asked of the server instead, and that something is gone
/// afterwards is what an undo is for.
fn matters(category: Category) -> bool {
    matches!(
        category,
        Category::LockContention
            | Category::ConcurrentWrites
            | Category::ConstraintValidation
            | Category::ReplicationLag
            | Category::Deployability
    )
}

/// A finding in a line, and what to do instead in another.
fn told(migration: Option<&str>, finding: &Finding, with_help: bool) -> String {
    let mut text = format!("{}[{}] ", finding.status.name(), finding.rule);
    let line = finding.span.map(|span| span.start.line);
    text += &match (migration, line) {
        (Some(id), Some(line)) => format!("migration {id}, line {line}: "),
        (Some(id), None) => format!("migration {id}: "),
        (None, _) => String::new(),
    };
    text += &finding.message;
    if let (true, Some(help)) = (with_help, &finding.help) {
        text += &format!("\n    help: {help}");
    }
    text
}
