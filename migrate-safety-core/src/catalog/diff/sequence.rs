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

    /// The first number it gives.
    pub(in crate::catalog) fn first(&self) -> i64 {
        let (least, most) = self.usual_bounds();
        let end = if self.increment > 0 { self.bounds.0.unwrap_or(least) } else { self.bounds.1.unwrap_or(most) };
        self.start.unwrap_or(end)
    }

    fn usual_bounds(&self) -> (i64, i64) {
        let (lowest, highest) = match self.data_type.name.as_str() {
            "int2" => (i64::from(i16::MIN), i64::from(i16::MAX)),
            "int4" => (i64::from(i32::MIN), i64::from(i32::MAX)),
            _ => (i64::MIN, i64::MAX),
        };
        if self.increment > 0 { (1, highest) } else { (lowest, -1) }
    }
}
