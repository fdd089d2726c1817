//! `EXPLAIN`, prepared statements, cursors.

use crate::sql::cursor::{Cursor, Parse};
use crate::sql::grammar;
use crate::sql::grammar::data_type;
use crate::sql::grammar::expr::expr;
use crate::sql::grammar::query::{Preparable, preparable, query, starts};
use crate::sql::operation::Operation;
use crate::sql::token::Token;

fn session(command: &str) -> Operation {
    Operation::Session { command: command.into() }
}

/// Options of `EXPLAIN` by name, with the first server version that knows them.
const NEW_OPTIONS: &[(&str, u16)] =
    &[("generic_plan", 16), ("memory", 17), ("serialize", 17), ("settings", 12), ("summary", 10), ("wal", 13)];

/// `EXPLAIN`: with `ANALYZE` it does what the statement does.
pub(super) fn explain(c: &mut Cursor<'_, '_>) -> Parse<Operation> {
    c.expect("EXPLAIN")?;
    let mut analyze = false;
    let mark = c.mark();
    let mut options = false;
    if c.eat_token(&Token::LParen) {
        options = !starts(c) && !c.is_token(&Token::LParen);
        c.rewind(mark);
    }
    if options {
        c.parens(|c| {
            c.list(|c| {
                let mark = c.mark();
                let is_analyze = c.eat("ANALYZE") || c.eat("ANALYSE");
                if !is_analyze {
                    let name = c.non_reserved()?;
                    if let Some((_, since)) = NEW_OPTIONS.iter().find(|(new, _)| name == **new) {
                        c.since(*since, mark, &format!("the option `{name}` of EXPLAIN"));
                    }
                }
                let on = option_value(c)?;
                analyze = if is_analyze { on } else { analyze };
                Ok(())
            })
        })?;
    } else {
        analyze = c.eat("ANALYZE") || c.eat("ANALYSE");
        c.eat("VERBOSE");
    }
    let operation = explained(c)?;
    Ok(if analyze { operation } else { session("EXPLAIN") })
}

/// The value of an option, if there is one; whether it switches it on.
fn option_value(c: &mut Cursor<'_, '_>) -> Parse<bool> {
    let off = match c.peek() {
        Token::Comma | Token::RParen => return Ok(true),
        Token::Number(digits) => *digits == "0",
        Token::Word(_) if c.is("TRUE") || c.is("FALSE") || c.is("ON") => c.is("FALSE"),
        Token::Word(_) => {
            let value = c.non_reserved()?;
            return Ok(&*value != "off");
        }
        _ => {
            let value = c.string()?;
            return Ok(!["off", "false"].iter().any(|off| value.eq_ignore_ascii_case(off)));
        }
    };
    c.skip();
    Ok(!off)
}

fn explained(c: &mut Cursor<'_, '_>) -> Parse<Operation> {
    const OTHERS: &[&str] = &["CREATE", "REFRESH", "DECLARE", "EXECUTE"];
    if OTHERS.iter().any(|w| c.is(w)) {
        let mark = c.mark();
        let reading = grammar::element(c)?;
        reading.problems.into_iter().for_each(|problem| c.note(problem));
        let first = reading.operations.into_iter().next().map(|located| located.operation);
        return match first {
            Some(
                operation @ (Operation::CreateTableAs { .. }
                | Operation::CreateMaterializedView { .. }
                | Operation::RefreshMaterializedView { .. }
                | Operation::Execute { .. }
                | Operation::Session { .. }
                | Operation::Opaque { .. }),
            ) => Ok(operation),
            _ => {
                c.rewind(mark);
                Err(c.expected("a statement that can be explained"))
            }
        };
    }
    super::operation(c)
}

/// `PREPARE name (types) AS …`.
pub(super) fn prepare(c: &mut Cursor<'_, '_>) -> Parse<Operation> {
    c.expect("PREPARE")?;
    let name = c.ident()?;
    if c.is_token(&Token::LParen) {
        c.parens(|c| c.list(data_type))?;
    }
    c.expect("AS")?;
    let operation = match preparable(c)? {
        Preparable::Query(query, None) => Operation::Select(query),
        Preparable::Query(query, Some(into)) => into.create(query),
        Preparable::Dml(operation) => *operation,
    };
    Ok(Operation::Prepare { name, operation: Box::new(operation) })
}

/// `EXECUTE name (arguments)`.
pub(super) fn execute(c: &mut Cursor<'_, '_>) -> Parse<Operation> {
    c.expect("EXECUTE")?;
    let name = c.ident()?;
    if c.is_token(&Token::LParen) {
        c.parens(|c| c.list(expr))?;
    }
    Ok(Operation::Execute { name })
}

/// `DEALLOCATE [PREPARE] name`, `DEALLOCATE ALL`.
pub(super) fn deallocate(c: &mut Cursor<'_, '_>) -> Parse<Operation> {
    c.expect("DEALLOCATE")?;
    if c.is("PREPARE") && !matches!(c.peek_nth(1), Token::End) {
        c.skip();
    }
    if !c.eat("ALL") {
        c.ident()?;
    }
    Ok(session("DEALLOCATE"))
}

/// `DECLARE name options CURSOR WITH HOLD FOR query`.
pub(super) fn declare(c: &mut Cursor<'_, '_>) -> Parse<Operation> {
    c.expect("DECLARE")?;
    c.ident()?;
    while c.eat_one_of(&["BINARY", "ASENSITIVE", "INSENSITIVE"]).is_some() || c.eat_all("NO SCROLL") || c.eat("SCROLL")
    {
    }
    c.expect("CURSOR")?;
    if c.is_all("WITH HOLD") || c.is_all("WITHOUT HOLD") {
        c.skip();
        c.skip();
    }
    c.expect("FOR")?;
    match c.is_token(&Token::LParen) || starts(c) {
        true => query(c)?,
        false => return Err(c.expected("a query")),
    };
    Ok(session("DECLARE"))
}

/// `FETCH [direction] [FROM | IN] cursor`, `MOVE …`.
pub(super) fn fetch(c: &mut Cursor<'_, '_>) -> Parse<Operation> {
    let command = if c.is("FETCH") { "FETCH" } else { "MOVE" };
    c.skip();
    let is_last = |c: &Cursor<'_, '_>| matches!(c.peek_nth(1), Token::End);
    if !is_last(c) {
        if c.eat_one_of(&["ABSOLUTE", "RELATIVE"]).is_some() {
            c.integer()?;
        } else if c.eat_one_of(&["FORWARD", "BACKWARD"]).is_some() {
            if !c.eat("ALL") && matches!(c.peek(), Token::Number(..) | Token::Minus) {
                c.integer()?;
            }
        } else if matches!(c.peek(), Token::Number(..) | Token::Minus) {
            c.integer()?;
        } else {
            c.eat_one_of(&["NEXT", "PRIOR", "FIRST", "LAST", "ALL"]);
        }
        if !c.eat("FROM") {
            c.eat("IN");
        }
    }
    c.ident()?;
    Ok(session(command))
}

/// `CLOSE name`, `CLOSE ALL`.
pub(super) fn close(c: &mut Cursor<'_, '_>) -> Parse<Operation> {
    c.expect("CLOSE")?;
    if !c.eat("ALL") {
        c.ident()?;
    }
    Ok(session("CLOSE"))
}
