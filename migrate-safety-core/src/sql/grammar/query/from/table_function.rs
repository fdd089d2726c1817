//! Functions in `FROM`, and those with a syntax of their own.

use super::{Alias, column_definitions, function, is_alias, untyped};
use crate::sql::cursor::{Cursor, Parse};
use crate::sql::expr::Expr;
use crate::sql::grammar::data_type;
use crate::sql::grammar::expr::{expr, json_clause, operand_only, restricted, xml_passing};
use crate::sql::name::ObjectName;
use crate::sql::token::Token;

/// `[AS] alias [(columns)]`, `AS (definitions)`, `AS alias (definitions)`.
pub(super) fn alias(c: &mut Cursor<'_, '_>) -> Parse<Alias> {
    let with_as = c.eat("AS");
    if with_as && c.is_token(&Token::LParen) {
        return Ok((None, c.parens(column_definitions)?));
    }
    if !with_as && !is_alias(c) {
        return Ok((None, Vec::new()));
    }
    let alias = c.ident()?;
    let columns = if !c.is_token(&Token::LParen) {
        Vec::new()
    } else if matches!(c.peek_nth(2), Token::Comma | Token::RParen) {
        untyped(c)?
    } else {
        c.parens(column_definitions)?
    };
    Ok((Some(alias), columns))
}

/// `ROWS FROM (…)`, `XMLTABLE (…)`, `JSON_TABLE (…)`.
pub(super) fn special(c: &mut Cursor<'_, '_>) -> Parse<Option<Expr>> {
    let mark = c.mark();
    if c.is_all("ROWS FROM") {
        c.eat_all("ROWS FROM");
        let functions = c.parens(|c| {
            c.list(|c| {
                let function = function(c)?.ok_or_else(|| c.expected("a function"))?;
                if c.eat("AS") {
                    c.parens(column_definitions)?;
                }
                Ok(function)
            })
        })?;
        return Ok(Some(Expr::Other(functions)));
    }
    if !matches!(c.peek_nth(1), Token::LParen) {
        return Ok(None);
    }
    let (name, args) = if c.eat("XMLTABLE") {
        let args = c.parens(xml_table)?;
        c.since(10, mark, "`XMLTABLE`");
        ("xmltable", args)
    } else if c.eat("JSON_TABLE") {
        let args = c.parens(json_table)?;
        c.since(17, mark, "`JSON_TABLE`");
        ("json_table", args)
    } else {
        return Ok(None);
    };
    Ok(Some(Expr::Call { name: ObjectName::bare(name), args }))
}

/// `XMLNAMESPACES (…), row PASSING document COLUMNS …`.
fn xml_table(c: &mut Cursor<'_, '_>) -> Parse<Vec<Expr>> {
    let mut parts = Vec::new();
    if c.eat("XMLNAMESPACES") {
        c.parens(|c| {
            c.list(|c| {
                c.eat("DEFAULT");
                parts.push(restricted(c)?);
                if c.eat("AS") {
                    c.label()?;
                }
                Ok(())
            })
        })?;
        c.expect_token(&Token::Comma)?;
    }
    parts.push(operand_only(c)?);
    parts.push(xml_passing(c)?);
    c.expect("COLUMNS")?;
    c.list(|c| {
        c.ident()?;
        if c.eat_all("FOR ORDINALITY") {
            return Ok(());
        }
        data_type(c)?;
        loop {
            if c.eat("PATH") || c.eat("DEFAULT") {
                parts.push(restricted(c)?);
            } else if !c.eat_all("NOT NULL") && !c.eat("NULL") {
                return Ok(());
            }
        }
    })?;
    Ok(parts)
}

/// `document, path AS name PASSING … COLUMNS (…) ERROR ON ERROR`.
fn json_table(c: &mut Cursor<'_, '_>) -> Parse<Vec<Expr>> {
    let mut parts = vec![expr(c)?];
    json_clause(c, &mut parts)?;
    c.expect_token(&Token::Comma)?;
    parts.push(expr(c)?);
    if c.eat("AS") {
        c.ident()?;
    }
    json_clause(c, &mut parts)?;
    c.expect("COLUMNS")?;
    json_columns(c, &mut parts)?;
    while json_clause(c, &mut parts)? {}
    Ok(parts)
}

fn json_columns(c: &mut Cursor<'_, '_>, parts: &mut Vec<Expr>) -> Parse<()> {
    c.nested(|c| {
        c.parens(|c| {
            c.list(|c| {
                if c.eat("NESTED") {
                    c.eat("PATH");
                    c.string()?;
                    if c.eat("AS") {
                        c.ident()?;
                    }
                    c.expect("COLUMNS")?;
                    return json_columns(c, parts);
                }
                c.ident()?;
                if c.eat_all("FOR ORDINALITY") {
                    return Ok(());
                }
                data_type(c)?;
                c.eat("EXISTS");
                json_clause(c, parts)?;
                if c.eat("PATH") {
                    c.string()?;
                }
                while json_clause(c, parts)? {}
                Ok(())
            })
        })
    })?;
    Ok(())
}
