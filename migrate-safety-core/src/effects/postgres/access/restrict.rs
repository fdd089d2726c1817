//! What conditions say about the columns of a table.

use super::problem::{Condition, Meaning, Problem};
use crate::effects::postgres::partition::{Wanted, value};
use crate::sql::Ident;
use crate::sql::expr::Expr;
use std::collections::BTreeSet;

/// A condition on one column or expression of one table.
#[derive(Clone, Debug)]
pub(super) struct Restriction<'q> {
    /// The table.
    pub(super) table: usize,
    /// What is compared.
    pub(super) what: What<'q>,
    /// How.
    pub(super) how: How,
    /// The tables whose rows it is compared with.
    pub(super) needs: BTreeSet<usize>,
}

/// What is compared.
#[derive(Clone, Debug)]
pub(super) enum What<'q> {
    /// A column.
    Column(Ident),
    /// An expression over the columns of one table.
    Expr(usize, &'q Expr),
}

/// How something is compared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum How {
    /// `=`, `IN`.
    Equal,
    /// Both ends of a range.
    Range,
    /// `>`, `>=`.
    From,
    /// `<`, `<=`.
    To,
    /// `IS NULL`.
    Null,
    /// Any other operator: what an index can do with it depends on its method.
    Operator(Box<str>),
}

impl Restriction<'_> {
    /// Whether a constant leaves few rows of its table.
    pub(super) fn pins(&self, problem: &Problem<'_>) -> bool {
        let coarse = || match &self.what {
            What::Column(name) => {
                let table = problem.tables.get(self.table).and_then(|t| problem.catalog.table(t.id));
                table.and_then(|t| t.column(name)).is_some_and(|c| c.data_type.is("bool"))
            }
            What::Expr(..) => false,
        };
        self.how == How::Equal && self.needs.is_empty() && !coarse()
    }

    /// The column of a table that is pinned, if it is of this table.
    pub(super) fn pins_column_of(&self, table: usize) -> Option<&Ident> {
        match &self.what {
            What::Column(name) if self.table == table && matches!(self.how, How::Equal | How::Range) => Some(name),
            _ => None,
        }
    }
}

/// All that the conditions of a problem say, equalities followed from column to column.
pub(super) fn restrictions<'q>(problem: &Problem<'q>) -> Vec<Restriction<'q>> {
    let mut found = Vec::new();
    for (part, condition) in &problem.conditions {
        let part = *part;
        let mut of_condition = Vec::new();
        match *condition {
            Condition::Expr(scope, expr) => of_expr(problem, scope, expr, &mut of_condition),
            Condition::Equal(a, b) => equal(problem, a, b, &mut of_condition),
            Condition::FewValues(scope, expr) => {
                compared(problem, (scope, expr), &How::Equal, BTreeSet::new(), &mut of_condition);
            }
        }
        // What must not exist says nothing about what must.
        of_condition.retain(|r| part == 0 || problem.tables.get(r.table).is_some_and(|t| t.part == part));
        found.append(&mut of_condition);
    }
    follow_equalities(problem, &mut found);
    both_ends(&mut found);
    found
}

/// What one conjunct says.
pub(super) fn of_expr<'q>(problem: &Problem<'q>, scope: usize, expr: &'q Expr, found: &mut Vec<Restriction<'q>>) {
    match expr {
        Expr::Binary { op, left, right } => binary(problem, scope, op, (left, right), found),
        // `(a, b) IN ((1, 2), …)`.
        Expr::InList { expr, list, negated: false } if row(expr).is_some() => {
            for (at, part) in row(expr).into_iter().flatten().enumerate() {
                let values = list.iter().map(|item| row(item)?.get(at));
                let needs =
                    values.map(|value| problem.needs(scope, value?)).try_fold(BTreeSet::new(), |mut all, more| {
                        all.extend(more?);
                        Some(all)
                    });
                if let Some(needs) = needs {
                    compared(problem, (scope, part), &How::Equal, needs, found);
                }
            }
        }
        Expr::InList { expr, list, negated: false } => {
            let mut needs = BTreeSet::new();
            for item in list {
                match problem.needs(scope, item) {
                    Some(more) => needs.extend(more),
                    None => return,
                }
            }
            compared(problem, (scope, expr), &How::Equal, needs, found);
        }
        Expr::Between { expr, low, high, negated: false } => {
            if let (Some(mut needs), Some(more)) = (problem.needs(scope, low), problem.needs(scope, high)) {
                needs.extend(more);
                compared(problem, (scope, expr), &How::Range, needs, found);
            }
        }
        Expr::IsNull { expr, negated: false } => {
            compared(problem, (scope, expr), &How::Null, BTreeSet::new(), found);
        }
        // A condition by itself: a boolean column.
        Expr::Column { .. } => compared(problem, (scope, expr), &How::Equal, BTreeSet::new(), found),
        Expr::Not(inner) if matches!(**inner, Expr::Column { .. }) => {
            compared(problem, (scope, inner), &How::Equal, BTreeSet::new(), found);
        }
        _ => {}
    }
}

fn binary<'q>(
    problem: &Problem<'q>,
    scope: usize,
    op: &str,
    (left, right): (&'q Expr, &'q Expr),
    found: &mut Vec<Restriction<'q>>,
) {
    if op == "=" && left == right {
        using(problem, scope, left, found);
        return;
    }
    if op == "="
        && let (Some(left), Some(right)) = (row(left), row(right))
    {
        for pair in left.iter().zip(right) {
            binary(problem, scope, op, pair, found);
        }
        return;
    }
    let (forth, back) = match op {
        "=" => (How::Equal, How::Equal),
        "is" if matches!(right, Expr::Bool(_)) => (How::Equal, How::Equal),
        ">" | ">=" => (How::From, How::To),
        "<" | "<=" => (How::To, How::From),
        "= any" => {
            if let Some(needs) = problem.needs(scope, right) {
                compared(problem, (scope, left), &How::Equal, needs, found);
            }
            return;
        }
        _ => {
            if let Some(needs) = problem.needs(scope, right) {
                compared(problem, (scope, left), &How::Operator(op.into()), needs, found);
            }
            return;
        }
    };
    for (one, other, how) in [(left, right, forth), (right, left, back)] {
        if let Some(needs) = problem.needs(scope, other) {
            compared(problem, (scope, one), &how, needs, found);
        }
    }
}

fn equal<'q>(problem: &Problem<'q>, a: (usize, &'q Expr), b: (usize, &'q Expr), found: &mut Vec<Restriction<'q>>) {
    for (one, other) in [(a, b), (b, a)] {
        if let Some(needs) = problem.needs(other.0, other.1) {
            compared(problem, one, &How::Equal, needs, found);
        }
    }
}

/// The fields of `(a, b)`.
fn row(expr: &Expr) -> Option<&[Expr]> {
    match expr {
        Expr::Other(fields) => Some(fields),
        Expr::Call { name, args } if name.schema.is_none() && name.name == *"row" => Some(args),
        _ => None,
    }
}

/// `USING (c)`, written as `c = c`: the column is the same in every table that has it.
fn using<'q>(problem: &Problem<'q>, scope: usize, column: &'q Expr, found: &mut Vec<Restriction<'q>>) {
    let Expr::Column { qualifier: None, name } = column else { return };
    let aliases = problem.scopes.get(scope).map_or(&[][..], |s| &s.names);
    let meant = aliases.iter().filter_map(|(alias, _)| match problem.column(scope, Some(alias.as_ref()?), name) {
        Meaning::Column(table, name) => Some((table, name)),
        Meaning::Expr(inner, expr) => problem.as_column(inner, expr),
        _ => None,
    });
    let meant: Vec<(usize, Ident)> = meant.collect();
    for (table, name) in &meant {
        for (other, _) in meant.iter().filter(|(other, _)| other != table) {
            let needs = BTreeSet::from([*other]);
            found.push(Restriction { table: *table, what: What::Column(name.clone()), how: How::Equal, needs });
        }
    }
}

/// Records a comparison of a column, or of an expression over one table, with values that need `needs`.
fn compared<'q>(
    problem: &Problem<'q>,
    (scope, expr): (usize, &'q Expr),
    how: &How,
    needs: BTreeSet<usize>,
    found: &mut Vec<Restriction<'q>>,
) {
    let restriction = match problem.as_column(scope, expr) {
        Some((table, name)) => Restriction { table, what: What::Column(name), how: how.clone(), needs },
        None => {
            let Some(tables) = problem.needs(scope, expr) else { return };
            let mut tables = tables.into_iter();
            let (Some(table), None) = (tables.next(), tables.next()) else { return };
            Restriction { table, what: What::Expr(scope, expr), how: how.clone(), needs }
        }
    };
    if !restriction.needs.contains(&restriction.table) {
        found.push(restriction);
    }
}

/// Columns that are equal, and whether to a constant.
type Class = (BTreeSet<(usize, Ident)>, bool);

fn classes(problem: &Problem<'_>) -> Vec<Class> {
    let mut classes: Vec<Class> = Vec::new();
    for condition in problem.narrowing() {
        let sides = match *condition {
            Condition::Expr(scope, Expr::Binary { op, left, right }) if &**op == "=" => {
                ((scope, &**left), (scope, &**right))
            }
            Condition::Equal(a, b) => (a, b),
            _ => continue,
        };
        let columns: Vec<(usize, Ident)> =
            [sides.0, sides.1].into_iter().filter_map(|(scope, e)| problem.as_column(scope, e)).collect();
        let constant = columns.len() == 1
            && [sides.0, sides.1].into_iter().any(|(scope, e)| problem.needs(scope, e).is_some_and(|n| n.is_empty()));
        if columns.len() < 2 && !constant {
            continue;
        }
        let mut joined = (columns.into_iter().collect::<BTreeSet<_>>(), constant);
        classes.retain(|(class, known)| {
            let meets = !class.is_disjoint(&joined.0);
            if meets {
                joined.0.extend(class.iter().cloned());
                joined.1 |= known;
            }
            !meets
        });
        classes.push(joined);
    }
    classes
}

/// `a = b` and `b = 5` mean `a = 5`; `a = b` and `b = c` mean `a = c`.
fn follow_equalities(problem: &Problem<'_>, found: &mut Vec<Restriction<'_>>) {
    for (class, known) in &classes(problem) {
        for (table, name) in class {
            let what = || What::Column(name.clone());
            if *known {
                found.push(Restriction { table: *table, what: what(), how: How::Equal, needs: BTreeSet::new() });
            }
            for (other, _) in class.iter().filter(|(other, _)| other != table) {
                found.push(Restriction {
                    table: *table,
                    what: what(),
                    how: How::Equal,
                    needs: BTreeSet::from([*other]),
                });
            }
        }
    }
}

/// `a > 1 AND a < 5` is a range.
fn both_ends(found: &mut Vec<Restriction<'_>>) {
    let mut ranges = Vec::new();
    for from in found.iter().filter(|r| r.how == How::From) {
        let What::Column(name) = &from.what else { continue };
        for to in found.iter().filter(|r| r.how == How::To && r.table == from.table) {
            if matches!(&to.what, What::Column(other) if other == name) {
                let needs = from.needs.union(&to.needs).copied().collect();
                ranges.push(Restriction { table: from.table, what: from.what.clone(), how: How::Range, needs });
            }
        }
    }
    found.append(&mut ranges);
}

/// What the conditions say of a column's value, as far as constants tell; what they say of columns equal to it too.
pub(super) fn wanted(problem: &Problem<'_>, table: usize, name: &Ident) -> Wanted {
    let itself = (table, name.clone());
    let equal = classes(problem).into_iter().map(|(class, _)| class).find(|class| class.contains(&itself));
    let columns = equal.unwrap_or_else(|| BTreeSet::from([itself]));
    columns.iter().fold(Wanted::Any, |wanted, (table, name)| wanted.and(wanted_alone(problem, *table, name)))
}

fn wanted_alone(problem: &Problem<'_>, table: usize, name: &Ident) -> Wanted {
    let mut wanted = Wanted::Any;
    for condition in problem.narrowing() {
        if let Condition::Expr(scope, expr) = condition {
            wanted = wanted.and(wanted_by(problem, *scope, expr, table, name));
        }
    }
    wanted
}

fn wanted_by<'q>(problem: &Problem<'q>, scope: usize, expr: &'q Expr, table: usize, name: &Ident) -> Wanted {
    let is_it = |e: &'q Expr| problem.as_column(scope, e).is_some_and(|(t, n)| t == table && n == *name);
    let data_type = || {
        let table = problem.catalog.table(problem.tables.get(table)?.id)?;
        Some(table.column(name)?.data_type.clone())
    };
    let constant = |e: &Expr| value(e, &data_type()?);
    match expr {
        Expr::And(parts) => {
            parts.iter().fold(Wanted::Any, |wanted, part| wanted.and(wanted_by(problem, scope, part, table, name)))
        }
        Expr::Or(parts) => {
            let mut parts = parts.iter().map(|part| wanted_by(problem, scope, part, table, name));
            let first = parts.next().unwrap_or_default();
            parts.fold(first, Wanted::or)
        }
        Expr::Binary { op, left, right } => {
            let (op, operand) = if is_it(left) {
                (&**op, &**right)
            } else if is_it(right) {
                (flipped(op), &**left)
            } else {
                return Wanted::Any;
            };
            let Some(Some(at)) = constant(operand) else { return Wanted::Any };
            match op {
                "=" | "is" => Wanted::OneOf(vec![Some(at)]),
                ">" => Wanted::Between(Some((at, false)), None),
                ">=" => Wanted::Between(Some((at, true)), None),
                "<" => Wanted::Between(None, Some((at, false))),
                "<=" => Wanted::Between(None, Some((at, true))),
                "<>" => Wanted::NoneOf(vec![at]),
                _ => Wanted::Any,
            }
        }
        Expr::InList { expr, list, negated: false } if is_it(expr) => {
            let values: Option<Vec<_>> = list.iter().map(constant).collect();
            values.map_or(Wanted::Any, Wanted::OneOf)
        }
        Expr::Between { expr, low, high, negated: false } if is_it(expr) => match (constant(low), constant(high)) {
            (Some(Some(low)), Some(Some(high))) => Wanted::Between(Some((low, true)), Some((high, true))),
            _ => Wanted::Any,
        },
        Expr::InList { expr, list, negated: true } if is_it(expr) => {
            let values: Option<Vec<_>> = list.iter().map(|e| constant(e)?).collect();
            values.map_or(Wanted::Any, Wanted::NoneOf)
        }
        Expr::IsNull { expr, negated: false } if is_it(expr) => Wanted::OneOf(vec![None]),
        Expr::IsNull { expr, negated: true } if is_it(expr) => Wanted::NoneOf(Vec::new()),
        Expr::Column { .. } if is_it(expr) => {
            constant(&Expr::Bool(true)).map_or(Wanted::Any, |v| Wanted::OneOf(vec![v]))
        }
        Expr::Not(inner) if is_it(inner) => {
            constant(&Expr::Bool(false)).map_or(Wanted::Any, |v| Wanted::OneOf(vec![v]))
        }
        _ => Wanted::Any,
    }
}

fn flipped(op: &str) -> &str {
    match op {
        "<" => ">",
        "<=" => ">=",
        ">" => "<",
        ">=" => "<=",
        other => other,
    }
}
