//! Calls of functions by name.

use super::super::super::cursor::{Cursor, Parse, string_value};
use super::super::super::expr::Expr;
use super::super::super::name::ObjectName;
use super::primary::named_type;
use super::{expr, sort_list, window_specification};
use sqlparser::tokenizer::Token;

/// `( … )` behind the name of a function, and the clauses that can follow.
pub(super) fn call(c: &mut Cursor<'_, '_>, name: ObjectName) -> Parse<Expr> {
    let mark = c.mark();
    c.expect_token(&Token::LParen)?;
    let mut more = Vec::new();
    let args = arguments(c, &mut more)?;
    c.expect_token(&Token::RParen)?;
    if string_value(c.peek()).is_some() {
        let inside = c.text_from(mark);
        let modifiers = inside.strip_prefix('(').and_then(|i| i.strip_suffix(')')).unwrap_or(inside);
        let modifiers = modifiers.split(',').map(|m| m.trim().into()).collect();
        let to = named_type(name.schema, name.name, modifiers);
        return Ok(Expr::Cast { expr: Box::new(Expr::String(c.string()?)), to });
    }
    call_clauses(c, &mut more)?;
    let call = Expr::Call { name, args };
    Ok(with_parts(call, more))
}

/// An expression, and further ones that belong to it.
pub(super) fn with_parts(expr: Expr, mut more: Vec<Expr>) -> Expr {
    if more.is_empty() {
        return expr;
    }
    more.insert(0, expr);
    Expr::Other(more)
}

/// The arguments; expressions of `ORDER BY` among them go to `more`.
fn arguments(c: &mut Cursor<'_, '_>, more: &mut Vec<Expr>) -> Parse<Vec<Expr>> {
    if c.is_token(&Token::RParen) {
        return Ok(Vec::new());
    }
    if c.is_token(&Token::Mul) && matches!(c.peek_nth(1), Token::RParen) {
        c.skip();
        return Ok(vec![Expr::Star(None)]);
    }
    if !c.eat("DISTINCT") {
        c.eat("ALL");
    }
    let mut args = Vec::new();
    loop {
        let variadic = c.is("VARIADIC");
        args.push(argument(c)?);
        if variadic || !c.eat_token(&Token::Comma) {
            break;
        }
    }
    if c.eat_all("ORDER BY") {
        more.extend(sort_list(c)?);
    }
    Ok(args)
}

/// `e`, `name => e`, `name := e`, `VARIADIC e`.
pub(super) fn argument(c: &mut Cursor<'_, '_>) -> Parse<Expr> {
    c.eat("VARIADIC");
    if matches!(c.peek(), Token::Word(_)) && matches!(c.peek_nth(1), Token::RArrow | Token::Assignment) {
        c.label()?;
        c.skip();
    }
    expr(c)
}

/// `WITHIN GROUP (…)`, `FILTER (…)`, `OVER …`: their expressions go to `more`.
pub(super) fn call_clauses(c: &mut Cursor<'_, '_>, more: &mut Vec<Expr>) -> Parse<()> {
    if c.is_all("WITHIN GROUP") {
        c.eat_all("WITHIN GROUP");
        more.extend(c.parens(|c| {
            c.expect("ORDER BY")?;
            sort_list(c)
        })?);
    }
    if c.is("FILTER") && matches!(c.peek_nth(1), Token::LParen) {
        c.skip();
        more.push(c.parens(|c| {
            c.expect("WHERE")?;
            expr(c)
        })?);
    }
    if c.eat("OVER") {
        if c.is_token(&Token::LParen) {
            more.extend(window_specification(c)?);
        } else {
            c.ident()?;
        }
    }
    Ok(())
}
