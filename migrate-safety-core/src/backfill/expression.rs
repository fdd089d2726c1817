//! The names and expressions in a description, read with our own grammar.

use super::error::{InvalidBackfill, Warning};
use crate::catalog::{Catalog, RelationId, Table, VolatilityOf};
use crate::config::nearest;
use crate::sql::expr::{Expr, Expression};
use crate::sql::{Ident, ObjectName, Operation, Query, parse};

/// Functions that give back what they have given, so that a value may be made of itself by them.
const PROJECTIONS: [&str; 9] = ["lower", "upper", "initcap", "btrim", "ltrim", "rtrim", "trim", "abs", "date_trunc"];

/// The table that a text names.
pub(super) fn table_name(catalog: &Catalog, text: &str) -> Result<ObjectName, InvalidBackfill> {
    let not_a_name = || InvalidBackfill::NotAName(text.to_owned());
    let mut script = parse(catalog.target(), &format!("TRUNCATE TABLE ONLY {text}\n"));
    let statement = script.statements.pop().filter(|s| s.problems.is_empty()).ok_or_else(not_a_name)?;
    let mut operations = statement.operations.into_iter().map(|located| located.operation);
    match (operations.next(), script.statements.is_empty()) {
        (Some(Operation::Truncate { mut tables, .. }), true) if tables.len() == 1 => {
            tables.pop().map(|target| target.name).ok_or_else(not_a_name)
        }
        _ => Err(not_a_name()),
    }
}

/// The column of a table that a text names.
pub(super) fn column_name(catalog: &Catalog, table: &Table, of: &str, text: &str) -> Result<Ident, InvalidBackfill> {
    let expression = expression(catalog, text)?;
    match expression.expr {
        Expr::Column { qualifier: None, name } => {
            known_column(table, of, &name)?;
            Ok(name)
        }
        _ => Err(InvalidBackfill::Expression { text: text.to_owned(), reason: "expected the name of a column".into() }),
    }
}

/// One expression, and nothing behind it.
pub(super) fn expression(catalog: &Catalog, text: &str) -> Result<Expression, InvalidBackfill> {
    let refuse = |reason: &str| InvalidBackfill::Expression { text: text.trim().to_owned(), reason: reason.to_owned() };
    // On a line of its own: a comment at its end ends there.
    let mut script = parse(catalog.target(), &format!("SELECT {text}\n"));
    let Some(statement) = script.statements.pop() else { return Err(refuse("it is empty")) };
    if let Some(problem) = statement.problems.first() {
        return Err(refuse(&problem.message));
    }
    let mut operations = statement.operations.into_iter().map(|located| located.operation);
    let (Some(Operation::Select(query)), None, true) =
        (operations.next(), operations.next(), script.statements.is_empty())
    else {
        return Err(refuse("expected one expression"));
    };
    single_item(*query).ok_or_else(|| refuse("expected one expression and nothing behind it"))
}

/// The value of a query that locks what it reads, as one that does not.
pub(super) fn unlocked(value: &Expression) -> Option<Box<str>> {
    let Expr::Subquery { operand: None, exists: false, query } = &value.expr else { return None };
    let text = value.sql.trim();
    let clauses = query.row_locks.len().checked_sub(1)?;
    // The grammar has these clauses at the very end.
    let inner = text.strip_suffix(')')?;
    let is_word =
        |at: usize| inner[..at].ends_with(char::is_whitespace) && inner[at + 3..].starts_with(char::is_whitespace);
    let (at, _) = inner.to_ascii_uppercase().rmatch_indices("FOR").filter(|(at, _)| is_word(*at)).nth(clauses)?;
    Some(format!("{})", inner[..at].trim_end()).into())
}

/// The one output of a query that is nothing but an expression.
fn single_item(mut query: Query) -> Option<Expression> {
    let bare = query.ctes.is_empty()
        && query.order_by.is_empty()
        && query.limit.is_none()
        && query.offset.is_none()
        && query.row_locks.is_empty()
        && query.selects.len() == 1;
    let mut select = query.selects.pop().filter(|_| bare)?;
    let bare = select.from.is_empty() && select.filter.is_none() && select.others.is_empty() && select.items.len() == 1;
    let item = select.items.pop().filter(|item| bare && item.alias.is_none())?;
    let mut forbidden = false;
    item.expr.walk(&mut |e| forbidden |= matches!(e, Expr::Star(_) | Expr::Parameter | Expr::Default));
    (!forbidden).then_some(Expression { sql: item.sql, expr: item.expr })
}

/// Whether everything that an expression over a table mentions exists.
pub(super) fn known(
    catalog: &Catalog,
    id: RelationId,
    table: &Table,
    of: &str,
    e: &Expression,
) -> Result<(), InvalidBackfill> {
    for name in own_columns(&e.expr) {
        known_column(table, of, name)?;
    }
    match catalog.expression_problem(&e.expr, Some(id)) {
        Some(problem) => Err(InvalidBackfill::Expression { text: e.sql.to_string(), reason: problem.message }),
        None => Ok(()),
    }
}

fn known_column(table: &Table, of: &str, name: &Ident) -> Result<(), InvalidBackfill> {
    if table.column(name).is_some() {
        return Ok(());
    }
    let near = nearest(name, table.columns.iter().map(|column| column.name.as_str()));
    Err(InvalidBackfill::NoColumn { table: of.to_owned(), column: name.to_string(), nearest: near.map(str::to_owned) })
}

/// The columns that an expression mentions outside of queries in it.
fn own_columns(expr: &Expr) -> Vec<&Ident> {
    expr.columns()
}

/// Whether computing a value of itself changes nothing any more: `lower(c)`, `coalesce(c, 0)`.
pub(crate) fn is_projection(expr: &Expr, column: &Ident) -> bool {
    match expr {
        Expr::Column { name, .. } => name == column,
        Expr::Call { name, args } if name.name == *"coalesce" => {
            args.first().is_some_and(|first| is_projection(first, column))
                && args.iter().skip(1).all(|other| !may_mention(other, column))
        }
        Expr::Call { name, args } if PROJECTIONS.iter().any(|known| name.name == **known) => {
            // What else it takes (`date_trunc('day', c)`) has to be constant.
            args.iter().all(|arg| arg.is_constant() || is_projection(arg, column))
                && args.iter().filter(|arg| may_mention(arg, column)).count() == 1
        }
        _ => false,
    }
}

/// Whether a value is the same each time; the warning, where that is not sure.
pub(super) fn steadiness(catalog: &Catalog, id: RelationId, e: &Expression) -> Result<Option<Warning>, ()> {
    match catalog.volatility_on(&e.expr, id) {
        VolatilityOf::Immutable => Ok(None),
        VolatilityOf::Stable => Ok(Some(Warning::Stable(e.sql.to_string()))),
        VolatilityOf::Unknown => Ok(Some(Warning::UnknownVolatility(e.sql.to_string()))),
        VolatilityOf::Volatile => Err(()),
    }
}

/// Whether an expression mentions a name of a column, whatever table it is of.
fn may_mention(expr: &Expr, column: &Ident) -> bool {
    let mut found = false;
    let mut visit = |e: &Expr| found |= matches!(e, Expr::Column { name, .. } if name == column);
    expr.walk(&mut |e| {
        visit(e);
        if let Expr::Subquery { query, .. } = e {
            query.walk_exprs(&mut visit);
        }
    });
    found
}
