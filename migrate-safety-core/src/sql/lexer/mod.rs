//! Cuts a text into tokens, as PostgreSQL's own scanner does (docs, 4.1 "Lexical Structure").
//!
//! It can stop and go on in mid-text: at data of `COPY`, at commands of psql, behind a quote that never ends.

mod number;
mod operator;
mod string;

use super::span::{LineIndex, Span};
use super::statement::{Problem, ProblemKind};
use super::token::{LocatedToken, Token, Word};
use std::ops::Range;

/// What the scanner found.
#[derive(Debug)]
pub(crate) enum Lexeme<'t> {
    /// A token.
    Token(LocatedToken<'t>),
    /// A comment: the bytes it covers.
    Comment(Range<usize>),
    /// A backslash outside any quotes: psql takes a command from here to the end of the line. It is not consumed.
    Backslash,
    /// Only the end of the text is left.
    End,
}

/// Where a lexer stands; to go back to.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Lexer<'s, 't> {
    text: &'t str,
    /// For the places of what the server would reject.
    lines: &'s LineIndex<'t>,
    /// Offset of the first byte not consumed.
    at: usize,
    /// The server's major version.
    version: u16,
}

/// A token that the server's scanner rejects.
#[derive(Debug)]
struct Malformed {
    /// Where it ends.
    end: usize,
    message: &'static str,
}

/// What one of the readers of [`Lexer`] found: a token and the offset of its end.
type Scanned<'t> = Result<(Token<'t>, usize), Malformed>;

impl<'s, 't> Lexer<'s, 't> {
    pub(crate) fn new(lines: &'s LineIndex<'t>, version: u16) -> Self {
        Self { text: lines.text(), lines, at: 0, version }
    }

    /// Offset of the first byte not consumed.
    pub(crate) fn offset(&self) -> usize {
        self.at
    }

    /// Consumes everything up to `offset`, whatever it is.
    pub(crate) fn jump(&mut self, offset: usize) {
        self.at = offset.clamp(self.at, self.text.len());
    }

    /// Consumes white space and the next lexeme. What the server would reject is noted in `problems` and given as some
    /// token all the same.
    pub(crate) fn next(&mut self, problems: &mut Vec<Problem>) -> Lexeme<'t> {
        let rest = self.text.as_bytes().get(self.at..).unwrap_or_default();
        self.at += rest.iter().position(|b| !is_space(*b)).unwrap_or(rest.len());
        let Some(first) = self.byte(0) else { return Lexeme::End };
        let start = self.at;
        let scanned = match (first, self.byte(1)) {
            (b'-', Some(b'-')) => {
                self.at = self.line_comment_end(start);
                return Lexeme::Comment(start..self.at);
            }
            (b'/', Some(b'*')) => match self.block_comment_end(start) {
                Some(end) => {
                    self.at = end;
                    return Lexeme::Comment(start..self.at);
                }
                None => Err(Malformed { end: self.text.len(), message: "unterminated comment" }),
            },
            (b'\\', _) => return Lexeme::Backslash,
            _ => self.scan(first),
        };
        let (token, end, message) = match scanned {
            Ok((token, end)) => (token, end, None),
            Err(Malformed { end, message }) => {
                let token = Token::Char(self.text.get(start..).and_then(|t| t.chars().next()).unwrap_or('\0'));
                (token, end, Some(message))
            }
        };
        self.at = end;
        if let Some(message) = message {
            let span = Span { start: self.lines.at(start), end: self.lines.at(end) };
            problems.push(Problem { kind: ProblemKind::Invalid, span, message: message.into() });
        }
        Lexeme::Token(LocatedToken { token, start, end })
    }

    fn scan(&self, first: u8) -> Scanned<'t> {
        match first {
            b'\'' => self.quoted(self.at, string::Quoting::Plain),
            b'"' => self.quoted_name(self.at),
            b'$' => self.dollar(),
            b'0'..=b'9' => self.number(),
            b'.' if self.byte(1).is_some_and(|b| b.is_ascii_digit()) && !self.is_behind_dot() => self.number(),
            b if is_name_start(b) => match string::Quoting::of_prefix(first, self.byte(1), self.byte(2)) {
                Some((string::Quoting::UnicodeName, _)) => self.unicode_name(),
                Some((quoting, prefix)) => self.quoted(self.at + prefix, quoting),
                None => Ok(self.word()),
            },
            b if operator::is_part(b) => Ok(self.operator()),
            _ => self.punctuation(first),
        }
    }

    /// Whether this is the second dot of a range: `1..10`.
    fn is_behind_dot(&self) -> bool {
        self.at.checked_sub(1).and_then(|before| self.text.as_bytes().get(before)) == Some(&b'.')
    }

    /// The byte `n` behind the first not consumed.
    fn byte(&self, n: usize) -> Option<u8> {
        self.text.as_bytes().get(self.at + n).copied()
    }

    fn word(&self) -> (Token<'t>, usize) {
        let rest = self.text.as_bytes().get(self.at..).unwrap_or_default();
        let end = self.at + rest.iter().position(|b| !is_name_part(*b)).unwrap_or(rest.len());
        let value = self.text.get(self.at..end).unwrap_or_default().into();
        (Token::Word(Word { value, quoted: false }), end)
    }

    fn punctuation(&self, first: u8) -> Scanned<'t> {
        let (token, length) = match (first, self.byte(1)) {
            (b':', Some(b':')) => (Token::DoubleColon, 2),
            (b':', Some(b'=')) => (Token::Assignment, 2),
            (b':', _) => (Token::Colon, 1),
            (b',', _) => (Token::Comma, 1),
            (b'(', _) => (Token::LParen, 1),
            (b')', _) => (Token::RParen, 1),
            (b'[', _) => (Token::LBracket, 1),
            (b']', _) => (Token::RBracket, 1),
            (b'.', _) => (Token::Period, 1),
            (b';', _) => (Token::SemiColon, 1),
            (b'{', _) => (Token::LBrace, 1),
            (b'}', _) => (Token::RBrace, 1),
            (0, _) => return Err(Malformed { end: self.at + 1, message: "a NUL byte cannot be sent to the server" }),
            _ => (Token::Char(char::from(first)), 1),
        };
        Ok((token, self.at + length))
    }

    fn line_comment_end(&self, start: usize) -> usize {
        let rest = self.text.as_bytes().get(start..).unwrap_or_default();
        start + rest.iter().position(|b| matches!(b, b'\n' | b'\r')).unwrap_or(rest.len())
    }

    /// The end of a comment that starts at `start`; comments nest.
    fn block_comment_end(&self, start: usize) -> Option<usize> {
        let bytes = self.text.as_bytes();
        let (mut at, mut depth) = (start, 0usize);
        loop {
            match (bytes.get(at)?, bytes.get(at + 1)) {
                (b'/', Some(b'*')) => (at, depth) = (at + 2, depth + 1),
                (b'*', Some(b'/')) => (at, depth) = (at + 2, depth - 1),
                _ => at += 1,
            }
            if depth == 0 {
                return Some(at);
            }
        }
    }
}

fn is_space(b: u8) -> bool {
    matches!(b, b' ' | b'\t' | b'\n' | b'\r' | b'\x0b' | b'\x0c')
}

fn is_name_start(b: u8) -> bool {
    b.is_ascii_alphabetic() || b == b'_' || b >= 0x80
}

fn is_name_part(b: u8) -> bool {
    is_name_start(b) || b.is_ascii_digit() || b == b'$'
}

#[cfg(test)]
mod tests;
