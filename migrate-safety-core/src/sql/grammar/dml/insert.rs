//! `INSERT`.

use super::{assigned_column, assignments, returning};
use crate::sql::cursor::{Cursor, Parse};
use crate::sql::expr::{Cte, Expr};
use crate::sql::grammar::expr::expr;
use crate::sql::grammar::query::{function, query, rest, starts, values};
use crate::sql::operation::{Insert, OnConflict, Operation, Overriding};
use crate::sql::token::Token;

/// `INSERT`; what stood in `WITH` before it is given.
pub(in crate::sql::grammar) fn insert(c: &mut Cursor<'_, '_>, ctes: Vec<Cte>) -> Parse<Box<Operation>> {
    c.expect("INSERT INTO")?;
    let table = c.object_name()?;
    let alias = if c.eat("AS") { Some(c.ident()?) } else { None };
    let columns = columns(c)?;
    let overriding = overriding(c)?;
    let mut values_rows = None;
    let source = if c.eat_all("DEFAULT VALUES") {
        None
    } else if c.is("VALUES") {
        let (values, rows) = values(c)?;
        let query = rest(c, values)?;
        values_rows = (query.selects.len() == 1).then_some(rows);
        Some(*query)
    } else {
        Some(query(c)?)
    };
    let on_conflict = if c.eat_all("ON CONFLICT") { Some(on_conflict(c)?) } else { None };
    let returning = returning(c)?;
    Ok(Box::new(Operation::Insert(Box::new(Insert {
        ctes,
        table,
        alias,
        columns,
        overriding,
        source,
        values_rows,
        on_conflict,
        returning,
    }))))
}

/// `(a, b[1], c.field)`, unless it is a query in parentheses.
fn columns(c: &mut Cursor<'_, '_>) -> Parse<Vec<super::Ident>> {
    if !c.is_token(&Token::LParen) {
        return Ok(Vec::new());
    }
    let mark = c.mark();
    c.skip();
    let is_query = starts(c) || c.is_token(&Token::LParen);
    c.rewind(mark);
    if is_query {
        return Ok(Vec::new());
    }
    let columns = c.parens(|c| c.list(assigned_column))?;
    Ok(columns.into_iter().map(|(column, _)| column).collect())
}

/// `OVERRIDING SYSTEM VALUE`.
pub(super) fn overriding(c: &mut Cursor<'_, '_>) -> Parse<Option<Overriding>> {
    let mark = c.mark();
    if !c.eat("OVERRIDING") {
        return Ok(None);
    }
    let overriding = match c.eat_one_of(&["USER", "SYSTEM"]) {
        Some("USER") => Overriding::User,
        Some(_) => Overriding::System,
        None => return Err(c.expected("USER or SYSTEM")),
    };
    c.expect("VALUE")?;
    c.since(10, mark, "`OVERRIDING`");
    Ok(Some(overriding))
}

/// What follows `ON CONFLICT`.
fn on_conflict(c: &mut Cursor<'_, '_>) -> Parse<OnConflict> {
    let (mut target, mut constraint) = (Vec::new(), None);
    if c.eat_all("ON CONSTRAINT") {
        constraint = Some(c.ident()?);
    } else if c.is_token(&Token::LParen) {
        target = c.parens(|c| c.list(arbiter))?;
        if c.eat("WHERE") {
            expr(c)?;
        }
    }
    c.expect("DO")?;
    if c.eat("NOTHING") {
        return Ok(OnConflict { target, constraint, assignments: Vec::new(), filter: None });
    }
    c.expect("UPDATE SET")?;
    let assignments = assignments(c)?;
    let filter = if c.eat("WHERE") { Some(expr(c)?) } else { None };
    Ok(OnConflict { target, constraint, assignments, filter })
}

/// `a`, `lower(a) COLLATE "C" text_ops`.
fn arbiter(c: &mut Cursor<'_, '_>) -> Parse<Expr> {
    let element = if c.is_token(&Token::LParen) {
        c.parens(expr)?
    } else {
        match function(c)? {
            Some(call) => call,
            None => Expr::Column { qualifier: None, name: c.ident()? },
        }
    };
    if c.eat("COLLATE") {
        c.object_name()?;
    }
    if matches!(c.peek(), Token::Word(_)) && !c.is("ASC") && !c.is("DESC") && !c.is("NULLS") {
        c.object_name()?;
        if c.is_token(&Token::LParen) {
            c.skip();
            c.skip_until(|c| c.is_token(&Token::RParen));
            c.expect_token(&Token::RParen)?;
        }
    }
    if !c.eat("ASC") {
        c.eat("DESC");
    }
    if c.eat("NULLS") && c.eat_one_of(&["FIRST", "LAST"]).is_none() {
        return Err(c.expected("FIRST or LAST"));
    }
    Ok(element)
}
