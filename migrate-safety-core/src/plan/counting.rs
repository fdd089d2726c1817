//! Changes of rows that come out differently when they are made twice, as a fill that is cut off and run again makes them.

use super::request::TableRef;
use crate::backfill::is_projection;
use crate::sql::Ident;
use crate::sql::expr::Expr;
use crate::sql::operation::Update;

/// Functions that always give a value, whatever they are given.
const NEVER_NULL: &[&str] = &[
    "now",
    "current_timestamp",
    "localtimestamp",
    "statement_timestamp",
    "transaction_timestamp",
    "clock_timestamp",
    "current_date",
    "gen_random_uuid",
    "random",
];

/// Operators that give a value of two values.
const OF_VALUES: &[&str] = &["+", "-", "*", "||"];

/// A column that gets a new value out of one that is changed with it, where the condition does not tell for sure that a row
/// is done.
pub(super) fn counts_on<'u>(table: TableRef<'_>, update: &'u Update) -> Option<&'u Ident> {
    let change = Change { table, update };
    let counting = update.assignments.iter().find(|(column, value)| change.counts(column, value))?;
    let filter = update.filter.as_ref()?;
    // Without a condition on it, the backfill says why there is none.
    if !change.reads(filter).into_iter().any(|read| change.value_of(read).is_some()) {
        return None;
    }
    (!filter.conjuncts().iter().any(|part| change.is_done(part))).then_some(&counting.0)
}

struct Change<'u> {
    table: TableRef<'u>,
    update: &'u Update,
}

impl<'u> Change<'u> {
    /// The column of the table that an expression is; not one of another table that is read beside it.
    fn own<'e>(&self, expr: &'e Expr) -> Option<&'e Ident> {
        let called = self.update.alias.as_ref().unwrap_or(&self.table.relation.name);
        match expr {
            Expr::Column { qualifier, name } if qualifier.as_ref().is_none_or(|it| it == called) => Some(name),
            _ => None,
        }
    }

    /// The columns of the table that an expression reads.
    fn reads<'e>(&self, expr: &'e Expr) -> Vec<&'e Ident> {
        let mut found = Vec::new();
        expr.walk(&mut |e| found.extend(self.own(e)));
        found
    }

    /// What a column is set to.
    fn value_of(&self, column: &Ident) -> Option<&'u Expr> {
        self.update.assignments.iter().find(|(set, _)| set == column).map(|(_, value)| value)
    }

    /// Whether a column gets another value each time.
    fn counts(&self, column: &Ident, value: &Expr) -> bool {
        let reads = self.reads(value);
        let of_others = reads.iter().any(|read| *read != column && self.value_of(read).is_some());
        of_others || (reads.contains(&column) && !is_projection(value, column))
    }

    /// Whether a row does not meet this part of the condition any more when it has been changed.
    fn is_done(&self, part: &Expr) -> bool {
        match part {
            Expr::IsNull { expr, negated } => self
                .own(expr)
                .and_then(|name| self.value_of(name))
                .is_some_and(|value| if *negated { *value == Expr::Null } else { self.is_never_null(value) }),
            Expr::Binary { op, left, right } => [(left, right), (right, left)].into_iter().any(|(column, other)| {
                let name = self.own(column);
                name.and_then(|name| Some((name, self.value_of(name)?)))
                    .is_some_and(|(name, value)| leaves(op, name, value, other))
            }),
            _ => false,
        }
    }

    fn is_never_null(&self, value: &Expr) -> bool {
        match value {
            Expr::Bool(_) | Expr::Number(_) | Expr::String(_) => true,
            Expr::Cast { expr, .. } => self.is_never_null(expr),
            Expr::Call { name, args } if name.name == *"coalesce" => args.iter().any(|arg| self.is_never_null(arg)),
            Expr::Call { name, .. } => name.schema.is_none() && NEVER_NULL.contains(&name.name.as_str()),
            Expr::Binary { op, left, right } => {
                OF_VALUES.contains(&&**op) && self.is_never_null(left) && self.is_never_null(right)
            }
            column => {
                let column = self.own(column).and_then(|name| self.table.table.column(name));
                column.is_some_and(|column| column.not_null)
            }
        }
    }
}

/// Whether a row whose column has got this value no longer meets a comparison of the column.
fn leaves(op: &str, column: &Ident, value: &Expr, other: &Expr) -> bool {
    match op {
        "=" => match (constant(value), constant(other)) {
            (Some(value), Some(other)) => value != other,
            (None, Some(_)) => is_moved_on(value, column),
            _ => false,
        },
        // `c <> lower(c)`: what has become `lower(c)` stays so.
        "<>" | "!=" => other == value && is_projection(value, column),
        _ => false,
    }
}

/// The text of a constant; of `NULL`, which is equal to nothing, none that another has.
fn constant(expr: &Expr) -> Option<Option<&str>> {
    match expr {
        Expr::Null => Some(None),
        Expr::Bool(value) => Some(Some(if *value { "true" } else { "false" })),
        Expr::Number(text) | Expr::String(text) => Some(Some(text)),
        Expr::Cast { expr, .. } => constant(expr),
        _ => None,
    }
}

/// `c + 1`: another value than the one that was there.
fn is_moved_on(value: &Expr, column: &Ident) -> bool {
    let Expr::Binary { op, left, right } = value else { return false };
    let is_it = matches!(&**left, Expr::Column { name, .. } if name == column);
    let is_step = matches!(&**right, Expr::Number(step) if step.chars().any(|digit| ('1'..='9').contains(&digit)));
    matches!(&**op, "+" | "-") && is_it && is_step
}
