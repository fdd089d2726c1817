//! A query locks any number of rows.

use super::extent::{Rows, rows_of_query};
use super::finding::Category;
use super::rule::{Check, Findings, Rule, Sample};
use super::view::{OperationView, listed};
use crate::sql::Operation;
use crate::sql::expr::{Query, TableSource};

const USERS: &str = "CREATE TABLE users (id bigint PRIMARY KEY, email text);";

/// The rule.
pub(super) static RULE: Rule = Rule {
    id: "rows-locked",
    category: Category::ConcurrentWrites,
    title: "A query locks any number of rows",
    why: "Each row stays locked to the end of the transaction: whoever writes one of them waits as long. Locking a row is \
          a write, too: every page of the table gets dirty.",
    source: "PostgreSQL docs, 13.3.2 Row-Level Locks",
    bad: &[Sample::new(USERS, "SELECT id FROM users ORDER BY id FOR UPDATE;")],
    good: &[
        Sample::new(USERS, "SELECT id FROM users WHERE id = 5 FOR UPDATE;"),
        Sample::new(USERS, "SELECT id FROM users ORDER BY id LIMIT 100 FOR UPDATE SKIP LOCKED;"),
        Sample::new(USERS, "SELECT id FROM users FOR UPDATE;").rows(&[("public.users", 400)]),
    ],
    check: Check::Operation(check),
    ..Rule::BASE
};

fn check(view: &OperationView<'_>, findings: &mut Findings<'_>) {
    let Operation::Select(query) = &view.located.operation else { return };
    if query.row_locks.is_empty() || rows_of_query(view.scene.catalog, view.loaded, query, !view.is_direct()) != Rows::All {
        return;
    }
    let locked = locked(view, query);
    let locked: Vec<&str> = locked.iter().map(String::as_str).collect();
    if !locked.is_empty() {
        findings
            .block(format!("this locks any number of rows of {}, to the end of the transaction", listed(&locked)))
            .at(view.located.span)
            .help("lock at most 10,000 rows at a time, each batch in a transaction of its own");
    }
}

/// The large tables whose rows are locked.
fn locked(view: &OperationView<'_>, query: &Query) -> Vec<String> {
    let lock = view.effects.locks.iter().map(|lock| lock.relation.id);
    let tables = query.selects.iter().flat_map(|select| &select.from).filter_map(|table| match &table.source {
        TableSource::Relation { name, .. } => Some(name),
        _ => None,
    });
    let mut found = Vec::new();
    for name in tables {
        let Some(id) = view.scene.relation(name) else { continue };
        let hot = view.is_hot(id) || lock.clone().any(|locked| locked == id && view.is_hot(id));
        let relation = view.scene.catalog.relation(id).filter(|r| hot && r.table().is_some());
        found.extend(relation.map(crate::catalog::Relation::qualified));
    }
    found.sort();
    found.dedup();
    found
}
