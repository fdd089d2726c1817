//! Calls of functions by name.

use super::primary::{constant_of, named_type};
use super::{expr, sort_list, window_specification};
use crate::sql::cursor::{Cursor, Parse};
use crate::sql::expr::Expr;
use crate::sql::name::ObjectName;
use crate::sql::statement::ProblemKind;
use crate::sql::token::Token;

/// What stands in the parentheses of a call.
struct Arguments {
    args: Vec<Expr>,
    /// The expressions of an `ORDER BY` among them.
    order: Vec<Expr>,
    /// Whether it is more than arguments: `DISTINCT`, `VARIADIC`, `ORDER BY`.
    special: bool,
}

/// `( … )` behind the name of a function, and the clauses that can follow.
pub(super) fn call(c: &mut Cursor<'_, '_>, name: ObjectName) -> Parse<Expr> {
    let Arguments { args, order, special } = arguments(c)?;
    let are_modifiers = !args.is_empty() && args != [Expr::Star(None)];
    if are_modifiers && c.peek().string().is_some() {
        return with_modifiers(c, name, &args);
    }
    if special && c.is_all("WITHIN GROUP") {
        return Err(c.problem(ProblemKind::Invalid, "WITHIN GROUP does not go with DISTINCT, VARIADIC or ORDER BY"));
    }
    clauses(c, Expr::Call { name, args }, order)
}

/// A call without any clause behind its parentheses, as it stands in `FROM`.
pub(in crate::sql::grammar) fn call_only(c: &mut Cursor<'_, '_>) -> Parse<Expr> {
    let mut name = ObjectName::bare(c.label()?);
    while c.eat_token(&Token::Period) {
        name = ObjectName { schema: Some(name.name), name: c.label()? };
    }
    let Arguments { args, order, .. } = arguments(c)?;
    Ok(with_parts(Expr::Call { name, args }, order))
}

/// `name(modifiers) 'constant'`.
fn with_modifiers(c: &mut Cursor<'_, '_>, name: ObjectName, args: &[Expr]) -> Parse<Expr> {
    let mut to = named_type(name.schema, name.name);
    to.modifiers = args
        .iter()
        .map(|arg| match arg {
            Expr::Number(text) | Expr::String(text) => text.clone(),
            Expr::Column { name, .. } => name.as_str().into(),
            _ => "?".into(),
        })
        .collect();
    constant_of(c, to)
}

/// An expression, and further ones that belong to it.
pub(super) fn with_parts(expr: Expr, mut more: Vec<Expr>) -> Expr {
    if more.is_empty() {
        return expr;
    }
    more.insert(0, expr);
    Expr::Other(more)
}

/// `( … )`.
fn arguments(c: &mut Cursor<'_, '_>) -> Parse<Arguments> {
    let mut found = Arguments { args: Vec::new(), order: Vec::new(), special: false };
    c.expect_token(&Token::LParen)?;
    if c.eat_token(&Token::RParen) {
        return Ok(found);
    }
    if c.is_token(&Token::Mul) && matches!(c.peek_nth(1), Token::RParen) {
        c.skip();
        c.skip();
        found.args.push(Expr::Star(None));
        return Ok(found);
    }
    found.special = c.eat("DISTINCT");
    if !found.special {
        c.eat("ALL");
    }
    loop {
        let variadic = c.is("VARIADIC");
        found.special |= variadic;
        found.args.push(argument(c)?);
        if variadic || !c.eat_token(&Token::Comma) {
            break;
        }
    }
    if c.eat_all("ORDER BY") {
        found.order = sort_list(c)?;
        found.special = true;
    }
    c.expect_token(&Token::RParen)?;
    Ok(found)
}

/// `e`, `name => e`, `name := e`, `VARIADIC e`.
pub(super) fn argument(c: &mut Cursor<'_, '_>) -> Parse<Expr> {
    c.eat("VARIADIC");
    let is_named = matches!(c.peek_nth(1), Token::RArrow | Token::Assignment);
    if is_named { named_argument(c) } else { expr(c) }
}

fn named_argument(c: &mut Cursor<'_, '_>) -> Parse<Expr> {
    let left = Box::new(Expr::String(c.non_reserved()?.as_str().into()));
    c.skip();
    Ok(Expr::Binary { op: "=>".into(), left, right: Box::new(expr(c)?) })
}

/// `WITHIN GROUP (…)`, `FILTER (…)`, `OVER …` behind a call, and what already belongs to it.
pub(super) fn clauses(c: &mut Cursor<'_, '_>, call: Expr, mut more: Vec<Expr>) -> Parse<Expr> {
    if c.eat_all("WITHIN GROUP") {
        c.expect_token(&Token::LParen)?;
        c.expect("ORDER BY")?;
        more.extend(sort_list(c)?);
        c.expect_token(&Token::RParen)?;
    }
    if c.is("FILTER") && matches!(c.peek_nth(1), Token::LParen) {
        c.skip();
        c.skip();
        c.expect("WHERE")?;
        more.push(expr(c)?);
        c.expect_token(&Token::RParen)?;
    }
    if c.eat("OVER") {
        if c.is_token(&Token::LParen) {
            more.extend(window_specification(c)?);
        } else {
            c.ident()?;
        }
    }
    Ok(with_parts(call, more))
}
