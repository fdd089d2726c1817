//! Operands: constants, columns, parentheses, and the operators that stand before an operand.

use super::infix::{named_operator, operators};
use super::{Grammar, Production, call, expr, keyword_call, operand, power};
use crate::sql::cursor::{Cursor, Parse};
use crate::sql::datatype::DataType;
use crate::sql::expr::{Expr, Query};
use crate::sql::grammar::data_type::{interval_fields, keyword_type};
use crate::sql::grammar::query;
use crate::sql::keyword::{self, Category};
use crate::sql::name::{Ident, ObjectName};
use crate::sql::token::{StringKind, Token};

/// What stands in parentheses.
pub(in crate::sql::grammar) enum Paren {
    /// A query.
    Query(Box<Query>),
    /// One expression or more.
    List(Vec<Expr>),
}

/// How to read the operand ahead with the operators before it.
pub(super) fn prefixed_production(c: &Cursor<'_, '_>, grammar: Grammar) -> Production {
    match c.peek() {
        Token::Word(_) if grammar == Grammar::Full && c.is("NOT") => not,
        Token::Word(_) if c.is("OPERATOR") && matches!(c.peek_nth(1), Token::LParen) => prefix_named_operator,
        Token::Minus => minus,
        Token::Plus => plus,
        Token::Mul | Token::Div | Token::Mod | Token::Caret => nothing,
        Token::Eq | Token::Neq | Token::Lt | Token::Gt | Token::LtEq | Token::GtEq => nothing,
        symbol if symbol.operator().is_some() => prefix_operator,
        _ => production(c, grammar),
    }
}

/// How to read the operand ahead (`c_expr` of the server's grammar).
pub(super) fn production(c: &Cursor<'_, '_>, grammar: Grammar) -> Production {
    match c.peek() {
        Token::LParen => in_parentheses,
        Token::Parameter(_) => parameter,
        Token::Number(..) | Token::String(StringKind::Bits, _) => constant,
        Token::Word(word) => match keyword::category(word) {
            Category::Free if c.is_all("DOUBLE PRECISION") => typed_constant_or_name,
            Category::Free => named,
            Category::Reserved => keyword_call::reserved_word(word, grammar).unwrap_or(nothing),
            Category::FunctionName => match c.peek_nth(1) {
                Token::LParen => named,
                next if next.string().is_some() => named,
                _ => keyword_call::function_word(c).unwrap_or(nothing),
            },
            Category::ColumnName => match c.peek_nth(1) {
                Token::LParen => keyword_call::column_word(c, word).unwrap_or(typed_constant_only),
                next if next.string().is_some() => typed_constant_only,
                _ => typed_constant_or_name,
            },
        },
        other if other.string().is_some() => constant,
        _ => nothing,
    }
}

pub(super) fn nothing(c: &mut Cursor<'_, '_>, _: Grammar) -> Parse<Expr> {
    Err(c.expected("an expression"))
}

fn not(c: &mut Cursor<'_, '_>, grammar: Grammar) -> Parse<Expr> {
    c.skip();
    Ok(Expr::Not(Box::new(operand(c, power::NOT + 1, grammar)?)))
}

fn minus(c: &mut Cursor<'_, '_>, grammar: Grammar) -> Parse<Expr> {
    c.skip();
    operand(c, power::SIGN, grammar).map(negative)
}

fn plus(c: &mut Cursor<'_, '_>, grammar: Grammar) -> Parse<Expr> {
    c.skip();
    operand(c, power::SIGN, grammar)
}

fn prefix_operator(c: &mut Cursor<'_, '_>, grammar: Grammar) -> Parse<Expr> {
    c.skip();
    Ok(Expr::Other(vec![operand(c, power::OTHER + 1, grammar)?]))
}

fn prefix_named_operator(c: &mut Cursor<'_, '_>, grammar: Grammar) -> Parse<Expr> {
    named_operator(c)?;
    Ok(Expr::Other(vec![operand(c, power::OTHER + 1, grammar)?]))
}

/// `-e`.
fn negative(of: Expr) -> Expr {
    let flip = |digits: &str| match digits.strip_prefix('-') {
        Some(positive) => positive.into(),
        None => format!("-{digits}").into(),
    };
    match of {
        Expr::Number(digits) => Expr::Number(flip(&digits)),
        Expr::Cast { expr, to } => match *expr {
            Expr::Number(digits) => Expr::Cast { expr: Box::new(Expr::Number(flip(&digits))), to },
            other => Expr::Other(vec![Expr::Cast { expr: Box::new(other), to }]),
        },
        other => Expr::Other(vec![other]),
    }
}

/// A number or a string of any quoting.
fn constant(c: &mut Cursor<'_, '_>, _: Grammar) -> Parse<Expr> {
    let string = |text: &str, data_type: &str| Expr::Cast {
        expr: Box::new(Expr::String(text.into())),
        to: DataType::builtin(data_type),
    };
    let constant = match c.peek() {
        Token::Number(digits) => Expr::Number((*digits).into()),
        Token::String(StringKind::Bits, digits) => string(digits, "bit"),
        Token::String(StringKind::National, text) => string(text, "bpchar"),
        other => match other.string() {
            Some(text) => Expr::String(text.into()),
            None => return Err(c.expected("an expression")),
        },
    };
    c.skip();
    Ok(constant)
}

/// `$1`.
fn parameter(c: &mut Cursor<'_, '_>, _: Grammar) -> Parse<Expr> {
    c.skip();
    indirection(c, Expr::Parameter)
}

/// `( … )`: a query, an expression, or a row.
fn in_parentheses(c: &mut Cursor<'_, '_>, grammar: Grammar) -> Parse<Expr> {
    let content = paren(c)?;
    behind_parentheses(c, content, grammar)
}

/// What may follow a closed parenthesis as part of the same operand.
fn behind_parentheses(c: &mut Cursor<'_, '_>, content: Paren, grammar: Grammar) -> Parse<Expr> {
    match content {
        Paren::Query(query) => indirection(c, Expr::Subquery { operand: None, exists: false, query }),
        Paren::List(mut list) => match list.pop() {
            Some(only) if list.is_empty() => indirection(c, only),
            last => {
                list.extend(last);
                overlaps(c, Expr::Other(list), grammar)
            }
        },
    }
}

/// `row OVERLAPS row`.
pub(super) fn overlaps(c: &mut Cursor<'_, '_>, row: Expr, grammar: Grammar) -> Parse<Expr> {
    if grammar == Grammar::Restricted || !c.eat("OVERLAPS") {
        return Ok(row);
    }
    c.eat("ROW");
    let right = match paren(c)? {
        Paren::List(list) => Expr::Other(list),
        Paren::Query(_) => return Err(c.expected("a row")),
    };
    Ok(Expr::Binary { op: "overlaps".into(), left: Box::new(row), right: Box::new(right) })
}

/// `( … )`, with what is inside. Which of the two it is shows only at the end in `((SELECT 1) + 1)`.
pub(in crate::sql::grammar) fn paren(c: &mut Cursor<'_, '_>) -> Parse<Paren> {
    c.expect_token(&Token::LParen)?;
    c.descend()?;
    let content = if query::starts(c) {
        query_inside(c)
    } else if c.is_token(&Token::LParen) {
        match paren(c) {
            Ok(inner) => behind_inner(c, inner),
            Err(problem) => Err(problem),
        }
    } else {
        list_inside(c, None)
    };
    c.ascend();
    let content = content?;
    c.expect_token(&Token::RParen)?;
    Ok(content)
}

fn query_inside(c: &mut Cursor<'_, '_>) -> Parse<Paren> {
    query::boxed(c).map(Paren::Query)
}

/// Expressions, the first of which may have been read.
fn list_inside(c: &mut Cursor<'_, '_>, first: Option<Expr>) -> Parse<Paren> {
    let mut list = Vec::from_iter(first);
    if list.is_empty() {
        list.push(expr(c)?);
    }
    while c.eat_token(&Token::Comma) {
        list.push(expr(c)?);
    }
    Ok(Paren::List(list))
}

/// The rest of parentheses that begin with inner ones.
fn behind_inner(c: &mut Cursor<'_, '_>, inner: Paren) -> Parse<Paren> {
    match inner {
        Paren::Query(inner) if c.is_token(&Token::RParen) => Ok(Paren::Query(inner)),
        Paren::Query(inner) if query::goes_on(c) => query::rest(c, inner).map(Paren::Query),
        inner => {
            let first = behind_parentheses(c, inner, Grammar::Full)?;
            let first = operators(c, first, power::OR, Grammar::Full)?;
            list_inside(c, Some(first))
        }
    }
}

/// `.field`, `.*`, `[3]`, `[1:2]` behind an operand.
fn indirection(c: &mut Cursor<'_, '_>, of: Expr) -> Parse<Expr> {
    if !matches!(c.peek(), Token::Period | Token::LBracket) {
        return Ok(of);
    }
    let mut parts = vec![of];
    loop {
        if c.eat_token(&Token::LBracket) {
            subscript(c, &mut parts)?;
        } else if c.eat_token(&Token::Period) {
            if !c.eat_token(&Token::Mul) {
                c.label()?;
            }
        } else {
            return Ok(Expr::Other(parts));
        }
    }
}

/// `1]`, `1:2]`, `:]`.
pub(in crate::sql::grammar) fn subscript(c: &mut Cursor<'_, '_>, parts: &mut Vec<Expr>) -> Parse<()> {
    if !c.is_token(&Token::Colon) {
        parts.push(expr(c)?);
    }
    if c.eat_token(&Token::Colon) && !c.is_token(&Token::RBracket) {
        parts.push(expr(c)?);
    }
    c.expect_token(&Token::RBracket)
}

/// `interval '1 day'`, or a column of that name.
fn typed_constant_or_name(c: &mut Cursor<'_, '_>, grammar: Grammar) -> Parse<Expr> {
    match typed_constant(c)? {
        Some(constant) => Ok(constant),
        None => named(c, grammar),
    }
}

/// `char(3) 'abc'`; without the string it is nothing.
fn typed_constant_only(c: &mut Cursor<'_, '_>, grammar: Grammar) -> Parse<Expr> {
    match typed_constant(c)? {
        Some(constant) => Ok(constant),
        None => nothing(c, grammar),
    }
}

/// `interval '1 day'`, `timestamp(3) with time zone '…'`: the types with a key word of their own.
fn typed_constant(c: &mut Cursor<'_, '_>) -> Parse<Option<Expr>> {
    let mark = c.mark();
    let mut to = match keyword_type(c) {
        Ok(Some(to)) if c.peek().string().is_some() => to,
        _ => {
            c.rewind(mark);
            return Ok(None);
        }
    };
    // `char 'abc'` is not cut to one character, unlike `'abc'::char`: the server's own exception.
    if (to.is("bpchar") || to.is("bit")) && !c.text_from(mark).contains('(') {
        to.modifiers.clear();
    }
    let expr = Box::new(Expr::String(c.string()?));
    if to.is("interval") {
        interval_fields(c, &mut to)?;
    }
    Ok(Some(Expr::Cast { expr, to }))
}

/// A name and what follows it: `a`, `t.a`, `t.*`, `a[1]`, `f(…)`, `mytype '…'`.
pub(super) fn named(c: &mut Cursor<'_, '_>, _: Grammar) -> Parse<Expr> {
    let mut name = c.label()?;
    let mut qualifier = None;
    while c.eat_token(&Token::Period) {
        if c.eat_token(&Token::Mul) {
            return Ok(Expr::Star(Some(name)));
        }
        (qualifier, name) = (Some(name), c.label()?);
    }
    match c.peek() {
        Token::LParen => call::call(c, ObjectName { schema: qualifier, name }),
        next if next.string().is_some() => constant_of(c, named_type(qualifier, name)),
        _ => indirection(c, Expr::Column { qualifier, name }),
    }
}

/// A string, as a constant of the type before it.
pub(super) fn constant_of(c: &mut Cursor<'_, '_>, to: DataType) -> Parse<Expr> {
    Ok(Expr::Cast { expr: Box::new(Expr::String(c.string()?)), to })
}

/// The type of a constant `name '…'`.
pub(super) fn named_type(schema: Option<Ident>, name: Ident) -> DataType {
    let schema = schema.filter(|s| *s != *"pg_catalog");
    DataType { schema, name, modifiers: Vec::new(), array: false }
}
