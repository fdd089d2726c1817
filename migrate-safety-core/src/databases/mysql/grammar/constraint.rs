//! Foreign keys and checks.

use super::index;
use super::names;
use super::words::if_not_exists_mariadb;
use crate::databases::expression;
use crate::databases::name::Name;
use crate::databases::operation::{CheckDef, ForeignKeyDef, IndexDef, ReferentialAction};
use crate::dialect::Target;
use crate::sql::cursor::{Cursor, Parse};
use crate::sql::token::Token;

/// What stands beside columns in `CREATE TABLE` and behind `ADD` in `ALTER TABLE`.
pub(super) enum Constraint {
    Index {
        index: IndexDef,
        if_not_exists: bool,
    },
    ForeignKey {
        foreign_key: ForeignKeyDef,
        if_not_exists: bool,
    },
    Check(CheckDef),
    /// `PERIOD FOR SYSTEM_TIME (a, b)` (MariaDB).
    Period,
}

/// A key, a foreign key or a check, if one stands here.
pub(super) fn constraint(cursor: &mut Cursor<'_, '_>, target: Target) -> Parse<Option<Constraint>> {
    if cursor.eat_all("PERIOD FOR") {
        names::name(cursor)?;
        names::names(cursor)?;
        return Ok(Some(Constraint::Period));
    }
    let named = cursor.eat("CONSTRAINT");
    let mut if_not_exists = named && if_not_exists_mariadb(cursor, target);
    let is_next = |c: &Cursor<'_, '_>| ["PRIMARY", "UNIQUE", "FOREIGN", "CHECK"].iter().any(|word| c.is(word));
    let symbol = if named && !is_next(cursor) { Some(names::name(cursor)?) } else { None };

    if cursor.eat("CHECK") {
        return check(cursor, symbol, None).map(|check| Some(Constraint::Check(check)));
    }
    if cursor.eat_all("FOREIGN KEY") {
        if_not_exists |= if_not_exists_mariadb(cursor, target);
        // A name here is that of the index.
        let index = if cursor.is_token(&Token::LParen) { None } else { Some(names::name(cursor)?) };
        let columns = names::names(cursor)?;
        cursor.expect("REFERENCES")?;
        let foreign_key = ForeignKeyDef { columns, name: symbol.or(index), ..references(cursor)? };
        return Ok(Some(Constraint::ForeignKey { foreign_key, if_not_exists }));
    }
    if let Some((index, exists)) = index::index(cursor, target, symbol)? {
        return Ok(Some(Constraint::Index { index, if_not_exists: if_not_exists || exists }));
    }
    if named { Err(cursor.expected("`PRIMARY KEY`, `UNIQUE`, `FOREIGN KEY` or `CHECK`")) } else { Ok(None) }
}

/// `(expression) [[NOT] ENFORCED]`, behind `CHECK`.
pub(super) fn check(cursor: &mut Cursor<'_, '_>, name: Option<Name>, at_column: Option<Name>) -> Parse<CheckDef> {
    let expression = expression::in_parens(cursor)?;
    let enforced = !cursor.eat_all("NOT ENFORCED");
    if enforced {
        cursor.eat("ENFORCED");
    }
    Ok(CheckDef { name, expression, enforced, at_column })
}

/// `t [(columns)] [MATCH …] [ON DELETE …] [ON UPDATE …]`, behind `REFERENCES`.
pub(super) fn references(cursor: &mut Cursor<'_, '_>) -> Parse<ForeignKeyDef> {
    let table = names::object_name(cursor)?;
    let referenced = if cursor.is_token(&Token::LParen) { names::names(cursor)? } else { Vec::new() };
    let mut on_delete = ReferentialAction::NoAction;
    let mut on_update = ReferentialAction::NoAction;
    loop {
        if cursor.eat("MATCH") {
            if cursor.eat_one_of(&["FULL", "PARTIAL", "SIMPLE"]).is_none() {
                return Err(cursor.expected("`FULL`, `PARTIAL` or `SIMPLE`"));
            }
        } else if cursor.eat_all("ON DELETE") {
            on_delete = referential_action(cursor)?;
        } else if cursor.eat_all("ON UPDATE") {
            on_update = referential_action(cursor)?;
        } else {
            break;
        }
    }
    Ok(ForeignKeyDef {
        name: None,
        columns: Vec::new(),
        table,
        referenced,
        on_delete,
        on_update,
        deferred: false,
        at_column: false,
    })
}

fn referential_action(cursor: &mut Cursor<'_, '_>) -> Parse<ReferentialAction> {
    const ACTIONS: [(&str, ReferentialAction); 5] = [
        ("NO ACTION", ReferentialAction::NoAction),
        ("RESTRICT", ReferentialAction::Restrict),
        ("CASCADE", ReferentialAction::Cascade),
        ("SET NULL", ReferentialAction::SetNull),
        ("SET DEFAULT", ReferentialAction::SetDefault),
    ];
    match ACTIONS.iter().find(|(words, _)| cursor.eat_all(words)) {
        Some((_, action)) => Ok(*action),
        None => Err(cursor.expected("`RESTRICT`, `CASCADE`, `SET NULL` or `NO ACTION`")),
    }
}
