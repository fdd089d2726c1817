//! Triggers are switched off, those behind foreign keys with them.

use super::finding::Category;
use super::rule::{Check, Findings, Rule, Sample};
use super::view::OperationView;
use crate::catalog::RelationId;
use crate::sql::Operation;
use crate::sql::operation::{FiringState, TableAction, TriggerName};

/// The rule.
pub(super) static RULE: Rule = Rule {
    id: "triggers-off",
    category: Category::ForeignKeys,
    title: "Triggers are switched off, those behind foreign keys with them",
    why: "What is written meanwhile is not checked against foreign keys, and nothing checks it later: ON DELETE does not \
          reach the rows that reference it, which stay as orphans while the server takes the constraint for valid.",
    source: "PostgreSQL docs, ALTER TABLE, DISABLE TRIGGER; 20.11.1, session_replication_role",
    bad: &[
        Sample::new(ORDERS, "ALTER TABLE orders DISABLE TRIGGER ALL; UPDATE orders SET user_id = 7 WHERE id = 1; ALTER TABLE orders ENABLE TRIGGER ALL;"),
        Sample::new(ORDERS, "SET LOCAL session_replication_role = replica; UPDATE orders SET user_id = 7 WHERE id = 1;"),
    ],
    good: &[
        Sample::new(ORDERS, "ALTER TABLE orders DISABLE TRIGGER USER; UPDATE orders SET user_id = 7 WHERE id = 1; ALTER TABLE orders ENABLE TRIGGER USER;"),
        Sample::new("CREATE TABLE logs (id bigint PRIMARY KEY);", "ALTER TABLE logs DISABLE TRIGGER ALL;"),
    ],
    check: Check::Operation(check),
    ..Rule::BASE
};

const ORDERS: &str = "CREATE TABLE users (id bigint PRIMARY KEY);
    CREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint REFERENCES users (id)); CREATE INDEX ON orders (user_id);";

fn check(view: &OperationView<'_>, findings: &mut Findings<'_>) {
    let which = match &view.located.operation {
        Operation::AlterTable(alter) => {
            let off = TableAction::SetTrigger { name: TriggerName::All, state: FiringState::Disabled };
            let table = view.scene.target().filter(|table| alter.action == off && view.is_old(table.id));
            let Some(table) = table.filter(|table| table.unknown || has_foreign_keys(view, table.id)) else { return };
            format!("the foreign keys of {}", table.qualified())
        }
        Operation::Set { name, value: Some(value), .. } if is_replica(name, value) => "foreign keys".to_owned(),
        _ => return,
    };
    findings
        .flag(format!("{which} are not checked from here on, and what is written meanwhile never is"))
        .at(view.located.span)
        .help("leave them on, or write DISABLE TRIGGER USER; if it must be, count the orphans before the commit")
        .verify("do the rows that are written meanwhile keep every foreign key?");
}

fn is_replica(name: &str, value: &str) -> bool {
    name.eq_ignore_ascii_case("session_replication_role") && value.trim_matches('\'').eq_ignore_ascii_case("replica")
}

fn has_foreign_keys(view: &OperationView<'_>, id: RelationId) -> bool {
    let catalog = view.scene.catalog;
    !catalog.foreign_keys_to(id).is_empty() || !catalog.foreign_keys_from(id).is_empty()
}
