//! `UPDATE` and `DELETE`.

use super::{assignments, filter, no_order_or_limit, returning, target};
use crate::sql::cursor::{Cursor, Parse};
use crate::sql::expr::Cte;
use crate::sql::grammar::expr::expr;
use crate::sql::grammar::query::from_list;
use crate::sql::operation::{Delete, Operation, Update};
use crate::sql::token::Token;

/// `UPDATE`; what stood in `WITH` before it is given.
pub(in crate::sql::grammar) fn update(c: &mut Cursor<'_, '_>, ctes: Vec<Cte>) -> Parse<Box<Operation>> {
    c.expect("UPDATE")?;
    let (table, alias) = target(c)?;
    c.expect("SET")?;
    let assignments = assignments(c)?;
    let from = if c.eat("FROM") { from_list(c)?.tables } else { Vec::new() };
    let filter = filter(c)?;
    no_order_or_limit(c, "UPDATE")?;
    let returning = returning(c)?;
    no_order_or_limit(c, "UPDATE")?;
    Ok(Box::new(Operation::Update(Box::new(Update { ctes, table, alias, assignments, from, filter, returning }))))
}

/// The parts of a plain `UPDATE` as they are written; an error for one with an alias, `FROM`, or columns set together.
pub(crate) fn update_text(c: &mut Cursor<'_, '_>) -> Parse<UpdateText> {
    c.expect("UPDATE")?;
    target(c)?;
    c.expect("SET")?;
    let values = c.list(|c| {
        c.ident()?;
        c.expect_token(&Token::Eq)?;
        let mark = c.mark();
        expr(c)?;
        Ok(c.text_from(mark).to_owned())
    })?;
    let filter = match c.eat("WHERE") {
        true => {
            let mark = c.mark();
            expr(c)?;
            Some(c.text_from(mark).to_owned())
        }
        false => None,
    };
    c.expect_end()?;
    Ok(UpdateText { values, filter })
}

/// The parts of an `UPDATE` as they are written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct UpdateText {
    /// The values, in the order of the assignments.
    pub(crate) values: Vec<String>,
    /// The condition.
    pub(crate) filter: Option<String>,
}

/// `DELETE`; what stood in `WITH` before it is given.
pub(in crate::sql::grammar) fn delete(c: &mut Cursor<'_, '_>, ctes: Vec<Cte>) -> Parse<Box<Operation>> {
    c.expect("DELETE FROM")?;
    let (table, alias) = target(c)?;
    let using = if c.eat("USING") { from_list(c)?.tables } else { Vec::new() };
    let filter = filter(c)?;
    no_order_or_limit(c, "DELETE")?;
    let returning = returning(c)?;
    no_order_or_limit(c, "DELETE")?;
    Ok(Box::new(Operation::Delete(Box::new(Delete { ctes, table, alias, using, filter, returning }))))
}
