//! Windows and orderings.

use super::infix::named_operator;
use super::{expr, expr_list};
use crate::sql::cursor::{Cursor, Parse};
use crate::sql::expr::Expr;
use crate::sql::token::Token;

/// `a, b DESC NULLS LAST, c USING >`.
pub(in crate::sql::grammar) fn sort_list(c: &mut Cursor<'_, '_>) -> Parse<Vec<Expr>> {
    let mut keys = Vec::new();
    loop {
        keys.push(expr(c)?);
        direction(c)?;
        if !c.eat_token(&Token::Comma) {
            return Ok(keys);
        }
    }
}

/// `DESC NULLS LAST`, `USING >`.
fn direction(c: &mut Cursor<'_, '_>) -> Parse<()> {
    if c.eat("USING") {
        if c.is("OPERATOR") {
            named_operator(c)?;
        } else {
            c.operator()?;
        }
    } else if !c.eat("ASC") {
        c.eat("DESC");
    }
    if c.eat("NULLS") && c.eat_one_of(&["FIRST", "LAST"]).is_none() {
        return Err(c.expected("FIRST or LAST"));
    }
    Ok(())
}

/// `(base PARTITION BY … ORDER BY … ROWS BETWEEN … AND … EXCLUDE …)`: its expressions.
pub(in crate::sql::grammar) fn window_specification(c: &mut Cursor<'_, '_>) -> Parse<Vec<Expr>> {
    c.descend()?;
    let result = specification_inside(c);
    c.ascend();
    result
}

fn specification_inside(c: &mut Cursor<'_, '_>) -> Parse<Vec<Expr>> {
    const FRAMES: [&str; 3] = ["RANGE", "ROWS", "GROUPS"];
    let mut parts = Vec::new();
    c.expect_token(&Token::LParen)?;
    let is_clause = FRAMES.iter().any(|f| c.is(f)) || c.is("PARTITION") || c.is("ORDER");
    if !is_clause && matches!(c.peek(), Token::Word(_)) {
        c.ident()?;
    }
    if c.eat_all("PARTITION BY") {
        parts.extend(expr_list(c)?);
    }
    if c.eat_all("ORDER BY") {
        parts.extend(sort_list(c)?);
    }
    let mark = c.mark();
    if let Some(unit) = c.eat_one_of(&FRAMES) {
        frame(c, &mut parts)?;
        if unit == "GROUPS" {
            c.since(11, mark, "a frame of `GROUPS`");
        }
    }
    c.expect_token(&Token::RParen)?;
    Ok(parts)
}

/// `BETWEEN … AND … EXCLUDE …`.
fn frame(c: &mut Cursor<'_, '_>, parts: &mut Vec<Expr>) -> Parse<()> {
    if c.eat("BETWEEN") {
        frame_bound(c, parts)?;
        c.expect("AND")?;
    }
    frame_bound(c, parts)?;
    let mark = c.mark();
    if c.eat("EXCLUDE") {
        let known = ["CURRENT ROW", "NO OTHERS", "GROUP", "TIES"].iter().any(|words| c.eat_all(words));
        if !known {
            return Err(c.expected("CURRENT ROW, GROUP, TIES or NO OTHERS"));
        }
        c.since(11, mark, "`EXCLUDE` of a frame");
    }
    Ok(())
}

fn frame_bound(c: &mut Cursor<'_, '_>, parts: &mut Vec<Expr>) -> Parse<()> {
    if c.eat_all("CURRENT ROW") {
        return Ok(());
    }
    let unbounded = c.is("UNBOUNDED") && (c.is_nth(1, "PRECEDING") || c.is_nth(1, "FOLLOWING"));
    if unbounded {
        c.skip();
    } else {
        parts.push(expr(c)?);
    }
    match c.eat_one_of(&["PRECEDING", "FOLLOWING"]) {
        Some(_) => Ok(()),
        None => Err(c.expected("PRECEDING or FOLLOWING")),
    }
}
