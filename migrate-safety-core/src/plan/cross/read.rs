//! What a statement says of which row belongs to which, and which value comes from where.

use super::Values;
use crate::catalog::{Column, Table};
use crate::plan::copy::Formula;
use crate::sql::expr::{self, Expr, Query, TableSource};
use crate::sql::operation::Update;
use crate::sql::{Ident, ObjectName, rename};

/// Which columns are equal in rows that belong together: old, new.
pub(crate) type Link = Vec<(Ident, Ident)>;

/// A table as a statement calls it.
struct Called<'a> {
    name: &'a Ident,
    table: &'a Table,
}

/// The link of an UPDATE that reads one other table, and the texts of its values over the columns of that table. None if it
/// is written in another way.
pub(crate) fn linked(
    update: &Update,
    texts: &[String],
    (old_name, old): (&ObjectName, &Table),
    (new_name, new): (&ObjectName, &Table),
) -> Option<(Link, Vec<String>)> {
    let new = Called { name: update.alias.as_ref().unwrap_or(&new_name.name), table: new };
    let is_old =
        |source: &TableSource| matches!(source, TableSource::Relation { name, .. } if name.name == old_name.name);
    if let [from] = &*update.from {
        let old = Called { name: from.alias.as_ref().unwrap_or(&old_name.name), table: old };
        let link = link(update.filter.as_ref()?, &old, &new)?;
        let values = texts.iter().map(|text| unqualified(text, old.name)).collect();
        return is_old(&from.source).then_some((link, values));
    }
    if !update.from.is_empty() || update.filter.is_some() {
        return None;
    }
    let mut found: Option<Link> = None;
    let mut values = Vec::new();
    for (_, value) in &update.assignments {
        let (from, filter, item) = one_value(value)?;
        let old = Called { name: from.alias.as_ref().unwrap_or(&old_name.name), table: old };
        let link = link(filter, &old, &new)?;
        if !is_old(&from.source) || found.as_ref().is_some_and(|known| *known != link) {
            return None;
        }
        found = Some(link);
        values.push(unqualified(item, old.name));
    }
    Some((found?, values))
}

/// The one table, the condition and the one output of a query that is a value.
fn one_value(value: &Expr) -> Option<(&expr::TableRef, &Expr, &str)> {
    let inner = match value {
        Expr::Other(parts) => match &**parts {
            [inner] => inner,
            _ => return None,
        },
        other => other,
    };
    let Expr::Subquery { operand: None, exists: false, query } = inner else { return None };
    let Query { ctes, selects, limit: None, offset: None, .. } = &**query else { return None };
    let [select] = &**selects else { return None };
    match (&*select.from, &*select.items, ctes.is_empty() && select.others.is_empty()) {
        ([from], [item], true) => Some((from, select.filter.as_ref()?, &item.sql)),
        _ => None,
    }
}

/// The pairs of columns that a condition demands to be equal, if it demands nothing else.
fn link(filter: &Expr, old: &Called<'_>, new: &Called<'_>) -> Option<Link> {
    let pair = |part: &Expr| {
        let Expr::Binary { op, left, right } = part else { return None };
        let sides = [(left, right), (right, left)];
        let found = sides.into_iter().find_map(|(a, b)| Some((old.column(a, new)?, new.column(b, old)?)));
        found.filter(|_| **op == *"=")
    };
    filter.conjuncts().iter().map(pair).collect()
}

impl Called<'_> {
    /// The column of this table, rather than of the other one, that an expression is.
    fn column(&self, expr: &Expr, other: &Self) -> Option<Ident> {
        let Expr::Column { qualifier, name } = expr else { return None };
        let is_own = match qualifier {
            Some(qualifier) => qualifier == self.name,
            None => other.table.column(name).is_none(),
        };
        (is_own && self.table.column(name).is_some()).then(|| name.clone())
    }
}

/// A text over the columns of a table, without its name before them.
pub(crate) fn unqualified(text: &str, table: &Ident) -> String {
    let mark = Ident::exact("migrate_safety_row");
    rename::qualifier(text, table, &mark).replace("migrate_safety_row.", "")
}

/// The columns of the new table with their values, over the columns of the old one; and of those that are dropped there the
/// ways back.
pub(crate) fn values_of(targets: &[(Column, String)], dropped: &[&Column]) -> Option<(Values, Values)> {
    let mut new = Vec::new();
    let mut exprs = Vec::new();
    for (column, text) in targets {
        let (value, expr) = Formula::read(text, &column.data_type)?;
        exprs.push((column, expr));
        new.push((Column { not_null: false, ..column.clone() }, Some(value)));
    }
    let back = |column: &Column| {
        exprs.iter().find_map(|(target, expr)| {
            crate::plan::copy::inverse::of(expr, &column.name, (&column.data_type, &target.name))
        })
    };
    Some((new, dropped.iter().map(|column| ((*column).clone(), back(column))).collect()))
}
