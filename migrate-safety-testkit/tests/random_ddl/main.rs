//! Random histories: what a server holds after several hundred statements is what the replay says, and what is printed
//! of it makes the same again.
//!
//! By hand, at any size: `RANDOM_DDL="majors=14,18 cases=100 statements=400 stride=10 seed=7" cargo test -p
//! migrate-safety-testkit --test random_ddl -- --nocapture`.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod dump;
mod run;
mod shrink;
mod step;
mod write;

use migrate_safety_testkit::server_for_test;
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use run::Race;

/// How much is run.
struct Scale {
    majors: Vec<u16>,
    cases: usize,
    statements: usize,
    /// After how many statements the two are compared.
    stride: usize,
    seed: u8,
}

impl Scale {
    fn told() -> Self {
        let mut scale = Self { majors: vec![14, 18], cases: 6, statements: 120, stride: 12, seed: 11 };
        let told = std::env::var("RANDOM_DDL").unwrap_or_default();
        for (key, value) in told.split_whitespace().filter_map(|word| word.split_once('=')) {
            match key {
                "majors" => scale.majors = value.split(',').map(|major| major.parse().unwrap()).collect(),
                "cases" => scale.cases = value.parse().unwrap(),
                "statements" => scale.statements = value.parse().unwrap(),
                "stride" => scale.stride = value.parse().unwrap(),
                "seed" => scale.seed = value.parse().unwrap(),
                unknown => panic!("RANDOM_DDL: there is no {unknown}"),
            }
        }
        scale
    }
}

#[test]
fn a_random_history_is_replayed_as_the_server_runs_it() {
    let scale = Scale::told();
    let mut wrong = Vec::new();
    for major in scale.majors {
        let Some(server) = server_for_test(major) else { return };
        let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &[scale.seed; 32]);
        let mut runner = TestRunner::new_with_rng(Config::default(), rng);
        let mut accepted = 0;
        for case in 0..scale.cases {
            let steps = step::steps(scale.statements).new_tree(&mut runner).unwrap().current();
            match Race::start(&server).steps(&steps, scale.stride) {
                Ok(run) => accepted += run,
                Err(found) => {
                    let shrunk = shrink::shrink(&server, found);
                    let (statements, about) = (shrunk.statements.join(";\n"), shrunk.about.join("\n"));
                    let told = format!("PostgreSQL {major}, case {case}:\n{statements};\n=> {about}\n");
                    eprintln!("{told}");
                    wrong.push(told);
                }
            }
        }
        eprintln!("PostgreSQL {major}: {accepted} statements of {} run", scale.cases * scale.statements);
        assert!(accepted > 0 || !wrong.is_empty(), "no statement has run");
    }
    assert!(wrong.is_empty(), "{} random histories are not replayed as they run\n{}", wrong.len(), wrong.join("\n"));
}
