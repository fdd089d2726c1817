//! A constraint that is added, on the table and on those below it.

use super::foreign_key::is_checked;
use super::on::{self, constraint_of, is_partitioned, recurses, table_column};
use crate::catalog::{Constraint, ConstraintKind as Kept, RelationId, Table};
use crate::effects::scene::Scene;
use crate::sql::operation::{ConstraintDef, ConstraintKind, ForeignKeyDef, TableAction, UniqueDef};

/// The constraint that `ADD CONSTRAINT` adds.
pub(super) fn added<'a>(scene: &Scene<'a>) -> Option<&'a ConstraintDef> {
    match scene.action()? {
        TableAction::AddConstraint(constraint) => Some(constraint),
        _ => None,
    }
}

pub(super) fn is_check(scene: &Scene<'_>) -> bool {
    matches!(added(scene), Some(ConstraintDef { kind: ConstraintKind::Check(_), .. }))
}

pub(super) fn is_not_null(scene: &Scene<'_>) -> bool {
    matches!(added(scene), Some(ConstraintDef { kind: ConstraintKind::NotNull { .. }, .. }))
}

pub(super) fn foreign_key<'a>(scene: &Scene<'a>) -> Option<(&'a ConstraintDef, &'a ForeignKeyDef)> {
    let constraint = added(scene)?;
    match &constraint.kind {
        ConstraintKind::ForeignKey(key) => Some((constraint, key)),
        _ => None,
    }
}

pub(super) fn unique<'a>(scene: &Scene<'a>) -> Option<&'a UniqueDef> {
    match &added(scene)?.kind {
        ConstraintKind::Unique(unique) => Some(unique),
        _ => None,
    }
}

/// Whether an index is built: `UNIQUE`, `PRIMARY KEY` or `EXCLUDE` without `USING INDEX`.
pub(super) fn builds_index(scene: &Scene<'_>) -> bool {
    match added(scene).map(|constraint| &constraint.kind) {
        Some(ConstraintKind::Unique(unique)) => unique.using_index.is_none(),
        Some(ConstraintKind::Exclude(_)) => true,
        _ => false,
    }
}

/// The tables that get a CHECK or a NOT NULL: not those below one that has the same already.
pub(super) fn inheriting_tables(scene: &Scene<'_>) -> Vec<RelationId> {
    let Some(constraint) = added(scene) else { return Vec::new() };
    let Some(target) = scene.target() else { return Vec::new() };
    let mut found = vec![target.id];
    if constraint.no_inherit || !recurses(scene) {
        return found;
    }
    let mut next = 0;
    while let Some(id) = found.get(next).copied() {
        next += 1;
        if has_already(scene, id, constraint) {
            continue;
        }
        for child in scene.catalog.table(id).map_or(&[][..], |table| &table.children) {
            if !found.contains(child) {
                found.push(*child);
            }
        }
    }
    found
}

/// Those of them whose rows have to be looked at.
pub(super) fn verified_tables(scene: &Scene<'_>) -> Vec<RelationId> {
    let Some(constraint) = added(scene) else { return Vec::new() };
    if constraint.not_valid || constraint.not_enforced {
        return Vec::new();
    }
    let unproved = |id: &RelationId| match &constraint.kind {
        ConstraintKind::NotNull { column } => table_column(scene.catalog, *id, column)
            .is_some_and(|found| !scene.catalog.not_null_proof(found.id, found.column.id)),
        _ => !has_already(scene, *id, constraint),
    };
    inheriting_tables(scene).into_iter().filter(unproved).collect()
}

/// Whether a table has the constraint under the same name: it is merged, not checked again.
fn has_already(scene: &Scene<'_>, id: RelationId, constraint: &ConstraintDef) -> bool {
    match (&constraint.kind, &constraint.name) {
        (ConstraintKind::NotNull { column }, _) => {
            table_column(scene.catalog, id, column).is_some_and(|found| found.column.not_null)
        }
        (_, Some(name)) => constraint_of(scene.catalog, id, name)
            .is_some_and(|known| matches!(known.kind, Kept::Check { .. }) && known.enforced),
        (_, None) => false,
    }
}

/// The columns of a primary key that are not known to hold no NULL, so that the table is read.
pub(super) fn key_needs_proof(scene: &Scene<'_>) -> bool {
    let (Some(target), Some(table)) = (scene.target(), scene.target_table()) else { return false };
    let Some(unique) = unique(scene) else { return false };
    let columns = match &unique.using_index {
        Some(name) => index_columns(scene, name),
        None => unique.columns.iter().filter_map(|name| table.column(name)).map(|column| column.id).collect(),
    };
    columns.into_iter().any(|column| !scene.catalog.not_null_proof(target.id, column))
}

fn index_columns(scene: &Scene<'_>, name: &crate::sql::Ident) -> Vec<crate::catalog::ColumnId> {
    let index = on::index_named(scene, name).and_then(|id| scene.catalog.index(id));
    index.map(|index| index.keys.iter().filter_map(|key| key.column).collect()).unwrap_or_default()
}

/// The tables that get a foreign key: a partitioned table and all of its partitions.
pub(super) fn keyed_tables(scene: &Scene<'_>) -> Vec<RelationId> {
    if is_partitioned(scene) { on::tree(scene) } else { on::target(scene) }
}

/// Those of them that have a matching key already, which is taken over.
pub(super) fn adopted_tables(scene: &Scene<'_>) -> Vec<RelationId> {
    let Some((constraint, key)) = foreign_key(scene) else { return Vec::new() };
    if !is_partitioned(scene) {
        return Vec::new();
    }
    let matches = |id: &RelationId| {
        Some(*id) != scene.target().map(|target| target.id)
            && scene
                .catalog
                .table(*id)
                .is_some_and(|table| table.constraints.iter().any(|known| adopts(scene, table, known, constraint, key)))
    };
    on::tree(scene).into_iter().filter(matches).collect()
}

/// Whether a partition's own key is the same as the one that its parent gets (`tryAttachPartitionForeignKey`).
fn adopts(scene: &Scene<'_>, table: &Table, known: &Constraint, new: &ConstraintDef, key: &ForeignKeyDef) -> bool {
    let Kept::ForeignKey(own) = &known.kind else { return false };
    let columns: Vec<_> = key.columns.iter().filter_map(|name| table.column(name)).map(|column| column.id).collect();
    let referenced = referenced_columns(scene, key);
    known.parent.is_none()
        && (is_checked(known) || (scene.version() >= 18 && known.enforced))
        && own.columns == columns
        && scene.relation(&key.table) == Some(own.table)
        && own.referenced == referenced
        && own.on_delete == key.on_delete
        && own.on_update == key.on_update
        && own.match_full == key.match_full
        && known.deferrable == new.deferrable
        && known.initially_deferred == new.initially_deferred
}

/// The columns that a foreign key references: those written, or the primary key.
fn referenced_columns(scene: &Scene<'_>, key: &ForeignKeyDef) -> Vec<crate::catalog::ColumnId> {
    let Some(table) = scene.relation(&key.table).and_then(|id| scene.catalog.table(id)) else { return Vec::new() };
    if !key.referenced.is_empty() {
        return key.referenced.iter().filter_map(|name| table.column(name)).map(|column| column.id).collect();
    }
    match table.primary_key().map(|primary| &primary.kind) {
        Some(Kept::Unique { columns, .. }) => columns.clone(),
        _ => Vec::new(),
    }
}
