//! Indexes: as an element of a table, and as statements of their own.

use super::names;
use super::words::{if_exists_mariadb, if_not_exists_mariadb, online, only, or_replace_mariadb, since, value, wait};
use crate::databases::expression;
use crate::databases::name::Name;
use crate::databases::operation::{CreateIndex, IndexDef, IndexKey, IndexKind, IndexPart, Online, Operation};
use crate::dialect::{Dialect, Target};
use crate::sql::cursor::{Cursor, Parse};
use crate::sql::token::Token;

/// `{INDEX | KEY} [name] [USING …] (parts) …` and its sorts, if one stands here; whether `IF NOT EXISTS` is in it.
/// `symbol` is what stands behind `CONSTRAINT`.
pub(super) fn index(
    cursor: &mut Cursor<'_, '_>,
    target: Target,
    symbol: Option<Name>,
) -> Parse<Option<(IndexDef, bool)>> {
    let kind = if cursor.eat_all("PRIMARY KEY") {
        IndexKind::Primary
    } else if cursor.eat("UNIQUE") {
        IndexKind::Unique
    } else if cursor.eat("FULLTEXT") {
        IndexKind::FullText
    } else if cursor.eat("SPATIAL") {
        IndexKind::Spatial
    } else if cursor.is_all("VECTOR INDEX") || cursor.is_all("VECTOR KEY") {
        cursor.skip();
        IndexKind::Vector
    } else if cursor.is("INDEX") || cursor.is("KEY") {
        IndexKind::Plain
    } else {
        return Ok(None);
    };
    if kind != IndexKind::Primary {
        cursor.eat_one_of(&["INDEX", "KEY"]);
    }
    let if_not_exists = if_not_exists_mariadb(cursor, target);
    let mut def = IndexDef {
        name: symbol,
        kind,
        parts: Vec::new(),
        predicate: None,
        invisible: false,
        on_conflict: None,
        implied: false,
    };
    // The server takes a name of a primary key, and forgets it.
    if !cursor.is_token(&Token::LParen) && !cursor.is("USING") && !cursor.is("TYPE") {
        def.name = Some(names::name(cursor)?);
    }
    if kind == IndexKind::Primary {
        def.name = None;
    }
    index_type(cursor)?;
    def.parts = parts(cursor, target)?;
    while option(cursor, target, &mut def)? {}
    Ok(Some((def, if_not_exists)))
}

/// `CREATE [OR REPLACE] [UNIQUE] INDEX name ON t (parts) …`, with `CREATE` consumed.
pub(super) fn create(cursor: &mut Cursor<'_, '_>, target: Target) -> Parse<Operation> {
    const KINDS: [(&str, IndexKind); 5] = [
        ("INDEX", IndexKind::Plain),
        ("UNIQUE INDEX", IndexKind::Unique),
        ("FULLTEXT INDEX", IndexKind::FullText),
        ("SPATIAL INDEX", IndexKind::Spatial),
        ("VECTOR INDEX", IndexKind::Vector),
    ];

    let or_replace = or_replace_mariadb(cursor, target);
    // A word of old: `CREATE ONLINE INDEX`.
    cursor.eat_one_of(&["ONLINE", "OFFLINE"]);
    let Some((_, kind)) = KINDS.iter().find(|(words, _)| cursor.eat_all(words)) else {
        return Err(cursor.expected("`INDEX`"));
    };
    let if_not_exists = if_not_exists_mariadb(cursor, target);
    let name = Some(names::name(cursor)?);
    index_type(cursor)?;
    cursor.expect("ON")?;
    let table = names::object_name(cursor)?;
    let mut index = IndexDef {
        name,
        kind: *kind,
        parts: Vec::new(),
        predicate: None,
        invisible: false,
        on_conflict: None,
        implied: false,
    };
    index.parts = parts(cursor, target)?;
    let mut how = Online { wait: wait(cursor, target)?, ..Online::default() };
    while option(cursor, target, &mut index)? || online(cursor, target, &mut how)? {}
    Ok(Operation::CreateIndex(Box::new(CreateIndex {
        table,
        index,
        database: None,
        if_not_exists,
        or_replace,
        online: how,
    })))
}

/// `DROP INDEX name ON t …`, with `DROP INDEX` consumed.
pub(super) fn drop_index(cursor: &mut Cursor<'_, '_>, target: Target) -> Parse<Operation> {
    let if_exists = if_exists_mariadb(cursor, target);
    let index = names::object_name(cursor)?;
    cursor.expect("ON")?;
    let table = Some(names::object_name(cursor)?);
    let mut how = Online { wait: wait(cursor, target)?, ..Online::default() };
    let mark = cursor.mark();
    while online(cursor, target, &mut how)? {}
    if how.algorithm.is_some() || how.lock.is_some() {
        only(cursor, target, Dialect::MySql, mark, "`ALGORITHM` and `LOCK` of `DROP INDEX`");
    }
    Ok(Operation::DropIndex { index, table, if_exists, online: how })
}

/// `(a, b(10) DESC, (lower(c)))`.
fn parts(cursor: &mut Cursor<'_, '_>, target: Target) -> Parse<Vec<IndexPart>> {
    cursor.parens(|c| c.list(|c| part(c, target)))
}

fn part(cursor: &mut Cursor<'_, '_>, target: Target) -> Parse<IndexPart> {
    let mark = cursor.mark();
    let (key, length) = if cursor.is_token(&Token::LParen) {
        let expression = expression::in_parens(cursor)?;
        only(cursor, target, Dialect::MySql, mark, "an index over an expression");
        since(cursor, target, (800, 13), mark, "an index over an expression");
        (IndexKey::Expression(expression), None)
    } else {
        let column = names::name(cursor)?;
        let length = if cursor.is_token(&Token::LParen) { Some(cursor.parens(Cursor::integer)?) } else { None };
        (IndexKey::Column(column), length.map(|length| u32::try_from(length).unwrap_or(u32::MAX)))
    };
    let descending = cursor.eat("DESC");
    if !descending {
        cursor.eat("ASC");
    }
    cursor.eat_all("WITHOUT OVERLAPS");
    Ok(IndexPart { key, length, descending, collation: None })
}

/// `USING BTREE`, if it stands here.
fn index_type(cursor: &mut Cursor<'_, '_>) -> Parse<bool> {
    if cursor.eat_one_of(&["USING", "TYPE"]).is_none() {
        return Ok(false);
    }
    match cursor.eat_one_of(&["BTREE", "HASH", "RTREE"]) {
        Some(_) => Ok(true),
        None => Err(cursor.expected("`BTREE`, `HASH` or `RTREE`")),
    }
}

/// An option of an index, if one stands here.
fn option(cursor: &mut Cursor<'_, '_>, target: Target, index: &mut IndexDef) -> Parse<bool> {
    const WITH_VALUE: &[&str] = &[
        "KEY_BLOCK_SIZE",
        "COMMENT",
        "ENGINE_ATTRIBUTE",
        "SECONDARY_ENGINE_ATTRIBUTE",
        "CLUSTERING",
        "DISTANCE",
        "M",
        "WITH PARSER",
    ];
    /// What they are called, whether the index is used, and who knows it.
    const VISIBILITIES: [(&str, bool, Dialect); 4] = [
        ("INVISIBLE", true, Dialect::MySql),
        ("VISIBLE", false, Dialect::MySql),
        ("NOT IGNORED", false, Dialect::MariaDb),
        ("IGNORED", true, Dialect::MariaDb),
    ];

    if index_type(cursor)? {
        return Ok(true);
    }
    let mark = cursor.mark();
    if let Some((words, invisible, dialect)) = VISIBILITIES.iter().find(|(words, ..)| cursor.eat_all(words)) {
        only(cursor, target, *dialect, mark, &format!("`{words}` of an index"));
        index.invisible = *invisible;
        return Ok(true);
    }
    if WITH_VALUE.iter().any(|words| cursor.eat_all(words)) {
        value(cursor)?;
        return Ok(true);
    }
    // Options of MariaDB's storage engines.
    let of_engine = target.dialect == Dialect::MariaDb
        && matches!((cursor.peek(), cursor.peek_nth(1)), (Token::Word(_), Token::Eq))
        && !cursor.is("ALGORITHM")
        && !cursor.is("LOCK");
    if of_engine {
        cursor.skip();
        value(cursor)?;
    }
    Ok(of_engine)
}
