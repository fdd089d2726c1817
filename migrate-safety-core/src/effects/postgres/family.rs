//! Relations that go together: a table with its partitions, its indexes, what else a command reaches.

use crate::catalog::{Catalog, ConstraintId, Relation, RelationId, RelationKind};
use crate::sql::operation::TableTarget;

/// A table and all that inherits from it; with `only`, the table alone.
pub(super) fn family(catalog: &Catalog, id: RelationId, only: bool) -> Vec<RelationId> {
    let mut family = vec![id];
    if !only {
        family.extend(catalog.descendants(id));
    }
    family
}

/// The tables that a list of targets stands for, descendants included.
pub(super) fn targets(catalog: &Catalog, tables: &[TableTarget]) -> Vec<RelationId> {
    let found = tables.iter().filter_map(|t| Some((catalog.resolve(&t.name).found()?, t.only)));
    found.flat_map(|(id, only)| family(catalog, id, only)).collect()
}

/// The indexes of all these tables.
pub(super) fn indexes(catalog: &Catalog, tables: &[RelationId]) -> Vec<RelationId> {
    tables.iter().flat_map(|id| catalog.indexes_of(*id)).copied().collect()
}

/// Those that have a file of their own: no partitioned table, no partitioned index.
pub(super) fn stored(catalog: &Catalog, mut relations: Vec<RelationId>) -> Vec<RelationId> {
    relations.retain(|id| !is_partitioned(catalog, *id));
    relations
}

/// Whether a relation is a partitioned table or an index of one.
pub(super) fn is_partitioned(catalog: &Catalog, id: RelationId) -> bool {
    let table = catalog.index(id).map_or(id, |index| index.table);
    catalog.table(table).is_some_and(crate::catalog::Table::is_partitioned)
}

/// Tables and materialised views that hold rows of their own, those of other servers excepted.
pub(super) fn heaps(catalog: &Catalog) -> impl Iterator<Item = &Relation> {
    catalog.relations().filter(|relation| match &relation.kind {
        RelationKind::Table(table) => !table.is_partitioned() && !table.foreign,
        RelationKind::View(view) => view.materialized,
        _ => false,
    })
}

/// A foreign key with all that were made for partitions of the tables on either side: the tables they stand on and
/// those they reference.
pub(super) fn key_family(catalog: &Catalog, table: RelationId, id: ConstraintId) -> Vec<(RelationId, RelationId)> {
    let (table, top) = top_constraint(catalog, table, id);
    let mut found = Vec::new();
    for from in family(catalog, table, false) {
        for key in catalog.foreign_keys_from(from) {
            if top_constraint(catalog, from, key.constraint.id).1 == top {
                found.push((from, key.key.table));
            }
        }
    }
    found
}

/// The constraint that one was made for, up to the one that a statement made.
///
/// A foreign key has one below it for each partition of the table it stands on, and of the one it references.
pub(super) fn top_constraint(catalog: &Catalog, table: RelationId, id: ConstraintId) -> (RelationId, ConstraintId) {
    let mut at = (table, id);
    while let Some(parent) = catalog.constraint(at.0, at.1).and_then(|c| c.parent) {
        let mut tables = std::iter::once(at.0).chain(catalog.ancestors(at.0));
        match tables.find(|table| catalog.constraint(*table, parent).is_some()) {
            Some(table) if (table, parent) != at => at = (table, parent),
            _ => break,
        }
    }
    at
}
