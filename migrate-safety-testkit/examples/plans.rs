//! Plans every migration found below some directories on the schema before it, and says what came of it: planned,
//! refused with which reason, or drafted and not held.
//!
//! `cargo xtask corpus --plans DIR…`

#[path = "corpus/find.rs"]
mod find;

use migrate_safety_core::catalog::Catalog;
use migrate_safety_core::layout::MigrationSet;
use migrate_safety_core::plan::{PlanError, PlanOptions, plan};
use migrate_safety_core::{Config, replay_each};
use std::collections::BTreeMap;
use std::process::ExitCode;

fn main() -> ExitCode {
    let histories = match find::histories(std::env::args_os().skip(1)) {
        Ok(histories) => histories,
        Err(error) => {
            eprintln!("error: {error}");
            return ExitCode::from(2);
        }
    };
    for (path, set) in &histories {
        println!("{} ({} migrations)", path.display(), set.migrations.len());
        let (counts, told) = planned(set);
        for line in told {
            println!("  {line}");
        }
        for (what, count) in counts {
            println!("  {count:>5}  {what}");
        }
    }
    ExitCode::SUCCESS
}

/// What came of the migrations of a set, counted, and each plan that was drafted and did not hold.
fn planned(set: &MigrationSet) -> (BTreeMap<String, usize>, Vec<String>) {
    let config = Config::default();
    let mut before = Catalog::new(config.target, true);
    let mut counts = BTreeMap::new();
    let mut told = Vec::new();
    replay_each(set, &config, &mut |migration, after| {
        let text = migration.up.text.trim_start_matches('\u{feff}');
        let outcome = match plan(&before, text, &PlanOptions::default()) {
            Ok(plan) if plan.already_safe => "planned: already safe".to_owned(),
            Ok(plan) => format!("planned: {}", plan.recipes.join(", ")),
            Err(error) => {
                let kind = kind(&error);
                told.push(format!("{}: {kind}: {error}", migration.id).replace('\n', "\n      "));
                kind
            }
        };
        *counts.entry(outcome).or_insert(0) += 1;
        before = after.clone();
    });
    (counts, told)
}

fn kind(error: &PlanError) -> String {
    match error {
        PlanError::Refused { recipe, .. } => format!("refused by {recipe}"),
        PlanError::ChangeFails { .. } => "refused: the change itself fails".to_owned(),
        PlanError::Unreadable { .. } | PlanError::Empty => "refused: no readable change".to_owned(),
        PlanError::Unsafe { .. } => "NOT HELD: a step would be blocked".to_owned(),
        PlanError::Unfaithful { .. } => "NOT HELD: another end".to_owned(),
        PlanError::NoWayBack { .. } => "NOT HELD: no way back".to_owned(),
        other => format!("refused: {other}"),
    }
}
