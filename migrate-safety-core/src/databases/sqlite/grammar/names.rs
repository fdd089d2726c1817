//! Names: SQLite takes a good part of its key words and strings for them.

use crate::databases::name::{Name, ObjectName};
use crate::databases::reader;
use crate::sql::cursor::{Cursor, Parse};
use crate::sql::token::{Token, Word};

/// Key words that are no names without quotes.
const RESERVED: [&str; 58] = [
    "ADD",
    "ALL",
    "ALTER",
    "AND",
    "AS",
    "AUTOINCREMENT",
    "BETWEEN",
    "CASE",
    "CHECK",
    "COLLATE",
    "COMMIT",
    "CONSTRAINT",
    "CREATE",
    "DEFAULT",
    "DEFERRABLE",
    "DELETE",
    "DISTINCT",
    "DROP",
    "ELSE",
    "ESCAPE",
    "EXCEPT",
    "EXISTS",
    "FOREIGN",
    "FROM",
    "GROUP",
    "HAVING",
    "IN",
    "INDEX",
    "INSERT",
    "INTERSECT",
    "INTO",
    "IS",
    "ISNULL",
    "JOIN",
    "LIMIT",
    "NOT",
    "NOTHING",
    "NOTNULL",
    "NULL",
    "ON",
    "OR",
    "ORDER",
    "PRIMARY",
    "REFERENCES",
    "RETURNING",
    "SELECT",
    "SET",
    "TABLE",
    "THEN",
    "TO",
    "TRANSACTION",
    "UNION",
    "UNIQUE",
    "UPDATE",
    "USING",
    "VALUES",
    "WHEN",
    "WHERE",
];

/// Whether this is a key word that is no name without quotes.
pub(in crate::databases) fn is_reserved(word: &str) -> bool {
    RESERVED.iter().any(|reserved| reserved.eq_ignore_ascii_case(word))
}

/// A name.
pub(super) fn name(cursor: &mut Cursor<'_, '_>) -> Parse<Name> {
    match cursor.peek() {
        Token::Word(Word { value, quoted: false }) if is_reserved(value) => {
            let what = format!("a name (`{value}` is a key word: quote it)");
            Err(cursor.expected(&what))
        }
        _ => reader::name(cursor),
    }
}

/// `name`, `database.name`.
pub(super) fn object_name(cursor: &mut Cursor<'_, '_>) -> Parse<ObjectName> {
    let first = name(cursor)?;
    if cursor.eat_token(&Token::Period) {
        return Ok(ObjectName { database: Some(first), name: name(cursor)? });
    }
    Ok(ObjectName { database: None, name: first })
}

/// `(a, b, c)`, where collations and orders may stand behind the names, which mean nothing.
pub(super) fn names(cursor: &mut Cursor<'_, '_>) -> Parse<Vec<Name>> {
    cursor.parens(|c| {
        c.list(|c| {
            let found = name(c)?;
            if c.eat("COLLATE") {
                name(c)?;
            }
            let _ = c.eat("ASC") || c.eat("DESC");
            Ok(found)
        })
    })
}
