//! What else is to be said of relations: lost data, broken releases.

use crate::catalog::{ColumnId, Relation, RelationId};
use crate::effects::scene::Scene;
use crate::effects::{Breakage, BreakageKind, DataLoss, DataLossKind, Effects, Failure, RelationRef};

/// The relation, if others could know it before the statement.
fn known<'c>(scene: &Scene<'c>, id: RelationId) -> Option<&'c Relation> {
    scene.catalog.relation(id).filter(|relation| scene.existed(relation))
}

fn named(relation: &Relation) -> RelationRef {
    RelationRef { name: relation.qualified(), id: relation.id }
}

/// Rows of a relation are gone.
pub(super) fn rows_lost(scene: &Scene<'_>, effects: &mut Effects, id: RelationId, how: DataLossKind) {
    if let Some(relation) = known(scene, id) {
        effects.data_loss.push(DataLoss { relation: named(relation), column: None, how });
    }
}

/// The values of a column are gone.
pub(super) fn column_lost(
    scene: &Scene<'_>,
    effects: &mut Effects,
    (table, column): (RelationId, ColumnId),
    how: DataLossKind,
) {
    let name = scene.catalog.column(table, column).map(|c| c.name.to_string());
    if let (Some(relation), Some(name)) = (known(scene, table), name) {
        effects.data_loss.push(DataLoss { relation: named(relation), column: Some(name), how });
    }
}

/// A running release can no longer use a relation as it did.
pub(super) fn breaks(scene: &Scene<'_>, effects: &mut Effects, id: RelationId, what: BreakageKind) {
    if let Some(relation) = known(scene, id) {
        effects.breaks.push(Breakage { relation: named(relation), column: None, what });
    }
}

/// A running release can no longer use a column as it did.
pub(super) fn breaks_column(
    scene: &Scene<'_>,
    effects: &mut Effects,
    (table, column): (RelationId, ColumnId),
    what: BreakageKind,
) {
    let name = scene.catalog.column(table, column).map(|c| c.name.to_string());
    if let (Some(relation), Some(name)) = (known(scene, table), name) {
        effects.breaks.push(Breakage { relation: named(relation), column: Some((column, name)), what });
    }
}

/// The server reports an error whatever the rows.
pub(super) fn fails(effects: &mut Effects, sqlstate: &'static str, message: impl Into<String>) {
    effects.failures.push(Failure { sqlstate, message: message.into(), only_with_rows: false });
}
