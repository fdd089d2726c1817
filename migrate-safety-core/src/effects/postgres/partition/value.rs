//! Constants that can be compared as the server does.

use crate::sql::DataType;
use crate::sql::expr::Expr;
use std::cmp::Ordering;

/// A constant of a type that partition keys have.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::effects::postgres) enum Value {
    /// An integer.
    Integer(i64),
    /// Any other number.
    Number(f64),
    /// True or false.
    Bool(bool),
    /// Text; only equality means something, order is the collation's.
    Text(Box<str>),
    /// A date or time in ISO format, so that its text sorts as it does.
    Time(Box<str>),
    /// A UUID, in lower case and without dashes.
    Uuid(Box<str>),
}

impl Value {
    /// How two values of one column compare, if that can be told.
    pub(super) fn compare(&self, other: &Self) -> Option<Ordering> {
        match (self, other) {
            (Self::Integer(a), Self::Integer(b)) => Some(a.cmp(b)),
            (Self::Bool(a), Self::Bool(b)) => Some(a.cmp(b)),
            (Self::Time(a), Self::Time(b)) => Some(compare_times(a, b)),
            (Self::Uuid(a), Self::Uuid(b)) => Some(a.cmp(b)),
            (Self::Text(a), Self::Text(b)) => (a == b).then_some(Ordering::Equal),
            (Self::Number(a), Self::Number(b)) => a.partial_cmp(b),
            _ => None,
        }
    }
}

/// `2020-01-01` is the midnight that begins it.
fn compare_times(a: &str, b: &str) -> Ordering {
    let trimmed = |text: &str| {
        let midnight =
            text.len() > 10 && text.get(10..).is_some_and(|t| t.chars().all(|c| matches!(c, ' ' | ':' | '0' | '.')));
        text.get(..if midnight { 10 } else { text.len() }).unwrap_or(text).to_owned()
    };
    trimmed(a).cmp(&trimmed(b))
}

/// The constant that an expression is for a column of a type; `Some(None)` is NULL.
#[allow(clippy::option_option)] // not a constant, NULL, a value
pub(in crate::effects::postgres) fn value(expr: &Expr, data_type: &DataType) -> Option<Option<Value>> {
    if matches!(expr, Expr::Null) {
        return Some(None);
    }
    let text = constant(expr)?;
    if data_type.array {
        return None;
    }
    Some(Some(match data_type.name.as_str() {
        "int2" | "int4" | "int8" => Value::Integer(text.trim().parse().ok()?),
        "numeric" | "float4" | "float8" => Value::Number(text.trim().parse().ok()?),
        "bool" => Value::Bool(boolean(text)?),
        "text" | "varchar" | "bpchar" | "name" => Value::Text(text.into()),
        "date" | "timestamp" | "timestamptz" => Value::Time(iso(text)?),
        "uuid" => {
            Value::Uuid(text.chars().filter(|c| *c != '-').map(|c| c.to_ascii_lowercase()).collect::<String>().into())
        }
        // An enum: its labels have an order of their own.
        _ => Value::Text(text.into()),
    }))
}

/// The text of a constant.
fn constant(expr: &Expr) -> Option<&str> {
    match expr {
        Expr::Number(text) | Expr::String(text) => Some(text),
        Expr::Bool(true) => Some("true"),
        Expr::Bool(false) => Some("false"),
        Expr::Cast { expr, .. } => constant(expr),
        _ => None,
    }
}

fn boolean(text: &str) -> Option<bool> {
    match text.trim().to_ascii_lowercase().as_str() {
        "t" | "true" | "y" | "yes" | "on" | "1" => Some(true),
        "f" | "false" | "n" | "no" | "off" | "0" => Some(false),
        _ => None,
    }
}

/// `2020-01-01`, `2020-01-01 10:00:00`, with `T` or a zone of UTC.
fn iso(text: &str) -> Option<Box<str>> {
    let text = text.trim().trim_end_matches("+00").trim_end_matches('Z').replace('T', " ");
    let bytes = text.as_bytes();
    let shaped = bytes.len() >= 10
        && bytes.iter().take(10).enumerate().all(
            |(at, b)| {
                if at == 4 || at == 7 { *b == b'-' } else { b.is_ascii_digit() }
            },
        );
    let clock = text.get(10..)?;
    (shaped && clock.chars().all(|c| c.is_ascii_digit() || matches!(c, ' ' | ':' | '.'))).then(|| text.trim().into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn time(text: &str) -> Option<Value> {
        value(&Expr::String(text.into()), &DataType::builtin("timestamptz")).flatten()
    }

    #[test]
    fn times_compare_by_their_iso_text() {
        let (day, morning) = (time("2020-01-01").unwrap(), time("2020-01-01T08:00:00Z").unwrap());
        assert_eq!(day.compare(&morning), Some(Ordering::Less));
        assert_eq!(day.compare(&time("2020-01-01 00:00:00+00").unwrap()), Some(Ordering::Equal));
        assert_eq!(time("now"), None);
        assert_eq!(time("2020-01-01 00:00:00+02"), None);
    }

    #[test]
    fn constants_are_read_for_the_type_of_the_column() {
        let of = |expr: Expr, name: &str| value(&expr, &DataType::builtin(name)).flatten();
        assert_eq!(of(Expr::String("5".into()), "int8"), Some(Value::Integer(5)));
        assert_eq!(of(Expr::Number("5".into()), "text"), Some(Value::Text("5".into())));
        assert_eq!(of(Expr::Parameter, "text"), None);
        assert_eq!(value(&Expr::Null, &DataType::builtin("text")), Some(None));
    }
}
