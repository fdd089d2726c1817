//! Prediction and measurement side by side.

use crate::predict::Prediction;
use migrate_safety_testkit::Measurement;

/// What differs, a line each.
pub fn differences(predicted: &Prediction, measured: &Measurement) -> Vec<String> {
    let mut lines = Vec::new();
    match (&measured.error, predicted.failures.as_slice()) {
        (Some(error), failures) => {
            if !failures.iter().any(|(sqlstate, _)| *sqlstate == error.sqlstate) {
                lines.push(format!("fails with {error}, predicted {failures:?}"));
            }
        }
        (None, [(sqlstate, message), ..]) => lines.push(format!("does not fail, predicted {sqlstate} {message}")),
        (None, []) => {
            let of = |locks: &[(String, String)]| -> Vec<String> {
                let mut lines: Vec<String> = locks.iter().map(|(name, mode)| format!("{name} {mode}")).collect();
                lines.sort();
                lines
            };
            list(&mut lines, "locks", &of(&measured.locks), &of(&predicted.effects.locks));
            list(&mut lines, "rewrites", &measured.rewrites, &predicted.effects.rewrites);
            list(&mut lines, "scans", &measured.scans, &predicted.effects.scans);
            list(&mut lines, "rebuilds", &measured.rebuilds_indexes, &predicted.effects.rebuilds_indexes);
        }
    }
    if measured.requires_no_transaction != predicted.effects.requires_no_transaction {
        lines.push(format!("needs no transaction: {}", measured.requires_no_transaction));
    }
    if !lines.is_empty() {
        if !predicted.uncertain.is_empty() {
            lines.push(format!("uncertain: {:?}", predicted.uncertain));
        }
        if !measured.unfilled.is_empty() {
            lines.push(format!("without rows: {:?}", measured.unfilled));
        }
        lines.push(format!("facts: {}", predicted.facts.join(" ")));
    }
    lines
}

fn list(lines: &mut Vec<String>, what: &str, measured: &[String], predicted: &[String]) {
    let missing: Vec<&String> = measured.iter().filter(|name| !predicted.contains(name)).collect();
    let extra: Vec<&String> = predicted.iter().filter(|name| !measured.contains(name)).collect();
    for name in missing {
        lines.push(format!("{what}: not predicted: {name}"));
    }
    for name in extra {
        lines.push(format!("{what}: only predicted: {name}"));
    }
}
