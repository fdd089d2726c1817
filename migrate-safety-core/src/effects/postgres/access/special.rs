//! Queries that stop early: `ORDER BY … LIMIT`, `min` and `max`, conditions that are never true.

use super::problem::{Condition, Problem};
use super::{FEW, key};
use crate::catalog::builtin;
use crate::sql::expr::{Expr, Select};

/// `LIMIT 0` reads nothing; `ORDER BY` an indexed column with a small `LIMIT` reads the first rows of the index.
pub(super) fn order_and_limit(problem: &mut Problem<'_>, order: &[Expr], limit: Option<&Expr>, number: Option<u64>) {
    if limit.is_some_and(is_zero) {
        problem.never = true;
    }
    if number.is_none_or(|n| n > FEW) {
        return;
    }
    let Some(first) = order.first() else { return };
    // Borrowed for as long as the problem, though it lives longer.
    let Expr::Column { qualifier, name } = first else { return };
    let column = match problem.column(0, qualifier.as_ref(), name) {
        super::problem::Meaning::Column(table, name) => Some((table, name)),
        super::problem::Meaning::Expr(scope, expr) => problem.as_column(scope, expr),
        _ => None,
    };
    if let Some((table, name)) = column {
        by_order(problem, table, &name);
    }
}

/// `SELECT max(a) FROM t`, without a condition of its own or a grouping.
pub(super) fn min_and_max(problem: &mut Problem<'_>, select: &Select) {
    let plain = select.others.is_empty()
        && problem.tables.len() == 1
        && problem.narrowing().all(|c| matches!(c, Condition::Expr(_, Expr::IsNull { negated: true, .. })));
    if !plain {
        return;
    }
    let mut columns = Vec::new();
    let mut others = false;
    for item in &select.items {
        let mut inside = 0_usize;
        item.expr.walk(&mut |e| match e {
            Expr::Call { name, args } if matches!(name.name.as_str(), "min" | "max") => match args.as_slice() {
                [Expr::Column { name, .. }] => {
                    columns.push(name.clone());
                    inside += 1;
                }
                _ => others = true,
            },
            Expr::Call { name, .. } if builtin::is_aggregate(&name.name) => others = true,
            // Those inside `min` and `max` were counted already.
            Expr::Column { .. } => {
                others |= inside == 0;
                inside = inside.saturating_sub(1);
            }
            Expr::Star(_) => others = true,
            _ => {}
        });
    }
    let ordered = |problem: &Problem<'_>, name: &str| {
        problem.tables.first().is_some_and(|t| {
            !t.members.is_empty() && t.members.iter().all(|m| key::is_ordered_by(problem.catalog, m.id, name, false))
        })
    };
    if !others && !columns.is_empty() && columns.iter().all(|name| ordered(problem, name)) {
        let table = problem.tables.first_mut().into_iter();
        table.flat_map(|t| &mut t.members).for_each(|m| m.by_key = true);
    }
}

fn by_order(problem: &mut Problem<'_>, table: usize, column: &str) {
    let catalog = problem.catalog;
    if let Some(table) = problem.tables.get_mut(table) {
        for member in &mut table.members {
            member.by_key |= key::is_ordered_by(catalog, member.id, column, true);
        }
    }
}

fn is_zero(expr: &Expr) -> bool {
    matches!(expr, Expr::Number(text) if text.parse() == Ok(0))
}

/// Whether a condition is never true, whatever the rows: `false`, `NULL`, `1 = 0`.
pub(super) fn is_false(condition: &Expr) -> bool {
    match condition {
        Expr::Bool(false) | Expr::Null => true,
        Expr::Not(inner) => matches!(**inner, Expr::Bool(true)),
        Expr::Cast { expr, .. } => is_false(expr),
        Expr::Binary { op, left, right } => match (&**left, &**right) {
            (Expr::Number(a), Expr::Number(b)) => match &**op {
                "=" => a != b,
                "<>" => a == b,
                _ => false,
            },
            _ => false,
        },
        _ => false,
    }
}

/// Whether an expression aggregates rows.
pub(in crate::effects::postgres) fn is_aggregate(expr: &Expr) -> bool {
    let mut found = false;
    expr.walk(&mut |e| found |= matches!(e, Expr::Call { name, .. } if builtin::is_aggregate(&name.name)));
    found
}
