//! A string constant as a text of its own: where its content stands in the file.

use super::cursor::{Cursor, Parse};
use super::operation::RoutineBody;
use super::source::{Place, SourceText};
use super::span::Span;
use crate::sql::token::{StringKind, Token};

/// Reads a string constant of any quoting; its content is exact if it stands in the file as it is, without escapes.
pub(crate) fn literal(c: &mut Cursor<'_, '_>) -> Parse<RoutineBody> {
    let dollars = matches!(c.peek(), Token::String(StringKind::Dollar, _));
    let mark = c.mark();
    let text = c.string()?;
    let written = c.text_from(mark);
    let opening = match dollars {
        // `$tag$`: up to the second dollar.
        true => written.get(1..).and_then(|rest| rest.find('$')).map_or(0, |at| at + 2),
        // `'`, `E'`, `U&'`.
        false => written.find('\'').map_or(0, |at| at + 1),
    };
    let closing = if dollars { opening } else { 1 };
    let (before, inside) = written.split_at_checked(opening).unwrap_or((written, ""));
    let same = inside.strip_prefix(&*text).is_some_and(|rest| rest.len() == closing);
    let exact = same && c.source.is_exact();
    let mut base = c.span_from(mark).start;
    if exact {
        base.offset += before.len();
        base.column += u32::try_from(before.chars().count()).unwrap_or_default();
    }
    Ok(RoutineBody { text, base, exact })
}

impl RoutineBody {
    /// The text as a source of its own; one that is not exact is reported at `whole`.
    pub(crate) fn source(&self, whole: Span) -> SourceText<'_> {
        SourceText::fragment(&self.text, if self.exact { Place::At(self.base) } else { Place::Whole(whole) })
    }
}
