//! `COPY`.

use crate::sql::cursor::{Cursor, Parse};
use crate::sql::grammar::expr::expr;
use crate::sql::grammar::query::{Preparable, preparable};
use crate::sql::operation::Operation;
use crate::sql::token::{StringKind, Token};

/// `COPY`, in the present syntax and those before PostgreSQL 9.0 and 7.3, which the server still takes.
pub(super) fn copy(c: &mut Cursor<'_, '_>) -> Parse<Operation> {
    c.expect("COPY")?;
    if c.is_token(&Token::LParen) {
        let query = match c.parens(preparable)? {
            Preparable::Query(query, _) => Some(query),
            Preparable::Dml(operation) => {
                c.expect("TO")?;
                file(c)?;
                options(c)?;
                return Ok(*operation);
            }
        };
        c.expect("TO")?;
        let stdin_or_stdout = file(c)?;
        options(c)?;
        return Ok(Operation::Copy { table: None, columns: Vec::new(), query, from: false, stdin_or_stdout });
    }
    if c.is("BINARY") {
        c.skip();
    }
    let table = Some(c.object_name()?);
    let columns = if c.is_token(&Token::LParen) { c.ident_list()? } else { Vec::new() };
    let from = c.eat("FROM");
    if !from {
        c.expect("TO")?;
    }
    let stdin_or_stdout = file(c)?;
    options(c)?;
    let mark = c.mark();
    if from && c.eat("WHERE") {
        expr(c)?;
        c.since(12, mark, "`COPY … WHERE`");
    }
    Ok(Operation::Copy { table, columns, query: None, from, stdin_or_stdout })
}

/// `'file'`, `PROGRAM 'command'`, `STDIN`: whether it is the last.
fn file(c: &mut Cursor<'_, '_>) -> Parse<bool> {
    if c.eat_one_of(&["STDIN", "STDOUT"]).is_some() {
        return Ok(true);
    }
    c.eat("PROGRAM");
    c.string()?;
    Ok(false)
}

fn options(c: &mut Cursor<'_, '_>) -> Parse<()> {
    if c.is_all("USING DELIMITERS") || c.is("DELIMITERS") {
        c.eat("USING");
        c.skip();
        c.string()?;
    }
    c.eat("WITH");
    if c.is_token(&Token::LParen) {
        c.parens(|c| c.list(option))?;
        return Ok(());
    }
    loop {
        let with_value = c.eat("DELIMITER") || c.eat("NULL") || c.eat("QUOTE") || c.eat("ESCAPE") || c.eat("ENCODING");
        if with_value {
            if !c.is("QUOTE") && !c.is("ESCAPE") || matches!(c.peek_nth(1), Token::String(StringKind::Text, _)) {
                c.eat("AS");
            }
            c.string()?;
        } else if c.eat_all("FORCE QUOTE") || c.eat_all("FORCE NOT NULL") || c.eat_all("FORCE NULL") {
            if !c.eat_token(&Token::Mul) {
                c.list(Cursor::ident)?;
            }
        } else if c.eat_one_of(&["BINARY", "FREEZE", "CSV", "HEADER"]).is_none() {
            return Ok(());
        }
    }
}

/// Options by name, with the first server version that knows them.
const NEW_OPTIONS: &[(&str, u16)] = &[("default", 16), ("log_verbosity", 17), ("on_error", 17), ("reject_limit", 18)];

/// `FORMAT csv`, `HEADER`, `FORCE_NULL (a, b)`, `DELIMITER ','`.
fn option(c: &mut Cursor<'_, '_>) -> Parse<()> {
    let mark = c.mark();
    let name = c.label()?;
    if let Some((_, since)) = NEW_OPTIONS.iter().find(|(new, _)| name == **new) {
        c.since(*since, mark, &format!("the option `{name}` of COPY"));
    }
    if matches!(c.peek(), Token::Comma | Token::RParen) {
        return Ok(());
    }
    if c.eat_token(&Token::Mul) {
        if name != *"force_quote" {
            c.since(17, mark, &format!("`{name} *`"));
        }
        return Ok(());
    }
    if name == *"header" && c.is("MATCH") {
        c.skip();
        c.since(15, mark, "`HEADER match`");
        return Ok(());
    }
    if c.is_token(&Token::LParen) {
        c.parens(|c| c.list(value))?;
        return Ok(());
    }
    value(c)
}

/// A word, a string or a number.
fn value(c: &mut Cursor<'_, '_>) -> Parse<()> {
    match c.peek() {
        Token::Word(_) => c.skip(),
        Token::Number(digits) if digits.contains('.') => c.skip(),
        Token::Number(..) | Token::Minus | Token::Plus => {
            c.integer()?;
        }
        _ => {
            c.string()?;
        }
    }
    Ok(())
}
