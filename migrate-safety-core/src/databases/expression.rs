//! Expressions, as far as anybody looks into them.

use super::conditions::conditions;
use super::name::Name;
use super::operation::{Constant, Expression};
use super::scan::{Aliases, Fault, FaultSort, Mentions, Start, scan};
use crate::sql::cursor::{Cursor, Mark, Parse};
use crate::sql::statement::{Problem, ProblemKind};
use crate::sql::token::{LocatedToken, StringKind, Token, Word};

/// Reads an expression. It ends before a comma, a closing parenthesis that it has not opened, one of these words (several
/// are separated by spaces), or the end of the statement.
pub(super) fn expression(cursor: &mut Cursor<'_, '_>, stops: &[&str]) -> Parse<Expression> {
    let mark = cursor.mark();
    skip(cursor, stops, true)?;
    read(cursor, mark)
}

/// `( expression )`. The text is that inside.
pub(super) fn in_parens(cursor: &mut Cursor<'_, '_>) -> Parse<Expression> {
    cursor.parens(|c| expression(c, &[]))
}

/// A constant, a call or an expression in parentheses, as behind `DEFAULT`: it ends where no operator has been read.
pub(super) fn operand(cursor: &mut Cursor<'_, '_>) -> Parse<Expression> {
    let mark = cursor.mark();
    if matches!(cursor.peek(), Token::Plus | Token::Minus) {
        cursor.skip();
    }
    match cursor.peek() {
        Token::LParen => parenthesis(cursor)?,
        Token::Number(_) | Token::String(..) | Token::Parameter(_) => cursor.skip(),
        Token::Word(_) => {
            // `_utf8mb4 'text'`, `DATE '2024-01-01'`
            if matches!(cursor.peek_nth(1), Token::String(..)) {
                cursor.skip();
            }
            cursor.skip();
            if cursor.is_token(&Token::LParen) {
                parenthesis(cursor)?;
            }
        }
        _ => return Err(cursor.expected("a value")),
    }
    read(cursor, mark)
}

/// What the tokens from `mark` on are.
fn read(cursor: &Cursor<'_, '_>, mark: Mark) -> Parse<Expression> {
    let tokens = cursor.tokens_from(mark);
    let found = scan(tokens, Start::Expression).map_err(|fault| problem(cursor, tokens, &fault))?;
    let Mentions { columns, calls, reads, .. } = found;
    let sql = cursor.text_from(mark).into();
    Ok(Expression { sql, columns, calls, reads, conditions: conditions(tokens), constant: constant(tokens) })
}

/// What a fault means to the reader of the statement.
pub(super) fn problem(cursor: &Cursor<'_, '_>, tokens: &[LocatedToken<'_>], fault: &Fault) -> Problem {
    let at = tokens.get(fault.token);
    let span = at.map_or_else(|| cursor.next_span(), |token| cursor.source.span(token.start..token.end));
    let expected = match fault.sort {
        FaultSort::TooDeep => {
            let message = "nested too deeply to be read".into();
            return Problem { kind: ProblemKind::Unsupported, span, message };
        }
        FaultSort::NoOperand => "a value",
        FaultSort::NoOperator => "an operator or the end of the expression",
    };
    match at {
        Some(found) => {
            let message = format!("expected {expected}, found `{}`", found.token).into();
            Problem { kind: ProblemKind::Invalid, span, message }
        }
        None => cursor.expected(expected),
    }
}

/// Skips to a comma (if it ends what is read), a closing parenthesis, one of these words, a semicolon or the end.
pub(super) fn skip(cursor: &mut Cursor<'_, '_>, stops: &[&str], comma: bool) -> Parse<()> {
    // Behind a dot, or where `IS DISTINCT FROM` goes on, a word ends nothing.
    let mut joined = false;
    loop {
        match cursor.peek() {
            Token::End | Token::RParen | Token::SemiColon => return Ok(()),
            Token::Comma if comma => return Ok(()),
            Token::LParen => {
                parenthesis(cursor)?;
                joined = false;
                continue;
            }
            Token::Word(Word { quoted: false, .. }) if !joined && stops.iter().any(|stop| cursor.is_all(stop)) => {
                return Ok(());
            }
            token => joined = *token == Token::Period || token.is_word("DISTINCT"),
        }
        cursor.skip();
    }
}

/// Skips `( … )`.
pub(super) fn parenthesis(cursor: &mut Cursor<'_, '_>) -> Parse<()> {
    let mut depth = 0usize;
    loop {
        match cursor.peek() {
            Token::End => return Err(cursor.expected("`)`")),
            Token::LParen => depth += 1,
            Token::RParen => depth = depth.saturating_sub(1),
            _ => {}
        }
        cursor.skip();
        if depth == 0 {
            return Ok(());
        }
    }
}

/// The constant that these tokens are.
fn constant(tokens: &[LocatedToken<'_>]) -> Option<Constant> {
    let mut tokens = tokens;
    while let [first, inside @ .., last] = tokens {
        if first.token != Token::LParen || last.token != Token::RParen {
            break;
        }
        tokens = inside;
    }
    let constant = match tokens {
        [one] => &one.token,
        [sign, number] if matches!(sign.token, Token::Minus | Token::Plus) => match &number.token {
            Token::Number(digits) if sign.token == Token::Minus => {
                return Some(Constant::Number(format!("-{digits}").into()));
            }
            token @ Token::Number(_) => token,
            _ => return None,
        },
        _ => return None,
    };
    match constant {
        Token::Number(digits) => Some(Constant::Number((*digits).into())),
        Token::String(StringKind::Bits, _) => Some(Constant::Bits),
        Token::String(_, value) => Some(Constant::String(value.as_ref().into())),
        word if word.is_word("NULL") => Some(Constant::Null),
        word if word.is_word("TRUE") => Some(Constant::Bool(true)),
        word if word.is_word("FALSE") => Some(Constant::Bool(false)),
        _ => None,
    }
}

impl Expression {
    /// Puts tables for aliases.
    pub(super) fn resolve(&mut self, aliases: &Aliases) {
        for qualifier in self.columns.iter_mut().map(|column| &mut column.0) {
            resolve(qualifier, aliases);
        }
        for condition in &mut self.conditions {
            resolve(&mut condition.qualifier, aliases);
        }
    }
}

/// Puts the table for an alias.
pub(super) fn resolve(qualifier: &mut Option<Name>, aliases: &Aliases) {
    if let Some(Some(table)) = qualifier.as_ref().and_then(|alias| aliases.get(alias)) {
        *qualifier = Some(table.name.clone());
    }
}
