//! Several tables locked ACCESS EXCLUSIVE in one transaction.

use super::rule::{Check, Findings, Rule, Sample};
use super::view::{MigrationView};
use super::finding::Category;
use crate::effects::LockedKind;
use crate::sql::{LockMode, ObjectName, Operation};

/// The rule.
pub(super) static RULE: Rule = Rule {
    id: "several-tables-locked",
    category: Category::LockContention,
    title: "Several tables locked ACCESS EXCLUSIVE in one transaction",
    why: "The first table stays locked while the second lock is waited for; two transactions that take them in different order deadlock.",
    source: "PostgreSQL docs, 13.3.4 Deadlocks",
    bad: &[
        Sample::new("CREATE TABLE users (id bigint PRIMARY KEY, email text, org_id bigint); CREATE TABLE orders (id bigint PRIMARY KEY);", "ALTER TABLE users ADD COLUMN a int; ALTER TABLE orders ADD COLUMN b int;"),
    ],
    good: &[
        Sample::new("CREATE TABLE users (id bigint PRIMARY KEY, email text, org_id bigint); CREATE TABLE orders (id bigint PRIMARY KEY);", "ALTER TABLE users ADD COLUMN a int; ALTER TABLE users ADD COLUMN b int;"),
    ],
    folded_into: &["lock-order"],
    check: Check::Migration(check),
    ..Rule::BASE
};

fn check(view: &MigrationView<'_>, findings: &mut Findings<'_>) {
    let mut first: Option<(&ObjectName, u32)> = None;
    let mut transaction = 0;
    let mut reported = false;
    for (_, judged) in view.operations {
        if judged.now.transaction != transaction {
            (first, transaction, reported) = (None, judged.now.transaction, false);
        }
        let Operation::AlterTable(alter) = &judged.located.operation else { continue };
        let locks_it = judged.effects.locks.iter().any(|l| {
            l.mode == LockMode::AccessExclusive
                && l.kind == LockedKind::Table
                && judged.sizes.is_hot(l.relation.id)
                && (l.relation.name == alter.table.to_string()
                    || l.relation.name.rsplit('.').next() == Some(&*alter.table.name))
        });
        if !locks_it {
            continue;
        }
        match first {
            None => first = Some((&alter.table, judged.located.span.start.line)),
            Some((table, line)) if table.name != alter.table.name && !reported => {
                reported = true;
                findings
                    .flag(format!(
                        "{} is locked ACCESS EXCLUSIVE while {table} still is, since line {line}",
                        alter.table
                    ))
                    .at(judged.located.span)
                    .help("change one table per migration, or set a lock_timeout so that a wait does not stop both");
            }
            Some(_) => {}
        }
    }
}
