//! LOCK TABLE in a migration.

use super::rule::{Check, Findings, Rule, Sample};
use super::view::{OperationView};
use super::finding::Category;
use super::hazard::{BLOCKS_WRITES, stops};
use crate::sql::Operation;

/// The rule.
pub(super) static RULE: Rule = Rule {
    id: "lock-table",
    category: Category::LockContention,
    title: "LOCK TABLE in a migration",
    why: "The lock stands until the end of the transaction, whatever comes after it.",
    source: "PostgreSQL docs, LOCK",
    bad: &[
        Sample::new("CREATE TABLE users (id bigint PRIMARY KEY, email text, org_id bigint);", "LOCK TABLE users IN ACCESS EXCLUSIVE MODE;"),
    ],
    good: &[
        Sample::new("CREATE TABLE users (id bigint PRIMARY KEY, email text, org_id bigint);", "LOCK TABLE users IN ROW EXCLUSIVE MODE;"),
    ],
    check: Check::Operation(check),
    ..Rule::BASE
};

fn check(view: &OperationView<'_>, findings: &mut Findings<'_>) {
    let Operation::LockTable { tables, mode, .. } = &view.located.operation else { return };
    let hot = |table: &&crate::sql::operation::TableTarget| {
        view.scene.relation(&table.name).is_none_or(|id| view.is_hot(id))
    };
    let tables: Vec<String> = tables.iter().filter(hot).map(|t| t.name.to_string()).collect();
    if *mode < BLOCKS_WRITES || tables.is_empty() {
        return;
    }
    findings
        .flag(format!("{} to {} waits until the transaction ends", stops(*mode), tables.join(", ")))
        .at(view.located.span)
        .help("leave it out if a weaker lock does; else set a lock_timeout before it and keep the transaction short");
}
