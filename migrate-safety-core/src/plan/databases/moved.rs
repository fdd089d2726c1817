//! A value that moves into other columns, as one writes it: ADD COLUMN, UPDATE, DROP COLUMN. Found among the statements of a
//! change, and planned as one.

use super::piece::Piece;
use crate::databases::name::{Name, ObjectName};
use crate::databases::operation::{Action, ActionKind, ColumnDef, Operation, Position, Update};

/// A value that moves within a table.
#[derive(Clone, Debug)]
pub(super) struct Moved {
    pub(super) table: ObjectName,
    /// The columns that are added, and where.
    pub(super) added: Vec<(ColumnDef, Option<Position>)>,
    pub(super) update: Update,
    pub(super) dropped: Vec<Name>,
}

/// The pieces, with those that move a value put together.
pub(super) fn joined(pieces: Vec<Piece>) -> Vec<Piece> {
    let whole: Vec<Piece> =
        pieces.iter().flat_map(|piece| if is_of_parts(piece) { piece.apart() } else { vec![piece.clone()] }).collect();
    let Some((moved, places)) = found(&whole) else { return pieces };
    let at = places.last().copied().unwrap_or_default();
    let parts: Vec<Piece> = places.iter().filter_map(|place| whole.get(*place).cloned()).collect();
    let mut joined: Vec<Piece> = Vec::new();
    for (place, piece) in whole.into_iter().enumerate() {
        if place == at {
            joined.push(Piece::of_move(moved.clone(), &parts));
        } else if !places.contains(&place) {
            joined.push(piece);
        }
    }
    joined
}

/// Several actions among which are what a move is made of.
fn is_of_parts(piece: &Piece) -> bool {
    let is_part = |action: &Action| matches!(action.kind, ActionKind::AddColumn { .. } | ActionKind::DropColumn { .. });
    piece.has_parts() && piece.alter().is_some_and(|alter| alter.actions.iter().any(is_part))
}

/// The one `UPDATE` whose values come from columns that are dropped behind it, and the places of all that belongs to it.
fn found(pieces: &[Piece]) -> Option<(Moved, Vec<usize>)> {
    let updates: Vec<usize> =
        (0..pieces.len()).filter(|at| matches!(pieces[*at].operation, Operation::Update(_))).collect();
    let [at] = updates.as_slice() else { return None };
    let Operation::Update(update) = &pieces.get(*at)?.operation else { return None };
    let [table] = update.tables.as_slice() else { return None };
    let action = |piece: &Piece| {
        let alter = piece.alter().filter(|alter| alter.table.name == table.name)?;
        let [Action { kind, .. }] = alter.actions.as_slice() else { return None };
        Some(kind.clone())
    };
    let is_target = |name: &Name| update.assignments.iter().any(|(_, target, _)| target == name);
    let is_read =
        |name: &Name| update.assignments.iter().any(|(.., value)| value.columns.iter().any(|(_, read)| read == name));
    let (mut added, mut dropped, mut places) = (Vec::new(), Vec::new(), vec![*at]);
    for (place, piece) in pieces.iter().enumerate() {
        match action(piece) {
            Some(ActionKind::AddColumn { column, position, .. }) if place < *at && is_target(&column.name) => {
                added.push((*column, position));
            }
            Some(ActionKind::DropColumn { column, .. }) if place > *at && is_read(&column) => dropped.push(column),
            Some(ActionKind::Modify { column, to, .. }) if place > *at && column == to.name && is_target(&column) => {}
            Some(ActionKind::SetNotNull { column, .. } | ActionKind::SetDefault { column, .. })
                if place > *at && is_target(&column) => {}
            _ => continue,
        }
        places.push(place);
    }
    places.sort_unstable();
    let is_move = !dropped.is_empty() && update.reads.is_empty();
    is_move.then(|| (Moved { table: table.clone(), added, update: (**update).clone(), dropped }, places))
}
