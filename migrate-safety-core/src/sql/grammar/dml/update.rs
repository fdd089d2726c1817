//! `UPDATE` and `DELETE`.

use super::{assignments, filter, no_order_or_limit, returning, target};
use crate::sql::cursor::{Cursor, Parse};
use crate::sql::expr::Cte;
use crate::sql::grammar::query::from_list;
use crate::sql::operation::{Delete, Operation, Update};

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
