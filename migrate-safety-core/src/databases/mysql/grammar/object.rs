//! `CREATE`, `ALTER` and `DROP` of what is neither a table nor an index, and which production reads what is.

use super::names;
use super::words::{user, wait};
use super::{create_table, index, options, routine, view};
use crate::databases::operation::{ObjectKind, Operation, Verb};
use crate::dialect::Target;
use crate::sql::cursor::{Cursor, Parse};
use crate::sql::token::Token;

/// What has a name and whose options are not read.
const OBJECTS: [(&str, ObjectKind); 13] = [
    ("USER", ObjectKind::User),
    ("ROLE", ObjectKind::Role),
    ("SERVER", ObjectKind::Server),
    ("SEQUENCE", ObjectKind::Sequence),
    ("TEMPORARY SEQUENCE", ObjectKind::Sequence),
    ("TABLESPACE", ObjectKind::Tablespace),
    ("UNDO TABLESPACE", ObjectKind::Tablespace),
    ("LOGFILE GROUP", ObjectKind::Tablespace),
    ("RESOURCE GROUP", ObjectKind::Other),
    ("SPATIAL REFERENCE SYSTEM", ObjectKind::Other),
    ("LIBRARY", ObjectKind::Other),
    ("CATALOG", ObjectKind::Other),
    ("INSTANCE", ObjectKind::Other),
];

/// `CREATE …`.
pub(super) fn create(cursor: &mut Cursor<'_, '_>, target: Target) -> Parse<Operation> {
    cursor.expect("CREATE")?;
    let mark = cursor.mark();
    cursor.eat_all("OR REPLACE");
    let temporary = cursor.eat("TEMPORARY");
    let is_table = cursor.is("TABLE");
    let is_sequence = temporary && cursor.is("SEQUENCE");
    let is_index = ["INDEX", "UNIQUE", "FULLTEXT", "SPATIAL INDEX", "VECTOR INDEX", "ONLINE", "OFFLINE"]
        .iter()
        .any(|words| cursor.is_all(words));
    cursor.rewind(mark);
    if is_table {
        return create_table::create(cursor, target);
    }
    if is_index {
        return index::create(cursor, target);
    }
    if routine::begins(cursor) {
        return routine::create(cursor, target);
    }
    if !is_sequence && view::begins(cursor) {
        return view::create(cursor);
    }
    cursor.eat_all("OR REPLACE");
    if cursor.eat_one_of(&["DATABASE", "SCHEMA"]).is_some() {
        let if_not_exists = cursor.if_not_exists();
        let name = Some(names::object_name(cursor)?);
        options::of_database(cursor)?;
        return Ok(Operation::Object {
            verb: Verb::Create,
            kind: ObjectKind::Database,
            name,
            if_exists: if_not_exists,
        });
    }
    object(cursor, Verb::Create)
}

/// With `ALTER` consumed.
pub(super) fn alter(cursor: &mut Cursor<'_, '_>) -> Parse<Operation> {
    if cursor.eat_one_of(&["DATABASE", "SCHEMA"]).is_some() {
        let is_option = ["DEFAULT", "CHARACTER", "CHARSET", "COLLATE", "ENCRYPTION", "READ", "COMMENT"]
            .iter()
            .any(|w| cursor.is(w));
        let name = if is_option { None } else { Some(names::object_name(cursor)?) };
        options::of_database(cursor)?;
        return Ok(Operation::Object { verb: Verb::Alter, kind: ObjectKind::Database, name, if_exists: false });
    }
    object(cursor, Verb::Alter)
}

/// `DROP …`.
pub(super) fn drop(cursor: &mut Cursor<'_, '_>, target: Target) -> Parse<Operation> {
    const ROUTINES: [(&str, ObjectKind); 7] = [
        ("DATABASE", ObjectKind::Database),
        ("SCHEMA", ObjectKind::Database),
        ("FUNCTION", ObjectKind::Function),
        ("PROCEDURE", ObjectKind::Procedure),
        ("EVENT", ObjectKind::Event),
        ("PACKAGE BODY", ObjectKind::Package),
        ("PACKAGE", ObjectKind::Package),
    ];

    cursor.expect("DROP")?;
    let mark = cursor.mark();
    let temporary = cursor.eat("TEMPORARY");
    if cursor.eat_one_of(&["TABLE", "TABLES"]).is_some() {
        let if_exists = cursor.if_exists();
        let tables = cursor.list(names::object_name)?;
        wait(cursor, target)?;
        cursor.eat_one_of(&["RESTRICT", "CASCADE"]);
        return Ok(Operation::DropTable { tables, if_exists, temporary });
    }
    cursor.rewind(mark);
    if cursor.eat("INDEX") {
        return index::drop_index(cursor, target);
    }
    if cursor.eat("VIEW") {
        let if_exists = cursor.if_exists();
        let views = cursor.list(names::object_name)?;
        cursor.eat_one_of(&["RESTRICT", "CASCADE"]);
        return Ok(Operation::DropView { views, if_exists });
    }
    if cursor.eat("TRIGGER") {
        let if_exists = cursor.if_exists();
        return Ok(Operation::DropTrigger { trigger: names::object_name(cursor)?, if_exists });
    }
    if cursor.eat("PREPARE") {
        names::name(cursor)?;
        return Ok(Operation::Other { words: "DROP PREPARE".into() });
    }
    if let Some((_, kind)) = ROUTINES.iter().find(|(words, _)| cursor.eat_all(words)) {
        let if_exists = cursor.if_exists();
        let name = Some(names::object_name(cursor)?);
        return Ok(Operation::Object { verb: Verb::Drop, kind: *kind, name, if_exists });
    }
    object(cursor, Verb::Drop)
}

/// `RENAME USER a TO b, …`.
pub(super) fn users(cursor: &mut Cursor<'_, '_>, _target: Target) -> Parse<Operation> {
    cursor.expect("RENAME USER")?;
    cursor.list(|c| {
        user(c)?;
        c.expect("TO")?;
        user(c)
    })?;
    Ok(Operation::Object { verb: Verb::Rename, kind: ObjectKind::User, name: None, if_exists: false })
}

/// `TRUNCATE [TABLE] t`.
pub(super) fn truncate(cursor: &mut Cursor<'_, '_>, target: Target) -> Parse<Operation> {
    cursor.expect("TRUNCATE")?;
    cursor.eat("TABLE");
    let table = names::object_name(cursor)?;
    wait(cursor, target)?;
    Ok(Operation::Truncate { table })
}

fn object(cursor: &mut Cursor<'_, '_>, verb: Verb) -> Parse<Operation> {
    let Some((_, kind)) = OBJECTS.iter().find(|(words, _)| cursor.eat_all(words)) else {
        return Err(cursor.expected("a kind of object"));
    };
    let if_exists = cursor.if_exists() || cursor.if_not_exists();
    let has_name = matches!(cursor.peek(), Token::Word(_)) && !matches!(kind, ObjectKind::User | ObjectKind::Role);
    let name = if has_name { Some(names::object_name(cursor)?) } else { None };
    if name.is_none() && cursor.at_end() {
        return Err(cursor.expected("a name"));
    }
    cursor.skip_rest();
    Ok(Operation::Object { verb, kind: *kind, name, if_exists })
}
