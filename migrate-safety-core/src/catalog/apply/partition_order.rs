//! The order in which the server goes through the partitions of a table: by their bounds, not by their age.

use super::change::Change;
use super::overlap::{constant, infinite, moment};
use crate::catalog::RelationId;
use crate::sql::expr::Expr;
use crate::sql::operation::PartitionBound;

/// Where a partition stands among others: bounds of the strategies do not mix, the default one is the last.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Place {
    Range(Vec<Value>),
    /// The least of its values.
    List(Option<Value>),
    Hash(u32, u32),
    Last,
}

/// A value in the order of its type, as far as that is known here: text is taken byte by byte.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Value {
    Least,
    /// Of a number, the bits in an order that is the numbers' own.
    Number(i64, String),
    Text(String),
    Null,
    Greatest,
}

impl Change<'_> {
    /// The partitions of a table, in the order of their bounds.
    pub(super) fn partitions_by_bound(&self, parent: RelationId) -> Vec<RelationId> {
        let mut partitions = self.children(parent);
        partitions.sort_by_cached_key(|id| {
            let bound = self.table(*id).and_then(|t| t.partition_of.as_ref()).map(|(_, bound)| bound);
            bound.map_or(Place::Last, place)
        });
        partitions
    }
}

fn place(bound: &PartitionBound) -> Place {
    match bound {
        PartitionBound::Default => Place::Last,
        PartitionBound::Range { from, .. } => Place::Range(from.iter().map(value).collect()),
        PartitionBound::In(values) => Place::List(values.iter().map(value).min()),
        PartitionBound::Hash { modulus, remainder } => Place::Hash(*modulus, *remainder),
    }
}

fn value(expr: &Expr) -> Value {
    match infinite(expr) {
        Some(-1) => return Value::Least,
        Some(_) => return Value::Greatest,
        None => {}
    }
    let Some(text) = constant(expr) else { return Value::Null };
    match text.parse::<f64>() {
        Ok(number) => {
            // What `f64::total_cmp` compares.
            let bits = number.to_bits().cast_signed();
            Value::Number(bits ^ ((bits >> 63).cast_unsigned() >> 1).cast_signed(), text.to_owned())
        }
        Err(_) => Value::Text(moment(text).map_or_else(|| text.to_owned(), |(moment, rest)| moment + rest)),
    }
}
