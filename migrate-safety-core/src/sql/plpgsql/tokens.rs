//! The tokens of a body.

use crate::sql::lexer::{Lexeme, Lexer};
use crate::sql::source::SourceText;
use crate::sql::span::{Position, Span};
use crate::sql::statement::{Problem, ProblemKind};
use sqlparser::tokenizer::{Location, Span as TokenSpan, Token, TokenWithSpan};

/// Cuts a text into tokens, comments left out; what the server's scanner rejects goes to `problems`.
pub(super) fn tokens(source: &SourceText<'_>, version: u16, problems: &mut Vec<Problem>) -> Vec<TokenWithSpan> {
    let mut lexer = Lexer::new(source.text, version);
    let mut tokens: Vec<TokenWithSpan> = Vec::new();
    let mut inner = Vec::new();
    loop {
        match lexer.next(&mut inner) {
            Lexeme::Token(token) => push(&mut tokens, token),
            Lexeme::Comment(_) => {}
            Lexeme::Backslash => {
                let start = lexer.here();
                lexer.jump(start.offset + 1);
                let end = Position { offset: start.offset + 1, column: start.column + 1, ..start };
                let span = Span { start, end };
                inner.push(Problem { kind: ProblemKind::Invalid, span, message: "syntax error at `\\`".into() });
            }
            Lexeme::End => break,
        }
    }
    problems.extend(inner.into_iter().map(|p| Problem { span: source.outer(p.span), ..p }));
    tokens
}

/// Adds a token. In `a..10` the second dot comes with the number; here it is a token of its own.
fn push(tokens: &mut Vec<TokenWithSpan>, token: TokenWithSpan) {
    let touches = tokens.last().is_some_and(|last| last.token == Token::Period && last.span.end == token.span.start);
    match &token.token {
        Token::Number(digits, long) if touches && digits.starts_with('.') => {
            let start = token.span.start;
            let dot = Location { line: start.line, column: start.column + 1 };
            let rest = Token::Number(digits.trim_start_matches('.').to_owned(), *long);
            tokens.push(TokenWithSpan { token: Token::Period, span: TokenSpan::new(start, dot) });
            tokens.push(TokenWithSpan { token: rest, span: TokenSpan::new(dot, token.span.end) });
        }
        _ => tokens.push(token),
    }
}
