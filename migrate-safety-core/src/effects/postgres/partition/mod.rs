//! Which partitions hold the rows that a condition asks for, or take a row: known when statement and bounds are
//! constants, as the server's planner knows it.

mod bound;
mod hash;
mod range;
mod value;

pub(super) use value::{Value, value};

use crate::catalog::{Catalog, Partitioning, RelationId};
use crate::sql::expr::Expr;
use crate::sql::{DataType, Ident};

/// What is known of a column's value.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) enum Wanted {
    /// Nothing.
    #[default]
    Any,
    /// It is one of these; NULL is none.
    OneOf(Vec<Option<Value>>),
    /// It is none of these, nor NULL.
    NoneOf(Vec<Value>),
    /// It lies between these, bounds included if true.
    Between(Option<(Value, bool)>, Option<(Value, bool)>),
}

impl Wanted {
    /// Both are true of it.
    #[must_use]
    pub(super) fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::Any, known) | (known, Self::Any) => known,
            (Self::OneOf(a), Self::OneOf(b)) => Self::OneOf(a.into_iter().filter(|v| b.contains(v)).collect()),
            (Self::OneOf(values), Self::Between(low, high)) | (Self::Between(low, high), Self::OneOf(values)) => {
                let inside = |v: &Option<Value>| v.as_ref().is_some_and(|v| lies_in(v, low.as_ref(), high.as_ref()));
                Self::OneOf(values.into_iter().filter(inside).collect())
            }
            (Self::OneOf(values), Self::NoneOf(not)) | (Self::NoneOf(not), Self::OneOf(values)) => {
                let kept = |v: &Option<Value>| v.as_ref().is_some_and(|v| !not.contains(v));
                Self::OneOf(values.into_iter().filter(kept).collect())
            }
            (Self::NoneOf(mut not), Self::NoneOf(also)) => {
                not.extend(also);
                Self::NoneOf(not)
            }
            (between @ Self::Between(..), Self::NoneOf(_)) | (Self::NoneOf(_), between @ Self::Between(..)) => between,
            (Self::Between(low, high), Self::Between(low2, high2)) => {
                Self::Between(tighter(low, low2, true), tighter(high, high2, false))
            }
        }
    }

    /// One of the two is true of it.
    #[must_use]
    pub(super) fn or(self, other: Self) -> Self {
        match (self, other) {
            (Self::OneOf(mut a), Self::OneOf(b)) => {
                a.extend(b);
                Self::OneOf(a)
            }
            _ => Self::Any,
        }
    }
}

fn lies_in(value: &Value, low: Option<&(Value, bool)>, high: Option<&(Value, bool)>) -> bool {
    use std::cmp::Ordering::{Equal, Greater, Less};
    let above = low.is_none_or(|(low, inclusive)| match value.compare(low) {
        Some(Less) => false,
        Some(Equal) => *inclusive,
        Some(Greater) | None => true,
    });
    let below = high.is_none_or(|(high, inclusive)| match value.compare(high) {
        Some(Greater) => false,
        Some(Equal) => *inclusive,
        Some(Less) | None => true,
    });
    above && below
}

fn tighter(a: Option<(Value, bool)>, b: Option<(Value, bool)>, low: bool) -> Option<(Value, bool)> {
    use std::cmp::Ordering::{Equal, Greater, Less};
    let (Some(a), Some(b)) = (a.clone(), b.clone()) else { return a.or(b) };
    let first = match a.0.compare(&b.0) {
        Some(Equal) => !a.1,
        Some(Greater) => low,
        Some(Less) => !low,
        None => true,
    };
    Some(if first { a } else { b })
}

/// The partitions below a table, at every level, that a planner keeps, parents before children: those that can hold a
/// row of which `wanted` is true of a column.
pub(super) fn kept(catalog: &Catalog, table: RelationId, wanted: &dyn Fn(&Ident) -> Wanted) -> Vec<RelationId> {
    let mut kept = Vec::new();
    let Some(definition) = catalog.table(table) else { return kept };
    let Some(partitioning) = &definition.partition_by else { return kept };
    for child in bound::kept(catalog, table, definition, partitioning, wanted) {
        kept.push(child);
        kept.extend(self::kept(catalog, child, wanted));
    }
    kept
}

/// The key columns of a partitioned table with their types; absent for an expression.
fn key_columns(catalog: &Catalog, table: RelationId, partitioning: &Partitioning) -> Vec<Option<(Ident, DataType)>> {
    let column = |expr: &Expr| match expr {
        Expr::Column { name, .. } => {
            let column = catalog.table(table)?.column(name)?;
            Some((column.name.clone(), column.data_type.clone()))
        }
        _ => None,
    };
    partitioning.key.iter().map(|e| column(&e.expr)).collect()
}
