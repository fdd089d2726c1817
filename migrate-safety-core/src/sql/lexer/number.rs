//! Numbers and parameters.

use super::{Lexer, Malformed, Scanned, is_name_part, is_name_start};
use crate::sql::token::Token;

impl<'t> Lexer<'_, 't> {
    /// `1`, `1.5`, `.5`, `1e-3`, `0x1F`, `1_000`.
    pub(super) fn number(&self) -> Scanned<'t> {
        let bytes = self.text.as_bytes();
        let radix = match (self.byte(0), self.byte(1).map(|b| b.to_ascii_lowercase())) {
            _ if self.version < 16 => 10,
            (Some(b'0'), Some(b'x')) => 16,
            (Some(b'0'), Some(b'o')) => 8,
            (Some(b'0'), Some(b'b')) => 2,
            _ => 10,
        };
        let mut end = if radix == 10 { self.digits(self.at, 10) } else { self.digits(self.at + 2, radix) };
        if radix != 10 && end == self.at + 2 {
            return Err(self.junk(end, "a number of no digits"));
        }
        if radix == 10 {
            // `1..10` is a range: a number and two dots.
            if bytes.get(end) == Some(&b'.') && bytes.get(end + 1) != Some(&b'.') {
                end = self.digits(end + 1, 10);
            }
            if matches!(bytes.get(end), Some(b'e' | b'E')) {
                let sign = usize::from(matches!(bytes.get(end + 1), Some(b'+' | b'-')));
                let exponent = self.digits(end + 1 + sign, 10);
                if exponent > end + 1 + sign {
                    end = exponent;
                }
            }
        }
        if self.version >= 15 && bytes.get(end).is_some_and(|b| is_name_start(*b)) {
            return Err(self.junk(end, "trailing junk after a number"));
        }
        Ok((Token::Number(self.text.get(self.at..end).unwrap_or_default()), end))
    }

    /// `$1`; the dollar sign has been seen.
    pub(super) fn parameter(&self) -> Scanned<'t> {
        let end = self.digits(self.at + 1, 10);
        if self.version >= 15 && self.text.as_bytes().get(end).is_some_and(|b| is_name_start(*b)) {
            return Err(self.junk(end, "trailing junk after a parameter"));
        }
        Ok((Token::Parameter(self.text.get(self.at..end).unwrap_or_default()), end))
    }

    /// The end of the digits from `at` on; single underscores may stand between (and, but for decimal numbers, before)
    /// them.
    fn digits(&self, at: usize, radix: u32) -> usize {
        let bytes = self.text.as_bytes();
        let is_digit = |at: usize| bytes.get(at).is_some_and(|b| char::from(*b).is_digit(radix));
        let mut end = at;
        loop {
            if is_digit(end) {
                end += 1;
            } else if self.version >= 16
                && bytes.get(end) == Some(&b'_')
                && is_digit(end + 1)
                && (end > at || radix != 10)
            {
                end += 2;
            } else {
                return end;
            }
        }
    }

    fn junk(&self, end: usize, message: &'static str) -> Malformed {
        let rest = self.text.as_bytes().get(end..).unwrap_or_default();
        Malformed { end: end + rest.iter().position(|b| !is_name_part(*b)).unwrap_or(rest.len()), message }
    }
}
