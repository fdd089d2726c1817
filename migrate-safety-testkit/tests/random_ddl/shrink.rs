//! A disagreement with as few statements as still show it.

use crate::run::{Disagreement, Race};
use migrate_safety_testkit::PostgresServer;

/// Leaves out halves, then quarters … of the statements for as long as the two still do not agree.
pub(crate) fn shrink(server: &PostgresServer, found: Disagreement) -> Disagreement {
    let mut best = found;
    let mut size = best.statements.len().div_ceil(2);
    while size > 0 {
        let mut shorter = false;
        let mut at = 0;
        while at < best.statements.len() {
            let mut fewer = best.statements.clone();
            fewer.drain(at..(at + size).min(best.statements.len()));
            let about = Race::start(server).statements(&fewer);
            if about.is_empty() {
                at += size;
            } else {
                best = Disagreement { statements: fewer, about };
                shorter = true;
            }
        }
        if size > 1 {
            size = size.div_ceil(2);
        } else if !shorter {
            break;
        }
    }
    best
}
