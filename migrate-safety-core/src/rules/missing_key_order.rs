//! A batch behind a cursor without ORDER BY.

use super::finding::Category;
use super::picks::{is_variable, only_table, queries};
use super::rule::{Check, Findings, Rule, Sample};
use super::view::OperationView;
use crate::catalog::Catalog;
use crate::sql::expr::{Expr, Query};
use crate::sql::Ident;

const TABLES: &str = "CREATE TABLE users (id bigint PRIMARY KEY, org_id bigint);";

/// The rule.
pub(super) static RULE: Rule = Rule {
    id: "missing-key-order",
    category: Category::ConcurrentWrites,
    title: "A batch behind a cursor without ORDER BY",
    why: "Without ORDER BY the server gives any rows behind the cursor. When the cursor moves to the highest of them, \
          rows below it that were not among them are never done.",
    source: "PostgreSQL docs, 7.6 LIMIT and OFFSET",
    bad: &[Sample::new(
        TABLES,
        "-- no-transaction\nDO $$ DECLARE last bigint := 0; ids bigint[]; BEGIN LOOP SELECT array_agg(id) INTO ids FROM (SELECT id \
         FROM users WHERE id > last LIMIT 1000) batch; EXIT WHEN ids IS NULL; UPDATE users SET org_id = 1 WHERE org_id IS NULL AND id = \
         ANY (ids); last := (SELECT max(i) FROM unnest(ids) AS i); COMMIT; PERFORM pg_sleep(0.1); END LOOP; END $$;",
    )],
    good: &[Sample::new(
        TABLES,
        "-- no-transaction\nDO $$ DECLARE last bigint := 0; ids bigint[]; BEGIN LOOP SELECT array_agg(id) INTO ids FROM (SELECT id \
         FROM users WHERE id > last ORDER BY id LIMIT 1000) batch; EXIT WHEN ids IS NULL; UPDATE users SET org_id = 1 WHERE org_id IS NULL AND id = ANY (ids); last := (SELECT max(i) FROM unnest(ids) AS i); COMMIT; PERFORM pg_sleep(0.1); END LOOP; \
         END $$;",
    )],
    check: Check::Operation(check),
    ..Rule::BASE
};

fn check(view: &OperationView<'_>, findings: &mut Findings<'_>) {
    if view.located.routine.as_ref().is_none_or(|frame| frame.loops.is_empty()) {
        return;
    }
    let catalog = view.scene.catalog;
    let Some(column) = queries(&view.located.operation).into_iter().find_map(|query| unordered(catalog, query)) else {
        return;
    };
    findings
        .flag(format!("the batch is any rows behind the last {column}: those that it leaves out are not found again"))
        .at(view.located.span)
        .help(format!("put `ORDER BY {}` before the LIMIT", column.sql()));
}

/// The column by which a query goes on from a variable, if it takes some rows in no order.
fn unordered<'o>(catalog: &Catalog, query: &'o Query) -> Option<&'o Ident> {
    if query.limit.is_none() || !query.order_by.is_empty() {
        return None;
    }
    let table = only_table(catalog, query)?;
    let filter = query.selects.first()?.filter.as_ref()?;
    filter.conjuncts().iter().find_map(|condition| {
        let Expr::Binary { op, left, right } = condition else { return None };
        let (column, bound) = match &**op {
            ">" | ">=" => (left, right),
            "<" | "<=" => (right, left),
            _ => return None,
        };
        match &**column {
            Expr::Column { name, .. } if table.column(name).is_some() && is_variable(table, bound) => Some(name),
            _ => None,
        }
    })
}
