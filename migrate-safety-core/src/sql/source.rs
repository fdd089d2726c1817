//! A text with its line index: where tokens meet bytes.

use super::span::{LineIndex, Position, Span};
use std::ops::Range;

/// The text being read. All positions inside the `sql` module are positions in the file: those in a fragment of it
/// (the body of a routine) are carried over here.
#[derive(Debug)]
pub(crate) struct SourceText<'t> {
    pub(crate) text: &'t str,
    pub(crate) lines: LineIndex<'t>,
    place: Place,
}

/// Where a text stands in the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// It is the file from this position on, character for character.
    At(Position),
    /// It has been put together; all of it is reported at this place.
    Whole(Span),
}

impl<'t> SourceText<'t> {
    pub(crate) fn new(text: &'t str) -> Self {
        Self::fragment(text, Place::At(Position::START))
    }

    /// A text that is part of a file.
    pub(crate) fn fragment(text: &'t str, place: Place) -> Self {
        Self { text, lines: LineIndex::new(text), place }
    }

    /// The place of an offset in this text.
    pub(crate) fn position(&self, offset: usize) -> Position {
        match self.place {
            Place::At(base) => self.lines.at(offset).within(base),
            Place::Whole(span) => span.start,
        }
    }

    pub(crate) fn span(&self, range: Range<usize>) -> Span {
        match self.place {
            Place::At(_) => Span { start: self.position(range.start), end: self.position(range.end) },
            Place::Whole(whole) => whole,
        }
    }

    /// A span that was counted inside this text.
    pub(crate) fn outer(&self, span: Span) -> Span {
        match self.place {
            Place::At(base) => span.within(base),
            Place::Whole(whole) => whole,
        }
    }

    /// Whether positions in this text are positions in the file.
    pub(crate) fn is_exact(&self) -> bool {
        matches!(self.place, Place::At(_))
    }
}
