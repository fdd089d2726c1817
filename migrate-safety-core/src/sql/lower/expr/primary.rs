//! Operands: constants, columns, parentheses, and the operators that stand before an operand.

use super::super::super::cursor::{Cursor, Parse, operator_symbol, string_value};
use super::super::super::datatype::DataType;
use super::super::super::expr::{Expr, Query};
use super::super::super::keyword::{self, Category};
use super::super::super::name::{Ident, ObjectName};
use super::super::data_type::{interval_fields, keyword_type};
use super::super::query::{self, query};
use super::infix::{named_operator, operators};
use super::{Grammar, call, expr, keyword_call, operand, power};
use sqlparser::tokenizer::Token;

/// What stands in parentheses.
pub(in super::super) enum Paren {
    /// A query.
    Query(Box<Query>),
    /// One expression or more.
    List(Vec<Expr>),
}

/// An operand with the operators before it.
pub(super) fn prefix(c: &mut Cursor<'_, '_>, grammar: Grammar) -> Parse<Expr> {
    match c.peek() {
        Token::Word(word) if word.quote_style.is_none() => {
            if grammar == Grammar::Full && c.is("NOT") {
                c.skip();
                return Ok(Expr::Not(Box::new(operand(c, power::NOT + 1, grammar)?)));
            }
            if c.is("OPERATOR") && matches!(c.peek_nth(1), Token::LParen) {
                named_operator(c)?;
                return Ok(Expr::Other(vec![operand(c, power::OTHER + 1, grammar)?]));
            }
            primary(c, grammar)
        }
        Token::Minus => {
            c.skip();
            Ok(negative(operand(c, power::SIGN, grammar)?))
        }
        Token::Plus => {
            c.skip();
            operand(c, power::SIGN, grammar)
        }
        Token::Mul | Token::Div | Token::Mod | Token::Caret => Err(c.expected("an expression")),
        Token::Eq | Token::Neq | Token::Lt | Token::Gt | Token::LtEq | Token::GtEq => Err(c.expected("an expression")),
        other if operator_symbol(other).is_some() => {
            c.skip();
            Ok(Expr::Other(vec![operand(c, power::OTHER + 1, grammar)?]))
        }
        _ => primary(c, grammar),
    }
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

/// `c_expr` of the server's grammar.
pub(super) fn primary(c: &mut Cursor<'_, '_>, grammar: Grammar) -> Parse<Expr> {
    let constant = match c.peek() {
        Token::Number(digits, _) => Expr::Number(digits.as_str().into()),
        Token::Placeholder(_) => {
            c.skip();
            return indirection(c, Expr::Parameter);
        }
        Token::SingleQuotedByteStringLiteral(digits) | Token::HexStringLiteral(digits) => {
            let expr = Box::new(Expr::String(digits.as_str().into()));
            Expr::Cast { expr, to: DataType::builtin("bit") }
        }
        Token::NationalStringLiteral(text) => {
            let expr = Box::new(Expr::String(text.as_str().into()));
            Expr::Cast { expr, to: DataType::builtin("bpchar") }
        }
        Token::LParen => return in_parentheses(c, grammar),
        Token::Word(_) => return word(c, grammar),
        other => match string_value(other) {
            Some(text) => Expr::String(text.into()),
            None => return Err(c.expected("an expression")),
        },
    };
    c.skip();
    Ok(constant)
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
pub(in super::super) fn paren(c: &mut Cursor<'_, '_>) -> Parse<Paren> {
    c.nested(|c| {
        c.expect_token(&Token::LParen)?;
        let content = if query::starts(c) {
            Paren::Query(Box::new(query(c)?))
        } else if c.is_token(&Token::LParen) {
            match paren(c)? {
                Paren::Query(inner) if c.is_token(&Token::RParen) => Paren::Query(inner),
                Paren::Query(inner) if query::goes_on(c) => Paren::Query(Box::new(query::rest(c, *inner)?)),
                inner => {
                    let first = behind_parentheses(c, inner, Grammar::Full)?;
                    let first = operators(c, first, power::OR, Grammar::Full)?;
                    let mut list = vec![first];
                    while c.eat_token(&Token::Comma) {
                        list.push(expr(c)?);
                    }
                    Paren::List(list)
                }
            }
        } else {
            Paren::List(c.list(expr)?)
        };
        c.expect_token(&Token::RParen)?;
        Ok(content)
    })
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
fn subscript(c: &mut Cursor<'_, '_>, parts: &mut Vec<Expr>) -> Parse<()> {
    if !c.is_token(&Token::Colon) {
        parts.push(expr(c)?);
    }
    if c.eat_token(&Token::Colon) && !c.is_token(&Token::RBracket) {
        parts.push(expr(c)?);
    }
    c.expect_token(&Token::RBracket)
}

/// A column, a call, a constant with its type, or what begins with a key word.
fn word(c: &mut Cursor<'_, '_>, grammar: Grammar) -> Parse<Expr> {
    let Token::Word(word) = c.peek() else { return Err(c.expected("an expression")) };
    let category = keyword::category(word);
    match category {
        Category::Free => named(c),
        Category::FunctionName => match keyword_call::function_word(c)? {
            Some(expr) => Ok(expr),
            None if matches!(c.peek_nth(1), Token::LParen) => named(c),
            None if string_value(c.peek_nth(1)).is_some() => named(c),
            None => Err(c.expected("an expression")),
        },
        Category::Reserved => keyword_call::reserved_word(c, grammar),
        Category::ColumnName => {
            if matches!(c.peek_nth(1), Token::LParen)
                && !keyword_call::is_plain_name(c)
                && let Some(expr) = keyword_call::column_word(c, grammar)?
            {
                return Ok(expr);
            }
            match typed_constant(c)? {
                Some(constant) => Ok(constant),
                None if keyword_call::is_plain_name(c) => named(c),
                None if matches!(c.peek_nth(1), Token::LParen) => Err(c.expected("an expression")),
                None => named(c),
            }
        }
    }
}

/// `interval '1 day'`, `timestamp(3) with time zone '…'`: the types with a key word of their own.
fn typed_constant(c: &mut Cursor<'_, '_>) -> Parse<Option<Expr>> {
    let mark = c.mark();
    let found = match keyword_type(c) {
        Ok(Some(mut to)) if string_value(c.peek()).is_some() => {
            // `char 'abc'` is not cut to one character, unlike `'abc'::char`: the server's own exception.
            if (to.is("bpchar") || to.is("bit")) && !c.text_from(mark).contains('(') {
                to.modifiers.clear();
            }
            let expr = Box::new(Expr::String(c.string()?));
            if to.is("interval") {
                interval_fields(c, &mut to)?;
            }
            Some(Expr::Cast { expr, to })
        }
        _ => None,
    };
    if found.is_none() {
        c.rewind(mark);
    }
    Ok(found)
}

/// A name and what follows it: `a`, `t.a`, `t.*`, `a[1]`, `f(…)`, `mytype '…'`.
fn named(c: &mut Cursor<'_, '_>) -> Parse<Expr> {
    let mut name = c.label()?;
    let mut qualifier = None;
    let mut schema = None;
    while c.eat_token(&Token::Period) {
        if c.eat_token(&Token::Mul) {
            return Ok(Expr::Star(Some(name)));
        }
        (schema, qualifier, name) = (qualifier, Some(name), c.label()?);
    }
    if c.is_token(&Token::LParen) {
        return call::call(c, ObjectName { schema: qualifier, name });
    }
    if string_value(c.peek()).is_some() {
        let to = named_type(qualifier, name, Vec::new());
        return Ok(Expr::Cast { expr: Box::new(Expr::String(c.string()?)), to });
    }
    drop(schema);
    indirection(c, Expr::Column { qualifier, name })
}

/// The type of a constant `name '…'`, `name(modifiers) '…'`.
pub(super) fn named_type(schema: Option<Ident>, name: Ident, modifiers: Vec<Box<str>>) -> DataType {
    let schema = schema.filter(|s| *s != *"pg_catalog");
    DataType { schema, name, modifiers, array: false }
}
