//! A loop over batches that never commits.

use super::batch_too_large::MOST_ROWS;
use super::batches::batches;
use super::extent::Rows;
use super::finding::Category;
use super::rule::{Check, Findings, Rule, Sample};
use super::view::{StatementView, own_migration};

const TABLES: &str = "CREATE TABLE users (id bigint PRIMARY KEY, org_id bigint);";

/// The rule.
pub(super) static RULE: Rule = Rule {
    id: "loop-without-commit",
    category: Category::ConcurrentWrites,
    title: "A loop over batches that never commits",
    why: "A DO block or procedure is one transaction unless it commits. The batches then lock as much and as long as \
          one statement over all rows would; pauses between them only make it longer.",
    source: "PostgreSQL docs, 41.8 Transaction Management",
    bad: &[
        Sample::new(
            TABLES,
            "DO $$ BEGIN LOOP UPDATE users SET org_id = 1 WHERE id IN (SELECT id FROM users WHERE org_id IS NULL \
             LIMIT 1000); EXIT WHEN NOT FOUND; PERFORM pg_sleep(0.1); END LOOP; END $$;",
        ),
        Sample::new(
            TABLES,
            "DO $$ DECLARE r record; BEGIN FOR r IN SELECT id FROM users LOOP UPDATE users SET org_id = 1 \
             WHERE id = r.id; END LOOP; END $$;",
        )
        .with(&["overwrite-values"]),
        Sample::new(
            TABLES,
            "DO $$ BEGIN FOR i IN 0..99 LOOP UPDATE users SET org_id = 1 WHERE id BETWEEN i * 1000 AND i * 1000 + 999; \
             END LOOP; END $$;",
        )
        .with(&["overwrite-values"]),
    ],
    good: &[
        Sample::new(
            TABLES,
            "-- no-transaction\nDO $$ BEGIN LOOP UPDATE users SET org_id = 1 WHERE id IN (SELECT id FROM users WHERE \
             org_id IS NULL LIMIT 1000); EXIT WHEN NOT FOUND; COMMIT; PERFORM pg_sleep(0.1); END LOOP; END $$;",
        ),
        Sample::new(
            TABLES,
            "DO $$ BEGIN FOR i IN 1..3 LOOP UPDATE users SET org_id = i WHERE id = i AND org_id IS NULL; END LOOP; END $$;",
        ),
    ],
    check: Check::Statement(check),
    ..Rule::BASE
};

fn check(view: &StatementView<'_>, findings: &mut Findings<'_>) {
    let too_many = |rows: Rows| matches!(rows, Rows::All | Rows::AtMost(MOST_ROWS..)) && rows != Rows::AtMost(MOST_ROWS);
    // The first tells of all.
    let Some(batch) = batches(view).find(|batch| {
        too_many(batch.rows_a_transaction()) && !too_many(batch.write.rows)
    }) else {
        return;
    };
    let table = &batch.write.table.name;
    let finding = if batch.commits() {
        findings.flag(format!("the inner loop changes {table} without COMMIT: only the outer one ends the transaction"))
    } else {
        findings.block(format!("the loop changes {table} without COMMIT: all its rounds are one transaction"))
    };
    finding.at(batch.judged.located.span).help(format!(
        "put COMMIT and a short pause behind each batch, and run the block {}",
        own_migration(view.host)
    ));
}
