//! A table is dropped with its rows.

use super::finding::Category;
use super::known::some_of;
use super::rule::{Check, Findings, Rule, Sample};
use super::view::OperationView;
use crate::effects::DataLossKind;

/// The rule.
pub(super) static RULE: Rule = Rule {
    id: "drop-table",
    category: Category::DataLoss,
    title: "A table is dropped with its rows",
    why: "Rows of a dropped table come back from a backup or not at all; a down migration makes an empty table.",
    source: "PostgreSQL docs, DROP TABLE",
    bad: &[
        Sample::new(LOGINS, "DROP TABLE logins;").with(&["relation-still-used"]),
        Sample::new("CREATE SCHEMA old; CREATE TABLE old.logins (id bigint PRIMARY KEY);", "DROP TABLE old.logins; DROP SCHEMA old;")
            .with(&["relation-still-used"]),
    ],
    good: &[
        Sample::new("", "CREATE TABLE scratch (id bigint PRIMARY KEY); DROP TABLE scratch;"),
        Sample::new("", "DROP TABLE IF EXISTS logins;"),
    ],
    folded_into: &["drop-cascade"],
    check: Check::Operation(check),
    ..Rule::BASE
};

const LOGINS: &str = "CREATE TABLE logins (id bigint PRIMARY KEY, at timestamptz);";

fn check(view: &OperationView<'_>, findings: &mut Findings<'_>) {
    let catalog = view.scene.catalog;
    let losses = view.old_losses(DataLossKind::Dropped);
    let has_rows = |id| catalog.table(id).is_some_and(|table| !table.foreign);
    let tables: Vec<_> =
        losses.iter().filter(|loss| loss.column.is_none() && has_rows(loss.relation.id)).map(|l| &l.relation).collect();
    let Some(first) = tables.first().and_then(|table| catalog.relation(table.id)) else { return };
    let names: Vec<&str> = tables.iter().map(|table| table.name.as_str()).collect();
    let them = if names.len() == 1 { "its" } else { "their" };
    findings
        .flag(format!("{} and all {them} rows are gone for good", some_of(&names)))
        .at(view.located.span)
        .help(
            "drop it as the last step, in a migration of its own, when no release uses it any more; until then rename \
             it or take its rights away, and keep a dump (`pg_dump -t`)",
        )
        .verify(format!("SELECT count(*) FROM {}", first.object_name().sql()));
}
