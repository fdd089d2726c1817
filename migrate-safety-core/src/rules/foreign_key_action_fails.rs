//! ON DELETE SET NULL on a column that takes no NULL.

use super::finding::Category;
use super::new_keys::{new_keys, table_name};
use super::rule::{Check, Rule, Sample, StatementFindings};
use super::view::MigrationView;
use crate::catalog::{Catalog, Column, ForeignKeyRef};
use crate::sql::Span;
use crate::sql::operation::{Operation, ReferentialAction, TableAction};

const USERS: &str = "CREATE TABLE users (id bigint PRIMARY KEY);";

/// The rule.
pub(super) static RULE: Rule = Rule {
    id: "foreign-key-action-fails",
    category: Category::ForeignKeys,
    title: "ON DELETE SET NULL on a column that takes no NULL",
    why: "The action writes NULL into a NOT NULL column: each DELETE of a referenced row fails with a not-null violation, not with the foreign key's own error.",
    source: "PostgreSQL docs, CREATE TABLE, REFERENCES; measured, PG 14-18",
    bad: &[Sample::new(
        USERS,
        "CREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint NOT NULL REFERENCES users (id) ON DELETE SET NULL); CREATE INDEX ON orders (user_id);",
    )],
    good: &[Sample::new(
        USERS,
        "CREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint REFERENCES users (id) ON DELETE SET NULL); CREATE INDEX ON orders (user_id);",
    )],
    check: Check::Outcome(check),
    ..Rule::BASE
};

fn check(view: &MigrationView<'_>, findings: &mut StatementFindings<'_>) {
    let mut seen = Vec::new();
    for (statement, span, key) in concerned(view) {
        let Some((what, column)) = failing(view.after, &key).filter(|_| !seen.contains(&key.constraint.id)) else {
            continue;
        };
        seen.push(key.constraint.id);
        let Some(mut findings) = findings.statement(statement) else { continue };
        let (child, parent) = (table_name(view.after, key.from), table_name(view.after, key.key.table));
        findings
            .flag(format!(
                "a row of {parent} that {child} references cannot be deleted: {what} writes NULL into {}, which is NOT NULL",
                column.name
            ))
            .at(span)
            .help("allow NULL in the column, or choose ON DELETE CASCADE or RESTRICT");
    }
}

/// The foreign keys that are new, and those with a column that has become NOT NULL.
fn concerned<'a>(view: &MigrationView<'a>) -> Vec<(usize, Span, ForeignKeyRef<'a>)> {
    let mut found: Vec<_> = new_keys(view).into_iter().map(|new| (new.statement, new.span(), new.key)).collect();
    for (statement, judged) in view.operations {
        let Operation::AlterTable(alter) = &judged.located.operation else { continue };
        let TableAction::SetNotNull { column } = &alter.action else { continue };
        let Some(id) = view.after.resolve(&alter.table).found() else { continue };
        let Some(column) = view.after.table(id).and_then(|table| table.column(column)) else { continue };
        let keys = view.after.foreign_keys_from(id).into_iter().filter(|key| key.key.columns.contains(&column.id));
        let keys = keys.filter(|key| key.constraint.parent.is_none());
        found.extend(keys.map(|key| (*statement, judged.located.span, key)));
    }
    found
}

/// The action that cannot be done, and the column that refuses it.
fn failing<'a>(catalog: &'a Catalog, key: &ForeignKeyRef<'_>) -> Option<(&'static str, &'a Column)> {
    let columns = if key.key.set_columns.is_empty() { &key.key.columns } else { &key.key.set_columns };
    let mut columns = columns.iter().filter_map(|id| catalog.column(key.from, *id)).filter(|column| column.not_null);
    match key.key.on_delete {
        ReferentialAction::SetNull => columns.next().map(|column| ("ON DELETE SET NULL", column)),
        ReferentialAction::SetDefault => {
            columns.find(|column| column.default.is_none()).map(|column| ("ON DELETE SET DEFAULT", column))
        }
        _ => None,
    }
}
