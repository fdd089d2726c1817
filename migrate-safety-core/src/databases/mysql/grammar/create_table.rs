//! `CREATE TABLE`.

use super::column::column;
use super::constraint::{Constraint, constraint};
use super::names;
use super::options::options;
use super::partition::partition_by;
use super::words::or_replace_mariadb;
use crate::databases::operation::{CreateTable, Operation};
use crate::databases::query::{begins_query, query};
use crate::dialect::Target;
use crate::sql::cursor::{Cursor, Parse};
use crate::sql::token::Token;

/// `CREATE [OR REPLACE] [TEMPORARY] TABLE …`, with `CREATE` consumed.
pub(super) fn create(cursor: &mut Cursor<'_, '_>, target: Target) -> Parse<Operation> {
    let or_replace = or_replace_mariadb(cursor, target);
    let temporary = cursor.eat("TEMPORARY");
    cursor.expect("TABLE")?;
    let if_not_exists = cursor.if_not_exists();
    let name = Some(names::new_object_name(cursor, target)?);
    let mut table = CreateTable { name, temporary, if_not_exists, or_replace, ..CreateTable::default() };

    if cursor.eat("LIKE") {
        table.like = Some(names::object_name(cursor)?);
        return Ok(Operation::CreateTable(Box::new(table)));
    }
    if cursor.is_token(&Token::LParen) {
        if cursor.is_nth(1, "LIKE") {
            table.like = Some(cursor.parens(|c| {
                c.expect("LIKE")?;
                names::object_name(c)
            })?);
            return Ok(Operation::CreateTable(Box::new(table)));
        }
        if !begins_query(cursor) {
            cursor.parens(|c| c.list(|c| element(c, target, &mut table)).map(drop))?;
        }
    }
    table.options = options(cursor, target)?;
    table.partitioned = partition_by(cursor, target)?;
    cursor.eat_one_of(&["IGNORE", "REPLACE"]);
    cursor.eat("AS");
    if !cursor.at_end() {
        if !begins_query(cursor) {
            return Err(cursor.expected("an option of the table, or a query"));
        }
        table.query = Some(query(cursor, &[])?);
    }
    if table.columns.is_empty() && table.query.is_none() {
        return Err(cursor.expected("a column, `LIKE` or a query"));
    }
    Ok(Operation::CreateTable(Box::new(table)))
}

fn element(cursor: &mut Cursor<'_, '_>, target: Target, table: &mut CreateTable) -> Parse<()> {
    match constraint(cursor, target)? {
        Some(Constraint::Index { index, .. }) => table.indexes.push(index),
        Some(Constraint::ForeignKey { foreign_key, .. }) => table.foreign_keys.push(foreign_key),
        Some(Constraint::Check(check)) => table.checks.push(check),
        Some(Constraint::Period) => {}
        None => {
            let column = column(cursor, target)?;
            table.columns.push(column.def);
            table.indexes.extend(column.indexes);
            table.foreign_keys.extend(column.foreign_keys);
            table.checks.extend(column.checks);
        }
    }
    Ok(())
}
