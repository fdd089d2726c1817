//! Prediction and measurement side by side.

use crate::predict::Prediction;
use crate::row::Row;
use migrate_safety_testkit::Measurement;

/// What differs, a line each.
pub(crate) fn differences(row: &Row, predicted: &Prediction, measured: &Measurement) -> Vec<String> {
    let mut lines = Vec::new();
    match (&measured.error, predicted.failures.as_slice()) {
        (Some(error), failures) => {
            let expected = !row.may_violate.is_empty() && error.sqlstate.starts_with("23");
            if !expected && !failures.iter().any(|(sqlstate, _)| *sqlstate == error.sqlstate) {
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
            let read = |name: &&String| row.reads_at_most.is_empty() || measured.scans.contains(name);
            let predicted_scans: Vec<String> = predicted.effects.scans.iter().filter(read).cloned().collect();
            list(&mut lines, "scans", &measured.scans, &predicted_scans);
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
