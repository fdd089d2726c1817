//! Calls of functions by name.

use super::super::super::cursor::{Cursor, Parse, string_value};
use super::super::super::expr::Expr;
use super::super::super::name::ObjectName;
use super::super::super::statement::ProblemKind;
use super::primary::named_type;
use super::{expr, sort_list, window_specification};
use sqlparser::tokenizer::Token;

/// `( … )` behind the name of a function, and the clauses that can follow.
pub(super) fn call(c: &mut Cursor<'_, '_>, name: ObjectName) -> Parse<Expr> {
    let mark = c.mark();
    let (args, mut more, plain) = arguments(c)?;
    if string_value(c.peek()).is_some() {
        let inside = c.text_from(mark);
        let modifiers = inside.strip_prefix('(').and_then(|i| i.strip_suffix(')')).unwrap_or(inside);
        let modifiers = modifiers.split(',').map(|m| m.trim().into()).collect();
        let to = named_type(name.schema, name.name, modifiers);
        return Ok(Expr::Cast { expr: Box::new(Expr::String(c.string()?)), to });
    }
    if !plain && c.is_all("WITHIN GROUP") {
        return Err(c.problem(ProblemKind::Invalid, "WITHIN GROUP does not go with DISTINCT, VARIADIC or ORDER BY"));
    }
    call_clauses(c, &mut more)?;
    let call = Expr::Call { name, args };
    Ok(with_parts(call, more))
}

/// A call without any clause behind its parentheses, as it stands in `FROM`.
pub(in super::super) fn call_only(c: &mut Cursor<'_, '_>) -> Parse<Expr> {
    let mut name = ObjectName::bare(c.label()?);
    while c.eat_token(&Token::Period) {
        name = ObjectName { schema: Some(name.name), name: c.label()? };
    }
    let (args, more, _) = arguments(c)?;
    Ok(with_parts(Expr::Call { name, args }, more))
}

/// An expression, and further ones that belong to it.
pub(super) fn with_parts(expr: Expr, mut more: Vec<Expr>) -> Expr {
    if more.is_empty() {
        return expr;
    }
    more.insert(0, expr);
    Expr::Other(more)
}

/// `( … )`: the arguments, the expressions of an `ORDER BY` among them, and whether they are only arguments.
fn arguments(c: &mut Cursor<'_, '_>) -> Parse<(Vec<Expr>, Vec<Expr>, bool)> {
    c.parens(|c| {
        let mut args = Vec::new();
        let mut order = Vec::new();
        if c.is_token(&Token::RParen) {
            return Ok((args, order, true));
        }
        if c.is_token(&Token::Mul) && matches!(c.peek_nth(1), Token::RParen) {
            c.skip();
            return Ok((vec![Expr::Star(None)], order, true));
        }
        let mut plain = !c.eat("DISTINCT");
        if plain {
            c.eat("ALL");
        }
        loop {
            let variadic = c.is("VARIADIC");
            plain &= !variadic;
            args.push(argument(c)?);
            if variadic || !c.eat_token(&Token::Comma) {
                break;
            }
        }
        if c.eat_all("ORDER BY") {
            order = sort_list(c)?;
            plain = false;
        }
        Ok((args, order, plain))
    })
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
