//! The way back from a value that was computed from one column.

use super::Formula;
use crate::catalog::{Catalog, TypeRef};
use crate::sql::expr::Expr;
use crate::sql::operation::Operation;
use crate::sql::{DataType, Ident, parse};

/// How much of a value survives the way back into its old type.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Return {
    /// Every value, and no two become the same.
    Exact,
    /// Every value that the old type can hold; no two become the same.
    Partial,
    /// Two values can become the same.
    Lossy,
}

/// What becomes of values of type `new` in type `old`.
pub(crate) fn of_cast(catalog: &Catalog, old: &DataType, new: &DataType) -> Return {
    let same = old.schema == new.schema && old.name == new.name && old.array == new.array;
    if same {
        let wider = old.modifiers.is_empty() || old.modifiers == new.modifiers;
        let text = matches!(old.name.as_str(), "varchar" | "bpchar");
        return match (wider, text) {
            (true, _) => Return::Exact,
            // A text that is too long is refused, not cut.
            (false, true) => Return::Partial,
            (false, false) => Return::Lossy,
        };
    }
    if old.array || new.array {
        return Return::Lossy;
    }
    let text = |t: &DataType| t.schema.is_none() && matches!(t.name.as_str(), "text" | "varchar");
    let integer = |t: &DataType| t.schema.is_none() && matches!(t.name.as_str(), "int2" | "int4" | "int8");
    let is_enum = |t: &DataType| matches!(catalog.type_of(t), TypeRef::Enum(_));
    let zoned = |t: &DataType| {
        t.schema.is_none() && matches!(t.name.as_str(), "timestamp" | "timestamptz") && t.modifiers.is_empty()
    };
    match (old, new) {
        _ if integer(old) && integer(new) => Return::Partial,
        _ if text(old) && text(new) => {
            if old.modifiers.is_empty() {
                Return::Exact
            } else {
                Return::Partial
            }
        }
        _ if text(old) && !new.is("bpchar") => {
            if old.modifiers.is_empty() {
                Return::Exact
            } else {
                Return::Partial
            }
        }
        // Each label has one text.
        _ if is_enum(old) && (text(new) || is_enum(new)) => Return::Partial,
        _ if zoned(old) && zoned(new) => Return::Exact,
        (old, new) if old.is("json") && new.is("jsonb") => Return::Exact,
        _ => Return::Lossy,
    }
}

/// The expression that undoes `expr`, an expression over `column` alone, for a value called `value`.
pub(crate) fn of(expr: &Expr, column: &Ident, (old, value): (&DataType, &Ident)) -> Option<Formula> {
    let sql = undo(expr, column, value.sql())?;
    let text = format!("SELECT ({sql})::{old}");
    Formula::parsed(&text)
}

/// `sql` with the outermost step of `expr` undone, and so on inwards.
fn undo(expr: &Expr, column: &Ident, sql: String) -> Option<String> {
    match expr {
        Expr::Column { name, .. } if name == column => Some(sql),
        Expr::Cast { expr, .. } | Expr::Collate { expr, .. } => match &**expr {
            // `x::text::new` goes back by way of the text too.
            Expr::Cast { to, .. } => undo(expr, column, format!("({sql})::{to}")),
            _ => undo(expr, column, sql),
        },
        Expr::Other(parts) => match &**parts {
            [inner] => undo(inner, column, sql),
            _ => None,
        },
        Expr::Call { name, args } => match (name.name.as_str(), &**args) {
            ("timezone", [zone, inner]) => undo(inner, column, format!("({sql}) AT TIME ZONE {}", constant(zone)?)),
            ("round" | "trunc" | "floor" | "ceil", [inner]) => undo(inner, column, sql),
            ("to_timestamp", [inner]) => undo(inner, column, format!("extract(epoch FROM {sql})")),
            _ => None,
        },
        Expr::Binary { op, left, right } => {
            let (inner, other, is_left) = match (constant(right), constant(left)) {
                (Some(other), None) => (left, other, true),
                (None, Some(other)) => (right, other, false),
                _ => return None,
            };
            let undone = match (&**op, is_left) {
                ("*", _) if other.trim_start_matches('-').parse::<f64>().is_ok_and(|n| n != 0.0) => {
                    format!("({sql})::numeric / {other}")
                }
                ("/", true) => format!("({sql}) * {other}"),
                ("+", _) => format!("({sql}) - {other}"),
                ("-", true) => format!("({sql}) + {other}"),
                ("at time zone", true) => format!("({sql}) AT TIME ZONE {other}"),
                _ => return None,
            };
            undo(inner, column, undone)
        }
        _ => None,
    }
}

fn constant(expr: &Expr) -> Option<String> {
    match expr {
        Expr::Number(number) => Some(number.to_string()),
        Expr::String(text) => Some(format!("'{}'", text.replace('\'', "''"))),
        Expr::Cast { expr, to } => Some(format!("{}::{to}", constant(expr)?)),
        _ => None,
    }
}

impl Formula {
    /// The one expression of a query without a table.
    pub(super) fn parsed(query: &str) -> Option<Self> {
        let script = parse(crate::Target::postgres(18), query);
        let statement = script.statements.first().filter(|s| s.problems.is_empty())?;
        let Operation::Select(query) = &statement.operations.first()?.operation else { return None };
        let item = query.selects.first()?.items.first()?;
        Some(Self::new(&crate::sql::expr::Expression { sql: item.sql.clone(), expr: item.expr.clone() }, None))
    }
}
