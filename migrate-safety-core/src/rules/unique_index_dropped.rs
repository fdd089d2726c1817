//! Nothing keeps a key unique any more.

use super::finding::Category;
use super::new_keys::{listed, names};
use super::rule::{Check, Rule, Sample, StatementFindings};
use super::view::MigrationView;
use crate::catalog::{Catalog, ColumnId, Index, Relation, RelationId};

const USERS: &str =
    "CREATE TABLE users (id bigint PRIMARY KEY, email text); CREATE UNIQUE INDEX users_email_key ON users (email);";

/// The rule.
pub(super) static RULE: Rule = Rule {
    id: "unique-index-dropped",
    category: Category::IndexDependencies,
    title: "Nothing keeps a key unique any more",
    why: "INSERT … ON CONFLICT over the key fails at once: no index matches it. Duplicates come to be unnoticed, and have to be mended before the key can ever come back. Without its primary key a published table refuses UPDATE and DELETE.",
    source: "PostgreSQL docs, INSERT, ON CONFLICT Clause; 29.1.1 Replica Identity",
    bad: &[Sample::new(USERS, "-- no-transaction\nDROP INDEX CONCURRENTLY users_email_key;")],
    good: &[Sample::new(
        "CREATE TABLE users (id bigint PRIMARY KEY, email text); CREATE UNIQUE INDEX users_email_key ON users (email); CREATE UNIQUE INDEX users_email_key2 ON users (email);",
        "-- no-transaction\nDROP INDEX CONCURRENTLY users_email_key;",
    )],
    folded_into: &["replica-identity-dropped"],
    check: Check::Outcome(check),
    ..Rule::BASE
};

fn check(view: &MigrationView<'_>, findings: &mut StatementFindings<'_>) {
    for (statement, judged) in view.operations {
        for dropped in &judged.removed.relations {
            let Some(index) = dropped.index().filter(|index| is_lost(view, dropped, index)) else { continue };
            let Some(table) = view.after.relation(index.table) else { continue };
            let Some(mut findings) = findings.statement(*statement) else { continue };
            let columns = plain_columns(index).map(|columns| listed(&names(view.after, table.id, &columns)));
            let key = columns.unwrap_or_else(|| format!("the key of {}", dropped.name));
            let table_name = table.qualified();
            findings
                .flag(format!("nothing keeps {key} of {table_name} unique any more, and ON CONFLICT over it fails"))
                .at(judged.located.span)
                .verify(format!(
                    "does a running release say ON CONFLICT over {key} of {table_name}, or rely on one row for it?"
                ));
        }
    }
}

/// Whether a table that stays loses the uniqueness that an index has given to columns that stay.
fn is_lost(view: &MigrationView<'_>, dropped: &Relation, index: &Index) -> bool {
    let table = view.after.relation(index.table);
    let old = table.is_some_and(|table| table.created.migration < view.since && table.table().is_some());
    let columns_stay = index
        .keys
        .iter()
        .flat_map(|key| key.column.iter().chain(&key.columns))
        .all(|column| view.after.column(index.table, *column).is_some());
    index.unique
        && index.valid
        && index.parent.is_none()
        && old
        && dropped.created.migration < view.since
        && columns_stay
        && !has_unique_index(view.after, index.table, index)
}

/// Whether a table has a unique index over the same key and the same rows.
fn has_unique_index(catalog: &Catalog, table: RelationId, like: &Index) -> bool {
    let key = |index: &Index| {
        let mut key: Vec<_> =
            index.keys.iter().map(|key| (key.column, key.expression.as_ref().map(|e| e.sql.clone()))).collect();
        key.sort_unstable();
        key
    };
    let rows = |index: &Index| index.predicate.as_ref().map(|predicate| predicate.expr.clone());
    let others = catalog.indexes_of(table).iter().filter_map(|id| catalog.index(*id));
    others.into_iter().any(|other| {
        other.unique && other.valid && key(other) == key(like) && (rows(other).is_none() || rows(other) == rows(like))
    })
}

fn plain_columns(index: &Index) -> Option<Vec<ColumnId>> {
    index.keys.iter().map(|key| key.column).collect()
}
