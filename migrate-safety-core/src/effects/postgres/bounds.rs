//! Which rows a partition takes, as a condition on its rows (`get_qual_from_partbound` on the server).

use super::constant::Constant;
use super::proof::{Comparison, Condition, Reader, is_proved, negate, strip};
use crate::catalog::{Catalog, Partitioning, RelationId};
use crate::sql::Expr;
use crate::sql::operation::PartitionBound;

/// One end of a range.
#[derive(Clone, Debug, PartialEq)]
enum End {
    Min,
    At(Constant),
    Max,
}

/// The condition that the rows of a new partition have to meet. Nothing: a condition that cannot be proved, as for
/// hash partitions and for what is not understood.
pub(super) fn condition(catalog: &Catalog, parent: RelationId, bound: &PartitionBound) -> Option<Condition> {
    let table = catalog.table(parent)?;
    let partitioning = table.partition_by.as_ref()?;
    let reader = Reader { catalog, table: parent };
    let mut all = Vec::new();
    match bound {
        PartitionBound::Default => all.push(not_elsewhere(catalog, parent)?),
        bound => all.push(of_bound(&reader, partitioning, bound)?),
    }
    if let Some((grandparent, own)) = &table.partition_of {
        all.push(condition(catalog, *grandparent, own)?);
    }
    Some(Condition::And(all))
}

/// The condition on the rows of the default partition once there is a partition with this bound.
pub(super) fn rest_condition(catalog: &Catalog, parent: RelationId, bound: &PartitionBound) -> Option<Condition> {
    let partitioning = catalog.table(parent)?.partition_by.as_ref()?;
    of_bound(&Reader { catalog, table: parent }, partitioning, bound).map(negate)
}

/// The tables with rows, from `root` down, that have to be read to see that all rows meet the condition.
pub(super) fn unproved_tables(catalog: &Catalog, root: RelationId, wanted: Option<&Condition>) -> Vec<RelationId> {
    let Some(table) = catalog.table(root) else { return Vec::new() };
    if wanted.is_some_and(|wanted| is_proved(catalog, root, wanted)) {
        return Vec::new();
    }
    if table.is_partitioned() {
        return table.children.iter().flat_map(|child| unproved_tables(catalog, *child, wanted)).collect();
    }
    vec![root]
}

/// What is in the way of a new partition: another that takes some of its rows, or (nothing) a range without rows.
pub(super) fn overlapping(catalog: &Catalog, parent: RelationId, bound: &PartitionBound) -> Option<Option<RelationId>> {
    let table = catalog.table(parent)?;
    let partitioning = table.partition_by.as_ref()?;
    let key: Vec<&Expr> = partitioning.key.iter().map(|key| &key.expr).collect();
    let reader = Reader { catalog, table: parent };
    let new = Extent::read(&reader, &key, bound)?;
    if let Extent::Range(from, to) = &new
        && !precedes(from, to)?
    {
        return Some(None);
    }
    let others = table.children.iter().filter(|child| {
        let other = catalog.table(**child).and_then(|child| child.partition_of.as_ref());
        other
            .and_then(|(_, other)| Extent::read(&reader, &key, other))
            .and_then(|other| new.overlaps(&other))
            .unwrap_or(false)
    });
    others.copied().next().map(Some)
}

/// The rows of a partition.
enum Extent {
    Default,
    /// Values; `None` for NULL.
    List(Vec<Option<Constant>>),
    Range(Vec<End>, Vec<End>),
    /// Modulus and remainder.
    Hash(u32, u32),
}

impl Extent {
    fn read(reader: &Reader<'_>, key: &[&Expr], bound: &PartitionBound) -> Option<Self> {
        Some(match bound {
            PartitionBound::Default => Self::Default,
            PartitionBound::Hash { modulus, remainder } => Self::Hash(*modulus, *remainder),
            PartitionBound::In(values) => {
                let column = key.first()?;
                let read = |value: &Expr| match super::added::is_null(value) {
                    true => Some(None),
                    false => reader.constant(value, column).map(Some),
                };
                Self::List(values.iter().map(read).collect::<Option<_>>()?)
            }
            PartitionBound::Range { from, to } => {
                let read = |values: &[Expr]| -> Option<Vec<End>> {
                    let same = values.len() == key.len();
                    same.then(|| values.iter().zip(key).map(|(value, key)| end(reader, value, key)).collect())?
                };
                Self::Range(read(from)?, read(to)?)
            }
        })
    }

    /// Whether a row can belong to both; unknown where constants cannot be compared.
    fn overlaps(&self, other: &Self) -> Option<bool> {
        match (self, other) {
            (Self::Default, Self::Default) => Some(true),
            (Self::List(a), Self::List(b)) => Some(a.iter().any(|value| b.contains(value))),
            (Self::Range(from, to), Self::Range(other_from, other_to)) => {
                Some(precedes(from, other_to)? && precedes(other_from, to)?)
            }
            (Self::Hash(modulus, remainder), Self::Hash(other_modulus, other_remainder)) => {
                let smaller = (*modulus).min(*other_modulus).max(1);
                Some(remainder % smaller == other_remainder % smaller)
            }
            _ => Some(false),
        }
    }
}

/// Whether one end of a range comes before another.
fn precedes(a: &[End], b: &[End]) -> Option<bool> {
    for pair in a.iter().zip(b) {
        match pair {
            // Below or above everything, whatever the columns after it say.
            (End::Min, End::Min) | (End::Max, End::Max) => return Some(false),
            (End::Min, _) | (_, End::Max) => return Some(true),
            (_, End::Min) | (End::Max, _) => return Some(false),
            (End::At(a), End::At(b)) => match a.compare(b)? {
                std::cmp::Ordering::Less => return Some(true),
                std::cmp::Ordering::Greater => return Some(false),
                std::cmp::Ordering::Equal => {}
            },
        }
    }
    Some(false)
}

/// The rows that no partition but the default one takes. No other partition: no condition.
fn not_elsewhere(catalog: &Catalog, parent: RelationId) -> Option<Condition> {
    let table = catalog.table(parent)?;
    let partitioning = table.partition_by.as_ref()?;
    let reader = Reader { catalog, table: parent };
    let mut all = Vec::new();
    for child in &table.children {
        match &catalog.table(*child)?.partition_of {
            Some((_, PartitionBound::Default)) | None => {}
            Some((_, bound)) => all.push(negate(of_bound(&reader, partitioning, bound)?)),
        }
    }
    Some(Condition::And(all))
}

fn of_bound(reader: &Reader<'_>, partitioning: &Partitioning, bound: &PartitionBound) -> Option<Condition> {
    let key: Vec<&Expr> = partitioning.key.iter().map(|key| &key.expr).collect();
    match bound {
        PartitionBound::In(values) => of_list(reader, key.first()?, values),
        PartitionBound::Range { from, to } => of_range(reader, &key, from, to),
        PartitionBound::Default | PartitionBound::Hash { .. } => None,
    }
}

fn of_list(reader: &Reader<'_>, key: &Expr, values: &[Expr]) -> Option<Condition> {
    let mut any = Vec::new();
    let mut null = false;
    for value in values {
        if super::added::is_null(value) {
            null = true;
            continue;
        }
        any.push(Condition::Compare(strip(key), Comparison::Equal, reader.constant(value, key)?));
    }
    let any = Condition::Or(any);
    Some(if null {
        Condition::Or(vec![Condition::IsNull(strip(key)), any])
    } else {
        Condition::And(vec![Condition::IsNotNull(strip(key)), any])
    })
}

fn of_range(reader: &Reader<'_>, key: &[&Expr], from: &[Expr], to: &[Expr]) -> Option<Condition> {
    if from.len() != key.len() || to.len() != key.len() {
        return None;
    }
    let ends = |values: &[Expr]| -> Option<Vec<End>> {
        values.iter().zip(key).map(|(value, key)| end(reader, value, key)).collect()
    };
    let (from, to) = (ends(from)?, ends(to)?);
    let mut all: Vec<Condition> = key.iter().map(|key| Condition::IsNotNull(strip(key))).collect();
    // Columns where both ends are the same come first.
    let mut same = 0;
    while let (Some(End::At(low)), Some(End::At(high)), Some(key)) = (from.get(same), to.get(same), key.get(same)) {
        if low != high || same + 1 == from.len() {
            break;
        }
        all.push(Condition::Compare(strip(key), Comparison::Equal, low.clone()));
        same += 1;
    }
    all.extend(LOWER.arms(key, &from, same));
    all.extend(UPPER.arms(key, &to, same));
    Some(Condition::And(all))
}

fn end(reader: &Reader<'_>, value: &Expr, key: &Expr) -> Option<End> {
    match value {
        Expr::Column { qualifier: None, name } if *name == *"minvalue" => Some(End::Min),
        Expr::Column { qualifier: None, name } if *name == *"maxvalue" => Some(End::Max),
        value => reader.constant(value, key).map(End::At),
    }
}

/// How an end of a range becomes a condition.
struct Side {
    /// For all columns but the last.
    strict: Comparison,
    /// For a column whose whole value is inside: one before `covering`.
    inclusive: Comparison,
    /// For the last column.
    last: Comparison,
    covering: End,
}

const LOWER: Side = Side {
    strict: Comparison::Greater,
    inclusive: Comparison::GreaterOrEqual,
    last: Comparison::GreaterOrEqual,
    covering: End::Min,
};
const UPPER: Side =
    Side { strict: Comparison::Less, inclusive: Comparison::LessOrEqual, last: Comparison::Less, covering: End::Max };

impl Side {
    /// `a > 1 OR (a = 1 AND b >= 5)`: one arm for each column, until one is unlimited.
    fn arms(&self, key: &[&Expr], ends: &[End], first: usize) -> Option<Condition> {
        let mut arms = Vec::new();
        let mut equal = Vec::new();
        for (at, (key, end)) in key.iter().zip(ends).enumerate().skip(first) {
            let End::At(constant) = end else { break };
            let comparison = match ends.get(at + 1) {
                None => self.last,
                Some(next) if *next == self.covering => self.inclusive,
                Some(_) => self.strict,
            };
            let mut arm = equal.clone();
            arm.push(Condition::Compare(strip(key), comparison, constant.clone()));
            arms.push(Condition::And(arm));
            equal.push(Condition::Compare(strip(key), Comparison::Equal, constant.clone()));
        }
        (!arms.is_empty()).then_some(Condition::Or(arms))
    }
}
