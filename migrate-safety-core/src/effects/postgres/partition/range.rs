//! Range partitions: bounds and wishes as points on a line.
//!
//! A row's key is a tuple; a bound lies just before the tuple it names. To have a place just before and just behind each
//! tuple, all are one longer than the key, with [`End::Least`] or [`End::Most`] as the last.

use super::{Value, Wanted, value};
use crate::catalog::RelationId;
use crate::sql::expr::Expr;
use crate::sql::operation::PartitionBound;
use crate::sql::{DataType, Ident};
use std::cmp::Ordering;

/// A coordinate of a point.
#[derive(Clone, Debug, PartialEq)]
enum End {
    Least,
    At(Value),
    Most,
}

type Point = Vec<End>;

/// The points between two.
type Stretch = (Point, Point);

impl End {
    fn read(expr: &Expr, data_type: &DataType) -> Option<Self> {
        match expr {
            Expr::Column { name, .. } if *name == *"minvalue" => Some(Self::Least),
            Expr::Column { name, .. } if *name == *"maxvalue" => Some(Self::Most),
            _ => Some(Self::At(value(expr, data_type)??)),
        }
    }

    fn compare(&self, other: &Self) -> Option<Ordering> {
        Some(match (self, other) {
            (Self::Least, Self::Least) | (Self::Most, Self::Most) => Ordering::Equal,
            (Self::Least, _) | (_, Self::Most) => Ordering::Less,
            (Self::Most, _) | (_, Self::Least) => Ordering::Greater,
            (Self::At(a), Self::At(b)) => a.compare(b)?,
        })
    }
}

fn compare(a: &Point, b: &Point) -> Option<Ordering> {
    for (a, b) in a.iter().zip(b) {
        match a.compare(b)? {
            Ordering::Equal => {}
            other => return Some(other),
        }
    }
    Some(Ordering::Equal)
}

/// The partitions that can hold a row of which `wanted` is true; nothing if that cannot be told.
pub(super) fn kept(
    children: &[(RelationId, &PartitionBound)],
    keys: &[Option<(Ident, DataType)>],
    wanted: &dyn Fn(&Ident) -> Wanted,
) -> Option<Vec<RelationId>> {
    let wishes: Vec<Wanted> =
        keys.iter().map(|key| key.as_ref().map_or(Wanted::Any, |(name, _)| wanted(name))).collect();
    if matches!(wishes.first()?, Wanted::Any | Wanted::NoneOf(_)) {
        return None;
    }
    let mut default = None;
    let mut ranges: Vec<(RelationId, Stretch)> = Vec::new();
    for (id, bound) in children {
        match bound {
            PartitionBound::Default => default = Some(*id),
            PartitionBound::Range { from, to } => {
                ranges.push((*id, (just_before(from, keys)?, just_before(to, keys)?)));
            }
            _ => return None,
        }
    }
    ranges.sort_by(|a, b| compare(&a.1.0, &b.1.0).unwrap_or(Ordering::Equal));
    let (stretches, nulls) = stretches(&wishes);
    let mut kept = Vec::new();
    // NULL is in no range. Where only the first columns of a key are given, the planner does not look for gaps.
    let exact = wishes.iter().rev().skip(1).all(|w| matches!(w, Wanted::OneOf(_)))
        && !matches!(wishes.last(), Some(Wanted::Any | Wanted::NoneOf(_)));
    let mut elsewhere = nulls || !exact;
    for stretch in &stretches {
        for (id, range) in &ranges {
            if meet(stretch, range)? && !kept.contains(id) {
                kept.push(*id);
            }
        }
        elsewhere |= !is_covered(stretch, &ranges)?;
    }
    kept.extend(default.filter(|_| elsewhere));
    Some(kept)
}

fn just_before(bound: &[Expr], keys: &[Option<(Ident, DataType)>]) -> Option<Point> {
    let mut point = Vec::with_capacity(keys.len() + 1);
    for (expr, key) in bound.iter().zip(keys) {
        point.push(match key {
            Some((_, data_type)) => End::read(expr, data_type)?,
            // Of an expression nothing is wanted: any place will do.
            None => End::Least,
        });
    }
    point.push(End::Least);
    Some(point)
}

/// What is wanted, as stretches of the line; and whether NULL is.
fn stretches(wishes: &[Wanted]) -> (Vec<Stretch>, bool) {
    /// Beyond that many combinations, less exact ones do.
    const MOST: usize = 256;

    let mut prefixes: Vec<Point> = vec![Vec::new()];
    let mut nulls = false;
    for (at, wish) in wishes.iter().enumerate() {
        match wish {
            Wanted::OneOf(values) if prefixes.len() * values.len() <= MOST => {
                nulls |= values.contains(&None);
                let with = |prefix: &Point, value: &Value| {
                    let mut longer = prefix.clone();
                    longer.push(End::At(value.clone()));
                    longer
                };
                prefixes = prefixes.iter().flat_map(|p| values.iter().flatten().map(move |v| with(p, v))).collect();
            }
            Wanted::Between(low, high) => {
                let rest = wishes.len() - at - 1;
                let low = match low {
                    Some((value, inclusive)) => {
                        (End::At(value.clone()), if *inclusive { End::Least } else { End::Most })
                    }
                    None => (End::Least, End::Least),
                };
                let high = match high {
                    Some((value, inclusive)) => {
                        (End::At(value.clone()), if *inclusive { End::Most } else { End::Least })
                    }
                    None => (End::Most, End::Most),
                };
                let closed = |prefix: &Point| (filled(prefix, low.clone(), rest), filled(prefix, high.clone(), rest));
                return (prefixes.iter().map(closed).collect(), nulls);
            }
            _ => break,
        }
    }
    let open = |prefix: &Point| {
        let rest = wishes.len() + 1 - prefix.len();
        let fill = |end: End| prefix.iter().cloned().chain(std::iter::repeat_n(end, rest)).collect();
        (fill(End::Least), fill(End::Most))
    };
    (prefixes.iter().map(open).collect(), nulls)
}

/// A prefix, one coordinate more, and the rest of one kind, the additional last one included.
fn filled(prefix: &Point, (next, then): (End, End), rest: usize) -> Point {
    prefix.iter().cloned().chain([next]).chain(std::iter::repeat_n(then, rest + 1)).collect()
}

/// Whether two stretches have points in common.
fn meet(a: &Stretch, b: &Stretch) -> Option<bool> {
    Some(compare(&a.0, &b.1)? == Ordering::Less && compare(&b.0, &a.1)? == Ordering::Less)
}

/// Whether sorted ranges leave no gap in a stretch.
fn is_covered(stretch: &Stretch, ranges: &[(RelationId, Stretch)]) -> Option<bool> {
    let mut reached = stretch.0.clone();
    for (_, (from, to)) in ranges {
        if compare(from, &reached)? == Ordering::Greater {
            break;
        }
        if compare(to, &reached)? == Ordering::Greater {
            reached.clone_from(to);
        }
    }
    // Nothing lies between the last value and the end of the line.
    let ended = reached.iter().take(reached.len().saturating_sub(1)).all(|end| *end == End::Most);
    Some(ended || compare(&reached, &stretch.1)? != Ordering::Less)
}
