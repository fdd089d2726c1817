//! Plans run on servers: every sample of every recipe, and the cases of `cases.rs`.
//!
//! `PLANS_MAJORS=14,18` runs on these versions; `PLANS_FILTER=text` only the cases whose name, schema or change contains the text;
//! `PLANS_PROOFS=self,end,back,dump,locks,crash` gives these proofs.
//!
//! One proof that fails fails the run; all are printed.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod case;
mod cases;
mod host;
mod picture;
mod proof;
mod scene;

use case::Case;
use migrate_safety_core::plan::{DualWrite, Plan, Rollback};
use migrate_safety_testkit::server_for_test;
use proof::{PROOFS, Proof};
use scene::{Rows, Scene, Stage};
use std::sync::Mutex;
use std::time::Instant;

/// The version on which plans are proved unless others are asked for.
const USUAL_MAJOR: &str = "16";

#[test]
fn plans_hold_on_servers() {
    let filter = setting("PLANS_FILTER", "");
    let mut cases: Vec<Case> = case::samples().chain(cases::CASES.iter().copied()).collect();
    cases.retain(|case| [case.name, case.before, case.change].iter().any(|text| text.contains(&filter)));
    let mut wrong = Vec::new();
    for major in setting("PLANS_MAJORS", USUAL_MAJOR).split(',') {
        let Some(server) = server_for_test(major.parse().unwrap()) else { continue };
        let cases: Vec<Case> = cases.iter().filter(|case| case.since <= server.major()).copied().collect();
        wrong.extend(prove_all(&Stage::new(server), &cases));
    }
    assert!(wrong.is_empty(), "{} wrong:\n\n{}\n", wrong.len(), wrong.join("\n\n"));
}

/// The proofs are no good if what is wrong passes them.
#[test]
fn broken_plans_are_found_out() {
    const CASE: Case = Case::new(
        "broken",
        "CREATE TABLE t (id bigint PRIMARY KEY, a int);",
        "ALTER TABLE t ALTER COLUMN a SET NOT NULL",
    );
    type Damage = fn(&mut Plan);

    let broken: [(&str, Damage); 4] = [
        ("end", |plan| drop(plan.phases.pop())),
        ("back", |plan| plan.phases[0].steps[0].rollback = Rollback::Nothing),
        ("locks", |plan| plan.phases[0].steps[0].locks.clear()),
        ("self", |plan| plan.phases[0].steps[0].sql[0] = CASE.change.to_owned()),
    ];
    let Some(server) = server_for_test(USUAL_MAJOR.parse().unwrap()) else { return };
    let stage = Stage::new(server);
    let scene = Scene::new(&stage, &CASE, Rows::Some);
    for (name, damage) in broken {
        let mut plan = scene.plan_on(&scene.replayed(), DualWrite::Application).unwrap();
        let (_, proof) = PROOFS.into_iter().find(|(known, _)| *known == name).unwrap();
        damage(&mut plan);
        assert!(proof(&scene, &plan).is_err(), "{name} passes a broken plan");
    }
}

/// Proves the plans of all cases, two at a time; what is wrong.
fn prove_all(stage: &Stage, cases: &[Case]) -> Vec<String> {
    const WORKERS: usize = 2;

    let major = stage.server().major();
    let started = Instant::now();
    let (waiting, wrong) = (Mutex::new(cases.iter()), Mutex::new(Vec::new()));
    std::thread::scope(|scope| {
        for _ in 0..WORKERS {
            scope.spawn(|| {
                loop {
                    let Some(case) = waiting.lock().unwrap().next() else { return };
                    for problem in prove(stage, case).err().into_iter().flatten() {
                        let told = format!("{} on {}: {}\n    {problem}", case.name, major, case.change);
                        wrong.lock().unwrap().push(told);
                    }
                }
            });
        }
    });
    println!("PostgreSQL {major}: {} cases in {:.1} s", cases.len(), started.elapsed().as_secs_f32());
    wrong.into_inner().unwrap()
}

/// Gives the proofs of a case's plans.
fn prove(stage: &Stage, case: &Case) -> Result<(), Vec<String>> {
    let mut scene = Scene::new(stage, case, Rows::Some);
    let catalog = scene.replayed();
    let mut plans: Vec<Plan> = Vec::new();
    for dual_write in [DualWrite::Application, DualWrite::Trigger] {
        let plan = scene.plan_on(&catalog, dual_write).map_err(|error| vec![format!("no plan: {error}")])?;
        if !plans.iter().any(|known| steps(known) == steps(&plan)) {
            plans.push(plan);
        }
    }
    let mut wrong = Vec::new();
    if scene.twin().is_err() {
        // A plan for a change that rows forbid stops at a gate as long as they are there; without them it is proved.
        let stops = plans.iter().all(|plan| proof::runs(&scene, plan).is_err());
        wrong.extend((!stops).then(|| "the plan runs on rows that the plain change fails on".to_owned()));
        scene = Scene::new(stage, case, Rows::None);
    }
    for plan in &plans {
        for (name, proof) in proofs() {
            if let Err(problem) = proof(&scene, plan) {
                wrong.push(format!("{name}: {problem}"));
            }
        }
    }
    if wrong.is_empty() { Ok(()) } else { Err(wrong) }
}

fn proofs() -> impl Iterator<Item = (&'static str, Proof)> {
    let wanted = setting("PLANS_PROOFS", proof::USUAL);
    PROOFS.into_iter().filter(move |(name, _)| wanted.split(',').any(|wanted| wanted == *name))
}

fn steps(plan: &Plan) -> Vec<&String> {
    plan.steps().flat_map(|step| &step.sql).collect()
}

fn setting(name: &str, usual: &str) -> String {
    std::env::var(name).unwrap_or_else(|_| usual.to_owned())
}
