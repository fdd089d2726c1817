//! Cuts a script into statements where psql and the server would, losing no byte.

use super::lexer::{Lexeme, Lexer};
use super::span::{LineIndex, Span};
use super::statement::{Directive, Problem, ProblemKind};
use super::token::{LocatedToken, Token};
use crate::dialect::Target;
use std::ops::Range;

/// A stretch of a script. The pieces in order, one behind the other, are the whole script.
#[derive(Debug)]
pub(crate) struct Piece<'t> {
    pub(crate) kind: PieceKind<'t>,
    /// The stretch; a statement's ends with its semicolon.
    pub(crate) span: Span,
}

/// What a [`Piece`] is.
#[derive(Debug)]
pub(crate) enum PieceKind<'t> {
    /// White space, comments, empty statements.
    Trivia,
    /// A statement, the last one perhaps without its semicolon.
    Statement(Tokens<'t>),
    /// What follows `COPY … FROM stdin`, with the line `\.` that ends it.
    CopyData,
    /// `\connect db`.
    PsqlCommand,
}

/// The tokens of a statement.
#[derive(Debug, Default)]
pub(crate) struct Tokens<'t> {
    /// Its tokens, the semicolon excluded: one at least.
    pub(crate) tokens: Vec<LocatedToken<'t>>,
    /// What the server's scanner would reject, and psql commands in the midst.
    pub(crate) problems: Vec<Problem>,
    /// The directives before and in it.
    pub(crate) directives: Vec<Directive>,
}

/// Where a script falls apart into statements, what stands between them, data of `COPY` and commands of psql: stretches
/// that follow one another and leave nothing out. A statement's ends with its semicolon.
pub fn split(target: Target, text: &str) -> Vec<Span> {
    Splitter::new(&LineIndex::new(text), target.version).map(|piece| piece.span).collect()
}

/// How many tokens most statements have at most.
const USUAL_TOKENS: usize = 32;

/// Gives the pieces of a script.
#[derive(Debug)]
pub(crate) struct Splitter<'s, 't> {
    text: &'t str,
    lines: &'s LineIndex<'t>,
    lexer: Lexer<'s, 't>,
    /// The end of the last piece.
    done: usize,
    /// A piece that was found behind the one just given.
    found: Option<Piece<'t>>,
    /// Directives read but not yet given to a statement.
    directives: Vec<Directive>,
    /// Problems for the next statement.
    problems: Vec<Problem>,
    /// A `COPY … FROM stdin` has been read, its data not yet.
    copying: bool,
}

impl<'s, 't> Splitter<'s, 't> {
    const BYTE_ORDER_MARK: &'static str = "\u{feff}";

    pub(crate) fn new(lines: &'s LineIndex<'t>, version: u16) -> Self {
        let text = lines.text();
        let mut splitter = Self {
            text,
            lines,
            lexer: Lexer::new(lines, version),
            done: 0,
            found: None,
            directives: Vec::new(),
            problems: Vec::new(),
            copying: false,
        };
        if text.starts_with(Self::BYTE_ORDER_MARK) {
            splitter.lexer.jump(Self::BYTE_ORDER_MARK.len());
            splitter.problems.push(Problem {
                kind: ProblemKind::Invalid,
                span: lines.span(0..Self::BYTE_ORDER_MARK.len()),
                message: "a byte order mark: the server takes it for a part of the first word".into(),
            });
        }
        splitter
    }

    /// Directives behind the last statement.
    pub(crate) fn into_directives(self) -> Vec<Directive> {
        self.directives
    }

    /// The piece from `start` to `end`, or the trivia before it, if there is any.
    fn give(&mut self, kind: PieceKind<'t>, start: usize, end: usize) -> Piece<'t> {
        let before = self.done..start;
        self.done = end;
        let piece = Piece { kind, span: self.lines.span(start..end) };
        if before.is_empty() {
            return piece;
        }
        self.found = Some(piece);
        Piece { kind: PieceKind::Trivia, span: self.lines.span(before) }
    }

    /// Notes a comment that is a directive.
    fn comment(&mut self, range: Range<usize>) {
        const MARKER: &str = "migrate-safety:";
        let comment = self.text.get(range.clone()).unwrap_or_default();
        let inside = match comment.strip_prefix("/*") {
            Some(block) => block.strip_suffix("*/").unwrap_or(block),
            None => comment.trim_start_matches('-'),
        };
        if let Some(text) = inside.trim_start().strip_prefix(MARKER) {
            self.directives.push(Directive { span: self.lines.span(range), text: text.trim().into() });
        }
    }

    /// The rest of a statement that begins with `first`, and where it ends.
    fn statement(&mut self, first: LocatedToken<'t>) -> (Tokens<'t>, usize) {
        let mut nesting = Nesting::default();
        nesting.enter(None, &first.token);
        let mut tokens = Vec::with_capacity(USUAL_TOKENS);
        tokens.push(first);
        let mut problems = std::mem::take(&mut self.problems);
        let mut end = self.lexer.offset();
        loop {
            match self.lexer.next(&mut problems) {
                Lexeme::Token(token) => {
                    end = self.lexer.offset();
                    if token.token == Token::SemiColon && nesting.is_over() {
                        break;
                    }
                    nesting.enter(tokens.last().map(|t| &t.token), &token.token);
                    tokens.push(token);
                }
                Lexeme::Comment(range) => self.comment(range),
                Lexeme::Backslash if self.sends() => break,
                Lexeme::Backslash => {
                    let start = self.lexer.offset();
                    self.lexer.jump(self.command_end());
                    end = self.lexer.offset();
                    problems.push(psql_command(self.text, self.lines.span(start..end)));
                }
                Lexeme::End => break,
            }
        }
        let directives = std::mem::take(&mut self.directives);
        (Tokens { tokens, problems, directives }, end)
    }

    /// Whether the psql command here sends the statement before it.
    fn sends(&self) -> bool {
        let command = self.text.get(self.lexer.offset() + 1..).unwrap_or_default();
        let word = command.split(|c: char| !c.is_ascii_alphabetic()).next().unwrap_or_default();
        command.starts_with(';')
            || matches!(
                word,
                "g" | "gx" | "gset" | "gexec" | "gdesc" | "crosstabview" | "watch" | "bind" | "parse" | "sendpipeline"
            )
    }

    /// The end of the psql command here: that of the line, or `\\`.
    fn command_end(&self) -> usize {
        let start = self.lexer.offset();
        let rest = self.text.as_bytes().get(start..).unwrap_or_default();
        if rest.get(1) == Some(&b';') {
            return start + 2;
        }
        let mut quote = None;
        let mut at = 1;
        while let Some(&b) = rest.get(at) {
            match b {
                b'\n' | b'\r' => break,
                b'\'' | b'"' | b'`' if quote.is_none() => quote = Some(b),
                b if quote == Some(b) => quote = None,
                b'\\' if quote.is_none() && rest.get(at + 1) == Some(&b'\\') => return start + at + 2,
                b'\\' if rest.get(at + 1).is_some_and(|b| !matches!(b, b'\n' | b'\r')) => at += 1,
                _ => {}
            }
            at += 1;
        }
        start + at
    }

    /// Where the data of a `COPY` begins, if nothing else stands in the rest of the line.
    fn data_start(&self) -> Option<usize> {
        let rest = self.text.get(self.lexer.offset()..)?;
        let behind_blanks = rest.trim_start_matches([' ', '\t', '\r']);
        let in_line = behind_blanks.starts_with('\n') || behind_blanks.starts_with("--");
        let line = if in_line { behind_blanks.find('\n')? } else { return None };
        Some(self.text.len() - behind_blanks.len() + line + 1)
    }

    /// The end of the data of a `COPY` that begins at `start`: behind the line `\.`, or that of the text.
    fn data_end(&self, start: usize) -> usize {
        let mut at = start;
        for line in self.text.get(start..).unwrap_or_default().split_inclusive('\n') {
            let content = line.trim_end_matches(['\n', '\r']);
            if content == "\\." {
                return at + content.len();
            }
            at += line.len();
        }
        self.text.len()
    }
}

impl<'t> Iterator for Splitter<'_, 't> {
    type Item = Piece<'t>;

    fn next(&mut self) -> Option<Piece<'t>> {
        if let Some(found) = self.found.take() {
            return Some(found);
        }
        loop {
            if self.copying
                && let Some(data) = self.data_start()
            {
                self.copying = false;
                self.lexer.jump(data);
                let start = self.lexer.offset();
                self.lexer.jump(self.data_end(data));
                let end = self.lexer.offset();
                return Some(self.give(PieceKind::CopyData, start, end));
            }
            let lexeme = self.lexer.next(&mut self.problems);
            match lexeme {
                Lexeme::Comment(range) => self.comment(range),
                Lexeme::Backslash => {
                    let start = self.lexer.offset();
                    self.lexer.jump(self.command_end());
                    let end = self.lexer.offset();
                    return Some(self.give(PieceKind::PsqlCommand, start, end));
                }
                Lexeme::Token(token) if token.token == Token::SemiColon => {}
                Lexeme::Token(token) => {
                    let start = token.start;
                    let (tokens, end) = self.statement(token);
                    self.copying |= copies_from_stdin(&tokens.tokens);
                    return Some(self.give(PieceKind::Statement(tokens), start, end));
                }
                Lexeme::End if self.done == self.text.len() => return None,
                Lexeme::End => {
                    let span = self.lines.span(self.done..self.text.len());
                    self.done = self.text.len();
                    return Some(Piece { kind: PieceKind::Trivia, span });
                }
            }
        }
    }
}

/// What of the tokens so far decides whether a semicolon ends the statement.
#[derive(Debug, Default)]
struct Nesting {
    /// How many parentheses are open.
    parentheses: usize,
    /// How many `BEGIN ATOMIC` and `CASE` of a routine's body are open.
    blocks: usize,
    /// How many words the statement has so far, up to the one that shows whether it makes a routine.
    words: usize,
    /// Whether the words so far can begin `CREATE [OR REPLACE] FUNCTION`.
    routine: bool,
}

impl Nesting {
    fn is_over(&self) -> bool {
        self.parentheses == 0 && self.blocks == 0
    }

    /// Takes a token in; `before` is the one before it.
    fn enter(&mut self, before: Option<&Token<'_>>, token: &Token<'_>) {
        match token {
            Token::LParen => self.parentheses += 1,
            Token::RParen => self.parentheses = self.parentheses.saturating_sub(1),
            Token::Word(word) if !word.quoted => self.word(before, token),
            _ => {}
        }
    }

    fn word(&mut self, before: Option<&Token<'_>>, token: &Token<'_>) {
        let is = |keyword| token.is_word(keyword);
        let was = |keyword| before.is_some_and(|t| t.is_word(keyword));
        self.words += 1;
        match self.words {
            1 => self.routine = is("CREATE"),
            2 => self.routine &= is("OR") || is("FUNCTION") || is("PROCEDURE"),
            3 if was("OR") => self.routine &= is("REPLACE"),
            4 if was("REPLACE") => self.routine &= is("FUNCTION") || is("PROCEDURE"),
            _ => {}
        }
        if !self.routine || self.parentheses > 0 || was("AS") || before == Some(&Token::Period) {
            return;
        }
        if is("ATOMIC") && was("BEGIN") || self.blocks > 0 && is("CASE") {
            self.blocks += 1;
        } else if is("END") {
            self.blocks = self.blocks.saturating_sub(1);
        }
    }
}

/// Whether psql would send lines of the script as data behind this statement.
fn copies_from_stdin(tokens: &[LocatedToken<'_>]) -> bool {
    let is = |n: usize, word| tokens.get(n).is_some_and(|t| t.token.is_word(word));
    if !is(0, "COPY") {
        return false;
    }
    let mut depth = 0usize;
    for (n, token) in tokens.iter().enumerate() {
        match token.token {
            Token::LParen => depth += 1,
            Token::RParen => depth = depth.saturating_sub(1),
            Token::Word(_) if depth == 0 && is(n, "FROM") => return is(n + 1, "STDIN") || is(n + 1, "STDOUT"),
            _ => {}
        }
    }
    false
}

/// The problem that a psql command is.
pub(crate) fn psql_command(text: &str, span: Span) -> Problem {
    let command = text.get(span.range()).unwrap_or_default();
    let word = command.split_whitespace().next().unwrap_or_default();
    let message = format!("`{word}` is a command of psql, not SQL").into();
    Problem { kind: ProblemKind::PsqlCommand, span, message }
}

#[cfg(test)]
mod tests;
