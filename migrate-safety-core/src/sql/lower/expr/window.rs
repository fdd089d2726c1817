//! Windows and orderings.

use super::super::super::cursor::{Cursor, Parse};
use super::super::super::expr::Expr;
use super::expr;
use super::infix::named_operator;
use sqlparser::tokenizer::Token;

/// `a, b DESC NULLS LAST, c USING >`.
pub(in super::super) fn sort_list(c: &mut Cursor<'_, '_>) -> Parse<Vec<Expr>> {
    c.list(|c| {
        let key = expr(c)?;
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
        Ok(key)
    })
}

/// `(base PARTITION BY … ORDER BY … ROWS BETWEEN … AND … EXCLUDE …)`: its expressions.
pub(in super::super) fn window_specification(c: &mut Cursor<'_, '_>) -> Parse<Vec<Expr>> {
    const FRAMES: [&str; 3] = ["RANGE", "ROWS", "GROUPS"];
    c.parens(|c| {
        let mut parts = Vec::new();
        let is_clause = FRAMES.iter().any(|f| c.is(f)) || c.is("PARTITION") || c.is("ORDER");
        if !is_clause && matches!(c.peek(), Token::Word(_)) {
            c.ident()?;
        }
        if c.eat_all("PARTITION BY") {
            parts.extend(c.list(expr)?);
        }
        if c.eat_all("ORDER BY") {
            parts.extend(sort_list(c)?);
        }
        if c.eat_one_of(&FRAMES).is_some() {
            if c.eat("BETWEEN") {
                frame_bound(c, &mut parts)?;
                c.expect("AND")?;
            }
            frame_bound(c, &mut parts)?;
            if c.eat("EXCLUDE") {
                let known = ["CURRENT ROW", "NO OTHERS", "GROUP", "TIES"].iter().any(|words| c.eat_all(words));
                if !known {
                    return Err(c.expected("CURRENT ROW, GROUP, TIES or NO OTHERS"));
                }
            }
        }
        Ok(parts)
    })
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
