//! A way back that stops a table for long.

use super::down_fails::{failure, file_name};
use super::finding::Category;
use super::hazard::{BLOCKS_WRITES, stops};
use super::rule::{Check, Findings, Rule, Sample};
use super::view::{Judged, MigrationView};
use crate::effects::{LockedKind, RelationLock};
use crate::sql::Operation;

const USERS: &str = "CREATE TABLE users (id bigint PRIMARY KEY, age int, name varchar(40)); CREATE INDEX users_age ON users (age);";

/// The rule.
pub(super) static RULE: Rule = Rule {
    id: "down-holds-lock",
    category: Category::Rollback,
    title: "A way back that stops a table for long",
    why: "A rollback is an incident already. If it reads a table through or rewrites it under a lock, the application \
          waits for that as well.",
    source: "PostgreSQL docs, 13.3.1 Table-Level Locks",
    bad: &[
        Sample::new(USERS, "ALTER TABLE users ALTER COLUMN name TYPE text;")
            .down("ALTER TABLE users ALTER COLUMN name TYPE varchar(40);"),
        Sample::new(USERS, "-- no-transaction\nDROP INDEX CONCURRENTLY users_age;")
            .down("CREATE INDEX users_age ON users (age);"),
    ],
    good: &[
        Sample::new(USERS, "-- no-transaction\nDROP INDEX CONCURRENTLY users_age;")
            .down("-- no-transaction\nCREATE INDEX CONCURRENTLY users_age ON users (age);"),
        Sample::new(USERS, "ALTER TABLE users ADD COLUMN a int;").down("ALTER TABLE users DROP COLUMN a;"),
    ],
    check: Check::Migration(check),
    ..Rule::BASE
};

fn check(view: &MigrationView<'_>, findings: &mut Findings<'_>) {
    let (Some(down), Some(undone)) = (&view.migration.down, view.undone) else { return };
    if failure(undone).is_some() {
        return;
    }
    let held = undone.operations.iter().find_map(|(_, judged)| Some((judged, held(judged)?)));
    let Some((judged, (work, lock))) = held else { return };
    let (file, line) = (file_name(&down.path), judged.located.span.start.line);
    let relation = &lock.relation.name;
    findings
        .flag(format!("{file} works through {work} at line {line}: meanwhile {} of {relation} waits", stops(lock.mode)))
        .help("let the way back be as careful as the way there: CONCURRENTLY, NOT VALID, a column beside the old one");
}

/// The table that an operation works through, and the lock that it holds meanwhile.
fn held(judged: &Judged) -> Option<(&str, &RelationLock)> {
    // An empty file takes the place of the old one.
    if matches!(judged.located.operation, Operation::Truncate { .. }) {
        return None;
    }
    let work = judged.heavy_on().next()?;
    let strong = |lock: &&RelationLock| {
        lock.mode >= BLOCKS_WRITES && lock.kind == LockedKind::Table && judged.sizes.is_hot(lock.relation.id)
    };
    let lock = judged.effects.locks.iter().filter(strong).max_by_key(|lock| lock.mode)?;
    Some((&work.name, lock))
}
