//! Bounds of partitions that cannot stand beside each other.

use super::change::Change;
use crate::catalog::{Conflict, Partitioning, RelationId};
use crate::sql::DataType;
use crate::sql::expr::{Expr, Expression};
use crate::sql::operation::{PartitionBound, PartitionStrategy};
use std::cmp::Ordering;

impl Change<'_> {
    /// Reports a bound that does not fit the partitioned table, or takes rows that another partition takes.
    pub(super) fn check_bound(&mut self, parent: RelationId, partition: RelationId, bound: &PartitionBound) {
        let name = self.name(partition);
        if let (PartitionBound::Default, Some(other)) = (bound, self.catalog.partitions_default(parent)) {
            let other = self.name(other);
            let message = format!("partition \"{name}\" conflicts with existing default partition \"{other}\"");
            self.conflict("42P17", message);
            return;
        }
        let Some(partitioning) = self.table(parent).and_then(|t| t.partition_by.clone()) else { return };
        if let Some(message) = unfit(&partitioning, bound) {
            self.conflict("42P16", message);
            return;
        }
        if let Some(problem) = self.unreadable(parent, &partitioning, bound) {
            self.applied.conflicts.push(problem);
            return;
        }
        let kinds: Vec<Kind> = partitioning.key.iter().map(|key| self.kind_of(parent, &key.expr)).collect();
        if let PartitionBound::Range { from, to } = bound
            && compare(&kinds, from, to).is_some_and(Ordering::is_ge)
        {
            self.conflict("42P17", format!("empty range bound specified for partition \"{name}\""));
            return;
        }
        let taken = self.children(parent).into_iter().find(|child| {
            let of_child = self.table(*child).and_then(|t| t.partition_of.as_ref());
            *child != partition && of_child.is_some_and(|(_, other)| overlap(&kinds, bound, other))
        });
        if let Some(other) = taken {
            let other = self.name(other);
            self.conflict("42P17", format!("partition \"{name}\" would overlap partition \"{other}\""));
        }
    }

    /// A constant that is no value of the key's type.
    fn unreadable(&self, parent: RelationId, partitioning: &Partitioning, bound: &PartitionBound) -> Option<Conflict> {
        let problem = |key: &Expression, value: &Expr| match value {
            Expr::String(text) => self.catalog.constant_problem(text, &self.bound_type(parent, &key.expr)?),
            _ => None,
        };
        let keys = &partitioning.key;
        match bound {
            PartitionBound::In(values) => values.iter().find_map(|value| problem(keys.first()?, value)),
            PartitionBound::Range { from, to } => {
                let mut values = keys.iter().zip(from).chain(keys.iter().zip(to));
                values.find_map(|(key, value)| problem(key, value))
            }
            PartitionBound::Default | PartitionBound::Hash { .. } => None,
        }
    }

    fn bound_type(&self, table: RelationId, key: &Expr) -> Option<DataType> {
        match key {
            Expr::Column { name, .. } => self.table(table).and_then(|t| t.column(name)).map(|c| c.data_type.clone()),
            other => self.catalog.expression_type(other, Some(table)),
        }
    }

    /// How values of a key compare.
    fn kind_of(&self, table: RelationId, key: &Expr) -> Kind {
        match self.bound_type(table, key) {
            Some(t) if ["int2", "int4", "int8", "numeric", "float4", "float8"].iter().any(|n| t.is(n)) => Kind::Number,
            Some(t) if ["date", "timestamp", "timestamptz"].iter().any(|n| t.is(n)) => Kind::Time,
            _ => Kind::Unordered,
        }
    }
}

/// A bound of another strategy, or with another number of values than the key has columns.
fn unfit(partitioning: &Partitioning, bound: &PartitionBound) -> Option<String> {
    let columns = partitioning.key.len();
    let strategy = match (partitioning.strategy, bound) {
        (PartitionStrategy::Hash, PartitionBound::Default) => {
            return Some("a hash-partitioned table may not have a default partition".to_owned());
        }
        (_, PartitionBound::Default)
        | (PartitionStrategy::List, PartitionBound::In(_))
        | (PartitionStrategy::Hash, PartitionBound::Hash { .. }) => return None,
        (PartitionStrategy::Range, PartitionBound::Range { from, to }) => {
            let short = [("FROM", from), ("TO", to)].into_iter().find(|(_, values)| values.len() != columns);
            return short.map(|(word, _)| format!("{word} must specify exactly one value per partitioning column"));
        }
        (PartitionStrategy::Range, _) => "range",
        (PartitionStrategy::List, _) => "list",
        (PartitionStrategy::Hash, _) => "hash",
    };
    Some(format!("invalid bound specification for a {strategy} partition"))
}

/// How the values of one column of a key compare.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Number,
    Time,
    /// Only whether they are equal is known here: the order depends on a collation or an operator class.
    Unordered,
}

/// Whether two bounds surely have a row in common.
fn overlap(kinds: &[Kind], a: &PartitionBound, b: &PartitionBound) -> bool {
    match (a, b) {
        (PartitionBound::In(a), PartitionBound::In(b)) => {
            let kind = kinds.first().copied().unwrap_or(Kind::Unordered);
            a.iter().any(|a| b.iter().any(|b| compare_values(kind, a, b) == Some(Ordering::Equal)))
        }
        (PartitionBound::Range { from, to }, PartitionBound::Range { from: other_from, to: other_to }) => {
            let below = |from: &[Expr], to: &[Expr]| compare(kinds, from, to).is_some_and(Ordering::is_lt);
            below(from, other_to) && below(other_from, to)
        }
        (
            PartitionBound::Hash { modulus: m, remainder: r },
            PartitionBound::Hash { modulus: other_m, remainder: other_r },
        ) => {
            let common = greatest_common_divisor(*m, *other_m);
            common > 0 && r % common == other_r % common
        }
        _ => false,
    }
}

fn greatest_common_divisor(a: u32, b: u32) -> u32 {
    let (mut a, mut b) = (a, b);
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a
}

/// The order of two rows of values; absent: not known here.
fn compare(kinds: &[Kind], a: &[Expr], b: &[Expr]) -> Option<Ordering> {
    for ((kind, a), b) in kinds.iter().zip(a).zip(b) {
        match compare_values(*kind, a, b)? {
            Ordering::Equal if infinite(a).is_some() => return Some(Ordering::Equal),
            Ordering::Equal => {}
            order => return Some(order),
        }
    }
    Some(Ordering::Equal)
}

/// `MINVALUE` and `MAXVALUE`.
pub(super) fn infinite(value: &Expr) -> Option<i8> {
    match value {
        Expr::Column { name, .. } if name == "minvalue" => Some(-1),
        Expr::Column { name, .. } if name == "maxvalue" => Some(1),
        _ => None,
    }
}

fn compare_values(kind: Kind, a: &Expr, b: &Expr) -> Option<Ordering> {
    match (infinite(a), infinite(b)) {
        (None, None) => {}
        (a, b) => return Some(a.unwrap_or(0).cmp(&b.unwrap_or(0))),
    }
    let (a, b) = match (constant(a), constant(b)) {
        (Some(a), Some(b)) => (a, b),
        (None, None) if *a == Expr::Null && *b == Expr::Null => return Some(Ordering::Equal),
        _ => return None,
    };
    match kind {
        Kind::Number => match (a.parse::<i128>(), b.parse::<i128>()) {
            (Ok(a), Ok(b)) => Some(a.cmp(&b)),
            _ => a.parse::<f64>().ok()?.partial_cmp(&b.parse::<f64>().ok()?),
        },
        Kind::Time => {
            let ((a, a_zone), (b, b_zone)) = (moment(a)?, moment(b)?);
            (a_zone == b_zone).then(|| a.cmp(&b))
        }
        Kind::Unordered => (a == b).then_some(Ordering::Equal),
    }
}

/// The text of a constant, casts left out.
pub(super) fn constant(value: &Expr) -> Option<&str> {
    match value {
        Expr::Number(text) | Expr::String(text) => Some(text.trim()),
        Expr::Bool(value) => Some(if *value { "true" } else { "false" }),
        Expr::Cast { expr, .. } => constant(expr),
        _ => None,
    }
}

/// `2024-01-31 12:00:00` with what follows (a fraction, a time zone); a date is its first moment.
pub(super) fn moment(text: &str) -> Option<(String, &str)> {
    const SHAPE: &str = "dddd-dd-dd dd:dd:dd";
    let mut moment = text.get(..text.len().min(SHAPE.len()))?.replace('T', " ");
    let zone = text.get(moment.len()..)?;
    if moment.len() == 10 {
        moment.push_str(" 00:00:00");
    }
    let fits = moment.len() == SHAPE.len()
        && moment.chars().zip(SHAPE.chars()).all(|(c, s)| if s == 'd' { c.is_ascii_digit() } else { c == s });
    fits.then_some((moment, zone))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_compare_as_far_as_is_known() {
        let string = |s: &str| Expr::String(s.into());
        let number = |n: &str| Expr::Number(n.into());
        let cases = [
            (Kind::Number, number("9"), number("10"), Some(Ordering::Less)),
            (Kind::Number, string("9"), number("9.0"), Some(Ordering::Equal)),
            (Kind::Time, string("2024-01-31"), string("2024-01-31 00:00:00"), Some(Ordering::Equal)),
            (Kind::Time, string("2024-01-31"), string("2024-02-01"), Some(Ordering::Less)),
            (Kind::Time, string("2024-01-31 00:00:00+00"), string("2024-02-01"), None),
            (Kind::Time, string("infinity"), string("2024-02-01"), None),
            (Kind::Unordered, string("a"), string("b"), None),
            (Kind::Unordered, string("a"), string("a"), Some(Ordering::Equal)),
            (Kind::Unordered, Expr::Null, Expr::Null, Some(Ordering::Equal)),
        ];
        for (kind, a, b, expected) in cases {
            assert_eq!(compare_values(kind, &a, &b), expected, "{a:?} {b:?}");
        }
    }
}
