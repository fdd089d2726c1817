//! Two migrations with one version.

use super::rule::{Check, Findings, Rule, Sample};
use super::view::{MigrationView};
use super::finding::Category;
use crate::layout::LayoutNote;

/// The rule.
pub(super) static RULE: Rule = Rule {
    id: "duplicate-version",
    category: Category::Deployability,
    title: "Two migrations with one version",
    why: "The host keeps one row per version: the second one never runs, or fails on the host's own primary key.",
    source: "sqlx 0.9, diesel_migrations 2.3",
    bad: &[],
    good: &[],
    check: Check::Migration(check),
};

fn check(view: &MigrationView<'_>, findings: &mut Findings<'_>) {
    for note in &view.migration.notes {
        let LayoutNote::DuplicateVersion { other } = note else { continue };
        findings
            .block(format!("{} has the same version, {}", other.display(), view.migration.id))
            .help("give one of them a new version");
    }
}
