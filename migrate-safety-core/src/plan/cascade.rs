//! `CASCADE` said in full: what it takes along is dropped by name, so that each is planned as what it is.

use super::desired::reach;
use super::piece::Piece;
use super::state::State;
use crate::sql::Operation;
use crate::sql::operation::{AlterDomain, TableAction};

impl Piece {
    /// Whether it takes along what depends on what it drops. What `DROP TABLE` does is for its recipe.
    fn cascades(&self) -> bool {
        self.operations.iter().any(|located| match &located.operation {
            Operation::DropView { cascade, .. }
            | Operation::DropMaterializedView { cascade, .. }
            | Operation::DropSequence { cascade, .. }
            | Operation::DropType { cascade, .. }
            | Operation::DropRoutine { cascade, .. }
            | Operation::DropTrigger { cascade, .. }
            | Operation::DropRule { cascade, .. }
            | Operation::DropIndex { cascade, .. }
            | Operation::DropSchema { cascade, .. }
            | Operation::AlterDomain { action: AlterDomain::DropConstraint { cascade, .. }, .. } => *cascade,
            Operation::AlterTable(alter) => match &alter.action {
                TableAction::DropColumn { cascade, .. } | TableAction::DropConstraint { cascade, .. } => *cascade,
                _ => false,
            },
            _ => false,
        })
    }
}

/// Pieces in which nothing is dropped but what is named, if that can be told.
pub(super) fn said_in_full(start: &State, pieces: Vec<Piece>) -> Vec<Piece> {
    if !pieces.iter().any(Piece::cascades) {
        return pieces;
    }
    let mut state = start.clone();
    let mut said = Vec::new();
    for piece in pieces {
        let Ok(after) = state.plain(&piece) else {
            said.push(piece);
            continue;
        };
        match piece.cascades().then(|| in_full(&state, &after)).flatten() {
            Some(parts) => said.extend(parts),
            None => said.push(piece),
        }
        state = after;
    }
    said
}

/// What leads from one schema to the other by statements without CASCADE, if more than one is needed.
fn in_full(state: &State, after: &State) -> Option<Vec<Piece>> {
    let mut statements = Vec::new();
    reach(&mut state.clone(), &after.catalog, &mut statements).ok()?;
    if statements.len() < 2 {
        return None;
    }
    let pieces: Vec<Piece> = statements.iter().filter_map(|sql| Piece::parsed(state.catalog.target(), sql)).collect();
    (pieces.len() == statements.len() && !pieces.iter().any(Piece::cascades)).then_some(pieces)
}
