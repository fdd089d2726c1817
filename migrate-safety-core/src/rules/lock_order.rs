//! A referenced table locked before the one that references it.

use super::finding::Category;
use super::hazard::BLOCKS_WRITES;
use super::rule::{Check, Findings, Rule, Sample};
use super::view::MigrationView;
use crate::catalog::RelationId;
use crate::effects::{LockedKind, RelationRef};
use crate::sql::LockMode;

const TABLES: &str = "CREATE TABLE users (id bigint PRIMARY KEY);
CREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint REFERENCES users);";

/// The rule.
pub(super) static RULE: Rule = Rule {
    id: "lock-order",
    category: Category::ConcurrentWrites,
    title: "A referenced table locked before the one that references it",
    why: "Inserting a row locks its table first and then the tables that its foreign keys reference. A transaction that \
          locks them the other way round deadlocks with it.",
    source: "PostgreSQL docs, 13.3.4 Deadlocks",
    bad: &[Sample::new(
        TABLES,
        "ALTER TABLE users ADD COLUMN a int; ALTER TABLE orders ADD COLUMN b int;",
    )],
    good: &[Sample::new(TABLES, "ALTER TABLE orders ADD COLUMN b int;")],
    check: Check::Migration(check),
    ..Rule::BASE
};

/// The weakest lock that an insert into a referencing table waits for (it takes ROW SHARE).
const STOPS_KEY_CHECKS: LockMode = LockMode::Exclusive;

fn check(view: &MigrationView<'_>, findings: &mut Findings<'_>) {
    let mut transaction = 0;
    // Tables locked so far, with the statement and the line.
    let mut held: Vec<(&RelationRef, LockMode, usize, u32)> = Vec::new();
    for (statement, judged) in view.operations {
        if judged.now.transaction != transaction {
            transaction = judged.now.transaction;
            held.clear();
        }
        let hot = |id: RelationId| judged.sizes.is_hot(id);
        let strong = judged.effects.locks.iter().filter(|l| l.mode >= BLOCKS_WRITES && l.kind == LockedKind::Table);
        for lock in strong.filter(|l| hot(l.relation.id)) {
            let id = lock.relation.id;
            let keys = view.after.foreign_keys_from(id);
            let references =
                |to: RelationId| keys.iter().any(|k| k.key.table == to && k.constraint.created.migration != view.number);
            let is_new = held.iter().all(|(table, ..)| table.id != id);
            let parent = held.iter().find(|(table, mode, earlier, _)| {
                *mode >= STOPS_KEY_CHECKS && earlier != statement && table.id != id && references(table.id)
            });
            if let (true, Some((parent, _, _, line))) = (is_new, parent) {
                findings
                    .flag(format!(
                        "{} is locked since line {line}, {name} only now: an insert into {name} locks them the other \
                         way round, and they deadlock",
                        parent.name,
                        name = lock.relation.name
                    ))
                    .at(judged.located.span)
                    .help("change the referencing table first, or each table in a migration of its own");
                // One says it for the migration.
                return;
            }
            held.push((&lock.relation, lock.mode, *statement, judged.located.span.start.line));
        }
    }
}
