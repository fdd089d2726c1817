//! Rows of a table locked, then the table itself.

use super::finding::Category;
use super::hazard::{BLOCKS_WRITES, stops};
use super::rule::{Check, Findings, Rule, Sample};
use super::view::MigrationView;
use crate::catalog::RelationId;
use crate::effects::LockedKind;
use std::collections::HashMap;

const TABLES: &str = "CREATE TABLE users (id bigint PRIMARY KEY, org_id bigint);";

/// The rule.
pub(super) static RULE: Rule = Rule {
    id: "lock-upgrade",
    category: Category::ConcurrentWrites,
    title: "Rows of a table locked, then the table itself",
    why: "A writer that waits for one of the locked rows holds a lock on the table already. The stronger lock on the \
          table waits for that writer, the writer for the row: the server ends one of them with a deadlock, and it may \
          be the migration.",
    source: "PostgreSQL docs, 13.3.4 Deadlocks",
    bad: &[Sample::new(
        TABLES,
        "UPDATE users SET org_id = 1 WHERE id = 5; ALTER TABLE users ADD COLUMN active boolean;",
    )],
    good: &[
        Sample::new(TABLES, "ALTER TABLE users ADD COLUMN active boolean; UPDATE users SET active = true WHERE id = 5;"),
        Sample::new(TABLES, "ALTER TABLE users ADD COLUMN a int, ADD COLUMN b int;"),
    ],
    check: Check::Migration(check),
    ..Rule::BASE
};

fn check(view: &MigrationView<'_>, findings: &mut Findings<'_>) {
    let mut transaction = 0;
    // Tables with locked rows: the statement and the line.
    let mut held: HashMap<RelationId, (usize, u32)> = HashMap::new();
    // Tables locked before their rows: nobody gets between.
    let mut whole: Vec<RelationId> = Vec::new();
    for (statement, judged) in view.operations {
        if judged.now.transaction != transaction {
            transaction = judged.now.transaction;
            held.clear();
            whole.clear();
        }
        let strong = judged.effects.locks.iter().filter(|l| l.mode >= BLOCKS_WRITES && l.kind == LockedKind::Table);
        for lock in strong {
            let id = lock.relation.id;
            if let Some((_, line)) = held.get(&id).copied().filter(|(earlier, _)| earlier != statement) {
                findings
                    .flag(format!(
                        "this stops {} of {} while rows of it are locked since line {line}: who waits for one of them \
                         deadlocks with it",
                        stops(lock.mode),
                        lock.relation.name
                    ))
                    .at(judged.located.span)
                    .help("change the table in a migration of its own, or before its rows");
                // One says it for the migration.
                return;
            }
            whole.push(id);
        }
        for write in judged.writes.iter().filter(|w| w.hot && w.verb.locks_rows() && !whole.contains(&w.table.id)) {
            held.entry(write.table.id).or_insert((*statement, judged.located.span.start.line));
        }
    }
}
