//! `CREATE VIRTUAL TABLE`: what stands in its parentheses is for the module to read.

use super::names::{name, object_name};
use crate::databases::expression::skip;
use crate::databases::name::Name;
use crate::databases::operation::{ColumnDef, CreateTable, DataType, Operation};
use crate::sql::cursor::{Cursor, Parse};
use crate::sql::token::{Token, Word};

/// What stands behind `CREATE VIRTUAL TABLE`.
pub(super) fn create_virtual_table(cursor: &mut Cursor<'_, '_>) -> Parse<Operation> {
    let if_not_exists = cursor.if_not_exists();
    let table = object_name(cursor)?;
    cursor.expect("USING")?;
    let module = name(cursor)?;
    let mut columns = Vec::new();
    if cursor.eat_token(&Token::LParen) {
        while !cursor.is_token(&Token::RParen) {
            columns.extend(argument(cursor, &module)?);
            if !cursor.eat_token(&Token::Comma) {
                break;
            }
        }
        cursor.expect_token(&Token::RParen)?;
    }
    Ok(Operation::CreateTable(Box::new(CreateTable {
        name: Some(table),
        if_not_exists,
        columns,
        module: Some(module),
        ..CreateTable::default()
    })))
}

/// An argument: a column, if the module is one of the library's own and this is no option.
fn argument(cursor: &mut Cursor<'_, '_>, module: &Name) -> Parse<Option<ColumnDef>> {
    const WITH_COLUMNS: [&str; 5] = ["fts3", "fts4", "fts5", "rtree", "rtree_i32"];
    let mark = cursor.mark();
    let is_option = *cursor.peek_nth(1) == Token::Eq;
    let first = match cursor.peek() {
        Token::Word(Word { value, .. }) => Some(Name::new(value)),
        Token::String(_, value) => Some(Name::new(value)),
        _ => None,
    };
    skip(cursor, &[], true)?;
    let known = WITH_COLUMNS.iter().any(|known| *module == **known);
    let column = first
        .filter(|_| known && !is_option)
        .map(|name| ColumnDef::new(name, DataType::default(), cursor.span_from(mark)));
    Ok(column)
}
