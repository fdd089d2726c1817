//! The bound of a partition as a condition on its rows.

use crate::sql::expr::{Expr, Expression};
use crate::sql::name::quote;
use crate::sql::operation::PartitionBound;

/// What a bound says of the rows of a partition; absent for what cannot be said of columns and constants.
pub(super) fn condition(key: &[Expression], bound: &PartitionBound) -> Option<Expression> {
    let key: Vec<&Expr> = key.iter().map(|k| &k.expr).collect();
    let parts = match bound {
        PartitionBound::In(values) => list(key.first()?, values),
        PartitionBound::Range { from, to } => range(&key, from, to),
        PartitionBound::Default | PartitionBound::Hash { .. } => return None,
    };
    let expr = match parts.as_slice() {
        [only] => only.clone(),
        _ => Expr::And(parts),
    };
    let sql = render(&expr)?.into_boxed_str();
    Some(Expression { sql, expr })
}

fn list(column: &Expr, values: &[Expr]) -> Vec<Expr> {
    let (nulls, mut values): (Vec<Expr>, Vec<Expr>) = values.iter().cloned().partition(|v| *v == Expr::Null);
    let is_null = |negated| Expr::IsNull { expr: Box::new(column.clone()), negated };
    let among = match (values.pop(), values.is_empty()) {
        (None, _) => return vec![is_null(nulls.is_empty())],
        (Some(only), true) => binary("=", column, &only),
        (Some(last), false) => {
            values.push(last);
            Expr::InList { expr: Box::new(column.clone()), list: values, negated: false }
        }
    };
    if nulls.is_empty() { vec![is_null(true), among] } else { vec![Expr::Or(vec![is_null(false), among])] }
}

fn range(key: &[&Expr], from: &[Expr], to: &[Expr]) -> Vec<Expr> {
    let not_null = |column: &&Expr| Expr::IsNull { expr: Box::new((*column).clone()), negated: true };
    let mut parts: Vec<Expr> = key.iter().map(not_null).collect();
    parts.extend(beyond(key, from, &LOW));
    parts.extend(beyond(key, to, &HIGH));
    parts
}

/// How an end of a range is compared with.
struct End {
    /// Where the next column decides.
    strict: &'static str,
    /// The last column.
    last: &'static str,
    /// The value behind which nothing is left to be decided, and the comparison before it.
    open: (&'static str, &'static str),
}

const LOW: End = End { strict: ">", last: ">=", open: ("minvalue", ">=") };
const HIGH: End = End { strict: "<", last: "<", open: ("maxvalue", "<=") };

/// The row of columns is beyond the row of values: `a > 1 OR (a = 1 AND b >= 2)`.
fn beyond(key: &[&Expr], values: &[Expr], end: &End) -> Option<Expr> {
    let mut condition: Option<Expr> = None;
    let finite = values.iter().take_while(|v| !matches!(v, Expr::Column { .. })).count();
    for (at, (column, value)) in key.iter().zip(values).take(finite).enumerate().rev() {
        let operator = match values.get(at + 1) {
            None => end.last,
            Some(Expr::Column { name, .. }) if *name == *end.open.0 => end.open.1,
            Some(_) => end.strict,
        };
        let compared = binary(operator, column, value);
        condition = Some(match condition {
            Some(rest) => Expr::Or(vec![compared, Expr::And(vec![binary("=", column, value), rest])]),
            None => compared,
        });
    }
    condition
}

fn binary(op: &str, left: &Expr, right: &Expr) -> Expr {
    Expr::Binary { op: op.into(), left: Box::new(left.clone()), right: Box::new(right.clone()) }
}

/// Columns, constants and the conditions above as text.
fn render(expr: &Expr) -> Option<String> {
    let all = |parts: &[Expr], between: &str| {
        let parts: Option<Vec<String>> = parts.iter().map(|p| render(p).map(|p| format!("({p})"))).collect();
        parts.map(|parts| parts.join(between))
    };
    Some(match expr {
        Expr::Column { name, .. } => name.sql(),
        Expr::Number(number) => number.to_string(),
        Expr::String(text) => format!("'{}'", text.replace('\'', "''")),
        Expr::Bool(value) => value.to_string(),
        Expr::Null => "NULL".to_owned(),
        Expr::Cast { expr, to } => format!("{}::{to}", render(expr)?),
        Expr::Binary { op, left, right } => format!("{} {op} {}", render(left)?, render(right)?),
        Expr::IsNull { expr, negated } => format!("{} IS {}NULL", render(expr)?, if *negated { "NOT " } else { "" }),
        Expr::And(parts) => all(parts, " AND ")?,
        Expr::Or(parts) => all(parts, " OR ")?,
        Expr::InList { expr, list, .. } => {
            let list: Option<Vec<String>> = list.iter().map(render).collect();
            format!("{} IN ({})", render(expr)?, list?.join(", "))
        }
        Expr::Call { name, args } => {
            let args: Option<Vec<String>> = args.iter().map(render).collect();
            let schema = name.schema.as_ref().map(|s| format!("{}.", quote(s))).unwrap_or_default();
            format!("{schema}{}({})", quote(&name.name), args?.join(", "))
        }
        _ => return None,
    })
}
