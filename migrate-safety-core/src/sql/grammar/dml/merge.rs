//! `MERGE`.

use super::insert::overriding;
use super::{assigned_column, assignments, returning, target};
use crate::sql::cursor::{Cursor, Parse};
use crate::sql::expr::{Cte, Expr, Query, Select, TableRef, TableSource};
use crate::sql::grammar::expr::expr;
use crate::sql::grammar::query::{From, table_ref};
use crate::sql::operation::{Merge, Operation};
use crate::sql::token::Token;

/// `MERGE`; what stood in `WITH` before it is given.
pub(in crate::sql::grammar) fn merge(c: &mut Cursor<'_, '_>, ctes: Vec<Cte>) -> Parse<Box<Operation>> {
    let mark = c.mark();
    c.expect("MERGE")?;
    c.since(15, mark, "`MERGE`");
    c.expect("INTO")?;
    let (table, alias) = target(c)?;
    c.expect("USING")?;
    let source = source(c)?;
    c.expect("ON")?;
    let on = expr(c)?;
    let mut merge = Merge {
        ctes,
        table,
        alias,
        source,
        on,
        inserts: false,
        updates: Vec::new(),
        deletes: false,
        exprs: Vec::new(),
        returning: Vec::new(),
    };
    if !c.is("WHEN") {
        return Err(c.expected("`WHEN`"));
    }
    while c.eat("WHEN") {
        when(c, &mut merge)?;
    }
    let mark = c.mark();
    if c.is("RETURNING") {
        merge.returning = returning(c)?;
        c.since(17, mark, "`MERGE … RETURNING`");
    }
    Ok(Box::new(Operation::Merge(Box::new(merge))))
}

/// What is merged; of a join a query is made, since there is place for one table.
fn source(c: &mut Cursor<'_, '_>) -> Parse<TableRef> {
    let mut from = From::default();
    table_ref(c, &mut from)?;
    Ok(match from.tables.pop() {
        Some(only) if from.tables.is_empty() => only,
        last => {
            from.tables.extend(last);
            let select = Select { from: from.tables, others: from.others, ..Select::default() };
            let query = Box::new(Query { selects: vec![select], ..Query::default() });
            TableRef::new(TableSource::Query(query))
        }
    })
}

/// `[NOT] MATCHED [BY SOURCE] [AND …] THEN …`.
fn when(c: &mut Cursor<'_, '_>, merge: &mut Merge) -> Parse<()> {
    let mark = c.mark();
    let not = c.eat("NOT");
    c.expect("MATCHED")?;
    let mut insertable = not;
    if not && c.is("BY") {
        c.skip();
        match c.eat_one_of(&["SOURCE", "TARGET"]) {
            Some(by) => insertable = by == "TARGET",
            None => return Err(c.expected("SOURCE or TARGET")),
        }
        c.since(17, mark, "`NOT MATCHED BY`");
    }
    if c.eat("AND") {
        merge.exprs.push(expr(c)?);
    }
    c.expect("THEN")?;
    if c.eat_all("DO NOTHING") {
        return Ok(());
    }
    if insertable {
        c.expect("INSERT")?;
        merge.inserts = true;
        return inserted(c, merge);
    }
    if c.eat("DELETE") {
        merge.deletes = true;
        return Ok(());
    }
    c.expect("UPDATE SET")?;
    for (column, value) in assignments(c)? {
        merge.updates.push(column);
        merge.exprs.push(value);
    }
    Ok(())
}

/// `(a, b) OVERRIDING SYSTEM VALUE VALUES (1, 2)`.
fn inserted(c: &mut Cursor<'_, '_>, merge: &mut Merge) -> Parse<()> {
    if c.is_token(&Token::LParen) {
        c.parens(|c| c.list(assigned_column))?;
    }
    overriding(c)?;
    if c.eat_all("DEFAULT VALUES") {
        return Ok(());
    }
    c.expect("VALUES")?;
    merge.exprs.extend(c.parens(|c| c.list(expr))?.into_iter().filter(|e| *e != Expr::Default));
    Ok(())
}
