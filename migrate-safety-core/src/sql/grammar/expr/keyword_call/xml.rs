//! XML functions.

use super::super::{Grammar, call, expr, expr_list};
use crate::sql::cursor::{Cursor, Parse};
use crate::sql::expr::Expr;
use crate::sql::grammar::data_type;
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

/// `XMLELEMENT (NAME x, XMLATTRIBUTES (…), content …)`.
pub(super) fn element(c: &mut Cursor<'_, '_>, _: Grammar) -> Parse<Expr> {
    open(c)?;
    c.expect("NAME")?;
    c.label()?;
    let mut args = Vec::new();
    let mut more = c.eat_token(&Token::Comma);
    if more && c.eat("XMLATTRIBUTES") {
        c.expect_token(&Token::LParen)?;
        args = labelled(c)?;
        c.expect_token(&Token::RParen)?;
        more = c.eat_token(&Token::Comma);
    }
    if more {
        args.extend(expr_list(c)?);
    }
    close(c, "xmlelement", args)
}

/// `XMLEXISTS (e PASSING …)`.
pub(super) fn exists(c: &mut Cursor<'_, '_>, _: Grammar) -> Parse<Expr> {
    open(c)?;
    let mut args = vec![expr(c)?];
    args.push(xml_passing(c)?);
    close(c, "xmlexists", args)
}

/// `XMLFOREST (e AS label, …)`.
pub(super) fn forest(c: &mut Cursor<'_, '_>, _: Grammar) -> Parse<Expr> {
    open(c)?;
    let args = labelled(c)?;
    close(c, "xmlforest", args)
}

/// `XMLPARSE (DOCUMENT e PRESERVE WHITESPACE)`.
pub(super) fn parse(c: &mut Cursor<'_, '_>, _: Grammar) -> Parse<Expr> {
    open(c)?;
    kind(c)?;
    let args = vec![expr(c)?];
    if !c.eat_all("PRESERVE WHITESPACE") {
        c.eat_all("STRIP WHITESPACE");
    }
    close(c, "xmlparse", args)
}

/// `XMLPI (NAME label, e)`.
pub(super) fn instruction(c: &mut Cursor<'_, '_>, _: Grammar) -> Parse<Expr> {
    open(c)?;
    c.expect("NAME")?;
    c.label()?;
    let mut args = Vec::new();
    if c.eat_token(&Token::Comma) {
        args.push(expr(c)?);
    }
    close(c, "xmlpi", args)
}

/// `XMLROOT (e, VERSION e, STANDALONE YES)`.
pub(super) fn root(c: &mut Cursor<'_, '_>, _: Grammar) -> Parse<Expr> {
    open(c)?;
    let mut args = vec![expr(c)?];
    c.expect_token(&Token::Comma)?;
    c.expect("VERSION")?;
    if !c.eat_all("NO VALUE") {
        args.push(expr(c)?);
    }
    if c.eat_token(&Token::Comma) {
        c.expect("STANDALONE")?;
        if !c.eat_all("NO VALUE") && c.eat_one_of(&["YES", "NO"]).is_none() {
            return Err(c.expected("YES, NO or NO VALUE"));
        }
    }
    close(c, "xmlroot", args)
}

/// `XMLSERIALIZE (CONTENT e AS type INDENT)`.
pub(super) fn serialize(c: &mut Cursor<'_, '_>, _: Grammar) -> Parse<Expr> {
    open(c)?;
    kind(c)?;
    let text = Box::new(expr(c)?);
    c.expect("AS")?;
    let to = data_type(c)?;
    let mark = c.mark();
    if c.eat_all("NO INDENT") || c.eat("INDENT") {
        c.since(16, mark, "`INDENT`");
    }
    close(c, "xmlserialize", vec![Expr::Cast { expr: text, to }])
}

/// `PASSING BY REF e BY REF`.
pub(in crate::sql::grammar) fn xml_passing(c: &mut Cursor<'_, '_>) -> Parse<Expr> {
    let mechanism = |c: &mut Cursor<'_, '_>| c.eat_all("BY REF") || c.eat_all("BY VALUE");
    c.expect("PASSING")?;
    mechanism(c);
    let document = expr(c)?;
    mechanism(c);
    Ok(document)
}

fn kind(c: &mut Cursor<'_, '_>) -> Parse<()> {
    match c.eat_one_of(&["DOCUMENT", "CONTENT"]) {
        Some(_) => Ok(()),
        None => Err(c.expected("DOCUMENT or CONTENT")),
    }
}

/// `e AS label, …`.
fn labelled(c: &mut Cursor<'_, '_>) -> Parse<Vec<Expr>> {
    let mut values = Vec::new();
    loop {
        values.push(expr(c)?);
        if c.eat("AS") {
            c.label()?;
        }
        if !c.eat_token(&Token::Comma) {
            return Ok(values);
        }
    }
}
