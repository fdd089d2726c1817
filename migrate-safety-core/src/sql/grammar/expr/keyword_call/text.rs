//! Functions on text and time whose arguments are separated by key words, as calls with plain arguments.

use super::super::call::argument;
use super::super::{Grammar, call, expr, expr_list, restricted};
use crate::sql::cursor::{Cursor, Parse};
use crate::sql::expr::Expr;
use crate::sql::keyword::{self, Category};
use crate::sql::token::Token;

/// The word and the parenthesis before the arguments.
fn open(c: &mut Cursor<'_, '_>) -> Parse<()> {
    c.skip();
    c.expect_token(&Token::LParen)
}

/// The parenthesis behind the arguments.
fn close(c: &mut Cursor<'_, '_>, name: &str, args: Vec<Expr>) -> Parse<Expr> {
    c.expect_token(&Token::RParen)?;
    Ok(call(name, args))
}

/// `EXTRACT (field FROM e)`.
pub(super) fn extract(c: &mut Cursor<'_, '_>, _: Grammar) -> Parse<Expr> {
    open(c)?;
    let field = match c.peek() {
        Token::Word(word) if keyword::category(word) == Category::Free => word.value.to_ascii_lowercase(),
        other => match other.string() {
            Some(text) => text.to_ascii_lowercase(),
            None => return Err(c.expected("a field such as `year`")),
        },
    };
    c.skip();
    c.expect("FROM")?;
    let from = expr(c)?;
    close(c, "extract", vec![Expr::String(field.into()), from])
}

/// `NORMALIZE (e, form)`.
pub(super) fn normalize(c: &mut Cursor<'_, '_>, _: Grammar) -> Parse<Expr> {
    open(c)?;
    let text = expr(c)?;
    if c.eat_token(&Token::Comma) && c.eat_one_of(&["NFC", "NFD", "NFKC", "NFKD"]).is_none() {
        return Err(c.expected("NFC, NFD, NFKC or NFKD"));
    }
    close(c, "normalize", vec![text])
}

/// `POSITION (part IN text)`.
pub(super) fn position(c: &mut Cursor<'_, '_>, _: Grammar) -> Parse<Expr> {
    open(c)?;
    let part = restricted(c)?;
    c.expect("IN")?;
    let text = restricted(c)?;
    close(c, "position", vec![text, part])
}

/// `OVERLAY (a PLACING b FROM c FOR d)`, or with plain arguments.
pub(super) fn overlay(c: &mut Cursor<'_, '_>, _: Grammar) -> Parse<Expr> {
    const WORDS: [&str; 3] = ["PLACING", "FROM", "FOR"];
    open(c)?;
    let mut args = first_argument(c)?;
    if !args.is_empty() && c.is("PLACING") {
        for (n, word) in WORDS.iter().enumerate() {
            if n < 2 {
                c.expect(word)?;
            } else if !c.eat(word) {
                break;
            }
            args.push(expr(c)?);
        }
    } else {
        further_arguments(c, &mut args)?;
    }
    close(c, "overlay", args)
}

/// `SUBSTRING (a FROM b FOR c)`, `SUBSTRING (a SIMILAR b ESCAPE c)`, or with plain arguments.
pub(super) fn substring(c: &mut Cursor<'_, '_>, _: Grammar) -> Parse<Expr> {
    open(c)?;
    let mut args = first_argument(c)?;
    let mark = c.mark();
    if c.eat("SIMILAR") {
        args.push(expr(c)?);
        c.expect("ESCAPE")?;
        args.push(expr(c)?);
        c.since(14, mark, "`SUBSTRING (… SIMILAR … ESCAPE …)`");
    } else if c.is("FROM") || c.is("FOR") {
        from_for(c, &mut args)?;
    } else {
        further_arguments(c, &mut args)?;
    }
    close(c, "substring", args)
}

/// `FROM b FOR c` in either order, one of them at least.
fn from_for(c: &mut Cursor<'_, '_>, args: &mut Vec<Expr>) -> Parse<()> {
    let (mut from, mut length) = (None, None);
    loop {
        let slot = if from.is_none() && c.eat("FROM") {
            &mut from
        } else if length.is_none() && c.eat("FOR") {
            &mut length
        } else {
            break;
        };
        *slot = Some(expr(c)?);
    }
    args.push(from.unwrap_or_else(|| Expr::Number("1".into())));
    args.extend(length);
    Ok(())
}

/// `TRIM (BOTH x FROM y)`, as `btrim`, `ltrim` or `rtrim`.
pub(super) fn trim(c: &mut Cursor<'_, '_>, _: Grammar) -> Parse<Expr> {
    open(c)?;
    let name = match c.eat_one_of(&["BOTH", "LEADING", "TRAILING"]) {
        Some("LEADING") => "ltrim",
        Some("TRAILING") => "rtrim",
        _ => "btrim",
    };
    let mut args = if c.is("FROM") { Vec::new() } else { expr_list(c)? };
    if args.len() < 2 && c.eat("FROM") {
        let of = std::mem::replace(&mut args, expr_list(c)?);
        args.extend(of);
    }
    close(c, name, args)
}

/// The first of the arguments, if there is any.
fn first_argument(c: &mut Cursor<'_, '_>) -> Parse<Vec<Expr>> {
    let mut args = Vec::new();
    if !c.is_token(&Token::RParen) {
        args.push(argument(c)?);
    }
    Ok(args)
}

/// Plain arguments behind the first.
fn further_arguments(c: &mut Cursor<'_, '_>, args: &mut Vec<Expr>) -> Parse<()> {
    while !args.is_empty() && c.eat_token(&Token::Comma) {
        args.push(argument(c)?);
    }
    Ok(())
}
