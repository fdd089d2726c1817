//! The check of the written migrations gives no BLOCK, and the plan does not depend on where the schema is known from.

use crate::scene::Scene;
use migrate_safety_core::layout::{Migration, Source};
use migrate_safety_core::plan::{DualWrite, Plan, Step};
use migrate_safety_core::{Config, Layout, MigrationSet, Status, check};
use std::path::PathBuf;

pub(super) fn prove(scene: &Scene<'_>, plan: &Plan) -> Result<(), String> {
    passes(scene, plan)?;
    same_from_live(scene, plan)
}

fn passes(scene: &Scene<'_>, plan: &Plan) -> Result<(), String> {
    let before = MigrationSet::from_text("0_before.sql", scene.case.before, Layout::Plain);
    let steps: Vec<&Step> = plan.steps().filter(|step| step.is_migration()).collect();
    let mut set = MigrationSet { complete: true, ..before };
    set.migrations.extend(steps.iter().enumerate().map(|(number, step)| migration(number, step)));
    let report = check(&set, &Config { target: scene.target(), ..Config::default() });
    for (step, judged) in steps.into_iter().zip(report.migrations.iter().skip(1)) {
        let block = judged.all_findings().find(|finding| finding.status == Status::Block && step.window.is_none());
        if let Some(finding) = block {
            return Err(format!("{}: the check blocks its migration: {}: {}", step.id, finding.rule, finding.message));
        }
    }
    Ok(())
}

fn migration(number: usize, step: &Step) -> Migration {
    Migration {
        id: format!("{}", number + 1),
        name: step.id.clone(),
        up: Source { path: PathBuf::from(format!("{}_{}.sql", number + 1, step.id)), text: step.up_sql().into() },
        down: None,
        transaction: step.transaction,
        notes: Vec::new(),
    }
}

/// A schema read from the server gives the same steps as one replayed from its text.
fn same_from_live(scene: &Scene<'_>, plan: &Plan) -> Result<(), String> {
    let live = scene.introspected()?;
    let alike = [DualWrite::Application, DualWrite::Trigger].into_iter().any(|dual_write| {
        scene.plan_on(&live, dual_write).is_ok_and(|other| {
            let texts = |plan: &Plan| plan.steps().map(|step| step.title.clone()).collect::<Vec<_>>();
            texts(&other) == texts(plan)
        })
    });
    if alike {
        return Ok(());
    }
    let other = scene.plan_on(&live, DualWrite::Application);
    Err(match other {
        Err(error) => format!("no plan on the schema as the server tells it: {error}"),
        Ok(other) => format!(
            "other steps on the schema as the server tells it: {:?}",
            other.steps().map(|step| &step.title).collect::<Vec<_>>()
        ),
    })
}
