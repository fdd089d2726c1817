//! Expressions (`a_expr` and `b_expr` of the server's grammar): operators by their precedence.
//!
//! Every level of nesting goes through [`operand`]. The functions on that way are kept small and apart, without
//! closures: in a build without optimisation each of them holds all its temporaries on the stack.

mod call;
mod infix;
mod keyword_call;
mod primary;
mod window;

use crate::sql::cursor::{Cursor, Parse};
use crate::sql::expr::{Expr, Expression};
use crate::sql::name::ObjectName;
use crate::sql::token::Token;

pub(super) use call::call_only;
pub(super) use keyword_call::{json_clause, xml_passing};
pub(super) use primary::{Paren, paren};
pub(super) use window::{sort_list, window_specification};

/// How strongly an operator binds (docs, 4.1.6 "Operator Precedence"), weakest first.
mod power {
    pub(super) const OR: u8 = 1;
    pub(super) const AND: u8 = 2;
    pub(super) const NOT: u8 = 3;
    pub(super) const IS: u8 = 4;
    pub(super) const COMPARISON: u8 = 5;
    pub(super) const LIKE: u8 = 6;
    pub(super) const OTHER: u8 = 7;
    pub(super) const ADD: u8 = 8;
    pub(super) const MULTIPLY: u8 = 9;
    pub(super) const RAISE: u8 = 10;
    pub(super) const AT: u8 = 11;
    pub(super) const COLLATE: u8 = 12;
    pub(super) const SIGN: u8 = 13;
    pub(super) const CAST: u8 = 14;
}

/// Which of the server's two grammars for expressions is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Grammar {
    /// `a_expr`: all operators.
    Full,
    /// `b_expr`: none that begins with a key word, but for `IS DISTINCT FROM`; for places where such a word can
    /// follow.
    Restricted,
}

/// How an operand is read.
type Production = fn(&mut Cursor<'_, '_>, Grammar) -> Parse<Expr>;

/// An expression with its text.
pub(crate) fn expression(c: &mut Cursor<'_, '_>) -> Parse<Expression> {
    let mark = c.mark();
    let expr = expr(c)?;
    Ok(Expression { sql: c.text_from(mark).into(), expr })
}

/// The expression of a column's `DEFAULT`, with its text: it ends before `NOT NULL`, `COLLATE` and the like.
pub(crate) fn restricted_expression(c: &mut Cursor<'_, '_>) -> Parse<Expression> {
    let mark = c.mark();
    let expr = restricted(c)?;
    Ok(Expression { sql: c.text_from(mark).into(), expr })
}

/// A single operand with its text: a call, say, that ends before `COLLATE` and any operator.
pub(crate) fn operand_expression(c: &mut Cursor<'_, '_>) -> Parse<Expression> {
    let mark = c.mark();
    let expr = operand_only(c)?;
    Ok(Expression { sql: c.text_from(mark).into(), expr })
}

/// An expression.
pub(super) fn expr(c: &mut Cursor<'_, '_>) -> Parse<Expr> {
    operand(c, power::OR, Grammar::Full)
}

/// An expression of the restricted grammar.
pub(super) fn restricted(c: &mut Cursor<'_, '_>) -> Parse<Expr> {
    operand(c, power::OR, Grammar::Restricted)
}

/// An operand without any operators (`c_expr` of the server's grammar).
pub(super) fn operand_only(c: &mut Cursor<'_, '_>) -> Parse<Expr> {
    c.descend()?;
    let result = primary::production(c, Grammar::Full)(c, Grammar::Full);
    c.ascend();
    result
}

/// `a, b, c`.
pub(super) fn expr_list(c: &mut Cursor<'_, '_>) -> Parse<Vec<Expr>> {
    let mut list = vec![expr(c)?];
    while c.eat_token(&Token::Comma) {
        list.push(expr(c)?);
    }
    Ok(list)
}

/// `(a, b, c)`.
pub(super) fn parenthesized_list(c: &mut Cursor<'_, '_>) -> Parse<Vec<Expr>> {
    c.expect_token(&Token::LParen)?;
    let list = expr_list(c)?;
    c.expect_token(&Token::RParen)?;
    Ok(list)
}

/// An expression whose operators bind at least as strongly as `least`.
fn operand(c: &mut Cursor<'_, '_>, least: u8, grammar: Grammar) -> Parse<Expr> {
    c.descend()?;
    let result = match primary::prefixed_production(c, grammar)(c, grammar) {
        Ok(first) => infix::operators(c, first, least, grammar),
        Err(problem) => Err(problem),
    };
    c.ascend();
    result
}

/// A call of a function of the server.
fn call(name: &str, args: Vec<Expr>) -> Expr {
    Expr::Call { name: ObjectName::bare(name), args }
}
