//! A text with its line index: where tokens meet bytes.

use super::span::{LineIndex, Position, Span};
use sqlparser::tokenizer::{Location, Span as TokenSpan};

/// The text being read. All positions inside the `sql` module are positions in it.
#[derive(Debug)]
pub(crate) struct SourceText<'t> {
    pub(crate) text: &'t str,
    pub(crate) lines: LineIndex<'t>,
}

impl<'t> SourceText<'t> {
    pub(crate) fn new(text: &'t str) -> Self {
        Self { text, lines: LineIndex::new(text) }
    }

    pub(crate) fn position(&self, location: Location) -> Position {
        self.lines.position(location.line, location.column)
    }

    pub(crate) fn span(&self, span: TokenSpan) -> Span {
        Span { start: self.position(span.start), end: self.position(span.end) }
    }

    pub(crate) fn slice(&self, span: Span) -> &'t str {
        self.text.get(span.range()).unwrap_or_default()
    }
}
