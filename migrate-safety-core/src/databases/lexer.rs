//! Cuts a text into tokens as MySQL, MariaDB and SQLite do.
//!
//! Sources: MySQL reference manual, 11.1 "Literal Values", 11.7 "Comments"; SQLite, "SQL Comment Syntax" and
//! "The tokens of SQLite" (tokenize.c).

use crate::dialect::Target;
use crate::sql::statement::{Problem, ProblemKind};
use crate::sql::token::{LocatedToken, StringKind, Token, Word};
use crate::sql::{LineIndex, Span};
use std::borrow::Cow;
use std::ops::Range;

/// What the scanner found.
#[derive(Debug)]
pub(crate) enum Lexeme<'t> {
    /// A token.
    Token(LocatedToken<'t>),
    /// A comment: the bytes it covers.
    Comment(Range<usize>),
    /// Only the end of the text is left.
    End,
}

/// In what the servers' scanners differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Flavour {
    /// `#` comments, backslash escapes, strings in double quotes, `/*! … */`.
    MySql {
        /// The server's version as in `/*!80011 … */`.
        version: u32,
        /// `/*M! … */`.
        mariadb: bool,
    },
    /// Names in double quotes and in brackets.
    Sqlite {
        /// Digits may have underscores between them.
        underscores: bool,
    },
}

/// Where a lexer stands.
#[derive(Clone, Debug)]
pub(crate) struct Lexer<'s, 't> {
    text: &'t str,
    lines: &'s LineIndex<'t>,
    /// Offset of the first byte not consumed.
    at: usize,
    flavour: Flavour,
    /// Inside a comment whose content the server runs.
    in_conditional: bool,
}

/// A token with the offset of its end, or why there is none, with where it ends.
type Scanned<'t> = Result<(Token<'t>, usize), (&'static str, usize)>;

impl<'s, 't> Lexer<'s, 't> {
    pub(crate) fn new(lines: &'s LineIndex<'t>, target: Target) -> Self {
        let flavour = if target.dialect.is_mysql() {
            let patch = if target.patch == u16::MAX { 99 } else { target.patch.min(99) };
            let version = u32::from(target.version) * 100 + u32::from(patch);
            Flavour::MySql { version, mariadb: target.dialect == crate::Dialect::MariaDb }
        } else {
            Flavour::Sqlite { underscores: target.is_from(346, 0) }
        };
        Self { text: lines.text(), lines, at: 0, flavour, in_conditional: false }
    }

    fn is_sqlite(&self) -> bool {
        matches!(self.flavour, Flavour::Sqlite { .. })
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
        loop {
            let rest = self.rest(self.at);
            self.at += rest.iter().position(|b| !is_space(*b)).unwrap_or(rest.len());
            if self.in_conditional && self.rest(self.at).starts_with(b"*/") {
                (self.in_conditional, self.at) = (false, self.at + 2);
                continue;
            }
            if let Some(length) = self.conditional_start() {
                (self.in_conditional, self.at) = (true, self.at + length);
                continue;
            }
            break;
        }
        let Some(first) = self.byte(0) else { return Lexeme::End };
        let start = self.at;
        if let Some(end) = self.line_comment_end() {
            self.at = end;
            return Lexeme::Comment(start..end);
        }
        let scanned = if self.rest(start).starts_with(b"/*") {
            match self.text.get(start + 2..).and_then(|inside| inside.find("*/")) {
                Some(length) => {
                    self.at = start + 2 + length + 2;
                    return Lexeme::Comment(start..self.at);
                }
                // SQLite takes the end of the text for the end of a comment.
                None if self.is_sqlite() => {
                    self.at = self.text.len();
                    return Lexeme::Comment(start..self.at);
                }
                None => Err(("unterminated comment", self.text.len())),
            }
        } else {
            self.scan(first)
        };
        let (token, end) = scanned.unwrap_or_else(|(message, end)| {
            let span = Span { start: self.lines.at(start), end: self.lines.at(end) };
            problems.push(Problem { kind: ProblemKind::Invalid, span, message: message.into() });
            (Token::Char(self.char_at(start)), end)
        });
        self.at = end;
        Lexeme::Token(LocatedToken { token, start, end })
    }

    /// How long the opening of a comment is whose content the server runs, if one begins here.
    fn conditional_start(&self) -> Option<usize> {
        let Flavour::MySql { version, mariadb } = self.flavour else { return None };
        let rest = self.rest(self.at);
        let opening = if rest.starts_with(b"/*!") {
            3
        } else if mariadb && rest.starts_with(b"/*M!") {
            4
        } else {
            return None;
        };
        let digits = rest.get(opening..)?.iter().take(6).take_while(|b| b.is_ascii_digit()).count();
        if digits < 5 {
            return Some(opening);
        }
        let written: u32 = std::str::from_utf8(rest.get(opening..opening + digits)?).ok()?.parse().ok()?;
        // MariaDB skips what is for MySQL 5.7 to 8 (its manual, "Comment Syntax").
        let not_for_mariadb = mariadb && opening == 3 && (50_700..=99_999).contains(&written);
        (written <= version && !not_for_mariadb).then_some(opening + digits)
    }

    /// The end of a comment that goes to the end of the line, if one begins here.
    fn line_comment_end(&self) -> Option<usize> {
        let begins = match (self.byte(0)?, self.byte(1)) {
            (b'#', _) => !self.is_sqlite(),
            (b'-', Some(b'-')) => match self.flavour {
                Flavour::Sqlite { .. } => true,
                // Two dashes without a space are two signs.
                Flavour::MySql { .. } => self.byte(2).is_none_or(|b| b.is_ascii_whitespace() || b.is_ascii_control()),
            },
            _ => false,
        };
        let length = || self.rest(self.at).iter().position(|b| *b == b'\n').unwrap_or(self.text.len() - self.at);
        begins.then(|| self.at + length())
    }

    fn scan(&self, first: u8) -> Scanned<'t> {
        let is_mysql = !self.is_sqlite();
        match (first, self.byte(1)) {
            (b'\'', _) => self.string(self.at, b'\''),
            (b'"', _) if is_mysql => self.string(self.at, b'"'),
            (b'"', _) => self.quoted_name(b'"'),
            (b'`', _) => self.quoted_name(b'`'),
            (b'[', _) if !is_mysql => self.quoted_name(b']'),
            (b'x' | b'X' | b'b' | b'B', Some(b'\'')) => {
                self.string(self.at + 1, b'\'').map(|(token, end)| match token {
                    Token::String(_, value) => (Token::String(StringKind::Bits, value), end),
                    other => (other, end),
                })
            }
            (b'n' | b'N', Some(b'\'')) if is_mysql => self.string(self.at + 1, b'\''),
            (b'@' | b':' | b'?' | b'$', _) if self.parameter_end().is_some() => {
                let end = self.parameter_end().unwrap_or(self.at + 1);
                Ok((Token::Parameter(self.text.get(self.at..end).unwrap_or_default()), end))
            }
            (b'0'..=b'9', _) => self.number(),
            (b'.', Some(b'0'..=b'9')) if !self.is_behind_name() => self.number(),
            (b, _) if is_name_part(b) => {
                let end = self.at + self.rest(self.at).iter().position(|b| !is_name_part(*b)).unwrap_or(usize::MAX / 2);
                let end = end.min(self.text.len());
                let value = Cow::Borrowed(self.text.get(self.at..end).unwrap_or_default());
                Ok((Token::Word(Word { value, quoted: false }), end))
            }
            _ => self.punctuation(first),
        }
    }

    /// The end of `?`, `?1`, `:name`, `@name`, `@@global.name`, `@'name'`, `$name`, if there is one here.
    fn parameter_end(&self) -> Option<usize> {
        let signs = match (self.byte(0)?, self.byte(1), self.flavour) {
            (b'?', ..) => {
                let digits = self.rest(self.at + 1).iter().take_while(|b| b.is_ascii_digit()).count();
                return Some(self.at + 1 + digits);
            }
            (b'@', Some(b'@'), Flavour::MySql { .. }) => 2,
            (b'@' | b':' | b'$', ..) => 1,
            _ => return None,
        };
        let rest = self.rest(self.at + signs);
        if let (Flavour::MySql { .. }, Some(quote @ (b'`' | b'\'' | b'"'))) = (self.flavour, rest.first()) {
            let length = rest.get(1..)?.iter().position(|b| b == quote)?;
            return Some(self.at + signs + length + 2);
        }
        let length = rest.iter().take_while(|b| is_name_part(**b) || **b == b'.').count();
        (length > 0).then_some(self.at + signs + length)
    }

    /// A string whose opening quote is at `start`.
    fn string(&self, start: usize, quote: u8) -> Scanned<'t> {
        let escapes = !self.is_sqlite();
        let bytes = self.text.as_bytes();
        let mut at = start + 1;
        let mut value: Option<String> = None;
        let mut plain = at;
        loop {
            let Some(rest) = bytes.get(at..) else { return Err(("unterminated string", self.text.len())) };
            let Some(length) = rest.iter().position(|b| *b == quote || (escapes && *b == b'\\')) else {
                return Err(("unterminated string", self.text.len()));
            };
            at += length;
            let before = self.text.get(plain..at).unwrap_or_default();
            let (resolved, skip) = match (bytes.get(at), bytes.get(at + 1)) {
                (Some(b'\\'), _) => {
                    let escaped = self.text.get(at + 1..).and_then(|rest| rest.chars().next());
                    let Some(escaped) = escaped else { return Err(("unterminated string", self.text.len())) };
                    (unescaped(escaped), 1 + escaped.len_utf8())
                }
                (_, Some(next)) if *next == quote => (Some(char::from(quote)), 2),
                _ => {
                    let value = match value {
                        Some(value) => Cow::Owned(value + before),
                        None => Cow::Borrowed(before),
                    };
                    return Ok((Token::String(StringKind::Text, value), at + 1));
                }
            };
            let value = value.get_or_insert_default();
            value.push_str(before);
            value.extend(resolved);
            at += skip;
            plain = at;
        }
    }

    /// A name whose opening quote is here; it ends at `close`, of which two are one in it.
    fn quoted_name(&self, close: u8) -> Scanned<'t> {
        let bytes = self.text.as_bytes();
        let mut at = self.at + 1;
        let mut doubled = false;
        loop {
            let Some(length) = bytes.get(at..).and_then(|rest| rest.iter().position(|b| *b == close)) else {
                return Err(("unterminated quoted name", self.text.len()));
            };
            at += length;
            // A bracket cannot be doubled.
            if close == b']' || bytes.get(at + 1) != Some(&close) {
                break;
            }
            doubled = true;
            at += 2;
        }
        let inside = self.text.get(self.at + 1..at).unwrap_or_default();
        let value = if doubled {
            let quote = char::from(close);
            Cow::Owned(inside.replace(&format!("{quote}{quote}"), &quote.to_string()))
        } else {
            Cow::Borrowed(inside)
        };
        Ok((Token::Word(Word { value, quoted: true }), at + 1))
    }

    /// How many digits stand from `from` on, with the underscores between them that SQLite takes from 3.46 on.
    fn digits(&self, rest: &[u8], from: usize, is_digit: fn(&u8) -> bool) -> usize {
        let digits = |from: usize| rest.iter().skip(from).take_while(|b| is_digit(b)).count();
        let mut end = digits(from);
        while self.flavour == (Flavour::Sqlite { underscores: true }) && end > 0 && rest.get(from + end) == Some(&b'_')
        {
            match digits(from + end + 1) {
                0 => break,
                more => end += 1 + more,
            }
        }
        end
    }

    /// A number, or a name that begins with a digit.
    fn number(&self) -> Scanned<'t> {
        let rest = self.rest(self.at);
        let digits = |from: usize| self.digits(rest, from, u8::is_ascii_digit);
        let mut end = digits(0);
        if rest.first() == Some(&b'0') && matches!(rest.get(1), Some(b'x' | b'X')) {
            end = 2 + self.digits(rest, 2, u8::is_ascii_hexdigit);
        } else {
            if rest.get(end) == Some(&b'.') {
                end += 1 + digits(end + 1);
            }
            if matches!(rest.get(end), Some(b'e' | b'E')) {
                let sign = usize::from(matches!(rest.get(end + 1), Some(b'+' | b'-')));
                let exponent = digits(end + 1 + sign);
                if exponent > 0 {
                    end += 1 + sign + exponent;
                }
            }
        }
        // MySQL's names may begin with digits: `2fa_codes`.
        let more = rest.iter().skip(end).take_while(|b| is_name_part(**b)).count();
        let text = self.text.get(self.at..self.at + end + more).unwrap_or_default();
        if more == 0 {
            return Ok((Token::Number(text), self.at + end));
        }
        let is_name = !self.is_sqlite() && !text.contains('.');
        if is_name {
            Ok((Token::Word(Word { value: text.into(), quoted: false }), self.at + end + more))
        } else {
            Err(("a number runs into a name", self.at + end + more))
        }
    }

    /// Whether the dot here stands behind a name: `t.2fa`.
    fn is_behind_name(&self) -> bool {
        let before = self.at.checked_sub(1).and_then(|before| self.text.as_bytes().get(before));
        before.is_some_and(|b| is_name_part(*b) || *b == b'`')
    }

    fn punctuation(&self, first: u8) -> Scanned<'t> {
        /// Operators of more than one sign, longest first.
        const LONG: [&str; 13] = ["<=>", "->>", "||", "&&", "<<", ">>", "->", "<>", "!=", "<=", ">=", "==", ":="];
        let rest = self.text.get(self.at..).unwrap_or_default();
        if let Some(long) = LONG.iter().find(|long| rest.starts_with(**long)) {
            let end = self.at + long.len();
            let token = match *long {
                "==" => Token::Eq,
                "->" | "->>" if matches!(self.flavour, Flavour::MySql { mariadb: true, .. }) => {
                    return Err((
                        "MariaDB has no operators -> and ->>: JSON_EXTRACT, JSON_UNQUOTE and JSON_VALUE are",
                        end,
                    ));
                }
                ":=" if self.is_sqlite() => return Err(("SQLite knows no such token", end)),
                ":=" => Token::Assignment,
                _ => Token::of_operator(rest.get(..long.len()).unwrap_or_default()),
            };
            return Ok((token, end));
        }
        let token = match first {
            b':' | b'^' | b'{' | b'}' | b'!' | b'\\' if self.is_sqlite() => {
                return Err(("SQLite knows no such token", self.at + 1));
            }
            b'(' => Token::LParen,
            b')' => Token::RParen,
            b'[' => Token::LBracket,
            b']' => Token::RBracket,
            b'{' => Token::LBrace,
            b'}' => Token::RBrace,
            b',' => Token::Comma,
            b';' => Token::SemiColon,
            b'.' => Token::Period,
            b':' => Token::Colon,
            b'=' | b'<' | b'>' | b'+' | b'-' | b'*' | b'/' | b'%' | b'^' | b'~' | b'|' | b'&' | b'!' => {
                Token::of_operator(rest.get(..1).unwrap_or_default())
            }
            0 => return Err(("a NUL byte ends the statement for the server", self.at + 1)),
            _ => Token::Char(self.char_at(self.at)),
        };
        Ok((token, self.at + self.char_at(self.at).len_utf8()))
    }

    fn char_at(&self, at: usize) -> char {
        self.text.get(at..).and_then(|rest| rest.chars().next()).unwrap_or('\0')
    }

    fn rest(&self, at: usize) -> &'t [u8] {
        self.text.as_bytes().get(at..).unwrap_or_default()
    }

    /// The byte `n` behind the first not consumed.
    fn byte(&self, n: usize) -> Option<u8> {
        self.text.as_bytes().get(self.at + n).copied()
    }
}

/// What a backslash and this character stand for (MySQL manual, table 11.1). Before `%` and `_` the backslash stays.
fn unescaped(escaped: char) -> Option<char> {
    Some(match escaped {
        '0' => '\0',
        'b' => '\u{8}',
        'n' => '\n',
        'r' => '\r',
        't' => '\t',
        'Z' => '\u{1a}',
        other => other,
    })
}

fn is_space(byte: u8) -> bool {
    byte.is_ascii_whitespace() || byte == 0x0b
}

/// Letters, digits, `_`, `$` and everything beyond ASCII.
fn is_name_part(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'$') || !byte.is_ascii()
}
