//! Every rule against its own samples.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use migrate_safety_core::check;
use migrate_safety_core::rules::{Sample, all, find, rules_markdown};

/// The rules that a sample gives findings of.
fn found(sample: &Sample) -> Vec<&'static str> {
    let (set, config) = sample.load();
    let report = check(&set, &config);
    let mut rules: Vec<_> = report.all_findings().map(|f| f.rule).collect();
    rules.sort_unstable();
    rules.dedup();
    rules
}

#[test]
fn bad_samples_are_found_and_good_ones_are_not() {
    let mut wrong = Vec::new();
    for rule in all() {
        for sample in rule.bad {
            let found = found(sample);
            let mut expected = [&[rule.id], sample.with].concat();
            expected.sort_unstable();
            if found != expected {
                wrong.push(format!("{}: bad, found {found:?}, not {expected:?}: {}", rule.id, sample.sql));
            }
        }
        for sample in rule.good {
            let found = found(sample);
            if found != sample.with {
                wrong.push(format!("{}: good, found {found:?}: {}", rule.id, sample.sql));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn rules_that_speak_of_the_same_sample_answer_other_questions() {
    for rule in all() {
        for other in rule.bad.iter().flat_map(|sample| sample.with) {
            assert_ne!(find(other).unwrap().category, rule.category, "{}: {other}", rule.id);
        }
    }
}

#[test]
fn rules_have_distinct_kebab_case_ids() {
    let mut ids: Vec<&str> = all().map(|r| r.id).collect();
    ids.sort_unstable();
    // A rule for PostgreSQL, one for MySQL and one for SQLite that say the same.
    assert!(ids.windows(4).all(|ids| ids.first() != ids.last()), "{ids:?}");
    for (rule, other) in all().flat_map(|rule| all().map(move |other| (rule, other))) {
        assert!(rule.id != other.id || rule.category == other.category, "{}", rule.id);
    }
    assert!(ids.iter().all(|id| id.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')));
}

#[test]
fn the_page_of_rules_is_current() {
    let page = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/rules.md");
    let written = std::fs::read_to_string(page).unwrap_or_default();
    assert!(
        written == rules_markdown(),
        "docs/rules.md is old: `cargo run -p migrate-safety-cli -- rules --format markdown > docs/rules.md`"
    );
}

#[test]
fn queries_to_verify_run_on_the_schema_before() {
    let mut wrong = Vec::new();
    for (rule, sample) in all().flat_map(|rule| rule.bad.iter().map(move |sample| (rule, sample))) {
        let (set, config) = sample.load();
        let report = check(&set, &config);
        let queries = report.all_findings().filter_map(|f| f.verify.as_ref()).filter(|v| v.starts_with("SELECT "));
        for query in queries {
            let mut alone = migrate_safety_core::MigrationSet::from_text("1_query.sql", query.as_str(), sample.host);
            alone.complete = true;
            let found: Vec<_> = check(&alone, &config).all_findings().map(|f| f.message.clone()).collect();
            if !found.is_empty() {
                wrong.push(format!("{}: {query}: {found:?}", rule.id));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
