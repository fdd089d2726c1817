//! Computes expressions beforehand, as far as they are constant.

use super::format::format;
use super::known::{Column, Hole, Known, Text, Variables};
use super::tree::Value;
use crate::sql::expr::{Expr, Query, Select, SelectItem, TableRef, TableSource};
use crate::sql::grammar::array_elements;
use crate::sql::name::{Ident, ObjectName, quote};

/// The most rounds of a loop that are followed one by one.
const MOST_ROUNDS: usize = 1000;

/// What a call gives the parameters of a routine. `inputs` are their names; further ones keep their defaults.
pub(super) fn parameters(inputs: &[Option<Ident>], args: &[Expr]) -> Variables {
    let mut variables = Variables::default();
    let nothing = Variables::default();
    for (n, arg) in args.iter().enumerate() {
        let (position, value) = match arg {
            Expr::Binary { op, left, right } if &**op == "=>" => {
                let named = match &**left {
                    Expr::String(name) => inputs.iter().position(|input| input.as_deref() == Some(name)),
                    _ => None,
                };
                (named, fold(right, &nothing))
            }
            arg => (Some(n), fold(arg, &nothing)),
        };
        let Some(position) = position else { continue };
        if let Some(Some(name)) = inputs.get(position) {
            variables.set(name, value.clone());
        }
        variables.set_parameter(position, value, inputs.len());
    }
    variables
}

/// The value of an expression where the variables have these values.
pub(super) fn fold_value(value: &Value, variables: &Variables) -> Known {
    if let Some(literal) = &value.literal {
        let mut text = Text::known(&*literal.text);
        text.at = literal.exact.then_some(literal.base);
        return Known::Text(text);
    }
    value.expr.as_ref().map_or(Known::Unknown, |expr| fold(expr, variables))
}

/// The same of a bare expression.
pub(super) fn fold(expr: &Expr, variables: &Variables) -> Known {
    match expr {
        Expr::Null | Expr::Bool(_) | Expr::Number(_) | Expr::String(_) => Known::of_constant(expr),
        Expr::Column { qualifier: None, name } => scalar(variables.get(name)),
        Expr::Parameter => variables.only_parameter().cloned().unwrap_or(Known::Unknown),
        Expr::Column { qualifier: Some(qualifier), name } => field(variables.get(qualifier), name),
        Expr::Cast { expr, to } => {
            let value = fold(expr, variables);
            if !to.array {
                return value;
            }
            let elements = value.as_str().and_then(|text| array_elements(text, false));
            match elements {
                Some(elements) => Known::Array(elements.iter().map(Known::of_constant).collect()),
                None => value,
            }
        }
        Expr::Collate { expr, .. } => fold(expr, variables),
        Expr::Array(elements) => {
            let elements: Vec<Known> = elements.iter().map(|e| fold(e, variables)).collect();
            // Arrays of arrays could double at every line.
            let plain = elements.iter().all(|e| !matches!(e, Known::Array(_) | Known::Row(_)));
            if plain { Known::Array(elements) } else { Known::Unknown }
        }
        Expr::Binary { op, left, right } => binary(op, fold(left, variables), fold(right, variables)),
        Expr::Call { name, args } => call(name, args, variables),
        _ => Known::Unknown,
    }
}

/// The value of a variable; of a row with one column the column, as a loop gives it to a variable that is no record.
fn scalar(value: Option<&Known>) -> Known {
    match value {
        Some(Known::Row(columns)) => match columns.as_slice() {
            [(_, value)] => value.clone(),
            _ => Known::Unknown,
        },
        Some(value) => value.clone(),
        None => Known::Unknown,
    }
}

/// `row.name`
fn field(row: Option<&Known>, name: &Ident) -> Known {
    let Some(Known::Row(columns)) = row else { return Known::Unknown };
    let found = columns.iter().find(|(column, _)| column.as_ref().is_none_or(|column| column == name));
    found.map_or(Known::Unknown, |(_, value)| value.clone())
}

fn binary(op: &str, left: Known, right: Known) -> Known {
    if op == "||" {
        return match (left, right) {
            (Known::Array(mut left), Known::Array(right)) if left.len() + right.len() <= MOST_ROUNDS => {
                left.extend(right);
                Known::Array(left)
            }
            (Known::Array(_), _) | (_, Known::Array(_)) => Known::Unknown,
            (left, right) => match (left.into_text(), right.into_text()) {
                (Some(mut text), Some(more)) => {
                    text.push(more);
                    Known::Text(text)
                }
                _ => Known::Null,
            },
        };
    }
    let (Some(left), Some(right)) = (left.as_integer(), right.as_integer()) else { return Known::Unknown };
    let result = match op {
        "+" => left.checked_add(right),
        "-" => left.checked_sub(right),
        "*" => left.checked_mul(right),
        "/" => left.checked_div(right),
        "%" => left.checked_rem(right),
        _ => None,
    };
    result.map_or(Known::Unknown, |n| Known::text(n.to_string()))
}

/// The value of a call of one of the server's own functions.
fn call(name: &ObjectName, args: &[Expr], variables: &Variables) -> Known {
    if name.schema.as_ref().is_some_and(|schema| *schema != "pg_catalog") {
        return Known::Unknown;
    }
    let mut values: Vec<Known> = args.iter().map(|arg| fold(arg, variables)).collect();
    match (name.name.as_str(), values.as_mut_slice()) {
        ("format", [template, rest @ ..]) => format(template, rest),
        ("concat", values) => {
            let mut all = Text::default();
            values.iter().cloned().filter_map(Known::into_text).for_each(|text| all.push(text));
            Known::Text(all)
        }
        ("quote_ident", [value]) => quoted_name(value),
        ("quote_literal", [value]) if *value == Known::Null => Known::Null,
        ("quote_literal" | "quote_nullable", [value]) => quoted_constant(value),
        ("coalesce", values) => values.iter().find(|value| **value != Known::Null).cloned().unwrap_or(Known::Null),
        ("lower", [value]) => on_text(value, str::to_lowercase),
        ("upper", [value]) => on_text(value, str::to_uppercase),
        ("btrim" | "trim", [value]) => on_text(value, |text| text.trim_matches(' ').to_owned()),
        ("chr", [code]) => {
            let code = code.as_integer().and_then(|code| u32::try_from(code).ok()).and_then(char::from_u32);
            code.map_or(Known::Unknown, Known::text)
        }
        ("replace", [text, from, to]) => match (text.as_str(), from.as_str(), to.as_str()) {
            (Some(text), Some(from), Some(to)) if !from.is_empty() && text.len() * (to.len() + 1) <= Text::LONGEST => {
                Known::text(text.replace(from, to))
            }
            _ => Known::Unknown,
        },
        ("string_to_array", [text, separator]) => match (text.as_str(), separator.as_str()) {
            (Some(text), Some(separator)) if !separator.is_empty() => {
                Known::Array(text.split(separator).map(Known::text).collect())
            }
            _ => Known::Unknown,
        },
        // Whatever they are, they are names of something that is no relation.
        (
            "current_database" | "current_catalog" | "current_user" | "session_user" | "current_role" | "user"
            | "current_schema",
            [],
        ) => Known::Text(Text::hole(Hole::Name)),
        _ => Known::Unknown,
    }
}

fn on_text(value: &Known, change: impl Fn(&str) -> String) -> Known {
    match (value, value.as_str()) {
        (Known::Null, _) => Known::Null,
        (_, Some(text)) => Known::text(change(text)),
        _ => Known::Unknown,
    }
}

/// `quote_ident`, `%I`.
pub(super) fn quoted_name(value: &Known) -> Known {
    match (value, value.as_str()) {
        (Known::Null, _) => Known::Null,
        (_, Some(text)) => Known::text(quote(text)),
        _ => Known::Text(Text::hole(Hole::Name)),
    }
}

/// `quote_nullable`, `%L`.
pub(super) fn quoted_constant(value: &Known) -> Known {
    match (value, value.as_str()) {
        (Known::Null, _) => Known::text("NULL"),
        (_, Some(text)) => {
            let escape = if text.contains('\\') { "E" } else { "" };
            Known::text(format!("{escape}'{}'", text.replace('\\', "\\\\").replace('\'', "''")))
        }
        _ => Known::Text(Text::hole(Hole::Constant)),
    }
}

/// The rounds of `FOR i IN from .. to BY step`, in order.
pub(super) fn range_rounds(from: &Known, to: &Known, step: Option<&Known>, reverse: bool) -> Option<Vec<Known>> {
    let (from, to) = (from.as_integer()?, to.as_integer()?);
    let step = step.map_or(Some(1), Known::as_integer).filter(|step| *step > 0)?;
    let step = if reverse { step.checked_neg()? } else { step };
    let mut rounds = Vec::new();
    let mut at = from;
    while if reverse { at >= to } else { at <= to } {
        if rounds.len() == MOST_ROUNDS {
            return None;
        }
        rounds.push(Known::text(at.to_string()));
        at = at.checked_add(step)?;
    }
    Some(rounds)
}

/// The rows of a query over constants: `VALUES …`, `SELECT unnest(ARRAY[…])`, `SELECT x FROM unnest(…) AS x`.
pub(super) fn query_rows(query: &Query, variables: &Variables) -> Option<Vec<Known>> {
    let plain = query.ctes.is_empty() && query.limit.is_none() && query.offset.is_none();
    let [select] = query.selects.as_slice() else { return None };
    let rows = if plain && select.filter.is_none() { select_rows(select, variables)? } else { return None };
    (rows.len() <= MOST_ROUNDS).then_some(rows)
}

fn select_rows(select: &Select, variables: &Variables) -> Option<Vec<Known>> {
    match (select.items.as_slice(), select.from.as_slice(), select.others.as_slice()) {
        ([], [], rows) if !rows.is_empty() => rows.iter().map(|row| values_row(row, variables)).collect(),
        ([item], [], []) => {
            let name = item.alias.clone().or_else(|| output_name(&item.expr));
            Some(one_column(name.as_ref(), set_elements(&item.expr, variables)?))
        }
        (items, [table], []) => {
            let rows = table_rows(table, variables)?;
            Some(rows.into_iter().map(|row| output_row(items, &row, table.alias.as_ref(), variables)).collect())
        }
        _ => None,
    }
}

/// The rows of an item of `FROM`, with the names it gives their columns.
fn table_rows(table: &TableRef, variables: &Variables) -> Option<Vec<Vec<Column>>> {
    let rows = match &table.source {
        TableSource::Expr(set) => {
            let name = table.alias.clone().or_else(|| output_name(set));
            one_column(name.as_ref(), set_elements(set, variables)?)
        }
        TableSource::Query(query) => query_rows(query, variables)?,
        TableSource::Relation { .. } => return None,
    };
    let mut columns = Vec::with_capacity(rows.len());
    for row in rows {
        let Known::Row(mut row) = row else { return None };
        for ((name, _), (renamed, _)) in row.iter_mut().zip(&table.columns) {
            *name = Some(renamed.clone());
        }
        columns.push(row);
    }
    Some(columns)
}

/// What a `SELECT` list makes of a row.
fn output_row(items: &[SelectItem], row: &[Column], table: Option<&Ident>, variables: &Variables) -> Known {
    let mut variables = variables.clone();
    if let Some(table) = table {
        variables.set(table, Known::Row(row.to_vec()));
    }
    for (name, value) in row {
        if let Some(name) = name {
            variables.set(name, value.clone());
        }
    }
    let mut output = Vec::new();
    for item in items {
        match &item.expr {
            Expr::Star(_) => output.extend(row.iter().cloned()),
            expr => {
                let name = item.alias.clone().or_else(|| output_name(expr));
                output.push((name, fold(expr, &variables)));
            }
        }
    }
    Known::Row(output)
}

/// The name the server gives an output column without an alias.
fn output_name(expr: &Expr) -> Option<Ident> {
    match expr {
        Expr::Column { name, .. } => Some(name.clone()),
        Expr::Call { name, .. } => Some(name.name.clone()),
        Expr::Cast { expr, .. } => output_name(expr),
        _ => None,
    }
}

fn one_column(name: Option<&Ident>, elements: Vec<Known>) -> Vec<Known> {
    elements.into_iter().map(|value| Known::Row(vec![(name.cloned(), value)])).collect()
}

fn values_row(row: &Expr, variables: &Variables) -> Option<Known> {
    let Expr::Other(cells) = row else { return None };
    let column = |(n, cell): (usize, &Expr)| (Some(Ident::exact(&format!("column{}", n + 1))), fold(cell, variables));
    Some(Known::Row(cells.iter().enumerate().map(column).collect()))
}

/// The elements of `unnest(array)`, `generate_series(a, b)`.
fn set_elements(expr: &Expr, variables: &Variables) -> Option<Vec<Known>> {
    let Expr::Call { name, args } = expr else { return None };
    let values: Vec<Known> = args.iter().map(|arg| fold(arg, variables)).collect();
    match (name.name.as_str(), values.as_slice()) {
        ("unnest", [Known::Array(elements)]) => Some(elements.clone()),
        ("generate_series", [from, to]) => range_rounds(from, to, None, false),
        ("generate_series", [from, to, step]) => range_rounds(from, to, Some(step), false),
        ("regexp_split_to_table" | "string_to_table", [text, separator]) => {
            let (text, separator) = (text.as_str()?, separator.as_str()?);
            let plain = !separator.is_empty() && !separator.contains(|c: char| r"\.+*?()[]{}|^$".contains(c));
            plain.then(|| text.split(separator).map(Known::text).collect())
        }
        _ => None,
    }
}
