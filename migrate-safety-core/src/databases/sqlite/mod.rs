//! What is SQLite's own.

pub(super) mod grammar;

use super::effects::{Outcome, Scene};

/// What a statement does here, besides what it does everywhere.
pub(super) fn effects(_scene: &Scene<'_>, _outcome: &mut Outcome) {}
