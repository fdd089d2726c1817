//! A foreign key without an index on the referencing side.

use super::finding::Category;
use super::key_index::has_index;
use super::new_keys::{listed, names, table_name};
use super::rule::{Check, Rule, Sample, SetFindings};
use super::view::SetView;
use crate::catalog::{ForeignKeyRef, Stamp, Table};
use crate::sql::Ident;
use std::collections::BTreeMap;

/// The rule.
pub(super) static RULE: Rule = Rule {
    id: "foreign-key-without-index",
    category: Category::IndexDependencies,
    title: "A foreign key without an index on the referencing side",
    why: "The server makes no index for the referencing columns. For each deleted row of the referenced table, and each change of its key, it looks for the referencing rows by reading the whole referencing table, while it holds the row locks.",
    source: "PostgreSQL docs, 5.5.5 Foreign Keys",
    bad: &[
        Sample::new(
            "CREATE TABLE users (id bigint PRIMARY KEY);",
            "CREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint REFERENCES users (id));",
        ),
        Sample::new(
            "CREATE TABLE users (id bigint PRIMARY KEY); CREATE TABLE orders (id bigint PRIMARY KEY);",
            "ALTER TABLE orders ADD COLUMN user_id bigint REFERENCES users (id);",
        ),
    ],
    good: &[
        Sample::new(
            "CREATE TABLE users (id bigint PRIMARY KEY);",
            "CREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint REFERENCES users (id)); CREATE INDEX ON orders (user_id);",
        ),
        Sample::new(
            "CREATE TABLE users (id bigint PRIMARY KEY);",
            "CREATE TABLE members (user_id bigint REFERENCES users (id), team text, PRIMARY KEY (user_id, team));",
        ),
    ],
    check: Check::Set(check),
    ..Rule::BASE
};

fn check(view: &SetView<'_>, findings: &mut SetFindings<'_>) {
    let catalog = view.catalog;
    // The keys of one table that one statement makes are one finding.
    let mut bare: BTreeMap<(Stamp, crate::catalog::RelationId), Vec<ForeignKeyRef<'_>>> = BTreeMap::new();
    for relation in catalog.relations() {
        let small =
            view.sizing.is_small(relation.id, &relation.qualified());
        if small || relation.table().is_none_or(|table| table.foreign) {
            continue;
        }
        for key in catalog.foreign_keys_from(relation.id) {
            let constraint = key.constraint;
            if constraint.created.migration > 0
                && constraint.parent.is_none()
                && constraint.enforced
                && !has_index(catalog, &key)
            {
                bare.entry((constraint.created, relation.id)).or_default().push(key);
            }
        }
    }
    for ((made, table), keys) in bare {
        let Some((mut findings, span)) = findings.statement(made) else { continue };
        let child = table_name(catalog, table);
        let columns: Vec<Vec<Ident>> = keys.iter().map(|key| names(catalog, table, &key.key.columns)).collect();
        let mut parents: Vec<String> = keys.iter().map(|key| table_name(catalog, key.key.table)).collect();
        parents.sort_unstable();
        parents.dedup();
        let parents = super::view::listed(&parents.iter().map(String::as_str).collect::<Vec<_>>());
        let written: Vec<String> = columns.iter().map(|columns| listed(columns)).collect();
        let written = written.join(" or ");
        let finding = findings.flag(format!(
            "no index of {child} leads with {written}: each delete of a referenced row of {parents} reads all of {child}"
        ));
        finding.at(span);
        let relation = catalog.relation(table);
        if relation.is_some_and(|relation| relation.unknown) {
            finding.verify(format!("does an index of {child} lead with {written}?"));
            continue;
        }
        finding.verify(format!("are rows of {parents} deleted, or their keys changed, while {child} is large?"));
        let Some(relation) = relation else { continue };
        finding.help(match keys.len() {
            1 => format!("create an index that leads with {written}"),
            _ => "create an index for each of them".to_owned(),
        });
        // An index on what the statement itself makes can only follow it.
        let there = |table: &Table| {
            let mut columns = keys.iter().flat_map(|key| &key.key.columns).filter_map(|id| table.column_by_id(*id));
            columns.all(|column| column.created.statement != made.statement)
        };
        let fixable = relation.table().is_some_and(|table| !table.is_partitioned() && there(table));
        if let (true, [columns]) = (fixable, columns.as_slice()) {
            let columns: Vec<String> = columns.iter().map(Ident::sql).collect();
            let table = relation.object_name().sql();
            finding.fix(format!("CREATE INDEX CONCURRENTLY ON {table} ({})", columns.join(", ")));
        }
    }
}
