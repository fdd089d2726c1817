//! What the grammars of all these servers read alike: names and lists of them.

use super::name::{Name, ObjectName};
use crate::sql::cursor::{Cursor, Parse};
use crate::sql::token::{Token, Word};

/// A name: any word; whether it may stand here is for the server to say.
pub(super) fn name(cursor: &mut Cursor<'_, '_>) -> Parse<Name> {
    let found = match cursor.peek() {
        Token::Word(Word { value, .. }) => Some(Name::new(value)),
        // SQLite takes a string where only a name makes sense.
        Token::String(_, value) => Some(Name::new(value)),
        _ => None,
    };
    match found {
        Some(name) => {
            cursor.skip();
            Ok(name)
        }
        None => Err(cursor.expected("a name")),
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

/// `(a, b, c)`: names.
pub(super) fn names(cursor: &mut Cursor<'_, '_>) -> Parse<Vec<Name>> {
    cursor.parens(|c| c.list(name))
}
