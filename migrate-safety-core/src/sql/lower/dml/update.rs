//! `UPDATE` and `DELETE`.

use super::super::super::cursor::{Cursor, Parse};
use super::super::super::expr::Cte;
use super::super::super::operation::{Delete, Operation, Update};
use super::super::query::from_list;
use super::{assignments, filter, no_order_or_limit, returning, target};

/// `UPDATE`; what stood in `WITH` before it is given.
pub(in super::super) fn update(c: &mut Cursor<'_, '_>, ctes: Vec<Cte>) -> Parse<Operation> {
    c.expect("UPDATE")?;
    let (table, alias) = target(c)?;
    c.expect("SET")?;
    let assignments = assignments(c)?;
    let from = if c.eat("FROM") { from_list(c)?.tables } else { Vec::new() };
    let filter = filter(c)?;
    no_order_or_limit(c, "UPDATE")?;
    let returning = returning(c)?;
    no_order_or_limit(c, "UPDATE")?;
    Ok(Operation::Update(Box::new(Update { ctes, table, alias, assignments, from, filter, returning })))
}

/// `DELETE`; what stood in `WITH` before it is given.
pub(in super::super) fn delete(c: &mut Cursor<'_, '_>, ctes: Vec<Cte>) -> Parse<Operation> {
    c.expect("DELETE FROM")?;
    let (table, alias) = target(c)?;
    let using = if c.eat("USING") { from_list(c)?.tables } else { Vec::new() };
    let filter = filter(c)?;
    no_order_or_limit(c, "DELETE")?;
    let returning = returning(c)?;
    no_order_or_limit(c, "DELETE")?;
    Ok(Operation::Delete(Box::new(Delete { ctes, table, alias, using, filter, returning })))
}
