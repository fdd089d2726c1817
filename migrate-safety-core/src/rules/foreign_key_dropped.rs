//! A foreign key is dropped.

use super::finding::Category;
use super::new_keys::{listed, names, same_reference, table_name};
use super::rule::{Check, Rule, Sample, StatementFindings};
use super::view::MigrationView;
use crate::catalog::{Constraint, ConstraintKind, RelationId};
use crate::sql::operation::ReferentialAction;

const SHOP: &str = "CREATE TABLE users (id bigint PRIMARY KEY); CREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint CONSTRAINT orders_user_fk REFERENCES users (id)); CREATE INDEX orders_user_idx ON orders (user_id);";

/// The rule.
pub(super) static RULE: Rule = Rule {
    id: "foreign-key-dropped",
    category: Category::ForeignKeys,
    title: "A foreign key is dropped",
    why: "Nothing keeps the two tables consistent any more: rows that reference nothing come to be unnoticed, and have to be found and mended before the key can ever come back. What its ON DELETE did has to be done by the application.",
    source: "PostgreSQL docs, 5.5.5 Foreign Keys",
    bad: &[Sample::new(SHOP, "ALTER TABLE orders DROP CONSTRAINT orders_user_fk;")],
    good: &[Sample::new(
        SHOP,
        "ALTER TABLE orders DROP CONSTRAINT orders_user_fk; ALTER TABLE orders ADD CONSTRAINT orders_user_fk FOREIGN KEY (user_id) REFERENCES users (id) ON DELETE RESTRICT NOT VALID;",
    )],
    check: Check::Outcome(check),
    ..Rule::BASE
};

fn check(view: &MigrationView<'_>, findings: &mut StatementFindings<'_>) {
    for (statement, judged) in view.operations {
        for (from, constraint) in &judged.removed.constraints {
            let ConstraintKind::ForeignKey(key) = &constraint.kind else { continue };
            if !leaves_a_gap(view, *from, constraint) {
                continue;
            }
            let Some(mut findings) = findings.statement(*statement) else { continue };
            let (child, parent) = (table_name(view.after, *from), table_name(view.after, key.table));
            let columns = listed(&names(view.after, *from, &key.columns));
            let left_behind = match key.on_delete {
                ReferentialAction::Cascade => format!("; a delete on {parent} leaves its rows of {child} behind"),
                ReferentialAction::SetNull | ReferentialAction::SetDefault => {
                    format!("; a delete on {parent} leaves {columns} as it was")
                }
                _ => String::new(),
            };
            findings
                .flag(format!(
                    "without {}, {columns} of {child} can reference rows of {parent} that are not there{left_behind}",
                    constraint.name
                ))
                .at(judged.located.span)
                .verify(format!("what keeps {child} and {parent} consistent from now on?"));
        }
    }
}

/// Whether both tables stay, and nothing takes the key's place.
fn leaves_a_gap(view: &MigrationView<'_>, from: RelationId, constraint: &Constraint) -> bool {
    let ConstraintKind::ForeignKey(key) = &constraint.kind else { return false };
    let existed = |id: RelationId| view.after.relation(id).is_some_and(|r| r.created.migration < view.since);
    let columns_stay = key.columns.iter().all(|column| view.after.column(from, *column).is_some());
    let replaced = || view.after.foreign_keys_from(from).iter().any(|other| same_reference(other.constraint, key));
    constraint.parent.is_none()
        && constraint.enforced
        && constraint.created.migration < view.since
        && existed(from)
        && existed(key.table)
        && columns_stay
        && !replaced()
}
