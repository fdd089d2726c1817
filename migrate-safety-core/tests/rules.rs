//! Every rule against its own samples.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use migrate_safety_core::rules::{RULES, Sample};
use migrate_safety_core::{Config, Layout, MigrationSet, check};

/// The rules that a sample gives findings of.
fn found(sample: &Sample) -> Vec<&'static str> {
    let mut set = MigrationSet::from_text("1_before.sql", sample.before, Layout::Sqlx);
    set.append(MigrationSet::from_text("2_sample.sql", sample.sql, Layout::Sqlx));
    set.complete = true;
    let report = check(&set, &Config::default());
    let before: Vec<_> = report.migrations[0].all_findings().filter(|f| f.rule != "several-tables-locked").collect();
    assert_eq!(before, Vec::<&migrate_safety_core::Finding>::new(), "`before` of {sample:?}");
    let mut rules: Vec<_> = report.migrations[1].all_findings().chain(&report.findings).map(|f| f.rule).collect();
    rules.dedup();
    rules
}

#[test]
fn bad_samples_are_found_and_good_ones_are_not() {
    let mut wrong = Vec::new();
    for rule in RULES {
        for sample in rule.bad {
            let found = found(sample);
            if found != [rule.id] {
                wrong.push(format!("{}: bad, found {found:?}: {}", rule.id, sample.sql));
            }
        }
        for sample in rule.good {
            let found = found(sample);
            if !found.is_empty() {
                wrong.push(format!("{}: good, found {found:?}: {}", rule.id, sample.sql));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn rules_have_distinct_kebab_case_ids() {
    let mut ids: Vec<&str> = RULES.iter().map(|r| r.id).collect();
    ids.sort_unstable();
    let count = ids.len();
    ids.dedup();
    assert_eq!(ids.len(), count);
    assert!(ids.iter().all(|id| id.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')));
}
