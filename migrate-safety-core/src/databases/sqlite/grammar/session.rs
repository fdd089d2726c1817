//! Transactions, `PRAGMA`, and work on the database as it is.

use super::Reader;
use super::names::{name, object_name};
use crate::databases::expression::expression;
use crate::databases::operation::{Maintenance, Operation, SettingScope, Transaction};
use crate::sql::cursor::{Cursor, Parse};
use crate::sql::token::{Token, Word};

/// Pragmas whose argument is what is asked for, and those that do something: none changes a setting.
const NO_SETTINGS: [&str; 21] = [
    "collation_list",
    "compile_options",
    "data_version",
    "database_list",
    "foreign_key_check",
    "foreign_key_list",
    "function_list",
    "incremental_vacuum",
    "index_info",
    "index_list",
    "index_xinfo",
    "integrity_check",
    "module_list",
    "optimize",
    "pragma_list",
    "quick_check",
    "shrink_memory",
    "table_info",
    "table_list",
    "table_xinfo",
    "wal_checkpoint",
];

pub(super) fn pragma(reader: &mut Reader<'_, '_, '_>) -> Parse<Operation> {
    let cursor = &mut *reader.cursor;
    let pragma = object_name(cursor)?.name.as_str().to_ascii_lowercase();
    let value = if cursor.eat_token(&Token::Eq) {
        Some(value(cursor)?)
    } else if cursor.is_token(&Token::LParen) {
        Some(cursor.parens(value)?)
    } else {
        None
    };
    let sets = value.is_some() && !NO_SETTINGS.contains(&pragma.as_str());
    let scope = if sets { SettingScope::Session } else { SettingScope::Neither };
    Ok(Operation::Set { scope, settings: vec![(pragma.into(), value)] })
}

/// A number, a string or a word.
fn value(cursor: &mut Cursor<'_, '_>) -> Parse<Box<str>> {
    let mark = cursor.mark();
    let sign = matches!(cursor.peek(), Token::Plus | Token::Minus);
    if sign {
        cursor.skip();
    }
    let value: Box<str> = match cursor.peek() {
        Token::Number(_) => {
            cursor.skip();
            return Ok(cursor.text_from(mark).into());
        }
        Token::String(_, value) if !sign => value.as_ref().into(),
        Token::Word(Word { value, .. }) if !sign => value.as_ref().into(),
        _ => return Err(cursor.expected("a number, a string or a word")),
    };
    cursor.skip();
    Ok(value)
}

pub(super) fn begin(reader: &mut Reader<'_, '_, '_>) -> Parse<Operation> {
    let mode = reader.cursor.eat_one_of(&["DEFERRED", "IMMEDIATE", "EXCLUSIVE"]);
    transaction_word(reader)?;
    let immediate = matches!(mode, Some("IMMEDIATE" | "EXCLUSIVE"));
    Ok(Operation::Transaction(Transaction::Begin { immediate }))
}

pub(super) fn commit(reader: &mut Reader<'_, '_, '_>) -> Parse<Operation> {
    transaction_word(reader)?;
    Ok(Operation::Transaction(Transaction::Commit))
}

pub(super) fn rollback(reader: &mut Reader<'_, '_, '_>) -> Parse<Operation> {
    transaction_word(reader)?;
    if !reader.cursor.eat("TO") {
        return Ok(Operation::Transaction(Transaction::Rollback));
    }
    savepoint_word(reader);
    Ok(Operation::Transaction(Transaction::RollbackTo(name(reader.cursor)?)))
}

pub(super) fn savepoint(reader: &mut Reader<'_, '_, '_>) -> Parse<Operation> {
    Ok(Operation::Transaction(Transaction::Savepoint(name(reader.cursor)?)))
}

pub(super) fn release(reader: &mut Reader<'_, '_, '_>) -> Parse<Operation> {
    savepoint_word(reader);
    Ok(Operation::Transaction(Transaction::Release(name(reader.cursor)?)))
}

/// `SAVEPOINT`, unless it is the name.
fn savepoint_word(reader: &mut Reader<'_, '_, '_>) {
    if *reader.cursor.peek_nth(1) != Token::End {
        reader.cursor.eat("SAVEPOINT");
    }
}

/// `TRANSACTION [name]`.
fn transaction_word(reader: &mut Reader<'_, '_, '_>) -> Parse<()> {
    if reader.cursor.eat("TRANSACTION") && !reader.cursor.at_end() && !reader.cursor.is("TO") {
        name(reader.cursor)?;
    }
    Ok(())
}

pub(super) fn vacuum(reader: &mut Reader<'_, '_, '_>) -> Parse<Operation> {
    if !reader.cursor.at_end() && !reader.cursor.is("INTO") {
        name(reader.cursor)?;
    }
    let mark = reader.cursor.mark();
    let into_file = reader.cursor.eat("INTO");
    if into_file {
        expression(reader.cursor, &[])?;
        reader.since(327, mark, "`VACUUM INTO`");
    }
    Ok(Operation::Maintain { command: Maintenance::Vacuum, tables: Vec::new(), into_file })
}

pub(super) fn reindex(reader: &mut Reader<'_, '_, '_>) -> Parse<Operation> {
    maintain(reader, Maintenance::Reindex)
}

pub(super) fn analyze(reader: &mut Reader<'_, '_, '_>) -> Parse<Operation> {
    maintain(reader, Maintenance::Analyze)
}

fn maintain(reader: &mut Reader<'_, '_, '_>, command: Maintenance) -> Parse<Operation> {
    let tables = if reader.cursor.at_end() { Vec::new() } else { vec![object_name(reader.cursor)?] };
    Ok(Operation::Maintain { command, tables, into_file: false })
}

pub(super) fn attach(reader: &mut Reader<'_, '_, '_>) -> Parse<Operation> {
    reader.cursor.eat("DATABASE");
    expression(reader.cursor, &["AS"])?;
    reader.cursor.expect("AS")?;
    expression(reader.cursor, &["KEY"])?;
    if reader.cursor.eat("KEY") {
        expression(reader.cursor, &[])?;
    }
    Ok(Operation::Attach { detach: false })
}

pub(super) fn detach(reader: &mut Reader<'_, '_, '_>) -> Parse<Operation> {
    reader.cursor.eat("DATABASE");
    expression(reader.cursor, &[])?;
    Ok(Operation::Attach { detach: true })
}
