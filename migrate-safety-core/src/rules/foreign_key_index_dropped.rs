//! The only index by which a foreign key finds its rows is dropped.

use super::finding::Category;
use super::key_index::{has_index, serves};
use super::new_keys::{listed, names, table_name};
use super::rule::{Check, Rule, Sample, StatementFindings};
use super::view::MigrationView;
use crate::catalog::Relation;

const SHOP: &str = "CREATE TABLE users (id bigint PRIMARY KEY); CREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint REFERENCES users (id)); CREATE INDEX orders_user_idx ON orders (user_id);";

/// The rule.
pub(super) static RULE: Rule = Rule {
    id: "foreign-key-index-dropped",
    category: Category::IndexDependencies,
    title: "The only index by which a foreign key finds its rows is dropped",
    why: "From then on each delete of a referenced row, and each change of its key, reads the whole referencing table: a delete that took a millisecond takes minutes, and holds its locks for that long.",
    source: "PostgreSQL docs, 5.5.5 Foreign Keys",
    bad: &[Sample::new(SHOP, "-- no-transaction\nDROP INDEX CONCURRENTLY orders_user_idx;")],
    good: &[Sample::new(
        "CREATE TABLE users (id bigint PRIMARY KEY); CREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint REFERENCES users (id)); CREATE INDEX orders_user_idx ON orders (user_id); CREATE INDEX orders_user_id_idx ON orders (user_id, id);",
        "-- no-transaction\nDROP INDEX CONCURRENTLY orders_user_idx;",
    )],
    check: Check::Outcome(check),
    ..Rule::BASE
};

fn check(view: &MigrationView<'_>, findings: &mut StatementFindings<'_>) {
    for (statement, judged) in view.operations {
        for dropped in &judged.removed.relations {
            let Some(index) = dropped.index().filter(|index| index.parent.is_none()) else { continue };
            let Some(table) = view.after.relation(index.table).filter(|table| is_large(view, table)) else { continue };
            for key in view.after.foreign_keys_from(table.id) {
                let served = key.constraint.parent.is_none()
                    && key.constraint.enforced
                    && key.constraint.created.migration != view.number
                    && serves(view.after, table.id, index, &key.key.columns);
                if !served || has_index(view.after, &key) {
                    continue;
                }
                let Some(mut findings) = findings.statement(*statement) else { continue };
                let (child, parent) = (table.qualified(), table_name(view.after, key.key.table));
                let columns = listed(&names(view.after, table.id, &key.key.columns));
                findings
                    .flag(format!(
                        "without {} no index of {child} leads with {columns}: each delete of a referenced row of {parent} \
                         reads all of {child}",
                        dropped.qualified()
                    ))
                    .at(judged.located.span)
                    .help(format!("create another index that leads with {columns} in a migration before"))
                    .verify(format!("are rows of {parent} deleted, or their keys changed, while {child} is large?"));
            }
        }
    }
}

/// Whether a table was there before the migration and is not known to be small.
fn is_large(view: &MigrationView<'_>, table: &Relation) -> bool {
    table.created.migration != view.number && !view.sizing.is_small(table.id, &table.qualified())
}
