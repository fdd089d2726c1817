//! Bounds of partitions against what is wanted of the key.

use super::{Value, Wanted, hash, key_columns, range, value};
use crate::catalog::{Catalog, Partitioning, RelationId, Table};
use crate::sql::operation::{PartitionBound, PartitionStrategy};
use crate::sql::{DataType, Ident};

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
    match partitioning.strategy {
        PartitionStrategy::List => {
            let Some(Some((name, data_type))) = keys.first() else { return all() };
            match wanted(name) {
                Wanted::Any => None,
                wish => listed(&children, data_type, &wish),
            }
        }
        _ => range::kept(&children, &keys, wanted),
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
        Wanted::Any | Wanted::NoneOf(_) | Wanted::Between(..) => true,
    };
    kept.extend(default.filter(|_| elsewhere));
    Some(kept)
}

/// Whether a listed value can be the one wanted.
fn fits(value: Option<&Value>, wish: &Wanted) -> bool {
    match wish {
        Wanted::Any => true,
        Wanted::OneOf(values) => values.iter().any(|v| v.as_ref() == value),
        Wanted::NoneOf(values) => value.is_some_and(|v| !values.contains(v)),
        Wanted::Between(low, high) => value.is_some_and(|v| super::lies_in(v, low.as_ref(), high.as_ref())),
    }
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
