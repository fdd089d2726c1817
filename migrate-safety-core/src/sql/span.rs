//! Places in a source text.

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
    pub fn range(self) -> std::ops::Range<usize> {
        self.start.offset..self.end.offset
    }

    /// This span, counted inside a fragment, in the text that has the fragment at `base`.
    #[must_use]
    pub fn within(self, base: Position) -> Self {
        Self { start: self.start.within(base), end: self.end.within(base) }
    }
}

/// Turns line and column into byte offsets.
#[derive(Debug)]
pub struct LineIndex<'t> {
    text: &'t str,
    /// Byte offset of each line's first character.
    starts: Vec<usize>,
    /// Whether every character is one byte, so that columns are byte offsets.
    ascii: bool,
}

impl<'t> LineIndex<'t> {
    /// Reads through `text` once.
    pub fn new(text: &'t str) -> Self {
        let mut starts = vec![0];
        starts.extend(text.bytes().enumerate().filter(|(_, b)| *b == b'\n').map(|(at, _)| at + 1));
        Self { text, starts, ascii: text.is_ascii() }
    }

    /// The position of a 1-based line and column; past the end it is the end.
    pub fn position(&self, line: u64, column: u64) -> Position {
        let Some(&start) = usize::try_from(line.saturating_sub(1)).ok().and_then(|l| self.starts.get(l)) else {
            return self.end();
        };
        let characters = usize::try_from(column.saturating_sub(1)).unwrap_or(usize::MAX);
        let offset = if self.ascii {
            start.saturating_add(characters)
        } else {
            let rest = &self.text[start..];
            rest.char_indices().nth(characters).map_or(self.text.len(), |(at, _)| start + at)
        };
        Position {
            offset: offset.min(self.text.len()),
            line: u32::try_from(line).unwrap_or(u32::MAX),
            column: u32::try_from(column).unwrap_or(u32::MAX),
        }
    }

    /// The position of a byte offset.
    pub fn at(&self, offset: usize) -> Position {
        let line = self.starts.partition_point(|start| *start <= offset).max(1);
        let start = self.starts[line - 1];
        let column = if self.ascii { offset - start } else { self.text[start..offset].chars().count() };
        Position {
            offset,
            line: u32::try_from(line).unwrap_or(u32::MAX),
            column: u32::try_from(column + 1).unwrap_or(u32::MAX),
        }
    }

    /// The end of the text.
    pub fn end(&self) -> Position {
        self.at(self.text.len())
    }
}
