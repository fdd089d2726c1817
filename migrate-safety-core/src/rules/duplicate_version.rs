//! Two migrations with one version.

use super::rule::{Check, Rule, SetFindings};
use super::view::{SetView};
use super::finding::Category;
use crate::layout::{Layout, Migration};
use std::collections::HashMap;

/// The rule.
pub(super) static RULE: Rule = Rule {
    id: "duplicate-version",
    category: Category::Deployability,
    title: "Two migrations with one version",
    why: "The host keeps one row per version: the second one never runs, or fails on the host's own primary key.",
    source: "sqlx 0.9, diesel_migrations 2.3",
    bad: &[],
    good: &[],
    check: Check::Set(check),
    ..Rule::BASE
};

fn check(view: &SetView<'_>, findings: &mut SetFindings<'_>) {
    // Plain files have names, no versions; and two directories have histories of their own.
    if view.set.layout == Layout::Plain {
        return;
    }
    let directory = |migration: &Migration| {
        let levels = if view.set.layout == Layout::Diesel { 2 } else { 1 };
        migration.up.path.ancestors().nth(levels).map(std::path::Path::to_owned)
    };
    let mut seen = HashMap::new();
    for migration in &view.set.migrations {
        let Some(first) = seen.insert((directory(migration), &migration.id), migration) else { continue };
        let reported = |migration| view.config.reports(view.set.layout, migration);
        if !reported(first) && !reported(migration) {
            continue;
        }
        findings
            .set()
            .block(format!(
                "{} and {} have the same version, {}",
                first.up.path.display(),
                migration.up.path.display(),
                migration.id
            ))
            .help("give one of them a new version");
    }
}
