//! A backfill that does its work twice when it is run again.

use super::extent::{Change, Verb};
use super::finding::Category;
use super::picks::{picked_by, queries};
use super::rule::{Check, Findings, Rule, Sample};
use super::view::{OperationView, Scope};
use crate::catalog::Relation;
use crate::sql::expr::{CteBody, Expr};
use crate::sql::{Ident, Operation};

const TABLES: &str = "CREATE TABLE users (id bigint PRIMARY KEY, points bigint, cents bigint);
CREATE TABLE archive (id bigint, points bigint);";

/// The rule.
pub(super) static RULE: Rule = Rule {
    id: "backfill-not-idempotent",
    category: Category::ConcurrentWrites,
    title: "A backfill that does its work twice when it is run again",
    why: "A loop that commits can stop half-way: at a deadlock, a timeout, a restart. The host then runs the file again \
          from its first line; where the cursor was only a variable, the batches that had committed are done once more.",
    source: "sqlx and diesel record a migration after its last statement; measured",
    bad: &[
        Sample::new(
            TABLES,
            "-- no-transaction\nDO $$ BEGIN FOR i IN 0..99 LOOP UPDATE users SET points = points * 100 \
             WHERE id BETWEEN i * 1000 AND i * 1000 + 999; COMMIT; PERFORM pg_sleep(0.1); END LOOP; END $$;",
        )
        .with(&["overwrite-values"]),
        Sample::new(
            TABLES,
            "-- no-transaction\nDO $$ BEGIN FOR i IN 0..99 LOOP INSERT INTO archive SELECT id, points FROM users \
             WHERE id BETWEEN i * 1000 AND i * 1000 + 999; COMMIT; PERFORM pg_sleep(0.1); END LOOP; END $$;",
        ),
    ],
    good: &[
        Sample::new(
            TABLES,
            "-- no-transaction\nDO $$ BEGIN FOR i IN 0..99 LOOP UPDATE users SET cents = points * 100 \
             WHERE cents IS NULL AND id BETWEEN i * 1000 AND i * 1000 + 999; COMMIT; PERFORM pg_sleep(0.1); \
             END LOOP; END $$;",
        ),
        Sample::new(
            TABLES,
            "-- no-transaction\nDO $$ BEGIN FOR i IN 0..99 LOOP INSERT INTO archive SELECT id, points FROM users u \
             WHERE id BETWEEN i * 1000 AND i * 1000 + 999 AND NOT EXISTS (SELECT FROM archive a WHERE a.id = u.id); \
             COMMIT; PERFORM pg_sleep(0.1); END LOOP; END $$;",
        ),
    ],
    check: Check::Operation(check),
    ..Rule::BASE
};

fn check(view: &OperationView<'_>, findings: &mut Findings<'_>) {
    let commits = view.located.routine.iter().flat_map(|frame| &frame.loops).any(|facts| facts.commits);
    if !commits || view.scope != Scope::Autocommit {
        return;
    }
    for change in view.changes.iter().filter(|change| view.is_hot(change.table)) {
        let Some(name) = view.scene.catalog.relation(change.table).map(Relation::qualified) else { continue };
        let (message, help) = match change.verb {
            Verb::Update => match again(change) {
                Some(column) => (
                    format!("run again after it stopped half-way, this changes {column} of the same rows of {name} twice"),
                    "mark what is done, or keep the last key in a table in the same transaction as the batch",
                ),
                None => continue,
            },
            Verb::Insert if adds_again(change.operation) => (
                format!("run again after it stopped half-way, this inserts the same rows into {name} twice"),
                "leave out what is there: ON CONFLICT DO NOTHING on a unique key, or NOT EXISTS",
            ),
            _ => continue,
        };
        findings.flag(message).at(view.located.span).help(help);
    }
}

/// A column that gets another value each time, in rows that no condition leaves out by then.
fn again<'o>(change: &Change<'o>) -> Option<&'o Ident> {
    let picked = picked_by(change);
    let assigned = change.assignments();
    if assigned.iter().any(|(column, _)| picked.contains(&column)) {
        return None;
    }
    assigned.iter().find(|(column, value)| grows(value, column)).map(|(column, _)| column)
}

/// Whether a value is computed from the column itself, so that doing it twice gives another.
fn grows(value: &Expr, column: &Ident) -> bool {
    let mut found = false;
    value.walk(&mut |e| {
        if let Expr::Binary { op, left, right } = e {
            let mentions = |e: &Expr| e.columns().contains(&column);
            found |= matches!(&**op, "+" | "-" | "*" | "/" | "||") && (mentions(left) || mentions(right));
        }
    });
    found
}

/// Whether an `INSERT … SELECT` takes no notice of what is there already.
fn adds_again(operation: &Operation) -> bool {
    let Operation::Insert(insert) = operation else { return false };
    let Some(source) = insert.source.as_ref().filter(|source| source.selects.iter().any(|s| !s.from.is_empty())) else {
        return false;
    };
    let moves = insert.ctes.iter().any(|cte| matches!(cte.body, CteBody::Dml(_)));
    let compares = queries(operation).len() > 1 || source.selects.iter().flat_map(|s| &s.from).any(|t| t.optional);
    insert.on_conflict.is_none() && !moves && !compares
}
