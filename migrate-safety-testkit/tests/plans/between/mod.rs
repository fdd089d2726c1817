//! While a plan runs, releases of the application run beside each other. What each of them writes, at any step, is
//! taken; none of it is lost; and what the one has written the other one reads.
//!
//! Random writes come one after the other between the steps, each read back by every release that may run then, and
//! from two connections at once while each step runs. `PLANS_BETWEEN=50` plays each act that often.

mod acts;
mod client;
mod meeting;
mod play;

use crate::scene::{Rows, Scene};
use crate::{setting, stages, told, two_at_a_time};
use acts::{ACTS, Act};
use migrate_safety_core::plan::DualWrite;
use play::Play;
use proptest::collection::vec;
use proptest::prelude::Strategy;
use proptest::test_runner::{Config, RngAlgorithm, TestCaseError, TestError, TestRng, TestRunner};
use std::sync::atomic::{AtomicUsize, Ordering};

/// How many writes a play has between two steps, and from each connection until they begin anew.
const WRITES: usize = 12;

/// A write: by whom, of what sort, of which key, which value; each is taken by its remainder.
pub(crate) type Write = [u8; 4];

#[test]
fn old_and_new_releases_write_at_once() {
    let times: u32 = setting("PLANS_BETWEEN", "1").parse().unwrap();
    let wrong = played(|play| {
        let seed = [setting("PLANS_SEED", "1").parse::<u8>().unwrap(); 32];
        let config = Config { cases: times, max_shrink_iters: 16, failure_persistence: None, ..Config::default() };
        let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &seed);
        TestRunner::new_with_rng(config, rng)
            .run(&writes(), |writes| play.run(&writes).map_err(TestCaseError::fail))
            .map_err(|error| match error {
                TestError::Fail(why, writes) => format!("{why}\n    with {writes:?}"),
                TestError::Abort(why) => why.to_string(),
            })
    });
    assert!(wrong.is_empty(), "{} wrong:\n\n{}\n", wrong.len(), wrong.join("\n\n"));
}

/// A fill comes upon a row that is being changed, and whoever changes it wants one that the fill has: the fill gives way, and
/// puts nothing old over what was written.
#[test]
fn a_fill_gives_way() {
    let met = AtomicUsize::new(0);
    let wrong = played(|play| {
        met.fetch_add(play.meet()?, Ordering::Relaxed);
        Ok(())
    });
    assert!(wrong.is_empty(), "{} wrong:\n\n{}\n", wrong.len(), wrong.join("\n\n"));
    assert!(!setting("PLANS_FILTER", "").is_empty() || met.into_inner() >= 8, "few of the fills met a writer");
}

/// The acts in both ways of dual write; what went wrong.
fn played(check: impl Fn(&Play<'_>) -> Result<(), String> + Sync) -> Vec<String> {
    let filter = setting("PLANS_FILTER", "");
    let plays: Vec<(&Act, DualWrite)> = ACTS
        .iter()
        .filter(|act| [act.case.name, act.case.before, act.case.change].iter().any(|text| text.contains(&filter)))
        .flat_map(|act| [DualWrite::Application, DualWrite::Trigger].map(|dual_write| (act, dual_write)))
        .filter(|(act, dual_write)| act.modes.contains(dual_write))
        .collect();
    let mut wrong = Vec::new();
    for stage in stages() {
        let major = stage.server().major();
        let outcomes = two_at_a_time(&stage, &plays, |(act, dual_write)| {
            let scene = Scene::new(&stage, &act.case, Rows::Some);
            let plan = scene.plan_on(&scene.replayed(), *dual_write).map_err(|error| format!("no plan: {error}"))?;
            check(&Play::new(&scene, act, *dual_write, &plan)?)
        });
        for ((act, dual_write), outcome) in outcomes {
            let Err(problem) = outcome else { continue };
            wrong.push(told(&act.case, major, &format!("{dual_write:?}: {problem}")));
        }
    }
    wrong
}

/// The play is no good if a plan passes that carries nothing over.
#[test]
fn a_plan_without_its_triggers_is_found_out() {
    let Some(stage) = stages().next() else { return };
    let act = &ACTS[0];
    let scene = Scene::new(&stage, &act.case, Rows::Some);
    let mut plan = scene.plan_on(&scene.replayed(), DualWrite::Trigger).unwrap();
    plan.phases[0].steps[0].sql.retain(|sql| !sql.starts_with("CREATE TRIGGER"));
    let play = Play::new(&scene, act, DualWrite::Trigger, &plan).unwrap();
    let writes: Vec<Write> = (0..40).map(|n: u8| [n, n.wrapping_mul(7), n, n.wrapping_mul(3)]).collect();
    assert!(play.run(&writes).is_err());
}

fn writes() -> impl Strategy<Value = Vec<Write>> {
    vec(proptest::array::uniform4(proptest::num::u8::ANY), WRITES..4 * WRITES)
}
