//! DELETE without a bound.

use super::bounded::is_bound;
use super::extent::{Rows, Verb};
use super::finding::Category;
use super::known::some_of;
use super::rule::{Check, Findings, Rule, Sample};
use super::text::behind;
use super::view::OperationView;
use crate::catalog::{Relation, RelationId};
use crate::effects::DataLossKind;
use crate::sql::Operation;
use crate::sql::operation::{Delete, ReferentialAction};

/// The rule.
pub(super) static RULE: Rule = Rule {
    id: "delete-rows",
    category: Category::DataLoss,
    title: "Rows are deleted by a condition that may hold for any number of them",
    why: "A condition that matches more in production than in the author's database deletes more, and ON DELETE CASCADE \
          and SET NULL carry that into other tables that the statement does not name.",
    source: "PostgreSQL docs, DELETE; 5.5.5 Foreign Keys",
    bad: &[
        Sample::new(SESSIONS, "DELETE FROM sessions WHERE at < '2020-01-01';").rows(FEW),
        Sample::new(SESSIONS, "DELETE FROM sessions;").rows(FEW),
        Sample::new(CASCADING, "DELETE FROM users WHERE last_seen IS NULL;").rows(FEW),
    ],
    good: &[
        Sample::new(SESSIONS, "DELETE FROM sessions WHERE id = 7;"),
        Sample::new(SESSIONS, "DELETE FROM sessions WHERE id IN (7, 8);"),
        Sample::new(SESSIONS, "DELETE FROM sessions WHERE id BETWEEN 10 AND 20;"),
    ],
    check: Check::Operation(check),
    ..Rule::BASE
};

const SESSIONS: &str = "CREATE TABLE sessions (id bigint PRIMARY KEY, at timestamptz);";
const CASCADING: &str = "CREATE TABLE users (id bigint PRIMARY KEY, last_seen timestamptz);
    CREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint REFERENCES users (id) ON DELETE CASCADE);
    CREATE INDEX ON orders (user_id);";
const FEW: &[(&str, u64)] = &[("public.sessions", 100), ("public.users", 100), ("public.orders", 100)];

fn check(view: &OperationView<'_>, findings: &mut Findings<'_>) {
    // In a WITH clause.
    let inside = view.changes.iter().filter(|change| !std::ptr::eq(change.operation, &view.located.operation));
    for change in inside.filter(|c| c.verb == Verb::Delete && c.rows == Rows::All && view.is_old(c.table)) {
        let Some(name) = view.scene.catalog.relation(change.table).map(Relation::qualified) else { continue };
        findings
            .flag(format!("rows of {name} are deleted for good, any number of them"))
            .at(view.located.span)
            .help("count the rows first, keep a copy (`CREATE TABLE … AS SELECT`), and delete by key in batches")
            .verify(format!("how many rows of {name} match, and is there a copy of them?"));
    }
    let Operation::Delete(delete) = &view.located.operation else { return };
    let Some(target) = view.scene.relation(&delete.table.name).filter(|id| view.is_old(*id)) else { return };
    let deleted = view.old_losses(DataLossKind::Deleted);
    if deleted.is_empty() || is_bound(view, target, delete.filter.as_ref()) {
        return;
    }
    let reached = reached(view, target);
    let name = view.scene.catalog.relation(target).map(Relation::qualified).unwrap_or_default();
    let finding = if reached.is_empty() {
        let which = if delete.filter.is_some() { "each row that matches" } else { "every row" };
        findings.flag(format!("{which} of {name} is deleted for good"))
    } else {
        findings.block(format!("deleting from {name} also takes {}, by ON DELETE", some_of(&reached)))
    };
    finding
        .at(view.located.span)
        .help("count the rows first, keep a copy (`CREATE TABLE … AS SELECT`), and delete by key in batches");
    match count(view, delete) {
        Some(query) => finding.verify(query),
        None => finding.verify(format!("how many rows of {name} match, and is there a copy of them?")),
    };
}

/// What foreign keys carry a deletion into: rows by `CASCADE`, columns by `SET NULL` and `SET DEFAULT`.
fn reached(view: &OperationView<'_>, target: RelationId) -> Vec<String> {
    let catalog = view.scene.catalog;
    let (mut tables, mut words) = (vec![target], Vec::new());
    let mut next = 0;
    while let Some(table) = tables.get(next).copied() {
        next += 1;
        let keys = catalog.foreign_keys_to(table);
        for key in keys.iter().filter(|key| key.constraint.enforced && view.is_old(key.from)) {
            let Some(name) = catalog.relation(key.from).map(Relation::qualified) else { continue };
            let found = match key.key.on_delete {
                ReferentialAction::NoAction | ReferentialAction::Restrict => continue,
                ReferentialAction::Cascade if tables.contains(&key.from) => continue,
                ReferentialAction::Cascade => {
                    tables.push(key.from);
                    format!("rows of {name}")
                }
                ReferentialAction::SetNull | ReferentialAction::SetDefault => {
                    let columns = key.key.columns.iter().filter_map(|id| catalog.column(key.from, *id));
                    let columns: Vec<String> = columns.map(|column| format!("{name}.{}", column.name)).collect();
                    some_of(&columns)
                }
            };
            if !words.contains(&found) {
                words.push(found);
            }
        }
    }
    words
}

/// The query that counts what is deleted, where the condition stands alone in the text.
fn count(view: &OperationView<'_>, delete: &Delete) -> Option<String> {
    let table = delete.table.name.sql();
    if delete.filter.is_none() {
        return Some(format!("SELECT count(*) FROM {table}"));
    }
    let simple = delete.using.is_empty() && delete.ctes.is_empty() && delete.returning.is_empty();
    if !simple || !view.is_direct() {
        return None;
    }
    let condition = behind(view.sql, "WHERE")?;
    let alias = delete.alias.as_ref().map(|alias| format!(" AS {}", alias.sql())).unwrap_or_default();
    Some(format!("SELECT count(*) FROM {table}{alias} WHERE {condition}"))
}
