//! Places in a source text.

use std::ops::Range;

/// A place in a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Position {
    /// Bytes from the start of the text.
    pub offset: usize,
    /// 1-based line.
    pub line: u32,
    /// 1-based column, in characters.
    pub column: u32,
}

impl Position {
    /// The first character of a text.
    pub const START: Self = Self { offset: 0, line: 1, column: 1 };

    /// Where a position `self`, counted inside a fragment, lies in the text that has the fragment at `base`.
    #[must_use]
    pub fn within(self, base: Self) -> Self {
        Self {
            offset: base.offset + self.offset,
            line: base.line + self.line - 1,
            column: if self.line == 1 { base.column + self.column - 1 } else { self.column },
        }
    }
}

/// A stretch of a text; `end` is the place just behind its last character.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Span {
    /// The first character.
    pub start: Position,
    /// Just behind the last character.
    pub end: Position,
}

impl Span {
    /// The empty stretch at the start of a text.
    pub const START: Self = Self { start: Position::START, end: Position::START };

    /// The bytes it covers, for slicing the text.
    pub fn range(self) -> Range<usize> {
        self.start.offset..self.end.offset
    }

    /// This span, counted inside a fragment, in the text that has the fragment at `base`.
    #[must_use]
    pub fn within(self, base: Position) -> Self {
        Self { start: self.start.within(base), end: self.end.within(base) }
    }
}

/// Turns byte offsets into lines and columns.
#[derive(Debug)]
pub struct LineIndex<'t> {
    text: &'t str,
    /// Places from which to count on: the start of each line, and every so often in lines with characters of more
    /// than one byte.
    anchors: Vec<Position>,
    /// Whether every character is one byte, so that columns are byte offsets.
    ascii: bool,
}

impl<'t> LineIndex<'t> {
    /// How many bytes are counted through at most, within a line.
    const STRIDE: usize = 256;

    /// Reads through `text` once.
    pub fn new(text: &'t str) -> Self {
        let ascii = text.is_ascii();
        if ascii {
            return Self { text, anchors: line_starts(text), ascii };
        }
        let mut here = Position::START;
        let mut anchors = vec![here];
        let mut last = 0;
        for (offset, b) in text.bytes().enumerate() {
            match b {
                b'\n' => {
                    here = Position { offset: offset + 1, line: here.line.saturating_add(1), column: 1 };
                    anchors.push(here);
                    last = here.offset;
                }
                0x80..=0xbf => {}
                _ if offset >= last + Self::STRIDE => {
                    anchors.push(Position { offset, ..here });
                    last = offset;
                    here.column = here.column.saturating_add(1);
                }
                _ => here.column = here.column.saturating_add(1),
            }
        }
        Self { text, anchors, ascii }
    }

    /// The text itself.
    pub fn text(&self) -> &'t str {
        self.text
    }

    /// The position of a byte offset.
    pub fn at(&self, offset: usize) -> Position {
        let offset = offset.min(self.text.len());
        let behind = self.anchors.partition_point(|a| a.offset <= offset);
        let anchor = self.anchors.get(behind.saturating_sub(1)).copied().unwrap_or(Position::START);
        let between = self.text.as_bytes().get(anchor.offset..offset).unwrap_or_default();
        let characters =
            if self.ascii { between.len() } else { between.iter().filter(|b| !matches!(b, 0x80..=0xbf)).count() };
        let column = anchor.column.saturating_add(u32::try_from(characters).unwrap_or(u32::MAX));
        Position { offset, column, ..anchor }
    }

    /// The places of a range of byte offsets.
    pub fn span(&self, range: Range<usize>) -> Span {
        Span { start: self.at(range.start), end: self.at(range.end) }
    }

    /// The end of the text.
    pub fn end(&self) -> Position {
        self.at(self.text.len())
    }
}

/// The start of each line of a text in which every character is one byte.
fn line_starts(text: &str) -> Vec<Position> {
    let behind = text.match_indices('\n').map(|(offset, _)| offset + 1);
    let lines = std::iter::once(0).chain(behind).zip(1..);
    lines.map(|(offset, line)| Position { offset, line, column: 1 }).collect()
}
