//! IF NOT EXISTS on an index that is built CONCURRENTLY.

use super::finding::Category;
use super::rule::{Check, Findings, Rule, Sample};
use super::view::{OperationView, own_migration};
use crate::sql::{ObjectName, Operation};

/// The rule.
pub(super) static RULE: Rule = Rule {
    id: "concurrent-index-if-not-exists",
    category: Category::IndexDependencies,
    title: "IF NOT EXISTS on an index that is built CONCURRENTLY",
    why: "A concurrent build that fails or is cancelled leaves an INVALID index behind: no query uses it, every write maintains it, a unique one refuses rows. IF NOT EXISTS takes it for the index: the next run succeeds and nothing is ever built.",
    source: "PostgreSQL docs, CREATE INDEX, Building Indexes Concurrently",
    bad: &[Sample::new(
        "CREATE TABLE users (id bigint PRIMARY KEY, email text);",
        "-- no-transaction\nCREATE INDEX CONCURRENTLY IF NOT EXISTS users_email_idx ON users (email);",
    )],
    good: &[Sample::new(
        "CREATE TABLE users (id bigint PRIMARY KEY, email text);",
        "-- no-transaction\nCREATE INDEX CONCURRENTLY users_email_idx ON users (email);",
    )],
    check: Check::Operation(check),
    ..Rule::BASE
};

fn check(view: &OperationView<'_>, findings: &mut Findings<'_>) {
    let Operation::CreateIndex(index) = &view.located.operation else { return };
    let (true, true, Some(name)) = (index.concurrently, index.if_not_exists, &index.name) else { return };
    let table = view.scene.relation(&index.table).and_then(|id| view.scene.catalog.relation(id));
    if table.is_some_and(|table| !view.is_hot(table.id)) {
        return;
    }
    let name = ObjectName { schema: table.map(|table| table.schema.clone()), name: name.clone() };
    findings
        .flag(format!("if a build of {} has failed before, its invalid rest is kept and nothing is built", name.name))
        .at(view.located.span)
        .help(format!(
            "leave IF NOT EXISTS out, and after a failure drop the rest with DROP INDEX CONCURRENTLY, {}",
            own_migration(view.host)
        ))
        .verify(format!(
            "SELECT count(*) FROM pg_index WHERE indexrelid = to_regclass('{}') AND NOT indisvalid",
            name.sql().replace('\'', "''")
        ));
}
