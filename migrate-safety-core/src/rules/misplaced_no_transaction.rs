//! `-- no-transaction` where sqlx does not see it.

use super::rule::{Check, Findings, Rule, Sample};
use super::view::MigrationView;
use super::finding::Category;
use crate::layout::LayoutNote;
use crate::sql::{LineIndex, Span};

/// The rule.
pub(super) static RULE: Rule = Rule {
    id: "misplaced-no-transaction",
    category: Category::Deployability,
    title: "`-- no-transaction` where sqlx does not see it",
    why: "sqlx looks for `-- no-transaction` as the file's very first bytes; anywhere else it is a comment and the migration runs in a transaction.",
    source: "sqlx 0.9, sqlx-core/src/migrate/source.rs",
    bad: &[
        Sample::new("CREATE TABLE users (id bigint PRIMARY KEY, email text, org_id bigint);", "-- build the index\n-- no-transaction\nANALYZE users;"),
    ],
    good: &[
        Sample::new("CREATE TABLE users (id bigint PRIMARY KEY, email text, org_id bigint);", "-- no-transaction\nANALYZE users;"),
    ],
    check: Check::Migration(check),
    ..Rule::BASE
};

fn check(view: &MigrationView<'_>, findings: &mut Findings<'_>) {
    for note in &view.migration.notes {
        let LayoutNote::MisplacedNoTransaction { line, why } = note else { continue };
        findings
            .block(format!("sqlx does not see `-- no-transaction` here, since {why}: it opens a transaction"))
            .at(line_of(&view.migration.up.text, *line))
            .help("make `-- no-transaction` the first bytes of the file");
    }
}

/// The place of a line, from 1, without its end.
fn line_of(text: &str, line: u32) -> Span {
    let before = usize::try_from(line).unwrap_or(usize::MAX).saturating_sub(1);
    let start = text.split_inclusive('\n').take(before).map(str::len).sum();
    let written = text.get(start..).and_then(|rest| rest.lines().next()).unwrap_or_default();
    LineIndex::new(text).span(start..start + written.len())
}
