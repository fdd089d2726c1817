//! Bodies that SQL functions have in the statement itself: `RETURN expression`, `BEGIN ATOMIC … END`.

use crate::sql::cursor::{Cursor, Parse};
use crate::sql::expr::{Expression, Place, Query, Select, SelectItem};
use crate::sql::grammar::{self, Reading};
use crate::sql::operation::Operation;
use crate::sql::token::Token;

/// Whether such a body is next.
pub(crate) fn follows(c: &Cursor<'_, '_>) -> bool {
    c.is("RETURN") || c.is_all("BEGIN ATOMIC")
}

/// Reads it.
pub(crate) fn body(c: &mut Cursor<'_, '_>) -> Parse<Reading> {
    if c.is("RETURN") {
        return return_statement(c);
    }
    c.expect("BEGIN ATOMIC")?;
    let mut all = Reading::default();
    while !c.eat("END") {
        if !c.is_token(&Token::SemiColon) {
            let reading = if c.is("RETURN") { return_statement(c)? } else { c.nested(grammar::element)? };
            all.operations.extend(reading.operations);
            all.problems.extend(reading.problems);
        }
        c.expect_token(&Token::SemiColon)?;
    }
    Ok(all)
}

fn return_statement(c: &mut Cursor<'_, '_>) -> Parse<Reading> {
    let mark = c.mark();
    c.expect("RETURN")?;
    let Expression { expr, sql } = c.expression()?;
    let select =
        Select { items: vec![SelectItem { expr, sql, alias: None, place: Place::default() }], ..Select::default() };
    let query = Query { selects: vec![select], ..Query::default() };
    Ok(Reading::one(Operation::Select(Box::new(query)), c.span_from(mark)))
}
