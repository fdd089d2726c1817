//! Operands that begin with a key word: `CASE`, `CAST`, `EXTRACT (… FROM …)`, `ARRAY`, `CURRENT_DATE` …

mod json;
mod text;
mod xml;

use super::primary::{named, overlaps};
use super::{Grammar, Paren, Production, call, expr, expr_list, paren, parenthesized_list};
use crate::sql::cursor::{Cursor, Mark, Parse};
use crate::sql::expr::Expr;
use crate::sql::grammar::data_type;
use crate::sql::name::ObjectName;
use crate::sql::statement::Problem;
use crate::sql::token::{Token, Word};

pub(in crate::sql::grammar) use json::clause as json_clause;
pub(in crate::sql::grammar) use xml::xml_passing;

/// Reserved words that begin an operand.
const RESERVED: &[(&str, Production)] = &[
    ("ARRAY", array),
    ("CASE", case),
    ("CAST", cast),
    ("CURRENT_CATALOG", niladic),
    ("CURRENT_DATE", niladic),
    ("CURRENT_ROLE", niladic),
    ("CURRENT_TIME", with_precision),
    ("CURRENT_TIMESTAMP", with_precision),
    ("CURRENT_USER", niladic),
    ("FALSE", boolean),
    ("LOCALTIME", with_precision),
    ("LOCALTIMESTAMP", with_precision),
    ("NULL", null),
    ("SESSION_USER", niladic),
    ("SYSTEM_USER", niladic),
    ("TRUE", boolean),
    ("USER", niladic),
];

/// Words that begin an operand where a parenthesis follows and are the names of columns elsewhere; and the server
/// before which they are functions like any other.
const BEFORE_PARENTHESIS: &[(&str, u16, Production)] = &[
    ("COALESCE", 0, listed),
    ("EXISTS", 0, exists),
    ("EXTRACT", 0, text::extract),
    ("GREATEST", 0, listed),
    ("GROUPING", 0, listed),
    ("JSON", 17, json::json),
    ("JSON_ARRAY", 16, json::json),
    ("JSON_ARRAYAGG", 16, json::json),
    ("JSON_EXISTS", 17, json::json),
    ("JSON_OBJECT", 16, json::json),
    ("JSON_OBJECTAGG", 16, json::json),
    ("JSON_QUERY", 17, json::json),
    ("JSON_SCALAR", 17, json::json),
    ("JSON_SERIALIZE", 17, json::json),
    ("JSON_VALUE", 17, json::json),
    ("LEAST", 0, listed),
    ("MERGE_ACTION", 17, merge_action),
    ("NORMALIZE", 0, text::normalize),
    ("NULLIF", 0, nullif),
    ("OVERLAY", 0, text::overlay),
    ("POSITION", 0, text::position),
    ("ROW", 0, row),
    ("SUBSTRING", 0, text::substring),
    ("TREAT", 0, cast),
    ("TRIM", 0, text::trim),
    ("XMLCONCAT", 0, listed),
    ("XMLELEMENT", 0, xml::element),
    ("XMLEXISTS", 0, xml::exists),
    ("XMLFOREST", 0, xml::forest),
    ("XMLPARSE", 0, xml::parse),
    ("XMLPI", 0, xml::instruction),
    ("XMLROOT", 0, xml::root),
    ("XMLSERIALIZE", 0, xml::serialize),
];

/// How to read what begins with a reserved word.
pub(super) fn reserved_word(word: &Word<'_>, grammar: Grammar) -> Option<Production> {
    if grammar == Grammar::Full && word.value.eq_ignore_ascii_case("DEFAULT") {
        return Some(default);
    }
    RESERVED.iter().find(|(name, _)| word.value.eq_ignore_ascii_case(name)).map(|(_, production)| *production)
}

/// How to read what begins with a word that can also name a function.
pub(super) fn function_word(c: &Cursor<'_, '_>) -> Option<Production> {
    if c.is("CURRENT_SCHEMA") {
        Some(niladic)
    } else if c.is_all("COLLATION FOR") {
        Some(collation_for)
    } else {
        None
    }
}

/// How to read what begins with a word that can also name a column, and a parenthesis; nothing for types.
pub(super) fn column_word(c: &Cursor<'_, '_>, word: &Word<'_>) -> Option<Production> {
    let (_, since, production) = BEFORE_PARENTHESIS.iter().find(|(name, ..)| word.value.eq_ignore_ascii_case(name))?;
    Some(if c.version() < *since { named } else { *production })
}

fn null(c: &mut Cursor<'_, '_>, _: Grammar) -> Parse<Expr> {
    c.skip();
    Ok(Expr::Null)
}

fn boolean(c: &mut Cursor<'_, '_>, _: Grammar) -> Parse<Expr> {
    let value = c.is("TRUE");
    c.skip();
    Ok(Expr::Bool(value))
}

fn default(c: &mut Cursor<'_, '_>, _: Grammar) -> Parse<Expr> {
    c.skip();
    Ok(Expr::Default)
}

/// A call that is the word alone.
fn niladic(c: &mut Cursor<'_, '_>, _: Grammar) -> Parse<Expr> {
    let name = c.label()?;
    Ok(call(&name, Vec::new()))
}

/// `CURRENT_TIMESTAMP`, `CURRENT_TIMESTAMP (3)`.
fn with_precision(c: &mut Cursor<'_, '_>, _: Grammar) -> Parse<Expr> {
    let name = c.label()?;
    let mut args = Vec::new();
    if c.is_token(&Token::LParen) {
        let precision = c.parens(Cursor::integer)?;
        args.push(Expr::Number(precision.to_string().into()));
    }
    Ok(call(&name, args))
}

/// `coalesce(a, b)`.
fn listed(c: &mut Cursor<'_, '_>, _: Grammar) -> Parse<Expr> {
    let name = ObjectName::bare(c.label()?);
    Ok(Expr::Call { name, args: parenthesized_list(c)? })
}

fn nullif(c: &mut Cursor<'_, '_>, _: Grammar) -> Parse<Expr> {
    c.skip();
    c.expect_token(&Token::LParen)?;
    let mut args = vec![expr(c)?];
    c.expect_token(&Token::Comma)?;
    args.push(expr(c)?);
    c.expect_token(&Token::RParen)?;
    Ok(call("nullif", args))
}

fn merge_action(c: &mut Cursor<'_, '_>, _: Grammar) -> Parse<Expr> {
    c.skip();
    c.expect_token(&Token::LParen)?;
    c.expect_token(&Token::RParen)?;
    Ok(call("merge_action", Vec::new()))
}

fn collation_for(c: &mut Cursor<'_, '_>, _: Grammar) -> Parse<Expr> {
    c.expect("COLLATION FOR")?;
    c.expect_token(&Token::LParen)?;
    let of = expr(c)?;
    c.expect_token(&Token::RParen)?;
    Ok(call("pg_collation_for", vec![of]))
}

fn exists(c: &mut Cursor<'_, '_>, _: Grammar) -> Parse<Expr> {
    c.skip();
    let mark = c.mark();
    match paren(c)? {
        Paren::Query(query) => Ok(Expr::Subquery { operand: None, exists: true, query }),
        Paren::List(_) => Err(not_a_query(c, mark)),
    }
}

/// `ARRAY[1, 2]`, `ARRAY (SELECT …)`.
fn array(c: &mut Cursor<'_, '_>, _: Grammar) -> Parse<Expr> {
    c.skip();
    let mark = c.mark();
    if !c.is_token(&Token::LParen) {
        return array_elements(c);
    }
    match paren(c)? {
        Paren::Query(query) => Ok(Expr::Other(vec![Expr::Subquery { operand: None, exists: false, query }])),
        Paren::List(_) => Err(not_a_query(c, mark)),
    }
}

/// The problem with parentheses at `mark` that hold something else than a query.
fn not_a_query(c: &mut Cursor<'_, '_>, mark: Mark) -> Problem {
    c.rewind(mark);
    c.skip();
    c.expected("a query")
}

/// `[1, 2]`, `[[1, 2], [3, 4]]`.
fn array_elements(c: &mut Cursor<'_, '_>) -> Parse<Expr> {
    c.expect_token(&Token::LBracket)?;
    if c.eat_token(&Token::RBracket) {
        return Ok(Expr::Array(Vec::new()));
    }
    c.descend()?;
    let elements = if c.is_token(&Token::LBracket) { inner_arrays(c) } else { expr_list(c) };
    c.ascend();
    let elements = elements?;
    c.expect_token(&Token::RBracket)?;
    Ok(Expr::Array(elements))
}

fn inner_arrays(c: &mut Cursor<'_, '_>) -> Parse<Vec<Expr>> {
    let mut arrays = vec![array_elements(c)?];
    while c.eat_token(&Token::Comma) {
        arrays.push(array_elements(c)?);
    }
    Ok(arrays)
}

/// `ROW (a, b)`, `ROW ()`.
fn row(c: &mut Cursor<'_, '_>, grammar: Grammar) -> Parse<Expr> {
    c.skip();
    let mut fields = Vec::new();
    if matches!(c.peek_nth(1), Token::RParen) {
        c.skip();
        c.skip();
    } else {
        fields = parenthesized_list(c)?;
    }
    overlaps(c, Expr::Other(fields), grammar)
}

fn case(c: &mut Cursor<'_, '_>, _: Grammar) -> Parse<Expr> {
    c.skip();
    let mut parts = Vec::new();
    if !c.is("WHEN") {
        parts.push(expr(c)?);
    }
    c.expect("WHEN")?;
    // The word that must come behind the next expression.
    let mut then = true;
    loop {
        parts.push(expr(c)?);
        if then {
            c.expect("THEN")?;
            then = false;
        } else if c.eat("WHEN") {
            then = true;
        } else {
            break;
        }
    }
    // The server writes one that is not there.
    parts.push(if c.eat("ELSE") { expr(c)? } else { Expr::Null });
    c.expect("END")?;
    Ok(Expr::Other(parts))
}

/// `CAST (e AS type)`, `TREAT (e AS type)`.
fn cast(c: &mut Cursor<'_, '_>, _: Grammar) -> Parse<Expr> {
    c.skip();
    c.expect_token(&Token::LParen)?;
    let expr = Box::new(expr(c)?);
    c.expect("AS")?;
    let to = data_type(c)?;
    c.expect_token(&Token::RParen)?;
    Ok(Expr::Cast { expr, to })
}
