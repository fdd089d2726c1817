//! Plans run on servers: every sample of every recipe, the cases of `cases.rs`, and cases made by dice.
//!
//! `PLANS_MAJORS=14,18` runs on these versions; `PLANS_FILTER=text` only the cases whose name, schema or change contains the text;
//! `PLANS_PROOFS=self,end,back,dump,locks,crash` gives these proofs;
//! `PLANS_PAIRS=path:path` says what comes of pairs of schemas: files written as `pairs.sql` is, or directories with the states
//! of a schema, from each of which the plan leads to the one `PLANS_STRIDE` further on; -1 takes a file's pairs backwards. With `PG_DUMP`, dumps are compared too;
//! `PLANS_HISTORIES=path:path` says what comes of each migration in these directories, planned on what those before it leave;
//! `PLANS_RANDOM=300` makes so many cases by dice, and `PLANS_SEED=7` others than usual.
//!
//! `PLANS_BETWEEN=50` plays each act of old and new releases so often; `PLANS_COMPILE=1` has the code for the application compiled.
//!
//! One proof that fails fails the run; all are printed.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod between;
mod case;
mod cases;
mod compile;
mod history;
mod host;
mod pair;
mod picture;
mod proof;
mod random;
mod reached;
mod scene;

use case::Case;
use migrate_safety_core::plan::{DualWrite, Plan, PlanError, Rollback};
use migrate_safety_testkit::server_for_test;
use pair::Pair;
use proof::{PROOFS, Proof};
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::{RngAlgorithm, TestRng, TestRunner};
use reached::Reached;
use scene::{Rows, Scene, Stage};
use std::collections::BTreeMap;
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
    for stage in stages() {
        let major = stage.server().major();
        let cases: Vec<Case> = cases.iter().filter(|case| case.since <= major).copied().collect();
        for (case, outcome) in prove_all(&stage, &cases) {
            wrong.extend(match outcome {
                Outcome::Proved => None,
                Outcome::Refused(error) => Some(told(case, major, &format!("no plan: {error}"))),
                Outcome::Wrong(problem) => Some(told(case, major, &problem)),
            });
        }
    }
    assert!(wrong.is_empty(), "{} wrong:\n\n{}\n", wrong.len(), wrong.join("\n\n"));
}

/// A change is refused, or its plan holds; and one that is said to fail does.
#[test]
fn random_plans_hold_on_servers() {
    let seed: u8 = setting("PLANS_SEED", "1").parse().unwrap();
    let many: usize = setting("PLANS_RANDOM", "20").parse().unwrap();
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &[seed; 32]);
    let mut runner = TestRunner::new_with_rng(proptest::test_runner::Config::default(), rng);
    let cases: Vec<Case> = (0..many).map(|_| random::cases().new_tree(&mut runner).unwrap().current()).collect();
    let mut wrong = Vec::new();
    for stage in stages() {
        let major = stage.server().major();
        let (mut proved, mut refused) = (0, Vec::new());
        for (case, outcome) in prove_all(&stage, &cases) {
            match outcome {
                Outcome::Proved => proved += 1,
                Outcome::Refused(PlanError::ChangeFails { message, .. }) => {
                    let fails = Scene::new(&stage, case, Rows::None).twin().is_err();
                    let problem = format!("said to fail, and does not: {message}");
                    wrong.extend((!fails).then(|| told(case, major, &problem)));
                }
                Outcome::Refused(error) => refused.push(told(case, major, &error.to_string())),
                Outcome::Wrong(problem) => wrong.push(told(case, major, &problem)),
            }
        }
        println!("{proved} of {many} proved, {} refused:\n{}", refused.len(), refused.join("\n"));
    }
    assert!(wrong.is_empty(), "{} wrong:\n\n{}\n", wrong.len(), wrong.join("\n\n"));
}

/// Every pair of schemas is planned and reached, or refused for the reason that is expected.
#[test]
fn schemas_are_reached() {
    let texts = [
        include_str!("pairs.sql"),
        include_str!("pairs_of_strangers.sql"),
        include_str!("pairs_of_more_strangers.sql"),
    ];
    let mut pairs: Vec<Pair> = texts.into_iter().flat_map(pair::parse).collect();
    pairs.retain(|pair| pair.name.contains(&setting("PLANS_FILTER", "")));
    let mut wrong = Vec::new();
    for stage in stages() {
        for (pair, reached) in all_reached(&stage, &pairs) {
            let is_right = match (&reached, &pair.refused) {
                (Reached::Same { rows_forbid, window }, None) => {
                    let is_expected = match (window, &pair.window) {
                        (Some(why), Some(expected)) => why.contains(expected),
                        (None, None) => true,
                        _ => false,
                    };
                    is_expected && rows_forbid.is_some() == pair.rows_forbid
                }
                (Reached::Refused(error), Some(why)) => error.to_string().contains(why),
                _ => false,
            };
            wrong.extend((!is_right).then(|| format!("{}: {}\n  {}", pair.name, reached.word(), reached.told())));
        }
    }
    assert!(wrong.is_empty(), "{} wrong:\n\n{}\n", wrong.len(), wrong.join("\n\n"));
}

/// What comes of the pairs below `PLANS_PAIRS`.
#[test]
fn schemas_of_others_are_reached() {
    let paths = setting("PLANS_PAIRS", "");
    let stride: isize = setting("PLANS_STRIDE", "1").parse().unwrap();
    let mut pairs: Vec<Pair> = Vec::new();
    for path in paths.split(':').filter(|path| !path.is_empty()) {
        pairs.extend(pair::at(path.as_ref(), stride).unwrap());
    }
    pairs.retain(|pair| pair.name.contains(&setting("PLANS_FILTER", "")));
    let Some(stage) = (!pairs.is_empty()).then(|| stages().next()).flatten() else { return };
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for (pair, reached) in all_reached(&stage, &pairs) {
        *counts.entry(reached.word()).or_default() += 1;
        println!("{}: {}\n  {}", pair.name, reached.word(), reached.told().replace('\n', "\n  "));
    }
    println!("{} pairs: {counts:?}", pairs.len());
}

/// What comes of the migrations in the directories of `PLANS_HISTORIES`.
#[test]
fn histories_are_planned() {
    let paths = setting("PLANS_HISTORIES", "");
    let paths: Vec<&str> = paths.split(':').filter(|path| !path.is_empty()).collect();
    let Some(stage) = (!paths.is_empty()).then(|| stages().next()).flatten() else { return };
    for (path, outcomes) in two_at_a_time(&stage, &paths, |path| history::planned(&stage, path.as_ref())) {
        let outcomes = outcomes.unwrap();
        let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
        for outcome in &outcomes {
            *counts.entry(outcome.word()).or_default() += 1;
        }
        println!("{path}: {} migrations: {counts:?}", outcomes.len());
    }
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

/// What came of a case.
enum Outcome {
    Proved,
    Refused(PlanError),
    Wrong(String),
}

/// Proves the plans of all cases, two at a time.
fn prove_all<'c>(stage: &Stage, cases: &'c [Case]) -> Vec<(&'c Case, Outcome)> {
    two_at_a_time(stage, cases, |case| prove(stage, case))
}

fn all_reached<'p>(stage: &Stage, pairs: &'p [Pair]) -> Vec<(&'p Pair, Reached)> {
    two_at_a_time(stage, pairs, |pair| reached::reached(stage, pair).unwrap_or_else(Reached::NoPair))
}

/// What comes of each on a stage.
fn two_at_a_time<'c, C: Sync, O: Send>(
    stage: &Stage,
    cases: &'c [C],
    of: impl Fn(&'c C) -> O + Sync,
) -> Vec<(&'c C, O)> {
    const WORKERS: usize = 2;

    let started = Instant::now();
    let (waiting, outcomes) = (Mutex::new(cases.iter()), Mutex::new(Vec::new()));
    std::thread::scope(|scope| {
        for _ in 0..WORKERS {
            scope.spawn(|| {
                loop {
                    let Some(case) = waiting.lock().unwrap().next() else { return };
                    let outcome = of(case);
                    outcomes.lock().unwrap().push((case, outcome));
                }
            });
        }
    });
    let seconds = started.elapsed().as_secs_f32();
    println!("PostgreSQL {}: {} cases in {seconds:.1} s", stage.server().major(), cases.len());
    outcomes.into_inner().unwrap()
}

/// Gives the proofs of a case's plans.
fn prove(stage: &Stage, case: &Case) -> Outcome {
    let mut scene = Scene::new(stage, case, Rows::Some);
    let catalog = scene.replayed();
    let mut plans: Vec<Plan> = Vec::new();
    for dual_write in [DualWrite::Application, DualWrite::Trigger] {
        let plan = match scene.plan_on(&catalog, dual_write) {
            Ok(plan) => plan,
            Err(error) => return Outcome::Refused(error),
        };
        if !plans.iter().any(|known| steps(known) == steps(&plan)) {
            plans.push(plan);
        }
    }
    let mut wrong = Vec::new();
    if case.safe && !plans.iter().all(|plan| plan.already_safe) {
        wrong.push("the change is safe as it is, and the plan does not say so".to_owned());
    }
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
    if wrong.is_empty() { Outcome::Proved } else { Outcome::Wrong(wrong.join("\n    ")) }
}

fn told(case: &Case, major: u16, problem: &str) -> String {
    format!("{} on {major}: {}\n  after {}\n    {problem}", case.name, case.change, case.before.trim_end())
}

/// A stage on each version that is asked for.
fn stages() -> impl Iterator<Item = Stage> {
    let majors = setting("PLANS_MAJORS", USUAL_MAJOR);
    let majors: Vec<u16> = majors.split(',').map(|major| major.parse().unwrap()).collect();
    majors.into_iter().filter_map(|major| Some(Stage::new(server_for_test(major)?)))
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
