//! Bounds of partitions against what is wanted of the key.

use super::{Value, Wanted, hash, key_columns, value};
use crate::catalog::{Catalog, Partitioning, RelationId, Table};
use crate::sql::expr::Expr;
use crate::sql::operation::{PartitionBound, PartitionStrategy};
use crate::sql::{DataType, Ident};
use std::cmp::Ordering;

/// One end of a range: minus infinity, a value, plus infinity.
#[derive(Clone, Debug, PartialEq)]
enum End {
    Least,
    At(Value),
    Most,
}

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

/// The direct partitions that can hold a row of which `wanted` is true.
pub(super) fn kept(
    catalog: &Catalog,
    table: RelationId,
    definition: &Table,
    partitioning: &Partitioning,
    wanted: &dyn Fn(&Ident) -> Wanted,
) -> Vec<RelationId> {
    let keys = key_columns(catalog, table, partitioning);
    let all = || definition.children.clone();
    let bound = |id: RelationId| match &catalog.table(id)?.partition_of {
        Some((parent, bound)) if *parent == table => Some(bound),
        _ => None,
    };
    let children: Vec<(RelationId, &PartitionBound)> =
        definition.children.iter().filter_map(|id| Some((*id, bound(*id)?))).collect();
    if children.len() != definition.children.len() {
        return all();
    }
    if matches!(partitioning.strategy, PartitionStrategy::Hash) {
        return hashed(&children, &keys, wanted).unwrap_or_else(all);
    }
    let Some(Some((name, data_type))) = keys.first() else { return all() };
    let wish = wanted(name);
    if wish == Wanted::Any {
        return all();
    }
    match partitioning.strategy {
        PartitionStrategy::List => listed(&children, data_type, &wish),
        _ => ranged(&children, data_type, keys.len(), &wish),
    }
    .unwrap_or_else(all)
}

fn listed(children: &[(RelationId, &PartitionBound)], data_type: &DataType, wish: &Wanted) -> Option<Vec<RelationId>> {
    let mut kept = Vec::new();
    let mut default = None;
    let mut listed = Vec::new();
    for (id, bound) in children {
        match bound {
            PartitionBound::Default => default = Some(*id),
            PartitionBound::In(values) => {
                let values = values.iter().map(|v| value(v, data_type)).collect::<Option<Vec<_>>>()?;
                if values.iter().any(|v| fits(v.as_ref(), wish)) {
                    kept.push(*id);
                }
                listed.extend(values);
            }
            _ => return None,
        }
    }
    let elsewhere = match wish {
        Wanted::OneOf(values) => values.iter().any(|v| !listed.contains(v)),
        _ => true,
    };
    kept.extend(default.filter(|_| elsewhere));
    Some(kept)
}

/// Whether a listed value can be the one wanted.
fn fits(value: Option<&Value>, wish: &Wanted) -> bool {
    match wish {
        Wanted::Any => true,
        Wanted::OneOf(values) => values.iter().any(|v| v.as_ref() == value),
        Wanted::Between(low, high) => value.is_some_and(|v| super::lies_in(v, low.as_ref(), high.as_ref())),
    }
}

fn ranged(
    children: &[(RelationId, &PartitionBound)],
    data_type: &DataType,
    keys: usize,
    wish: &Wanted,
) -> Option<Vec<RelationId>> {
    let mut default = None;
    let mut ranges: Vec<(RelationId, End, End)> = Vec::new();
    for (id, bound) in children {
        match bound {
            PartitionBound::Default => default = Some(*id),
            PartitionBound::Range { from, to } => {
                ranges.push((*id, End::read(from.first()?, data_type)?, End::read(to.first()?, data_type)?));
            }
            _ => return None,
        }
    }
    // With more key columns the first alone does not tell which side of an upper bound a row is on.
    let closed = keys > 1;
    let mut kept = Vec::new();
    let mut elsewhere = false;
    match wish {
        Wanted::Any => return None,
        Wanted::OneOf(values) => {
            for wanted in values {
                let Some(wanted) = wanted else {
                    elsewhere = true;
                    continue;
                };
                let mut found = false;
                for (id, from, to) in &ranges {
                    let at = End::At(wanted.clone());
                    let above = from.compare(&at)? != Ordering::Greater;
                    let below = match at.compare(to)? {
                        Ordering::Less => true,
                        Ordering::Equal => closed,
                        Ordering::Greater => false,
                    };
                    if above && below {
                        found = true;
                        if !kept.contains(id) {
                            kept.push(*id);
                        }
                    }
                }
                elsewhere |= !found || closed;
            }
        }
        Wanted::Between(low, high) => {
            let low_end = low.as_ref().map_or(End::Least, |(v, _)| End::At(v.clone()));
            let high_end = high.as_ref().map_or(End::Most, |(v, _)| End::At(v.clone()));
            let high_included = high.as_ref().is_none_or(|(_, inclusive)| *inclusive);
            for (id, from, to) in &ranges {
                let starts = match from.compare(&high_end)? {
                    Ordering::Less => true,
                    Ordering::Equal => high_included,
                    Ordering::Greater => false,
                };
                let ends = match low_end.compare(to)? {
                    Ordering::Less => true,
                    Ordering::Equal => closed || *to == End::Most,
                    Ordering::Greater => false,
                };
                if starts && ends {
                    kept.push(*id);
                }
            }
            elsewhere = closed || !covered(&mut ranges, &low_end, &high_end, high_included)?;
        }
    }
    kept.extend(default.filter(|_| elsewhere));
    Some(kept)
}

/// Whether the ranges leave no gap between two ends.
fn covered(ranges: &mut [(RelationId, End, End)], low: &End, high: &End, high_included: bool) -> Option<bool> {
    ranges.sort_by(|a, b| a.1.compare(&b.1).unwrap_or(Ordering::Equal));
    let mut reached = low.clone();
    for (_, from, to) in ranges.iter() {
        if from.compare(&reached)? == Ordering::Greater {
            break;
        }
        if to.compare(&reached)? == Ordering::Greater {
            reached = to.clone();
        }
    }
    Some(match reached.compare(high)? {
        Ordering::Greater => true,
        Ordering::Equal => !high_included || reached == End::Most,
        Ordering::Less => false,
    })
}

fn hashed(
    children: &[(RelationId, &PartitionBound)],
    keys: &[Option<(Ident, DataType)>],
    wanted: &dyn Fn(&Ident) -> Wanted,
) -> Option<Vec<RelationId>> {
    let mut values = Vec::with_capacity(keys.len());
    for key in keys {
        let (name, data_type) = key.as_ref()?;
        let Wanted::OneOf(one_of) = wanted(name) else { return None };
        values.push((one_of, data_type));
    }
    // One value per column, or several of the only column.
    let rows: Vec<Vec<(&Option<Value>, &DataType)>> = match values.as_slice() {
        [(one_of, data_type)] => one_of.iter().map(|v| vec![(v, *data_type)]).collect(),
        several => {
            let row: Option<Vec<_>> = several
                .iter()
                .map(|(one_of, data_type)| match one_of.as_slice() {
                    [only] => Some((only, *data_type)),
                    _ => None,
                })
                .collect();
            vec![row?]
        }
    };
    let mut kept = Vec::new();
    for row in rows {
        let hash = hash::row(&row)?;
        for (id, bound) in children {
            let PartitionBound::Hash { modulus, remainder } = bound else { return None };
            let fits = *modulus != 0 && hash % u64::from(*modulus) == u64::from(*remainder);
            if fits && !kept.contains(id) {
                kept.push(*id);
            }
        }
    }
    Some(kept)
}
