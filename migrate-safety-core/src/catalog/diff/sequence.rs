//! What a sequence is when nothing is said about it.

use crate::catalog::Sequence;

impl Sequence {
    /// Drops the bounds and the start that it would have if nothing were written about them.
    pub(in crate::catalog) fn forget_usual(&mut self) {
        let (least, most) = self.usual_bounds();
        let first = Self { start: None, ..self.clone() }.first();
        self.start = self.start.filter(|start| *start != first);
        self.bounds = (self.bounds.0.filter(|bound| *bound != least), self.bounds.1.filter(|bound| *bound != most));
    }
}
