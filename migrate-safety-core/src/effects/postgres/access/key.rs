//! Whether conditions let an index find the rows of a table.

use super::problem::{Condition, Problem};
use super::restrict::{self, How, Restriction, What};
use crate::catalog::{Catalog, Index, IndexKey, RelationId};
use crate::sql::expr::Expr;

/// Whether a table with rows of its own goes by key; `few` says for each table of the problem whether it does already.
pub(super) fn goes_by_key(
    problem: &Problem<'_>,
    table: usize,
    member: RelationId,
    restrictions: &[Restriction<'_>],
    few: &[bool],
) -> bool {
    let known =
        |r: &&Restriction<'_>| r.table == table && r.needs.iter().all(|n| few.get(*n).copied().unwrap_or(false));
    let usable: Vec<&Restriction<'_>> = restrictions.iter().filter(known).collect();
    let names_rows =
        |r: &&Restriction<'_>| matches!(&r.what, What::Column(name) if *name == *"ctid") && r.how == How::Equal;
    if usable.iter().any(names_rows) {
        return true;
    }
    if by_some_index(problem, table, member, &usable) {
        return true;
    }
    // `a = 1 OR b = 2` goes by key if each side does.
    problem.narrowing().any(|condition| match condition {
        Condition::Expr(scope, Expr::Or(arms)) => {
            arms.iter().all(|arm| arm_goes_by_key(problem, table, member, *scope, arm, few))
        }
        _ => false,
    })
}

fn arm_goes_by_key<'q>(
    problem: &Problem<'q>,
    table: usize,
    member: RelationId,
    scope: usize,
    arm: &'q Expr,
    few: &[bool],
) -> bool {
    let mut restrictions = Vec::new();
    for conjunct in arm.conjuncts() {
        restrict::of_expr(problem, scope, conjunct, &mut restrictions);
    }
    let known =
        |r: &&Restriction<'_>| r.table == table && r.needs.iter().all(|n| few.get(*n).copied().unwrap_or(false));
    let usable: Vec<&Restriction<'_>> = restrictions.iter().filter(known).collect();
    by_some_index(problem, table, member, &usable)
}

fn by_some_index(problem: &Problem<'_>, table: usize, member: RelationId, usable: &[&Restriction<'_>]) -> bool {
    let catalog = problem.catalog;
    let indexes = catalog.indexes_of(member).iter().filter_map(|id| catalog.index(*id));
    indexes.filter(|i| i.valid).any(|i| by_index(problem, table, member, i, usable))
}

fn by_index(
    problem: &Problem<'_>,
    table: usize,
    member: RelationId,
    index: &Index,
    usable: &[&Restriction<'_>],
) -> bool {
    if let Some(predicate) = &index.predicate
        && !predicate.expr.conjuncts().iter().all(|needed| is_given(problem, table, needed, usable))
    {
        return false;
    }
    let Some(first) = index.keys.first() else { return false };
    let on = |key: &IndexKey| -> Vec<&How> {
        let fits = |r: &&&Restriction<'_>| is_key(problem, member, key, r);
        usable.iter().filter(fits).map(|r| &r.how).collect()
    };
    let is_equal = |key: &IndexKey| on(key).contains(&&How::Equal);
    match index.method.as_str() {
        "btree" => {
            let hows = on(first);
            if index.unique && index.keys.iter().all(is_equal) {
                return true;
            }
            let prefix = hows.iter().any(|h| is_prefix_search(h, first));
            if hows.contains(&&How::Equal) {
                // A value that many rows share tells them apart only together with the next column.
                return index.predicate.is_some()
                    || !is_coarse(problem.catalog, member, first)
                    || index.keys.get(1).is_some_and(|second| is_equal(second) || on(second).contains(&&How::Range));
            }
            hows.contains(&&How::Range) || prefix || (hows.contains(&&How::Null) && !is_new(problem, member, first))
        }
        "hash" => is_equal(first) && !is_coarse(problem.catalog, member, first),
        "gin" | "gist" | "spgist" => index.keys.iter().any(|key| {
            let by_equality = key.operator_class.is_some() || index.method.as_str() != "gin";
            on(key).iter().any(|how| match how {
                How::Operator(op) => searches(op, key),
                How::Equal | How::Range => by_equality && index.method.as_str() != "spgist",
                How::From | How::To | How::Null => false,
            })
        }),
        // Block ranges tell apart only what was written at different times.
        _ => false,
    }
}

/// Operators that inverted and search-tree indexes are made for.
fn searches(op: &str, key: &IndexKey) -> bool {
    const ALWAYS: &[&str] =
        &["@>", "<@", "&&", "@@", "@@@", "@?", "?", "?|", "?&", "~=", "<<", ">>", "&<", "&>", "-|-"];
    const TRIGRAMS: &[&str] = &["like", "ilike", "~", "~*", "%", "<%", "%>", "<<%", "%>>"];
    let trigrams = key.operator_class.as_ref().is_some_and(|c| c.name.ends_with("_trgm_ops"));
    ALWAYS.contains(&op) || (trigrams && TRIGRAMS.contains(&op))
}

/// `LIKE 'abc%'` over an index that is made for patterns.
fn is_prefix_search(how: &How, key: &IndexKey) -> bool {
    let patterns = key.operator_class.as_ref().is_some_and(|c| c.name.ends_with("_pattern_ops"));
    patterns && matches!(how, How::Operator(op) if &**op == "like")
}

/// Whether a restriction is about the key of an index.
fn is_key(problem: &Problem<'_>, member: RelationId, key: &IndexKey, restriction: &Restriction<'_>) -> bool {
    match (&restriction.what, &key.column, &key.expression) {
        (What::Column(name), Some(column), _) => {
            problem.catalog.column(member, *column).is_some_and(|c| c.name == *name)
        }
        (What::Expr(scope, expr), None, Some(expression)) => same(problem, *scope, expr, &expression.expr),
        _ => false,
    }
}

/// Whether a column was added by the same migration: until it is filled it is NULL in all rows.
fn is_new(problem: &Problem<'_>, member: RelationId, key: &IndexKey) -> bool {
    let column = key.column.and_then(|c| problem.catalog.column(member, c));
    column.is_some_and(|c| c.created.migration == problem.now.migration && problem.now.migration != 0)
}

/// Whether a column takes two values: either is shared by many rows.
fn is_coarse(catalog: &Catalog, member: RelationId, key: &IndexKey) -> bool {
    let Some(column) = key.column.and_then(|c| catalog.column(member, c)) else { return false };
    column.data_type.is("bool")
}

/// Whether a part of an index's predicate follows from the conditions.
fn is_given(problem: &Problem<'_>, table: usize, needed: &Expr, usable: &[&Restriction<'_>]) -> bool {
    let is_there = problem.narrowing().any(|condition| match condition {
        Condition::Expr(scope, expr) => expr.conjuncts().iter().any(|conjunct| same(problem, *scope, conjunct, needed)),
        _ => false,
    });
    // A comparison that is true means that its column is not NULL.
    let not_null = || match needed {
        Expr::IsNull { expr, negated: true } => match &**expr {
            Expr::Column { name, .. } => {
                usable.iter().any(|r| r.table == table && matches!(&r.what, What::Column(column) if column == name))
            }
            _ => false,
        },
        _ => false,
    };
    is_there || not_null()
}

/// Whether an expression of a query is the same as one over a table alone, whatever its columns are qualified with.
fn same<'q>(problem: &Problem<'q>, scope: usize, expr: &'q Expr, of_table: &Expr) -> bool {
    let all =
        |a: &'q [Expr], b: &[Expr]| a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(problem, scope, a, b));
    match (expr, of_table) {
        (Expr::Column { .. }, Expr::Column { name, .. }) => {
            problem.as_column(scope, expr).is_some_and(|(_, column)| column == *name)
        }
        (Expr::Call { name, args }, Expr::Call { name: other, args: others }) => {
            name.name == other.name && all(args, others)
        }
        (Expr::And(a), Expr::And(b))
        | (Expr::Or(a), Expr::Or(b))
        | (Expr::Array(a), Expr::Array(b))
        | (Expr::Other(a), Expr::Other(b)) => all(a, b),
        (Expr::Not(a), Expr::Not(b)) => same(problem, scope, a, b),
        (Expr::Cast { expr: a, to }, Expr::Cast { expr: b, to: other }) => to == other && same(problem, scope, a, b),
        (Expr::Collate { expr: a, collation }, Expr::Collate { expr: b, collation: other }) => {
            collation.name == other.name && same(problem, scope, a, b)
        }
        (Expr::Binary { op, left, right }, Expr::Binary { op: other, left: a, right: b }) => {
            op == other && same(problem, scope, left, a) && same(problem, scope, right, b)
        }
        (Expr::IsNull { expr: a, negated }, Expr::IsNull { expr: b, negated: other }) => {
            negated == other && same(problem, scope, a, b)
        }
        (Expr::InList { expr: a, list, negated }, Expr::InList { expr: b, list: other, negated: not }) => {
            negated == not && same(problem, scope, a, b) && all(list, other)
        }
        (Expr::Column { .. } | Expr::Subquery { .. }, _) => false,
        (a, b) => a == b,
    }
}

/// Whether an index lists the rows of a table in the order of a column; those where it is NULL may be left out.
pub(super) fn is_ordered_by(catalog: &Catalog, member: RelationId, column: &str, nulls: bool) -> bool {
    let indexes = catalog.indexes_of(member).iter().filter_map(|id| catalog.index(*id));
    let leads = |index: &Index| {
        let first = index.keys.first().and_then(|k| catalog.column(member, k.column?));
        first.is_some_and(|c| c.name == *column)
    };
    let is_whole = |index: &Index| match &index.predicate {
        None => true,
        Some(predicate) if !nulls => matches!(&predicate.expr, Expr::IsNull { expr, negated: true }
            if matches!(&**expr, Expr::Column { name, .. } if *name == *column)),
        Some(_) => false,
    };
    indexes.filter(|i| i.valid && i.method == *"btree" && is_whole(i)).any(leads)
}
