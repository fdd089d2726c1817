//! SQL/JSON functions (docs, 9.16.2 "SQL/JSON Functions").

use super::super::super::super::cursor::{Cursor, Parse};
use super::super::super::super::expr::Expr;
use super::super::super::data_type;
use super::super::super::query::{self, query};
use super::super::call::{argument, call_clauses, with_parts};
use super::super::{call, expr, sort_list};
use sqlparser::tokenizer::Token;

/// `( … )` behind the name of a JSON function. Its clauses are taken in any order.
pub(super) fn json_call(c: &mut Cursor<'_, '_>, name: &str) -> Parse<Expr> {
    let mut more = Vec::new();
    let args = c.parens(|c| {
        let mut args = Vec::new();
        if query::starts(c) {
            let query = Box::new(query(c)?);
            args.push(Expr::Subquery { operand: None, exists: false, query });
        }
        let mut separated = args.is_empty();
        while !c.is_token(&Token::RParen) {
            if clause(c, &mut args)? {
                continue;
            }
            if c.eat_token(&Token::Comma) || c.eat_token(&Token::Colon) || c.eat("VALUE") {
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
    })?;
    call_clauses(c, &mut more)?;
    Ok(with_parts(call(name, args), more))
}

/// One clause, if one is next; its expressions go to `args`.
pub(in super::super::super) fn clause(c: &mut Cursor<'_, '_>, args: &mut Vec<Expr>) -> Parse<bool> {
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
        args.extend(c.list(|c| {
            let value = expr(c)?;
            if c.eat_all("FORMAT JSON") {
                encoding(c)?;
            }
            c.expect("AS")?;
            c.label()?;
            Ok(value)
        })?);
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
