//! The way back from texts that were made of one, or of several.

use super::Formula;
use crate::catalog::Column;
use crate::sql::expr::Expr;
use crate::sql::name::literal;
use crate::sql::{DataType, Ident};

/// What was done to a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Texts {
    /// The column became parts, which stand in this order; whether the last one holds all that is left.
    Split { separator: String, parts: Vec<Ident>, rest: bool },
    /// The columns, in this order, became one.
    Merged { separator: String, parts: Vec<Ident>, whole: Ident },
}

impl Texts {
    /// What these assignments do to texts, if that is all that they do.
    pub(crate) fn of(assignments: &[(Ident, Expr)], dropped: &[&Column]) -> Option<Self> {
        match (assignments, dropped) {
            ([(whole, expr)], [_, _, ..]) => merged(whole, expr, dropped),
            ([_, _, ..], [column]) => split(assignments, &column.name),
            _ => None,
        }
    }

    /// The old column computed from the new ones.
    pub(crate) fn back(&self, column: &Column) -> Option<Formula> {
        match self {
            Self::Split { separator, parts, .. } => Formula::parsed(&joined(separator, parts, &column.data_type)),
            Self::Merged { separator, parts, whole } => {
                let at = parts.iter().position(|part| *part == column.name)?;
                Formula::parsed(&cut(separator, (at, parts.len()), whole, column))
            }
        }
    }

    /// What gets lost on the way back.
    pub(crate) fn loss(&self) -> String {
        match self {
            Self::Split { separator, parts, rest } => {
                let (last, all) = (parts.last().map(Ident::sql).unwrap_or_default(), listed(parts));
                let inside =
                    if *rest { "" } else { ", and what stands behind the last part goes when one of them is written" };
                format!(
                    "The old column is {all} with {separator:?} between them: a part other than {last} that holds {separator:?} \
                     itself is cut elsewhere by a release that knows the old one{inside}."
                )
            }
            Self::Merged { separator, parts, whole } => format!(
                "{} are cut out of {} at {separator:?}: while both forms are there, what is written to {0} and holds {separator:?} \
                 more or less often than between them is told otherwise by a release that knows {}.",
                listed(parts),
                whole.sql(),
                listed(parts),
            ),
        }
    }
}

fn listed(parts: &[Ident]) -> String {
    parts.iter().map(Ident::sql).collect::<Vec<_>>().join(", ")
}

/// The parts behind one another: a separator stands before what is not empty, or has such behind it.
fn joined(separator: &str, parts: &[Ident], to: &DataType) -> String {
    let text = |part: &Ident| format!("coalesce({}, '')", part.sql());
    let Some((first, others)) = parts.split_first() else { return String::new() };
    let behind = others.iter().enumerate().map(|(at, part)| {
        let left: Vec<String> = others.iter().skip(at).map(text).collect();
        format!("CASE WHEN {} <> '' THEN {} || {} ELSE '' END", left.join(" || "), literal(separator), text(part))
    });
    let whole: Vec<String> = std::iter::once(text(first)).chain(behind).collect();
    let none: Vec<String> = parts.iter().map(|part| format!("{} IS NULL", part.sql())).collect();
    format!("SELECT (CASE WHEN {} THEN NULL ELSE {} END)::{to}", none.join(" AND "), whole.join(" || "))
}

/// One of several parts of a text; the last one is all that is left.
fn cut(separator: &str, (at, of): (usize, usize), whole: &Ident, column: &Column) -> String {
    let (whole, separator) = (whole.sql(), literal(separator));
    let array = format!("string_to_array({whole}, {separator})");
    let part = if at + 1 < of {
        format!("({array})[{}]", at + 1)
    } else {
        format!(
            "CASE WHEN array_length({array}, 1) > {at} THEN array_to_string(({array})[{}:], {separator}) END",
            at + 1
        )
    };
    let part = if column.not_null { format!("coalesce({part}, '')") } else { part };
    format!("SELECT ({part})::{}", column.data_type)
}

/// `a || ' ' || b`, `concat(a, ' ', b)`, `concat_ws(' ', a, b)` over all the columns, each once.
fn merged(whole: &Ident, expr: &Expr, dropped: &[&Column]) -> Option<Texts> {
    let (separator, parts) = match bare(expr) {
        Expr::Call { name, args } if name.name == *"concat_ws" => {
            let (separator, parts) = args.split_first()?;
            (text(separator)?.to_owned(), parts.iter().map(column).collect::<Option<Vec<_>>>()?)
        }
        Expr::Call { name, args } if name.name == *"concat" => alternating(&args.iter().collect::<Vec<_>>())?,
        other => {
            let mut operands = Vec::new();
            flatten(other, &mut operands);
            alternating(&operands)?
        }
    };
    let is_all = parts.len() == dropped.len() && dropped.iter().all(|column| parts.contains(&column.name));
    (is_all && !separator.is_empty()).then(|| Texts::Merged { separator, parts, whole: whole.clone() })
}

fn flatten<'e>(expr: &'e Expr, operands: &mut Vec<&'e Expr>) {
    match bare(expr) {
        Expr::Binary { op, left, right } if **op == *"||" => {
            flatten(left, operands);
            flatten(right, operands);
        }
        other => operands.push(other),
    }
}

/// Columns with the same constant between each two.
fn alternating(operands: &[&Expr]) -> Option<(String, Vec<Ident>)> {
    let mut separator: Option<&str> = None;
    let mut parts = Vec::new();
    for (at, operand) in operands.iter().enumerate() {
        if at % 2 == 0 {
            parts.push(column(operand)?);
        } else {
            let between = text(operand)?;
            if separator.is_some_and(|known| known != between) {
                return None;
            }
            separator = Some(between);
        }
    }
    (operands.len() % 2 == 1).then_some((separator?.to_owned(), parts))
}

/// `split_part(c, ' ', 1)`, `split_part(c, ' ', 2)` …, in any order; the last one may be what stands behind the first
/// separator.
fn split(assignments: &[(Ident, Expr)], of: &Ident) -> Option<Texts> {
    let mut separator: Option<String> = None;
    let mut rest = false;
    let mut parts: Vec<Option<Ident>> = vec![None; assignments.len()];
    for (name, expr) in assignments {
        let (between, at) = match bare(expr) {
            Expr::Call { name, args } if name.name == *"split_part" => match &**args {
                [whole, between, Expr::Number(at)] if column(whole)? == *of => (text(between)?, at.parse().ok()?),
                _ => return None,
            },
            other if assignments.len() == 2 => {
                rest = true;
                (behind(other, of)?, 2)
            }
            _ => return None,
        };
        if separator.as_deref().is_some_and(|known| known != between) {
            return None;
        }
        separator = Some(between.to_owned());
        *parts.get_mut(usize::checked_sub(at, 1)?)? = Some(name.clone());
    }
    let parts = parts.into_iter().collect::<Option<Vec<_>>>()?;
    separator.filter(|between| !between.is_empty()).map(|separator| Texts::Split { separator, parts, rest })
}

/// The separator of `substr(c, strpos(c, ' ') + 1)`: what stands behind the first one.
fn behind<'e>(expr: &'e Expr, of: &Ident) -> Option<&'e str> {
    let Expr::Call { name, args } = expr else { return None };
    let [whole, from] = &**args else { return None };
    if !matches!(name.name.as_str(), "substr" | "substring") || column(whole)? != *of {
        return None;
    }
    let Expr::Binary { op, left, right } = bare(from) else { return None };
    let (Expr::Call { name, args }, Expr::Number(length)) = (bare(left), bare(right)) else { return None };
    let between = match (name.name.as_str(), &**args) {
        ("strpos", [whole, between]) | ("position", [between, whole]) if column(whole)? == *of => text(between)?,
        _ => return None,
    };
    (**op == *"+" && length.parse() == Ok(between.chars().count())).then_some(between)
}

/// An expression without what changes nothing of a text.
fn bare(expr: &Expr) -> &Expr {
    match expr {
        Expr::Cast { expr, to } if to.is("text") || to.is("varchar") => bare(expr),
        Expr::Other(parts) => match &**parts {
            [inner] => bare(inner),
            _ => expr,
        },
        Expr::Call { name, args } if matches!(name.name.as_str(), "trim" | "btrim") && args.len() == 1 => {
            args.first().map_or(expr, bare)
        }
        other => other,
    }
}

fn column(expr: &Expr) -> Option<Ident> {
    match bare(expr) {
        Expr::Column { name, .. } => Some(name.clone()),
        _ => None,
    }
}

fn text(expr: &Expr) -> Option<&str> {
    match bare(expr) {
        Expr::String(text) => Some(text),
        _ => None,
    }
}
