//! A large change under an isolation level that fails beside other writers.

use super::extent::Rows;
use super::finding::Category;
use super::rule::{Check, Findings, Rule, Sample};
use super::view::OperationView;

/// So few rows are hardly changed by others meanwhile.
const FEW_ROWS: u64 = 10;

const TABLES: &str = "CREATE TABLE users (id bigint PRIMARY KEY, org_id bigint);";

/// The rule.
pub(super) static RULE: Rule = Rule {
    id: "backfill-isolation",
    category: Category::ConcurrentWrites,
    title: "A large change under an isolation level that fails beside other writers",
    why: "Under REPEATABLE READ and SERIALIZABLE a change fails with `could not serialize access due to concurrent \
          update` as soon as one of its rows was changed after its snapshot. The more rows, the surer that is, and all \
          work is lost.",
    source: "PostgreSQL docs, 13.2.2 Repeatable Read Isolation Level",
    bad: &[Sample::new(
        TABLES,
        "SET TRANSACTION ISOLATION LEVEL SERIALIZABLE; UPDATE users SET org_id = 1 WHERE id IN (SELECT id FROM users \
         WHERE org_id IS NULL LIMIT 5000);",
    )],
    good: &[Sample::new(TABLES, "SET TRANSACTION ISOLATION LEVEL READ COMMITTED; UPDATE users SET org_id = 1 WHERE id = 1;")],
    planned: true,
    check: Check::Operation(check),
    ..Rule::BASE
};

fn check(view: &OperationView<'_>, findings: &mut Findings<'_>) {
    let of = |name| view.scene.session.get(name);
    let level = of("transaction_isolation").or_else(|| of("default_transaction_isolation")).unwrap_or_default();
    if !matches!(level, "serializable" | "repeatable read") {
        return;
    }
    let many = |rows: Rows| !matches!(rows, Rows::AtMost(..=FEW_ROWS));
    for change in view.changes.iter().filter(|c| c.verb.locks_rows() && many(c.rows) && view.is_hot(c.table)) {
        let Some(table) = view.scene.catalog.relation(change.table) else { continue };
        findings
            .flag(format!(
                "under {} this fails when a row of {} was changed meanwhile",
                level.to_ascii_uppercase(),
                table.qualified()
            ))
            .at(view.located.span)
            .help("leave the isolation level at READ COMMITTED: each batch then sees what others have changed");
    }
}
