//! `CREATE TABLE`, and what the library says of a table that does not fit together.

use super::Reader;
use super::column::{self, Constraint, Constraints};
use super::names::{name, object_name};
use crate::databases::name::Name;
use crate::databases::operation::{ColumnDef, CreateTable, IndexKey, IndexKind, Operation, TableOptions};
use crate::databases::query::query;
use crate::sql::cursor::{Cursor, Mark, Parse};
use crate::sql::token::Token;
use std::collections::HashSet;

/// What stands behind `CREATE TABLE`.
pub(super) fn create_table(reader: &mut Reader<'_, '_, '_>, temporary: bool) -> Parse<Operation> {
    let cursor = &mut *reader.cursor;
    let if_not_exists = cursor.if_not_exists();
    let start = cursor.mark();
    let name = object_name(cursor)?;
    let mut table = CreateTable { name: Some(name), temporary, if_not_exists, ..CreateTable::default() };
    if table.name.as_ref().is_some_and(|name| is_internal(&name.name)) {
        reader.refuse(start, "names that begin with `sqlite_` are the library's own");
    }
    if reader.cursor.eat("AS") {
        table.query = Some(query(reader.cursor, &[])?);
        return Ok(Operation::CreateTable(Box::new(table)));
    }
    reader.cursor.expect_token(&Token::LParen)?;
    columns_and_constraints(reader, &mut table)?;
    reader.cursor.expect_token(&Token::RParen)?;
    options(reader, &mut table.options)?;
    hold_together(reader, start, &table);
    Ok(Operation::CreateTable(Box::new(table)))
}

/// Whether a name is one of those the library keeps for itself.
fn is_internal(name: &Name) -> bool {
    name.as_str().get(..7).is_some_and(|start| start.eq_ignore_ascii_case("sqlite_"))
}

fn columns_and_constraints(reader: &mut Reader<'_, '_, '_>, table: &mut CreateTable) -> Parse<()> {
    let mut constraints = Constraints::default();
    loop {
        if begins_constraint(reader.cursor) {
            break;
        }
        let column = column::column(reader, &mut constraints)?;
        table.columns.push(column);
        if !reader.cursor.eat_token(&Token::Comma) {
            break;
        }
    }
    if table.columns.is_empty() {
        return Err(reader.cursor.expected("a column"));
    }
    // No comma is needed between them.
    while begins_constraint(reader.cursor) {
        constraint(reader.cursor, &mut constraints)?;
        if reader.cursor.eat_token(&Token::Comma) && !begins_constraint(reader.cursor) {
            return Err(reader.cursor.expected("a constraint (columns stand before them)"));
        }
    }
    for constraint in constraints.found {
        match constraint {
            Constraint::Index(index) => table.indexes.push(index),
            Constraint::ForeignKey(key) => table.foreign_keys.push(key),
            Constraint::Check(check) => table.checks.push(check),
        }
    }
    Ok(())
}

fn begins_constraint(cursor: &Cursor<'_, '_>) -> bool {
    ["CONSTRAINT", "PRIMARY", "UNIQUE", "CHECK", "FOREIGN"].iter().any(|word| cursor.is(word))
}

/// A constraint of the table.
fn constraint(cursor: &mut Cursor<'_, '_>, constraints: &mut Constraints) -> Parse<()> {
    let mut named = None;
    while cursor.eat("CONSTRAINT") {
        named = Some(name(cursor)?);
    }
    if cursor.eat_all("PRIMARY KEY") {
        constraints.table_key(cursor, named, IndexKind::Primary)
    } else if cursor.eat("UNIQUE") {
        constraints.table_key(cursor, named, IndexKind::Unique)
    } else if cursor.eat("CHECK") {
        constraints.check(cursor, named, None)?;
        column::on_conflict(cursor)?;
        Ok(())
    } else if cursor.eat_all("FOREIGN KEY") {
        constraints.table_foreign_key(cursor, named)
    } else if named.is_some() && matches!(cursor.peek(), Token::Comma | Token::RParen) {
        // A name of nothing.
        Ok(())
    } else {
        Err(cursor.expected("`PRIMARY KEY`, `UNIQUE`, `CHECK` or `FOREIGN KEY`"))
    }
}

fn options(reader: &mut Reader<'_, '_, '_>, options: &mut TableOptions) -> Parse<()> {
    if reader.cursor.at_end() {
        return Ok(());
    }
    loop {
        let mark = reader.cursor.mark();
        if reader.cursor.eat_all("WITHOUT ROWID") {
            options.without_rowid = true;
        } else if reader.cursor.eat("STRICT") {
            options.strict = true;
            reader.since(337, mark, "`STRICT`");
        } else {
            return Err(reader.cursor.expected("`WITHOUT ROWID`, `STRICT` or the end of the statement"));
        }
        if !reader.cursor.eat_token(&Token::Comma) {
            return Ok(());
        }
    }
}

/// Notes what the library rejects of a table, all of which was read.
fn hold_together(reader: &mut Reader<'_, '_, '_>, mark: Mark, table: &CreateTable) {
    let mut known = HashSet::new();
    for column in &table.columns {
        if !known.insert(column.name.clone()) {
            reader.refuse(mark, format!("two columns are called `{}`", column.name));
        }
        if table.options.strict && !is_strict(column) {
            let message = match column.data_type.name.as_ref() {
                "" => format!("a STRICT table needs a type for `{}`", column.name),
                other => format!("`{other}` of `{}` is no type of STRICT tables: {}", column.name, STRICT.join(", ")),
            };
            reader.refuse(mark, message);
        }
    }
    if table.columns.iter().all(|column| column.generated.is_some()) {
        reader.refuse(mark, "one column at least must not be generated");
    }
    keys_hold_together(reader, mark, table, &known);
    for key in &table.foreign_keys {
        if let Some(unknown) = key.columns.iter().find(|column| !known.contains(column)) {
            reader.refuse(mark, format!("the foreign key is on `{unknown}`, which is no column of the table"));
        }
        if !key.referenced.is_empty() && key.referenced.len() != key.columns.len() {
            reader.refuse(mark, "a foreign key references as many columns as it is on");
        }
    }
    for check in &table.checks {
        if !check.expression.reads.is_empty() {
            reader.refuse(mark, "subqueries are prohibited in CHECK constraints");
        }
    }
}

fn keys_hold_together(reader: &mut Reader<'_, '_, '_>, mark: Mark, table: &CreateTable, known: &HashSet<Name>) {
    let keys = || table.indexes.iter().filter(|index| index.kind == IndexKind::Primary);
    if keys().count() > 1 {
        reader.refuse(mark, "a table has one primary key");
    }
    if table.options.without_rowid && keys().count() == 0 {
        reader.refuse(mark, "a table WITHOUT ROWID needs a primary key");
    }
    for part in table.indexes.iter().flat_map(|index| &index.parts) {
        match &part.key {
            IndexKey::Column(column) if !known.contains(column) => {
                reader.refuse(mark, format!("a key names `{column}`, which is no column of the table"));
            }
            IndexKey::Expression(_) => {
                reader.refuse(mark, "expressions are prohibited in PRIMARY KEY and UNIQUE constraints");
            }
            IndexKey::Column(_) => {}
        }
    }
    for column in table.columns.iter().filter(|column| column.auto_increment) {
        let is_rowid = column.data_type.name.as_ref() == "integer" && !table.options.without_rowid;
        if !is_rowid {
            reader.refuse(mark, "AUTOINCREMENT is for an INTEGER PRIMARY KEY alone");
        }
    }
}

/// The types of STRICT tables.
const STRICT: [&str; 6] = ["int", "integer", "real", "text", "blob", "any"];

fn is_strict(column: &ColumnDef) -> bool {
    let data_type = &column.data_type;
    data_type.arguments.is_empty() && STRICT.contains(&data_type.name.as_ref())
}
