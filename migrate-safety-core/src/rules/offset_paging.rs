//! Batches picked by OFFSET.

use super::finding::Category;
use super::picks::queries;
use super::rule::{Check, Findings, Rule, Sample};
use super::view::OperationView;
use crate::sql::expr::{Expr, Query};

const TABLES: &str = "CREATE TABLE users (id bigint PRIMARY KEY, org_id bigint);";

/// The rule.
pub(super) static RULE: Rule = Rule {
    id: "offset-paging",
    category: Category::ConcurrentWrites,
    title: "Batches picked by OFFSET",
    why: "The server reads and throws away all rows before the offset, so each batch takes longer than the one before. \
          Rows that are inserted, deleted or changed meanwhile move the pages: some rows are done twice, some never.",
    source: "PostgreSQL docs, 7.6 LIMIT and OFFSET",
    bad: &[Sample::new(
        TABLES,
        "-- no-transaction\nDO $$ DECLARE done int := 0; BEGIN FOR i IN 0..500 LOOP UPDATE users SET org_id = 1 WHERE org_id IS NULL AND id IN \
         (SELECT id FROM users ORDER BY id LIMIT 1000 OFFSET i * 1000); COMMIT; PERFORM pg_sleep(0.1); END LOOP; END $$;",
    )],
    good: &[Sample::new(
        TABLES,
        "-- no-transaction\nDO $$ DECLARE last bigint := 0; upto bigint; BEGIN LOOP SELECT id INTO upto FROM users WHERE id > last \
         ORDER BY id OFFSET 999 LIMIT 1; EXIT WHEN upto IS NULL; UPDATE users SET org_id = 1 WHERE org_id IS NULL AND id > last AND \
         id <= upto; COMMIT; last := upto; PERFORM pg_sleep(0.1); END LOOP; END $$;",
    )],
    check: Check::Operation(check),
    ..Rule::BASE
};

fn check(view: &OperationView<'_>, findings: &mut Findings<'_>) {
    if view.located.routine.as_ref().is_none_or(|frame| frame.loops.is_empty()) {
        return;
    }
    let touched = view.effects.locks.iter().map(|lock| &lock.relation).chain(&view.effects.scans);
    if queries(&view.located.operation).into_iter().any(pages) && touched.into_iter().any(|r| view.is_hot(r.id)) {
        findings
            .flag("OFFSET reads all rows before it again in each round, and skips rows when earlier ones change")
            .at(view.located.span)
            .help("go on from the last key: `WHERE id > last ORDER BY id LIMIT 1000`");
    }
}

/// Whether a query skips a number of rows that differs from round to round.
fn pages(query: &Query) -> bool {
    query.offset.as_ref().is_some_and(|offset| !matches!(offset, Expr::Number(_) | Expr::Null))
}
