//! The tokens of a body.

use crate::sql::lexer::{Lexeme, Lexer};
use crate::sql::source::SourceText;
use crate::sql::statement::{Problem, ProblemKind};
use crate::sql::token::LocatedToken;

/// Cuts a text into tokens, comments left out; what the server's scanner rejects goes to `problems`.
pub(super) fn tokens<'t>(source: &SourceText<'t>, version: u16, problems: &mut Vec<Problem>) -> Vec<LocatedToken<'t>> {
    let mut lexer = Lexer::new(&source.lines, version);
    let mut tokens = Vec::new();
    let mut inner = Vec::new();
    loop {
        match lexer.next(&mut inner) {
            Lexeme::Token(token) => tokens.push(token),
            Lexeme::Comment(_) => {}
            Lexeme::Backslash => {
                let at = lexer.offset();
                lexer.jump(at + 1);
                let span = source.lines.span(at..at + 1);
                inner.push(Problem { kind: ProblemKind::Invalid, span, message: "syntax error at `\\`".into() });
            }
            Lexeme::End => break,
        }
    }
    problems.extend(inner.into_iter().map(|p| Problem { span: source.outer(p.span), ..p }));
    tokens
}
