//! Operands that begin with a key word: `CASE`, `CAST`, `EXTRACT (… FROM …)`, `ARRAY`, `CURRENT_DATE` …

mod json;
mod xml;

use super::super::super::cursor::{Cursor, Parse, string_value};
use super::super::super::expr::Expr;
use super::super::super::keyword;
use super::super::data_type;
use super::call::argument;
use super::primary::overlaps;
use super::{Grammar, Paren, call, expr, paren, restricted};
use sqlparser::tokenizer::Token;

pub(in super::super) use json::clause as json_clause;
pub(in super::super) use xml::xml_passing;

/// Longer than any word asked for.
const LONGEST: usize = 20;

/// What begins with a reserved word.
pub(super) fn reserved_word(c: &mut Cursor<'_, '_>, grammar: Grammar) -> Parse<Expr> {
    let Token::Word(word) = c.peek() else { return Err(c.expected("an expression")) };
    let mut buffer = [0; LONGEST];
    let word = keyword::lowered(&word.value, &mut buffer).unwrap_or_default();
    let constant = match word {
        b"null" => Expr::Null,
        b"true" => Expr::Bool(true),
        b"false" => Expr::Bool(false),
        b"default" if grammar == Grammar::Full => Expr::Default,
        b"case" => return case(c),
        b"cast" => return cast(c),
        b"array" => return array(c),
        b"current_time" | b"current_timestamp" | b"localtime" | b"localtimestamp" => {
            let name = std::str::from_utf8(word).unwrap_or_default();
            c.skip();
            let precise = c.is_token(&Token::LParen);
            let precision = if precise { vec![c.parens(|c| number(c))?] } else { Vec::new() };
            return Ok(call(name, precision));
        }
        b"current_catalog" | b"current_date" | b"current_role" | b"current_user" | b"session_user" | b"system_user"
        | b"user" => call(std::str::from_utf8(word).unwrap_or_default(), Vec::new()),
        _ => return Err(c.expected("an expression")),
    };
    c.skip();
    Ok(constant)
}

/// What begins with a word that can also name a function.
pub(super) fn function_word(c: &mut Cursor<'_, '_>) -> Parse<Option<Expr>> {
    if c.is("CURRENT_SCHEMA") && !matches!(c.peek_nth(1), Token::LParen) {
        c.skip();
        return Ok(Some(call("current_schema", Vec::new())));
    }
    if c.eat_all("COLLATION FOR") {
        return Ok(Some(call("pg_collation_for", vec![c.parens(expr)?])));
    }
    Ok(None)
}

/// Words that are the names of functions like any other for servers before the version given.
const NEW_WORDS: &[(&str, u16)] = &[
    ("JSON", 17),
    ("JSON_ARRAY", 16),
    ("JSON_ARRAYAGG", 16),
    ("JSON_EXISTS", 17),
    ("JSON_OBJECT", 16),
    ("JSON_OBJECTAGG", 16),
    ("JSON_QUERY", 17),
    ("JSON_SCALAR", 17),
    ("JSON_SERIALIZE", 17),
    ("JSON_VALUE", 17),
    ("MERGE_ACTION", 17),
];

/// Whether the key word ahead is none for the server.
pub(super) fn is_plain_name(c: &Cursor<'_, '_>) -> bool {
    NEW_WORDS.iter().any(|(word, since)| c.version() < *since && c.is(word))
}

/// What begins with a word that can also name a column, and a parenthesis; nothing for the name of a type.
pub(super) fn column_word(c: &mut Cursor<'_, '_>, grammar: Grammar) -> Parse<Option<Expr>> {
    let Token::Word(word) = c.peek() else { return Ok(None) };
    let mut buffer = [0; LONGEST];
    let Some(lowered) = keyword::lowered(&word.value, &mut buffer) else { return Ok(None) };
    let name = std::str::from_utf8(lowered).unwrap_or_default();
    let mark = c.mark();
    Ok(Some(match name {
        "exists" => {
            c.skip();
            match paren(c)? {
                Paren::Query(query) => Expr::Subquery { operand: None, exists: true, query },
                Paren::List(_) => {
                    c.rewind(mark);
                    c.skip();
                    c.skip();
                    return Err(c.expected("a query"));
                }
            }
        }
        "row" => {
            c.skip();
            let row = c.parens(|c| if c.is_token(&Token::RParen) { Ok(Vec::new()) } else { c.list(expr) })?;
            overlaps(c, Expr::Other(row), grammar)?
        }
        "coalesce" | "greatest" | "least" | "grouping" => {
            c.skip();
            call(name, c.parens(|c| c.list(expr))?)
        }
        "nullif" => {
            c.skip();
            c.parens(|c| {
                let first = expr(c)?;
                c.expect_token(&Token::Comma)?;
                Ok(call(name, vec![first, expr(c)?]))
            })?
        }
        "merge_action" => {
            c.skip();
            c.parens(|_| Ok(call(name, Vec::new())))?
        }
        "treat" => {
            c.skip();
            c.parens(cast_inside)?
        }
        "normalize" => {
            c.skip();
            c.parens(|c| {
                let text = expr(c)?;
                if c.eat_token(&Token::Comma) && c.eat_one_of(&["NFC", "NFD", "NFKC", "NFKD"]).is_none() {
                    return Err(c.expected("NFC, NFD, NFKC or NFKD"));
                }
                Ok(call(name, vec![text]))
            })?
        }
        "extract" => {
            c.skip();
            c.parens(extract)?
        }
        "position" => {
            c.skip();
            c.parens(|c| {
                let part = restricted(c)?;
                c.expect("IN")?;
                Ok(call(name, vec![restricted(c)?, part]))
            })?
        }
        "overlay" => {
            c.skip();
            c.parens(overlay)?
        }
        "substring" => {
            c.skip();
            c.parens(substring)?
        }
        "trim" => {
            c.skip();
            c.parens(trim)?
        }
        "xmlconcat" | "xmlelement" | "xmlexists" | "xmlforest" | "xmlparse" | "xmlpi" | "xmlroot" | "xmlserialize" => {
            let name = name.to_owned();
            c.skip();
            xml::xml_call(c, &name)?
        }
        "json" | "json_array" | "json_arrayagg" | "json_exists" | "json_object" | "json_objectagg" | "json_query"
        | "json_scalar" | "json_serialize" | "json_value" => {
            let name = name.to_owned();
            c.skip();
            json::json_call(c, &name)?
        }
        _ => return Ok(None),
    }))
}

fn number(c: &mut Cursor<'_, '_>) -> Parse<Expr> {
    Ok(Expr::Number(c.integer()?.to_string().into()))
}

fn case(c: &mut Cursor<'_, '_>) -> Parse<Expr> {
    c.expect("CASE")?;
    let mut parts = Vec::new();
    if !c.is("WHEN") {
        parts.push(expr(c)?);
    }
    c.expect("WHEN")?;
    loop {
        parts.push(expr(c)?);
        c.expect("THEN")?;
        parts.push(expr(c)?);
        if !c.eat("WHEN") {
            break;
        }
    }
    if c.eat("ELSE") {
        parts.push(expr(c)?);
    }
    c.expect("END")?;
    Ok(Expr::Other(parts))
}

fn cast(c: &mut Cursor<'_, '_>) -> Parse<Expr> {
    c.expect("CAST")?;
    c.parens(cast_inside)
}

/// `e AS type`.
fn cast_inside(c: &mut Cursor<'_, '_>) -> Parse<Expr> {
    let expr = Box::new(expr(c)?);
    c.expect("AS")?;
    Ok(Expr::Cast { expr, to: data_type(c)? })
}

fn array(c: &mut Cursor<'_, '_>) -> Parse<Expr> {
    c.expect("ARRAY")?;
    if c.is_token(&Token::LParen) {
        return match paren(c)? {
            Paren::Query(query) => Ok(Expr::Other(vec![Expr::Subquery { operand: None, exists: false, query }])),
            Paren::List(_) => Err(c.expected("a query in `ARRAY(…)`")),
        };
    }
    array_elements(c)
}

/// `[1, 2]`, `[[1, 2], [3, 4]]`.
fn array_elements(c: &mut Cursor<'_, '_>) -> Parse<Expr> {
    c.nested(|c| {
        c.expect_token(&Token::LBracket)?;
        let elements = if c.is_token(&Token::RBracket) {
            Vec::new()
        } else if c.is_token(&Token::LBracket) {
            c.list(array_elements)?
        } else {
            c.list(expr)?
        };
        c.expect_token(&Token::RBracket)?;
        Ok(Expr::Array(elements))
    })
}

/// `field FROM e`.
fn extract(c: &mut Cursor<'_, '_>) -> Parse<Expr> {
    let field = match string_value(c.peek()) {
        Some(field) => field.to_ascii_lowercase(),
        None => match c.peek() {
            Token::Word(word) => word.value.to_ascii_lowercase(),
            _ => return Err(c.expected("a field such as `year`")),
        },
    };
    c.skip();
    c.expect("FROM")?;
    Ok(call("extract", vec![Expr::String(field.into()), expr(c)?]))
}

/// Ordinary arguments, the first of which has been read.
fn further_arguments(c: &mut Cursor<'_, '_>, name: &str, first: Expr) -> Parse<Expr> {
    let mut args = vec![first];
    while c.eat_token(&Token::Comma) {
        args.push(argument(c)?);
    }
    Ok(call(name, args))
}

/// `a PLACING b FROM c FOR d`.
fn overlay(c: &mut Cursor<'_, '_>) -> Parse<Expr> {
    let text = argument(c)?;
    if !c.eat("PLACING") {
        return further_arguments(c, "overlay", text);
    }
    let mut args = vec![text, expr(c)?];
    c.expect("FROM")?;
    args.push(expr(c)?);
    if c.eat("FOR") {
        args.push(expr(c)?);
    }
    Ok(call("overlay", args))
}

/// `a FROM b FOR c`, `a SIMILAR b ESCAPE c`.
fn substring(c: &mut Cursor<'_, '_>) -> Parse<Expr> {
    if c.is_token(&Token::RParen) {
        return Ok(call("substring", Vec::new()));
    }
    let text = argument(c)?;
    if c.eat("SIMILAR") {
        let mut args = vec![text, expr(c)?];
        c.expect("ESCAPE")?;
        args.push(expr(c)?);
        return Ok(call("substring", args));
    }
    let (mut from, mut length) = (None, None);
    for _ in 0..2 {
        if from.is_none() && c.eat("FROM") {
            from = Some(expr(c)?);
        } else if length.is_none() && c.eat("FOR") {
            length = Some(expr(c)?);
        }
    }
    if from.is_none() && length.is_none() {
        return further_arguments(c, "substring", text);
    }
    let mut args = vec![text, from.unwrap_or_else(|| Expr::Number("1".into()))];
    args.extend(length);
    Ok(call("substring", args))
}

/// `BOTH x FROM y`.
fn trim(c: &mut Cursor<'_, '_>) -> Parse<Expr> {
    let name = match c.eat_one_of(&["BOTH", "LEADING", "TRAILING"]) {
        Some("LEADING") => "ltrim",
        Some("TRAILING") => "rtrim",
        _ => "btrim",
    };
    if c.eat("FROM") {
        return Ok(call(name, c.list(expr)?));
    }
    let first = expr(c)?;
    if c.eat("FROM") {
        let mut args = c.list(expr)?;
        args.push(first);
        return Ok(call(name, args));
    }
    further_arguments(c, name, first)
}
