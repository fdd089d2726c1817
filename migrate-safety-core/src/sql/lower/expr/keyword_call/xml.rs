//! XML functions.

use super::super::super::super::cursor::{Cursor, Parse};
use super::super::super::super::expr::Expr;
use super::super::super::data_type;
use super::super::{call, expr};
use sqlparser::tokenizer::Token;

/// `( … )` behind the name of an XML function.
pub(super) fn xml_call(c: &mut Cursor<'_, '_>, name: &str) -> Parse<Expr> {
    let args = c.parens(|c| match name {
        "xmlelement" => element(c),
        "xmlforest" => c.list(labelled),
        "xmlexists" => {
            let mut args = vec![expr(c)?];
            args.push(xml_passing(c)?);
            Ok(args)
        }
        "xmlparse" => {
            kind(c)?;
            let args = vec![expr(c)?];
            if !c.eat_all("PRESERVE WHITESPACE") {
                c.eat_all("STRIP WHITESPACE");
            }
            Ok(args)
        }
        "xmlpi" => {
            c.expect("NAME")?;
            c.label()?;
            if c.eat_token(&Token::Comma) { Ok(vec![expr(c)?]) } else { Ok(Vec::new()) }
        }
        "xmlroot" => root(c),
        "xmlserialize" => {
            kind(c)?;
            let text = expr(c)?;
            c.expect("AS")?;
            let to = data_type(c)?;
            let mark = c.mark();
            if c.eat_all("NO INDENT") || c.eat("INDENT") {
                c.since(16, mark, "`INDENT`");
            }
            Ok(vec![Expr::Cast { expr: Box::new(text), to }])
        }
        _ => c.list(expr),
    })?;
    Ok(call(name, args))
}

/// `PASSING BY REF e BY REF`.
pub(in super::super::super) fn xml_passing(c: &mut Cursor<'_, '_>) -> Parse<Expr> {
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

/// `NAME x, XMLATTRIBUTES (…), content …`.
fn element(c: &mut Cursor<'_, '_>) -> Parse<Vec<Expr>> {
    c.expect("NAME")?;
    c.label()?;
    let mut args = Vec::new();
    if c.eat_token(&Token::Comma) {
        if c.eat("XMLATTRIBUTES") {
            args.extend(c.parens(|c| c.list(labelled))?);
            if !c.eat_token(&Token::Comma) {
                return Ok(args);
            }
        }
        args.extend(c.list(expr)?);
    }
    Ok(args)
}

/// `e AS label`.
fn labelled(c: &mut Cursor<'_, '_>) -> Parse<Expr> {
    let value = expr(c)?;
    if c.eat("AS") {
        c.label()?;
    }
    Ok(value)
}

/// `e, VERSION e, STANDALONE YES`.
fn root(c: &mut Cursor<'_, '_>) -> Parse<Vec<Expr>> {
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
    Ok(args)
}
