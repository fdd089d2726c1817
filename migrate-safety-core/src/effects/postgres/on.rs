//! The relations an act can be on, by their relation to the one that is altered.

use crate::catalog::{
    Catalog, Column, ColumnId, Constraint, ConstraintKind, ForeignKeyRef, Relation, RelationId, Table,
};
use crate::effects::RelationRef;
use crate::effects::scene::Scene;
use crate::sql::{Ident, ObjectName};

/// The relation that is altered.
pub(super) fn target(scene: &Scene<'_>) -> Vec<RelationId> {
    scene.target().map(|relation| relation.id).into_iter().collect()
}

/// It and everything below it, unless `ONLY`.
pub(super) fn tree(scene: &Scene<'_>) -> Vec<RelationId> {
    let Some(target) = scene.target() else { return Vec::new() };
    let mut tree = vec![target.id];
    if recurses(scene) && target.table().is_some() {
        tree.extend(scene.catalog.descendants(target.id));
    }
    tree
}

/// It and, if it is partitioned, everything below it.
pub(super) fn partition_tree(scene: &Scene<'_>) -> Vec<RelationId> {
    if is_partitioned(scene) { tree(scene) } else { target(scene) }
}

/// It and its direct children.
pub(super) fn with_children(scene: &Scene<'_>) -> Vec<RelationId> {
    let Some(target) = scene.target() else { return Vec::new() };
    let children = target.table().map_or(&[][..], |table| &table.children);
    [target.id].into_iter().chain(children.iter().copied()).collect()
}

/// The sequences that its columns own.
pub(super) fn owned_sequences(scene: &Scene<'_>) -> Vec<RelationId> {
    target(scene).into_iter().flat_map(|id| sequences_of(scene.catalog, id, None)).collect()
}

/// Its indexes.
pub(super) fn indexes(scene: &Scene<'_>) -> Vec<RelationId> {
    target(scene).into_iter().flat_map(|id| scene.catalog.indexes_of(id).to_vec()).collect()
}

/// Whether the statement goes on to what is below the target.
pub(super) fn recurses(scene: &Scene<'_>) -> bool {
    scene.alter().is_some_and(|alter| !alter.only)
}

pub(super) fn is_partitioned(scene: &Scene<'_>) -> bool {
    scene.target_table().is_some_and(Table::is_partitioned)
}

/// The index of this name in the schema of the target.
pub(super) fn index_named(scene: &Scene<'_>, name: &Ident) -> Option<RelationId> {
    let schema = scene.target()?.schema.clone();
    scene.relation(&ObjectName { schema: Some(schema), name: name.clone() })
}

/// A relation and, if it is partitioned, its partitions.
pub(super) fn with_partitions(catalog: &Catalog, id: RelationId) -> Vec<RelationId> {
    let mut found = vec![id];
    if catalog.table(id).is_some_and(Table::is_partitioned) {
        found.extend(catalog.descendants(id));
    }
    found
}

/// The sequences owned by a table's columns, or by one of them.
pub(super) fn sequences_of(catalog: &Catalog, table: RelationId, column: Option<ColumnId>) -> Vec<RelationId> {
    let is_owned = |id: &RelationId| {
        let owner = catalog.relation(*id).and_then(Relation::sequence).and_then(|sequence| sequence.owned_by);
        owner.is_some_and(|(owner, of)| owner == table && column.is_none_or(|column| column == of))
    };
    let sequences = catalog.table(table).map_or(&[][..], |table| &table.sequences);
    sequences.iter().copied().filter(is_owned).collect()
}

/// A table together with its column of a name.
#[derive(Clone, Copy, Debug)]
pub(super) struct TableColumn<'a> {
    pub(super) id: RelationId,
    pub(super) table: &'a Table,
    pub(super) column: &'a Column,
}

/// The tables of the tree with their column of this name.
pub(super) fn tree_columns<'a>(scene: &Scene<'a>, name: &Ident) -> Vec<TableColumn<'a>> {
    tree(scene).into_iter().filter_map(|id| table_column(scene.catalog, id, name)).collect()
}

/// A table with its column of this name.
pub(super) fn table_column<'a>(catalog: &'a Catalog, id: RelationId, name: &str) -> Option<TableColumn<'a>> {
    let table = catalog.table(id)?;
    Some(TableColumn { id, table, column: table.column(name)? })
}

/// A table with its constraint of this name.
pub(super) fn constraint_of<'a>(catalog: &'a Catalog, id: RelationId, name: &str) -> Option<&'a Constraint> {
    catalog.table(id)?.constraint(name)
}

/// The table on the other side of a foreign key.
pub(super) fn other_side(key: &ForeignKeyRef<'_>, than: RelationId) -> RelationId {
    if key.from == than { key.key.table } else { key.from }
}

/// Whether a constraint is a foreign key.
pub(super) fn is_foreign_key(constraint: &Constraint) -> bool {
    matches!(constraint.kind, ConstraintKind::ForeignKey(_))
}

/// The index behind a constraint.
pub(super) fn index_behind(constraint: &Constraint) -> Option<RelationId> {
    match constraint.kind {
        ConstraintKind::Unique { index, .. } | ConstraintKind::Exclude { index, .. } => Some(index),
        _ => None,
    }
}

/// A relation as effects name it.
pub(super) fn named(scene: &Scene<'_>, id: RelationId) -> Option<RelationRef> {
    scene.catalog.relation(id).map(|relation| RelationRef { name: relation.qualified(), id })
}
