//! SQL/JSON functions (docs, 9.16.2 "SQL/JSON Functions").

use super::super::call::{argument, clauses};
use super::super::{Grammar, expr, sort_list};
use crate::sql::cursor::{Cursor, Parse};
use crate::sql::expr::Expr;
use crate::sql::grammar::data_type;
use crate::sql::grammar::query;
use crate::sql::name::ObjectName;
use crate::sql::token::Token;

/// A call of a JSON function. Its clauses are taken in any order.
pub(super) fn json(c: &mut Cursor<'_, '_>, _: Grammar) -> Parse<Expr> {
    let name = ObjectName::bare(c.label()?);
    c.expect_token(&Token::LParen)?;
    let args = if query::starts(c) { query_argument(c)? } else { arguments(c)? };
    c.expect_token(&Token::RParen)?;
    clauses(c, Expr::Call { name, args }, Vec::new())
}

fn arguments(c: &mut Cursor<'_, '_>) -> Parse<Vec<Expr>> {
    let mut args = Vec::new();
    let mut separated = true;
    while !c.is_token(&Token::RParen) {
        if clause(c, &mut args)? {
            separated = false;
        } else if !separated && (c.eat_token(&Token::Comma) || c.eat_token(&Token::Colon) || c.eat("VALUE")) {
            separated = true;
        } else if separated {
            c.eat("KEY");
            args.push(argument(c)?);
            separated = false;
        } else {
            return Err(c.expected("`,` or `)`"));
        }
    }
    Ok(args)
}

/// `SELECT … RETURNING type` of `JSON_ARRAY`.
fn query_argument(c: &mut Cursor<'_, '_>) -> Parse<Vec<Expr>> {
    let query = query::boxed(c)?;
    let mut args = vec![Expr::Subquery { operand: None, exists: false, query }];
    while clause(c, &mut args)? {}
    Ok(args)
}

/// One clause, if one is next; its expressions go to `args`.
pub(in crate::sql::grammar) fn clause(c: &mut Cursor<'_, '_>, args: &mut Vec<Expr>) -> Parse<bool> {
    const WORDS: &[&str] = &[
        "NULL ON NULL",
        "ABSENT ON NULL",
        "WITH UNIQUE KEYS",
        "WITH UNIQUE",
        "WITHOUT UNIQUE KEYS",
        "WITHOUT UNIQUE",
        "WITHOUT ARRAY WRAPPER",
        "WITHOUT WRAPPER",
        "WITH CONDITIONAL ARRAY WRAPPER",
        "WITH CONDITIONAL WRAPPER",
        "WITH UNCONDITIONAL ARRAY WRAPPER",
        "WITH UNCONDITIONAL WRAPPER",
        "WITH ARRAY WRAPPER",
        "WITH WRAPPER",
        "KEEP QUOTES ON SCALAR STRING",
        "KEEP QUOTES",
        "OMIT QUOTES ON SCALAR STRING",
        "OMIT QUOTES",
        "ERROR ON",
        "NULL ON",
        "TRUE ON",
        "FALSE ON",
        "UNKNOWN ON",
        "EMPTY ARRAY ON",
        "EMPTY OBJECT ON",
        "EMPTY ON",
    ];
    if c.eat_all("FORMAT JSON") {
        encoding(c)?;
    } else if c.eat("RETURNING") {
        data_type(c)?;
    } else if c.eat("PASSING") {
        passing(c, args)?;
    } else if c.eat("DEFAULT") {
        args.push(expr(c)?);
        c.expect("ON")?;
        on(c)?;
    } else if c.eat_all("ORDER BY") {
        args.extend(sort_list(c)?);
    } else if let Some(words) = WORDS.iter().find(|words| c.is_all(words)) {
        c.eat_all(words);
        if words.ends_with(" ON") {
            on(c)?;
        }
    } else {
        return Ok(false);
    }
    Ok(true)
}

/// `e FORMAT JSON AS name, …`.
fn passing(c: &mut Cursor<'_, '_>, args: &mut Vec<Expr>) -> Parse<()> {
    loop {
        args.push(expr(c)?);
        if c.eat_all("FORMAT JSON") {
            encoding(c)?;
        }
        c.expect("AS")?;
        c.label()?;
        if !c.eat_token(&Token::Comma) {
            return Ok(());
        }
    }
}

fn encoding(c: &mut Cursor<'_, '_>) -> Parse<()> {
    if c.eat("ENCODING") && c.eat_one_of(&["UTF8", "UTF16", "UTF32"]).is_none() {
        return Err(c.expected("UTF8, UTF16 or UTF32"));
    }
    Ok(())
}

fn on(c: &mut Cursor<'_, '_>) -> Parse<()> {
    match c.eat_one_of(&["EMPTY", "ERROR"]) {
        Some(_) => Ok(()),
        None => Err(c.expected("EMPTY or ERROR")),
    }
}
