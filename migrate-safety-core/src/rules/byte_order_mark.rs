//! A byte order mark before the first statement.

use super::rule::{Check, Findings, Rule, Sample};
use super::view::{MigrationView, WHOLE};
use super::finding::Category;
use crate::layout::LayoutNote;

/// The rule.
pub(super) static RULE: Rule = Rule {
    id: "byte-order-mark",
    category: Category::Deployability,
    title: "A byte order mark before the first statement",
    why: "The server takes the mark for part of the first word and reports a syntax error; psql hides this by dropping it.",
    source: "measured, PG 14-18",
    bad: &[
        Sample::new("", "﻿SELECT 1;"),
    ],
    good: &[
        Sample::new("", "SELECT 1;"),
    ],
    check: Check::Migration(check),
    ..Rule::BASE
};

fn check(view: &MigrationView<'_>, findings: &mut Findings<'_>) {
    if view.migration.notes.contains(&LayoutNote::ByteOrderMark) {
        findings
            .block("the file begins with a byte order mark, which the server rejects as a syntax error")
            .at(WHOLE)
            .help("save the file as UTF-8 without a byte order mark");
    }
}
