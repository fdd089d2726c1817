//! Batches that find the same rows again.

use super::extent::{Change, Rows, Verb};
use super::finding::Category;
use super::picks::{only_table, picked_by, queries};
use super::rule::{Check, Findings, Rule, Sample};
use super::view::OperationView;
use crate::catalog::Table;
use crate::sql::Ident;
use crate::sql::expr::Expr;

const TABLES: &str = "CREATE TABLE users (id bigint PRIMARY KEY, org_id bigint, old_org bigint);";

/// The rule.
pub(super) static RULE: Rule = Rule {
    id: "batch-never-advances",
    category: Category::ConcurrentWrites,
    title: "Batches that find the same rows again",
    why: "A batch has to leave out what earlier ones have done. If the rows it has changed still meet its condition, \
          the loop changes the same rows for ever, and the deployment hangs on it.",
    source: "PostgreSQL docs, 7.6 LIMIT and OFFSET",
    bad: &[
        Sample::new(
            TABLES,
            "-- no-transaction\nDO $$ BEGIN FOR i IN 1..5 LOOP UPDATE users SET org_id = 1 WHERE id IN (SELECT id FROM users \
             LIMIT 1000); COMMIT; PERFORM pg_sleep(0.1); END LOOP; END $$;",
        )
        .with(&["overwrite-values"]),
        Sample::new(
            TABLES,
            "-- no-transaction\nDO $$ BEGIN LOOP UPDATE users SET org_id = old_org WHERE id IN (SELECT id FROM users \
             WHERE org_id IS NULL LIMIT 1000); EXIT WHEN NOT FOUND; COMMIT; PERFORM pg_sleep(0.1); END LOOP; END $$;",
        ),
    ],
    good: &[
        Sample::new(
            TABLES,
            "-- no-transaction\nDO $$ BEGIN LOOP UPDATE users SET org_id = old_org WHERE id IN (SELECT id FROM users \
             WHERE org_id IS NULL AND old_org IS NOT NULL LIMIT 1000); EXIT WHEN NOT FOUND; COMMIT; \
             PERFORM pg_sleep(0.1); END LOOP; END $$;",
        ),
    ],
    check: Check::Operation(check),
    ..Rule::BASE
};

fn check(view: &OperationView<'_>, findings: &mut Findings<'_>) {
    let Some(facts) = view.located.routine.as_ref().and_then(|frame| frame.in_loop()) else { return };
    for change in view.changes.iter().filter(|c| c.verb == Verb::Update && c.rows != Rows::All) {
        let Some(relation) = view.scene.catalog.relation(change.table) else { continue };
        let Some(table) = relation.table().filter(|_| !relation.unknown) else { continue };
        let picking = queries(change.operation);
        let takes_some = picking.iter().any(|query| query.limit.is_some() && query.offset.is_none());
        let of_one_table = picking.iter().all(|query| only_table(view.scene.catalog, query).is_some());
        if !takes_some || !of_one_table {
            continue;
        }
        let name = relation.qualified();
        let picked = picked_by(change);
        // A name that is no column is a variable: a cursor, most likely.
        let has_cursor = picked.iter().any(|column| table.column(column).is_none());
        let assigned = change.assignments();
        if !has_cursor && !assigned.iter().any(|(column, _)| picked.contains(&column)) {
            findings
                .block(format!("each round picks the same rows of {name}: nothing leaves out what is done"))
                .at(view.located.span)
                .help("add a condition that a changed row no longer meets, or go on from the last key");
        } else if let (None, Some((column, source))) = (facts.rounds, stays_null(table, change, &picked)) {
            let (object, column, source) = (relation.object_name().sql(), column.sql(), source.sql());
            findings
                .flag(format!("a row of {name} whose {source} is NULL is picked again in each round, perhaps for ever"))
                .at(view.located.span)
                .help(format!("add `AND {source} IS NOT NULL` to the condition"))
                .verify(format!("SELECT count(*) FROM {object} WHERE {column} IS NULL AND {source} IS NULL"));
        }
    }
}

/// A column that is filled where it is NULL from one that may be NULL itself, and that one.
fn stays_null<'o>(table: &Table, change: &Change<'o>, picked: &[&Ident]) -> Option<(&'o Ident, &'o Ident)> {
    let is_null = |column: &Ident| {
        let mut found = false;
        let conditions = queries(change.operation).into_iter().flat_map(|q| &q.selects).filter_map(|s| s.filter.as_ref());
        for condition in conditions.chain(change.filter()).flat_map(Expr::conjuncts) {
            found |= matches!(condition, Expr::IsNull { expr, negated: false }
                if matches!(&**expr, Expr::Column { name, .. } if name == column));
        }
        found
    };
    change.assignments().iter().find_map(|(column, value)| {
        let Expr::Column { name: source, .. } = value else { return None };
        let nullable = table.column(source).is_some_and(|c| !c.not_null);
        (nullable && !picked.contains(&source) && is_null(column)).then_some((column, source))
    })
}
