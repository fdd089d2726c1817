//! What is predicted for MySQL and MariaDB, held against real servers: each statement is tried with every ALGORITHM and
//! LOCK that is better than the predicted ones, which the server has to refuse, and with those, which it has to take.
//! Statements that take none are run beside somebody who has read the table. `MYSQL_CASES=cases.sql` tries those of a file.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod cases;
mod file;
mod predict;
mod trial;

use migrate_safety_core::Target;
use migrate_safety_core::databases::mysql_facts;
use migrate_safety_testkit::{Product, mysql_for_test};
use predict::{Prediction, predict};
use std::collections::BTreeSet;
use trial::Trial;

/// The versions that the servers are taken for.
const TARGETS: [(Product, Target); 3] = [
    (Product::MySql9, Target::mysql(907)),
    (Product::MariaDb1011, Target::mariadb(1011)),
    (Product::MariaDb118, Target::mariadb(1108)),
];

#[test]
fn the_prediction_is_the_best_that_the_server_takes() {
    let runs =
        TARGETS.map(|(product, target)| std::thread::spawn(move || disagreements(product, target, cases::all())));
    let found: Vec<String> = runs.into_iter().flat_map(|run| run.join().unwrap()).collect();
    assert!(found.is_empty(), "{} cases differ:\n{}", found.len(), found.join("\n"));
}

#[test]
fn cases_of_a_file() {
    let Ok(path) = std::env::var("MYSQL_CASES") else { return };
    let cases = file::read(&path);
    let mut all = Vec::new();
    for (product, target) in TARGETS {
        let found = disagreements(product, target, cases);
        let tried = cases.iter().filter(|case| case.is_for(product)).count();
        println!("{}: {tried} cases, {} differ\n{}", product.name(), found.len(), found.join("\n"));
        all.extend(found);
    }
    assert!(all.is_empty(), "{} cases differ", all.len());
}

#[test]
fn every_measured_fact_has_a_case() {
    let mut shown = BTreeSet::new();
    for (product, target) in TARGETS {
        for case in cases::all().filter(|case| case.is_for(product)) {
            shown.extend(predict(target, &case.before(), case.sql).facts);
        }
    }
    let missing: Vec<&str> = mysql_facts()
        .filter(|(id, source)| source.starts_with("measured") && !shown.contains(id))
        .map(|(id, _)| id)
        .collect();
    assert!(missing.is_empty(), "no case shows {missing:?}");
}

fn disagreements(
    product: Product,
    target: Target,
    cases: impl IntoIterator<Item = &'static cases::Case>,
) -> Vec<String> {
    let Some(server) = mysql_for_test(product) else { return Vec::new() };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let mut trial = Trial::new(&server).await;
        let mut found = Vec::new();
        for case in cases.into_iter().filter(|case| case.is_for(product)) {
            let prediction: Prediction = predict(target, &case.before(), case.sql);
            if let Err(difference) = trial.hold(case, &prediction).await {
                found.push(format!("{}: {} ({})\n    {difference}", product.name(), case.name, case.sql));
            }
        }
        found
    })
}
