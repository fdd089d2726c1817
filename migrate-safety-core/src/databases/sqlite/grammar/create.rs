//! `CREATE …`.

use super::names::{name, names, object_name};
use super::{Reader, create_table, trigger, virtual_table};
use crate::databases::expression::expression;
use crate::databases::name::ObjectName;
use crate::databases::operation::{
    CreateIndex, CreateView, IndexDef, IndexKey, IndexKind, IndexPart, Online, Operation,
};
use crate::databases::query::query;
use crate::sql::cursor::{Cursor, Parse};
use crate::sql::token::Token;

/// What stands behind `CREATE`.
pub(super) fn create(reader: &mut Reader<'_, '_, '_>) -> Parse<Operation> {
    let cursor = &mut *reader.cursor;
    let temporary = cursor.eat("TEMP") || cursor.eat("TEMPORARY");
    if cursor.eat("TABLE") {
        return create_table::create_table(reader, temporary);
    }
    if cursor.eat("VIEW") {
        return view(cursor, temporary);
    }
    if cursor.eat("TRIGGER") {
        return trigger::create_trigger(cursor, temporary);
    }
    if !temporary {
        let unique = cursor.eat("UNIQUE");
        if cursor.eat("INDEX") {
            return index(reader, unique);
        }
        if !unique && cursor.eat_all("VIRTUAL TABLE") {
            return virtual_table::create_virtual_table(cursor);
        }
    }
    Err(reader.cursor.expected("`TABLE`, `INDEX`, `VIEW` or `TRIGGER`"))
}

fn view(cursor: &mut Cursor<'_, '_>, temporary: bool) -> Parse<Operation> {
    let if_not_exists = cursor.if_not_exists();
    let name = object_name(cursor)?;
    let columns = if cursor.is_token(&Token::LParen) { names(cursor)? } else { Vec::new() };
    cursor.expect("AS")?;
    let query = query(cursor, &[])?;
    Ok(Operation::CreateView(Box::new(CreateView { name, temporary, if_not_exists, replace: false, columns, query })))
}

fn index(reader: &mut Reader<'_, '_, '_>, unique: bool) -> Parse<Operation> {
    let cursor = &mut *reader.cursor;
    let if_not_exists = cursor.if_not_exists();
    let index_name = object_name(cursor)?;
    cursor.expect("ON")?;
    let table = ObjectName { database: None, name: name(cursor)? };
    if cursor.is_token(&Token::Period) {
        return Err(
            cursor.expected("`(`: an index is made where its table is, and its own name says in which database")
        );
    }
    let parts = cursor.parens(|c| c.list(|c| part(c, &[])))?;
    let predicate = if cursor.eat("WHERE") { Some(expression(cursor, &[])?) } else { None };
    let kind = if unique { IndexKind::Unique } else { IndexKind::Plain };
    let index = IndexDef {
        name: Some(index_name.name),
        kind,
        parts,
        predicate,
        invisible: false,
        on_conflict: None,
        implied: false,
    };
    Ok(Operation::CreateIndex(Box::new(CreateIndex {
        table,
        index,
        database: index_name.database,
        if_not_exists,
        or_replace: false,
        online: Online::default(),
    })))
}

/// A part of a key: a column or an expression, with its collation and order.
pub(super) fn part(cursor: &mut Cursor<'_, '_>, stops: &[&str]) -> Parse<IndexPart> {
    let is_column = matches!(cursor.peek(), Token::Word(_) | Token::String(..))
        && match cursor.peek_nth(1) {
            Token::Comma | Token::RParen => true,
            behind => ["COLLATE", "ASC", "DESC", "NULLS", "AUTOINCREMENT"].iter().any(|word| behind.is_word(word)),
        };
    let mut collation = None;
    let key = if is_column {
        let column = name(cursor)?;
        if cursor.eat("COLLATE") {
            collation = Some(name(cursor)?);
        }
        IndexKey::Column(column)
    } else {
        let stops: Vec<&str> = ["ASC", "DESC", "NULLS"].iter().chain(stops).copied().collect();
        IndexKey::Expression(expression(cursor, &stops)?)
    };
    let descending = cursor.eat("DESC");
    if !descending {
        cursor.eat("ASC");
    }
    if cursor.is("NULLS") {
        return Err(cursor.expected("`,` or `)` (`NULLS FIRST` goes in no index)"));
    }
    Ok(IndexPart { key, length: None, descending, collation })
}
