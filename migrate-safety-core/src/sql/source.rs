//! A text with its line index: where tokens meet bytes.

use super::span::{LineIndex, Position, Span};
use sqlparser::tokenizer::{Location, Span as TokenSpan};

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

    pub(crate) fn position(&self, location: Location) -> Position {
        match self.place {
            Place::At(base) => self.inner(location).within(base),
            Place::Whole(span) => span.start,
        }
    }

    pub(crate) fn span(&self, span: TokenSpan) -> Span {
        match self.place {
            Place::At(_) => Span { start: self.position(span.start), end: self.position(span.end) },
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

    /// The text between two tokens' places.
    pub(crate) fn between(&self, start: Location, end: Location) -> &'t str {
        self.text.get(self.inner(start).offset..self.inner(end).offset).unwrap_or_default()
    }

    fn inner(&self, location: Location) -> Position {
        self.lines.position(location.line, location.column)
    }
}
