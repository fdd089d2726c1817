//! String constants and quoted names.

use super::{Lexer, Malformed, Scanned, is_name_part, is_name_start, is_space};
use crate::sql::token::{StringKind, Token, Word};
use std::borrow::Cow;

/// How the inside of quotes is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Quoting {
    /// `'…'`
    Plain,
    /// `E'…'`
    Escape,
    /// `B'…'`
    Bits,
    /// `X'…'`
    Hex,
    /// `N'…'`
    National,
    /// `U&'…'`
    Unicode,
    /// `U&"…"`
    UnicodeName,
}

impl Quoting {
    /// By the first three bytes, for a word that is the prefix of a quote; and the length of the prefix.
    pub(super) fn of_prefix(first: u8, second: Option<u8>, third: Option<u8>) -> Option<(Self, usize)> {
        Some(match (first.to_ascii_lowercase(), second?, third) {
            (b'e', b'\'', _) => (Self::Escape, 1),
            (b'b', b'\'', _) => (Self::Bits, 1),
            (b'x', b'\'', _) => (Self::Hex, 1),
            (b'n', b'\'', _) => (Self::National, 1),
            (b'u', b'&', Some(b'\'')) => (Self::Unicode, 2),
            (b'u', b'&', Some(b'"')) => (Self::UnicodeName, 2),
            _ => return None,
        })
    }
}

impl<'t> Lexer<'_, 't> {
    /// A string constant whose opening quote is at `quote`.
    pub(super) fn quoted(&self, quote: usize, quoting: Quoting) -> Scanned<'t> {
        let unterminated = Malformed { end: self.text.len(), message: "unterminated string" };
        let Some((raw, end)) = self.quoted_text(quote, quoting == Quoting::Escape) else { return Err(unterminated) };
        let malformed = |message| Malformed { end, message };
        let token = match quoting {
            Quoting::Plain => Token::String(StringKind::Text, raw),
            Quoting::National => Token::String(StringKind::National, raw),
            Quoting::Escape => {
                let text = unescape(raw).ok_or_else(|| malformed("invalid escape in a string"))?;
                Token::String(StringKind::Text, text)
            }
            Quoting::Bits if raw.bytes().all(|b| matches!(b, b'0' | b'1')) => Token::String(StringKind::Bits, raw),
            Quoting::Bits => return Err(malformed("a bit string has only the digits 0 and 1")),
            Quoting::Hex if raw.bytes().all(|b| b.is_ascii_hexdigit()) => Token::String(StringKind::Bits, raw),
            Quoting::Hex => return Err(malformed("a hexadecimal string has only hexadecimal digits")),
            Quoting::Unicode | Quoting::UnicodeName => {
                let (escape, end) = self.uescape(end)?;
                let decoded = decode_unicode(&raw, escape);
                let text = decoded.ok_or(Malformed { end, message: "invalid Unicode escape in a string" })?;
                return Ok((Token::String(StringKind::Text, text.into()), end));
            }
        };
        Ok((token, end))
    }

    /// `"…"` with the opening quote at `quote`.
    pub(super) fn quoted_name(&self, quote: usize) -> Scanned<'t> {
        let (value, end) = self.quoted_name_text(quote)?;
        Ok((Token::Word(Word { value, quoted: true }), end))
    }

    /// `U&"…" [UESCAPE '…']`.
    pub(super) fn unicode_name(&self) -> Scanned<'t> {
        let (raw, end) = self.quoted_name_text(self.at + 2)?;
        let (escape, end) = self.uescape(end)?;
        let message = "invalid Unicode escape in a name";
        let value = decode_unicode(&raw, escape).ok_or(Malformed { end, message })?.into();
        Ok((Token::Word(Word { value, quoted: true }), end))
    }

    /// `$1`, `$$…$$`, `$tag$…$tag$`.
    pub(super) fn dollar(&self) -> Scanned<'t> {
        let bytes = self.text.as_bytes();
        if self.byte(1).is_some_and(|b| b.is_ascii_digit()) {
            return self.parameter();
        }
        let mut end = self.at + 1;
        if bytes.get(end).is_some_and(|b| is_name_start(*b)) {
            while bytes.get(end).is_some_and(|b| is_name_part(*b) && *b != b'$') {
                end += 1;
            }
        }
        if bytes.get(end) != Some(&b'$') {
            return Ok((Token::Char('$'), self.at + 1));
        }
        let delimiter = self.text.get(self.at..=end).unwrap_or_default();
        let body = self.text.get(end + 1..).unwrap_or_default();
        let Some(length) = body.find(delimiter) else {
            return Err(Malformed { end: self.text.len(), message: "unterminated dollar-quoted string" });
        };
        let value = body.get(..length).unwrap_or_default().into();
        let end = end + 1 + length + delimiter.len();
        Ok((Token::String(StringKind::Dollar, value), end))
    }

    /// The inside of quotes with doubled quotes made single and continuation lines joined, and the offset behind it.
    /// Escapes are kept, but an escaped quote is not taken for the end.
    fn quoted_text(&self, quote: usize, escapes: bool) -> Option<(Cow<'t, str>, usize)> {
        let mut text = Cow::Borrowed("");
        let mut at = quote + 1;
        loop {
            let rest = self.text.get(at..)?;
            let length = rest.bytes().position(|b| b == b'\'' || (escapes && b == b'\\'))?;
            text += rest.get(..length)?;
            let bytes = rest.as_bytes();
            match (bytes.get(length), bytes.get(length + 1)) {
                (Some(b'\\'), Some(_)) => {
                    let escaped = rest.get(length + 1..)?.chars().next()?;
                    text.to_mut().extend(['\\', escaped]);
                    at += length + 1 + escaped.len_utf8();
                }
                (Some(b'\\'), None) => return None,
                (_, Some(b'\'')) => {
                    // An escape-string's doubled quote must not be taken for a later escape's operand.
                    text.to_mut().push('\'');
                    at += length + 2;
                }
                _ => {
                    let end = at + length + 1;
                    match self.continuation(end) {
                        Some(next) => at = next,
                        None => return Some((text, end)),
                    }
                }
            }
        }
    }

    /// A string goes on if only white space with a line break (and comments) stands between two quoted parts: where.
    fn continuation(&self, end: usize) -> Option<usize> {
        let bytes = self.text.as_bytes();
        let (mut at, mut broken) = (end, false);
        loop {
            match bytes.get(at)? {
                b'\'' if broken => return Some(at + 1),
                b'\n' | b'\r' => (at, broken) = (at + 1, true),
                b if is_space(*b) => at += 1,
                b'-' if bytes.get(at + 1) == Some(&b'-') => at = self.line_comment_end(at),
                _ => return None,
            }
        }
    }

    fn quoted_name_text(&self, quote: usize) -> Result<(Cow<'t, str>, usize), Malformed> {
        let unterminated = || Malformed { end: self.text.len(), message: "unterminated quoted name" };
        let mut text = Cow::Borrowed("");
        let mut at = quote + 1;
        loop {
            let rest = self.text.get(at..).unwrap_or_default();
            let length = rest.find('"').ok_or_else(unterminated)?;
            text += rest.get(..length).unwrap_or_default();
            at += length + 1;
            if self.text.as_bytes().get(at) != Some(&b'"') {
                break;
            }
            text.to_mut().push('"');
            at += 1;
        }
        if text.is_empty() {
            Err(Malformed { end: at, message: "a quoted name of no characters" })
        } else {
            Ok((text, at))
        }
    }

    /// `UESCAPE 'c'`, if it follows the constant that ends at `end`: the escape character and the new end.
    fn uescape(&self, end: usize) -> Result<(char, usize), Malformed> {
        let word = self.after_blank(end);
        let behind = word + "uescape".len();
        let rest = self.text.as_bytes().get(behind);
        let is_uescape = self.text.get(word..behind).is_some_and(|w| w.eq_ignore_ascii_case("uescape"));
        if !is_uescape || rest.is_some_and(|b| is_name_part(*b)) {
            return Ok(('\\', end));
        }
        let quote = self.after_blank(behind);
        let text = match self.text.as_bytes().get(quote) {
            Some(b'\'') => self.quoted_text(quote, false),
            _ => None,
        };
        let message = "UESCAPE must be followed by a string of one character";
        let Some((text, end)) = text else { return Err(Malformed { end: behind, message }) };
        let mut chars = text.chars();
        match (chars.next(), chars.next()) {
            (Some(c), None) if !c.is_ascii_hexdigit() && !matches!(c, '+' | '\'' | '"') && !c.is_whitespace() => {
                Ok((c, end))
            }
            _ => Err(Malformed { end, message }),
        }
    }

    /// The offset behind the white space and comments from `at` on.
    fn after_blank(&self, mut at: usize) -> usize {
        let bytes = self.text.as_bytes();
        loop {
            match (bytes.get(at), bytes.get(at + 1)) {
                (Some(b), _) if is_space(*b) => at += 1,
                (Some(b'-'), Some(b'-')) => at = self.line_comment_end(at),
                (Some(b'/'), Some(b'*')) => match self.block_comment_end(at) {
                    Some(end) => at = end,
                    None => return at,
                },
                _ => return at,
            }
        }
    }
}

/// The inside of `E'…'`.
fn unescape(raw: Cow<'_, str>) -> Option<Cow<'_, str>> {
    if !raw.contains('\\') {
        return Some(raw);
    }
    let mut bytes = Vec::with_capacity(raw.len());
    let mut chars = raw.chars().peekable();
    let mut high = None;
    while let Some(c) = chars.next() {
        let mut buffer = [0; 4];
        if c != '\\' {
            if high.is_some() {
                return None;
            }
            bytes.extend_from_slice(c.encode_utf8(&mut buffer).as_bytes());
            continue;
        }
        let escaped = chars.next()?;
        let mut digits = |most: usize, radix: u32, first: u32| {
            let (mut value, mut count) = (first, 0);
            while count < most
                && let Some(digit) = chars.peek().and_then(|c| c.to_digit(radix))
            {
                chars.next();
                (value, count) = (value.wrapping_mul(radix).wrapping_add(digit), count + 1);
            }
            (value, count)
        };
        let byte = match escaped {
            'u' | 'U' => {
                let wanted = if escaped == 'u' { 4 } else { 8 };
                let (value, count) = digits(wanted, 16, 0);
                if count != wanted {
                    return None;
                }
                if let Some(c) = join_surrogates(&mut high, value)? {
                    bytes.extend_from_slice(c.encode_utf8(&mut buffer).as_bytes());
                }
                continue;
            }
            _ if high.is_some() => return None,
            'b' => 8,
            'f' => 12,
            'n' => b'\n',
            'r' => b'\r',
            't' => b'\t',
            'v' => 11,
            '0'..='7' => u8::try_from(digits(2, 8, escaped.to_digit(8)?).0 & 0xff).ok()?,
            'x' => match digits(2, 16, 0) {
                (_, 0) => b'x',
                (value, _) => u8::try_from(value).ok()?,
            },
            other => {
                bytes.extend_from_slice(other.encode_utf8(&mut buffer).as_bytes());
                continue;
            }
        };
        if byte == 0 {
            return None;
        }
        bytes.push(byte);
    }
    if high.is_some() { None } else { String::from_utf8(bytes).ok().map(Cow::Owned) }
}

/// The inside of `U&'…'`.
fn decode_unicode(raw: &str, escape: char) -> Option<String> {
    let mut text = String::with_capacity(raw.len());
    let mut chars = raw.chars().peekable();
    let mut high = None;
    while let Some(c) = chars.next() {
        if c != escape || chars.next_if_eq(&escape).is_some() {
            if high.is_some() {
                return None;
            }
            text.push(c);
            continue;
        }
        let wanted = if chars.next_if_eq(&'+').is_some() { 6 } else { 4 };
        let mut value = 0;
        for _ in 0..wanted {
            value = value * 16 + chars.next()?.to_digit(16)?;
        }
        text.extend(join_surrogates(&mut high, value)?);
    }
    if high.is_some() { None } else { Some(text) }
}

/// The character of a code, once both halves of a surrogate pair are there.
fn join_surrogates(high: &mut Option<u32>, code: u32) -> Option<Option<char>> {
    match (high.take(), code) {
        (None, 0xd800..=0xdbff) => {
            *high = Some(code);
            Some(None)
        }
        (Some(first), 0xdc00..=0xdfff) => {
            char::from_u32(0x10000 + ((first - 0xd800) << 10) + (code - 0xdc00)).map(Some)
        }
        (None, 1..) => char::from_u32(code).map(Some),
        _ => None,
    }
}
