//! Both sides of foreign keys.

use super::on::with_partitions;
use crate::catalog::{Catalog, Constraint, ForeignKeyRef, RelationId, Table};
use crate::effects::scene::Scene;
use crate::sql::ObjectName;

/// The table that a new foreign key references, with its partitions: all of them get triggers.
pub(super) fn referenced_tables(scene: &Scene<'_>, name: &ObjectName) -> Vec<RelationId> {
    scene.relation(name).map(|id| with_partitions(scene.catalog, id)).unwrap_or_default()
}

/// The tables that are read when a foreign key to this one is checked.
pub(super) fn scanned_tables(scene: &Scene<'_>, name: &ObjectName) -> Vec<RelationId> {
    referenced_tables(scene, name)
}

/// The tables that have triggers of a foreign key on the referenced side, and so are locked when it goes.
///
/// Until PostgreSQL 14 a partitioned table itself had none, only its partitions; a key that is not enforced has none.
pub(super) fn triggered_tables(catalog: &Catalog, key: &ForeignKeyRef<'_>) -> Vec<RelationId> {
    if !key.constraint.enforced {
        return Vec::new();
    }
    let all = with_partitions(catalog, key.key.table);
    let has_triggers =
        |id: &RelationId| catalog.target().version >= 15 || !catalog.table(*id).is_some_and(Table::is_partitioned);
    all.into_iter().filter(has_triggers).collect()
}

/// The foreign keys of a table, without those made for the partitions of a referenced table or for a parent's key.
pub(super) fn own_keys<'c>(catalog: &'c Catalog, table: RelationId) -> Vec<ForeignKeyRef<'c>> {
    let is_own = |key: &ForeignKeyRef<'c>| match key.constraint.parent {
        None => true,
        Some(parent) => catalog.constraint(table, parent).is_none(),
    };
    catalog.foreign_keys_from(table).into_iter().filter(is_own).collect()
}

/// The foreign keys to a table, without those that partitions have for a key of their parent.
pub(super) fn keys_to(catalog: &Catalog, table: RelationId) -> Vec<ForeignKeyRef<'_>> {
    let is_own = |key: &ForeignKeyRef<'_>| {
        key.constraint.parent.is_none_or(|parent| catalog.constraint(key.from, parent).is_some())
    };
    catalog.foreign_keys_to(table).into_iter().filter(is_own).collect()
}

/// Whether existing rows were checked against it.
pub(super) fn is_checked(constraint: &Constraint) -> bool {
    constraint.valid && constraint.enforced
}
