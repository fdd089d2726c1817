//! DROP INDEX without CONCURRENTLY.

use super::rule::{Check, Findings, Rule, Sample};
use super::view::{OperationView, own_migration};
use super::finding::Category;
use super::text::insert_after;
use crate::catalog::Resolved;
use crate::effects::LockedKind;
use crate::sql::{LockMode, Operation};

/// The rule.
pub(super) static RULE: Rule = Rule {
    id: "drop-index-not-concurrent",
    category: Category::LockContention,
    title: "DROP INDEX without CONCURRENTLY",
    why: "Dropping an index takes ACCESS EXCLUSIVE on its table. The work is short, but it waits for every running query, and every later query waits behind it.",
    source: "PostgreSQL docs, DROP INDEX",
    bad: &[
        Sample::new("CREATE TABLE users (id bigint PRIMARY KEY, email text, org_id bigint); CREATE INDEX users_org_idx ON users (org_id);", "DROP INDEX users_org_idx;"),
    ],
    good: &[
        Sample::new("CREATE TABLE users (id bigint PRIMARY KEY, email text, org_id bigint); CREATE INDEX users_org_idx ON users (org_id);", "-- no-transaction\nDROP INDEX CONCURRENTLY users_org_idx;"),
    ],
    folded_into: &["constraint-index-dropped"],
    told_once: false,
    planned: true,
    check: Check::Operation(check),
};

fn check(view: &OperationView<'_>, findings: &mut Findings<'_>) {
    let Operation::DropIndex { names, concurrently: false, .. } = &view.located.operation else { return };
    let locks = view.effects.locks.iter().filter(|l| l.kind == LockedKind::Table && view.is_hot(l.relation.id));
    let tables: Vec<&str> =
        locks.filter(|l| l.mode == LockMode::AccessExclusive).map(|l| l.relation.name.as_str()).collect();
    // An index from before what was read: its table is not known either.
    let unseen = names.iter().any(|name| view.scene.catalog.resolve(name) == Resolved::Unknown);
    let tables = match tables.as_slice() {
        [] if unseen => "its table".to_owned(),
        [] => return,
        tables => super::view::listed(tables),
    };
    let finding = findings.flag(format!("dropping the index locks {tables} ACCESS EXCLUSIVE: queries queue behind it"));
    finding.at(view.located.span).help(format!("drop it CONCURRENTLY, {}", own_migration(view.host)));
    // Several indexes cannot be dropped concurrently in one statement.
    if view.is_direct()
        && names.len() == 1
        && let Some(fix) = insert_after(view.sql, "INDEX", "CONCURRENTLY")
    {
        finding.fix(fix);
    }
}
