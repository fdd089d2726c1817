//! Operators: the longest run of operator characters, with the server's exceptions.

use super::Lexer;
use crate::sql::token::Token;

/// Whether a byte can be in an operator.
pub(super) fn is_part(b: u8) -> bool {
    matches!(
        b,
        b'~' | b'!'
            | b'@'
            | b'#'
            | b'^'
            | b'&'
            | b'|'
            | b'`'
            | b'?'
            | b'+'
            | b'-'
            | b'*'
            | b'/'
            | b'%'
            | b'<'
            | b'>'
            | b'='
    )
}

impl<'t> Lexer<'_, 't> {
    /// The operator that starts here: it ends before a comment, and ends with `+` or `-` only if it also has one of
    /// the characters that no operator of standard SQL has.
    pub(super) fn operator(&self) -> (Token<'t>, usize) {
        let rest = self.text.as_bytes().get(self.at..).unwrap_or_default();
        let mut length = rest.iter().position(|b| !is_part(*b)).unwrap_or(rest.len());
        let comment = rest.get(..length).unwrap_or_default().windows(2).position(|w| matches!(w, b"--" | b"/*"));
        length = comment.unwrap_or(length).max(1);
        let exotic = |b: &u8| matches!(b, b'~' | b'!' | b'@' | b'#' | b'^' | b'&' | b'|' | b'`' | b'?' | b'%');
        while length > 1
            && matches!(rest.get(length - 1), Some(b'+' | b'-'))
            && !rest.iter().take(length - 1).any(exotic)
        {
            length -= 1;
        }
        let end = self.at + length;
        (Token::of_operator(self.text.get(self.at..end).unwrap_or_default()), end)
    }
}
