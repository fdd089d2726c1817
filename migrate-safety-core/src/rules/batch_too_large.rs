//! A batch of more than 10,000 rows.

use super::extent::Rows;
use super::finding::Category;
use super::rule::{Check, Findings, Rule, Sample};
use super::view::OperationView;

/// The most rows of a batch: what is locked for about a second.
pub(super) const MOST_ROWS: u64 = 10_000;

/// From here on it is no batch any more.
const FAR_TOO_MANY: u64 = 10 * MOST_ROWS;

const TABLES: &str = "CREATE TABLE users (id bigint PRIMARY KEY, org_id bigint);";

/// The rule.
pub(super) static RULE: Rule = Rule {
    id: "batch-too-large",
    category: Category::ConcurrentWrites,
    title: "A batch of more than 10,000 rows",
    why: "The rows of a batch are locked until it commits: with many of them, writers wait for seconds, and replicas \
          get the changes in bursts.",
    source: "PostgreSQL docs, 13.3.2 Row-Level Locks",
    bad: &[
        Sample::new(
            TABLES,
            "UPDATE users SET org_id = 1 WHERE id IN (SELECT id FROM users WHERE org_id IS NULL LIMIT 50000);",
        ),
        Sample::new(
            TABLES,
            "-- no-transaction\nDO $$ DECLARE batch int := 50000; BEGIN LOOP UPDATE users SET org_id = 1 WHERE id IN \
             (SELECT id FROM users WHERE org_id IS NULL LIMIT batch); EXIT WHEN NOT FOUND; COMMIT; \
             PERFORM pg_sleep(0.1); END LOOP; END $$;",
        ),
        Sample::new(TABLES, "DELETE FROM users WHERE id BETWEEN 1 AND 500000;").with(&["delete-rows"]),
    ],
    good: &[Sample::new(TABLES, "UPDATE users SET org_id = 1 WHERE org_id IS NULL AND id BETWEEN 1 AND 10000;")],
    check: Check::Operation(check),
    ..Rule::BASE
};

fn check(view: &OperationView<'_>, findings: &mut Findings<'_>) {
    for change in view.changes.iter().filter(|c| c.verb.locks_rows() && view.is_hot(c.table)) {
        let Rows::AtMost(rows @ MOST_ROWS..) = change.rows else { continue };
        let Some(table) = view.scene.catalog.relation(change.table).filter(|_| rows > MOST_ROWS) else { continue };
        let message = format!("this {} {rows} rows of {} at once", change.verb.third_person(), table.qualified());
        let finding = if rows > FAR_TOO_MANY { findings.block(message) } else { findings.flag(message) };
        finding.at(view.located.span).help("take 1,000 to 10,000 rows at a time");
    }
}
