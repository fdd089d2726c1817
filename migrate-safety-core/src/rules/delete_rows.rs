//! DELETE without a bound.

use super::bounded::by_key;
use super::finding::Category;
use super::known::some_of;
use super::rule::{Check, Findings, Rule, Sample};
use super::text::behind;
use super::view::OperationView;
use crate::effects::DataLossKind;
use crate::sql::Operation;
use crate::sql::operation::Delete;

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
    let Operation::Delete(delete) = &view.located.operation else { return };
    let Some(target) = view.scene.relation(&delete.table.name).filter(|id| view.is_old(*id)) else { return };
    let deleted = view.old_losses(DataLossKind::Deleted);
    if deleted.is_empty() || by_key(view.scene.catalog, target, delete.filter.as_ref()) {
        return;
    }
    let own = |id| id == target || view.scene.catalog.descendants(target).contains(&id);
    let rows = deleted.iter().filter(|l| !own(l.relation.id)).map(|l| format!("rows of {}", l.relation.name));
    let values = view.old_losses(DataLossKind::Overwritten);
    let values = values.iter().filter(|l| !own(l.relation.id)).filter_map(|l| Some(format!("{}.{}", l.relation.name, l.column.as_ref()?)));
    let reached: Vec<String> = rows.chain(values).collect();
    let name = view.scene.catalog.relation(target).map(crate::catalog::Relation::qualified).unwrap_or_default();
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
