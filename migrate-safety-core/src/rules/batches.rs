//! The loops that changes of rows stand in.

use super::extent::Rows;
use super::view::{Judged, StatementView, Write};
use crate::sql::operation::LoopFacts;

/// A change of rows of a live table that a loop repeats.
#[derive(Clone, Copy, Debug)]
pub(super) struct Batch<'a> {
    pub(super) judged: &'a Judged,
    pub(super) write: &'a Write,
    /// The loops around it, outermost first; at least one.
    pub(super) loops: &'a [LoopFacts],
}

impl Batch<'_> {
    /// How many rows one transaction changes.
    pub(super) fn rows_a_transaction(&self) -> Rows {
        let inside = self.loops.iter().rev().take_while(|facts| !facts.commits);
        inside.fold(self.write.rows, |rows, facts| rows.times(facts.rounds.map_or(Rows::All, Rows::AtMost)))
    }

    /// Whether some loop around it commits.
    pub(super) fn commits(&self) -> bool {
        self.loops.iter().any(|facts| facts.commits)
    }
}

/// The batches of a statement, in order. Changes of any number of rows are none, whatever loop they stand in.
pub(super) fn batches<'a>(view: &StatementView<'a>) -> impl Iterator<Item = Batch<'a>> {
    view.operations.iter().flat_map(|judged| {
        let loops = judged.located.routine.as_ref().map_or(&[][..], |frame| frame.loops.as_slice());
        let hot = judged.writes.iter().filter(|write| write.hot && write.verb.locks_rows() && write.rows != Rows::All);
        hot.filter(|_| !loops.is_empty()).map(move |write| Batch { judged, write, loops })
    })
}
