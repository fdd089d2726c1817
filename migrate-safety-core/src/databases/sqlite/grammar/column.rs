//! A column with its constraints.

use super::Reader;
use super::create::part;
use super::names::{is_reserved, name, names};
use crate::databases::expression::{in_parens, operand};
use crate::databases::name::{Name, ObjectName};
use crate::databases::operation::{
    CheckDef, ColumnDef, DataType, Expression, ForeignKeyDef, Generated, IndexDef, IndexKey, IndexKind, IndexPart,
    ReferentialAction,
};
use crate::sql::cursor::{Cursor, Parse};
use crate::sql::token::{Token, Word};

/// The keys, checks and foreign keys of a table, in the order in which they are written.
#[derive(Debug, Default)]
pub(super) struct Constraints {
    pub(super) found: Vec<Constraint>,
}

#[derive(Debug)]
pub(super) enum Constraint {
    Index(IndexDef),
    ForeignKey(ForeignKeyDef),
    Check(CheckDef),
}

/// A column; its keys, checks and foreign keys go to `constraints`.
pub(super) fn column(reader: &mut Reader<'_, '_, '_>, constraints: &mut Constraints) -> Parse<ColumnDef> {
    let mark = reader.cursor.mark();
    let name = name(reader.cursor)?;
    let data_type = data_type(reader.cursor)?;
    let mut column = ColumnDef::new(name, data_type, reader.cursor.span_from(mark));
    while constraint(reader, &mut column, constraints)? {}
    column.span = reader.cursor.span_from(mark);
    Ok(column)
}

/// A type: any words, with one or two numbers.
fn data_type(cursor: &mut Cursor<'_, '_>) -> Parse<DataType> {
    let mut words: Vec<String> = Vec::new();
    loop {
        match cursor.peek() {
            Token::Word(Word { value, quoted: false }) if ends_type(value) => break,
            Token::Word(Word { value, .. }) => words.push(value.to_ascii_lowercase()),
            Token::String(_, value) => words.push(value.to_ascii_lowercase()),
            _ => break,
        }
        cursor.skip();
        if cursor.is_all("GENERATED ALWAYS") {
            break;
        }
    }
    let mut arguments = Vec::new();
    if !words.is_empty() && cursor.eat_token(&Token::LParen) {
        arguments.push(number(cursor)?);
        if cursor.eat_token(&Token::Comma) {
            arguments.push(number(cursor)?);
        }
        cursor.expect_token(&Token::RParen)?;
    }
    let unsigned = words.iter().any(|word| word == "unsigned");
    Ok(DataType { name: words.join(" ").into(), arguments, unsigned })
}

/// Whether a word is none of a type.
fn ends_type(word: &str) -> bool {
    const NO_TYPE: [&str; 7] = ["CROSS", "FULL", "INNER", "LEFT", "NATURAL", "OUTER", "RIGHT"];
    is_reserved(word)
        || word.eq_ignore_ascii_case("GENERATED")
        || word.eq_ignore_ascii_case("INDEXED")
        || NO_TYPE.iter().any(|other| other.eq_ignore_ascii_case(word))
}

fn number(cursor: &mut Cursor<'_, '_>) -> Parse<Box<str>> {
    let mark = cursor.mark();
    if matches!(cursor.peek(), Token::Plus | Token::Minus) {
        cursor.skip();
    }
    if !matches!(cursor.peek(), Token::Number(_)) {
        return Err(cursor.expected("a number"));
    }
    cursor.skip();
    Ok(cursor.text_from(mark).into())
}

/// A constraint behind a column, if one is there.
fn constraint(reader: &mut Reader<'_, '_, '_>, column: &mut ColumnDef, constraints: &mut Constraints) -> Parse<bool> {
    let cursor = &mut *reader.cursor;
    let mut named = None;
    while cursor.eat("CONSTRAINT") {
        named = Some(name(cursor)?);
    }
    if cursor.eat("DEFAULT") {
        column.default = Some(default(cursor)?);
    } else if cursor.eat("NULL") {
        on_conflict(cursor)?;
        column.not_null = Some(false);
    } else if cursor.is_all("NOT NULL") {
        cursor.eat_all("NOT NULL");
        column.on_null = on_conflict(cursor)?.filter(|how| **how != *"abort");
        column.not_null = Some(true);
    } else if cursor.eat_all("PRIMARY KEY") {
        let descending = cursor.eat("DESC");
        let _ = !descending && cursor.eat("ASC");
        let on_conflict = on_conflict(cursor)?;
        column.auto_increment = cursor.eat("AUTOINCREMENT");
        constraints.column_key(column, named, IndexKind::Primary, descending, on_conflict);
    } else if cursor.eat("UNIQUE") {
        let on_conflict = on_conflict(cursor)?;
        constraints.column_key(column, named, IndexKind::Unique, false, on_conflict);
    } else if cursor.eat("CHECK") {
        constraints.check(cursor, named, Some(column.name.clone()))?;
    } else if cursor.eat("REFERENCES") {
        let key = references(cursor, named, vec![column.name.clone()], true)?;
        constraints.found.push(Constraint::ForeignKey(key));
    } else if let Some(deferred) = deferrable(cursor)? {
        // Behind another constraint it is still that of the last foreign key.
        if let Some(Constraint::ForeignKey(key)) =
            constraints.found.iter_mut().rev().find(|c| matches!(c, Constraint::ForeignKey(_)))
        {
            key.deferred = deferred;
        }
    } else if cursor.eat("COLLATE") {
        column.collation = Some(name(cursor)?);
    } else if cursor.is("AS") || cursor.is_all("GENERATED ALWAYS AS") {
        column.generated = Some(generated(reader)?);
    } else if named.is_some() {
        // A name of nothing.
        let ends = matches!(cursor.peek(), Token::Comma | Token::RParen | Token::End);
        return if ends { Ok(false) } else { Err(cursor.expected("a constraint")) };
    } else {
        return Ok(false);
    }
    Ok(true)
}

/// What stands behind `DEFAULT`: a constant, a word, or an expression in parentheses.
fn default(cursor: &mut Cursor<'_, '_>) -> Parse<Expression> {
    match cursor.peek() {
        Token::Word(Word { value, quoted }) => {
            let is_name = *quoted || !is_reserved(value) || cursor.is("NULL");
            if !is_name || *cursor.peek_nth(1) == Token::LParen {
                return Err(cursor.expected("a constant, or an expression in parentheses"));
            }
            operand(cursor)
        }
        _ => operand(cursor),
    }
}

fn generated(reader: &mut Reader<'_, '_, '_>) -> Parse<Generated> {
    let mark = reader.cursor.mark();
    reader.cursor.eat_all("GENERATED ALWAYS");
    reader.cursor.expect("AS")?;
    let expression = in_parens(reader.cursor)?;
    let stored = reader.cursor.eat("STORED");
    if !stored {
        reader.cursor.eat("VIRTUAL");
    }
    reader.since(331, mark, "a generated column");
    Ok(Generated { expression, stored })
}

/// `ON CONFLICT …`, in lower case.
pub(super) fn on_conflict(cursor: &mut Cursor<'_, '_>) -> Parse<Option<Box<str>>> {
    const RESOLUTIONS: [&str; 5] = ["ROLLBACK", "ABORT", "FAIL", "IGNORE", "REPLACE"];
    if !cursor.eat_all("ON CONFLICT") {
        return Ok(None);
    }
    match cursor.eat_one_of(&RESOLUTIONS) {
        Some(resolution) => Ok(Some(resolution.to_ascii_lowercase().into())),
        None => Err(cursor.expected("`ROLLBACK`, `ABORT`, `FAIL`, `IGNORE` or `REPLACE`")),
    }
}

/// `[NOT] DEFERRABLE [INITIALLY …]`, if it is next: whether the check is deferred.
fn deferrable(cursor: &mut Cursor<'_, '_>) -> Parse<Option<bool>> {
    let not = cursor.eat_all("NOT DEFERRABLE");
    if !not && !cursor.eat("DEFERRABLE") {
        return Ok(None);
    }
    let deferred = cursor.eat("INITIALLY") && {
        let deferred = cursor.eat("DEFERRED");
        if !deferred {
            cursor.expect("IMMEDIATE")?;
        }
        deferred
    };
    Ok(Some(deferred && !not))
}

/// What stands behind `REFERENCES`.
fn references(
    cursor: &mut Cursor<'_, '_>,
    named: Option<Name>,
    columns: Vec<Name>,
    at_column: bool,
) -> Parse<ForeignKeyDef> {
    let table = ObjectName { database: None, name: name(cursor)? };
    let referenced = if cursor.is_token(&Token::LParen) { names(cursor)? } else { Vec::new() };
    let (mut on_delete, mut on_update) = (ReferentialAction::NoAction, ReferentialAction::NoAction);
    loop {
        if cursor.eat_all("ON DELETE") {
            on_delete = action(cursor)?;
        } else if cursor.eat_all("ON UPDATE") {
            on_update = action(cursor)?;
        } else if cursor.eat_all("ON INSERT") {
            action(cursor)?;
        } else if cursor.eat("MATCH") {
            name(cursor)?;
        } else {
            break;
        }
    }
    let deferred = deferrable(cursor)?.unwrap_or(false);
    Ok(ForeignKeyDef { name: named, columns, table, referenced, on_delete, on_update, deferred, at_column })
}

fn action(cursor: &mut Cursor<'_, '_>) -> Parse<ReferentialAction> {
    let actions = [
        ("SET NULL", ReferentialAction::SetNull),
        ("SET DEFAULT", ReferentialAction::SetDefault),
        ("CASCADE", ReferentialAction::Cascade),
        ("RESTRICT", ReferentialAction::Restrict),
        ("NO ACTION", ReferentialAction::NoAction),
    ];
    match actions.into_iter().find(|(words, _)| cursor.eat_all(words)) {
        Some((_, action)) => Ok(action),
        None => Err(cursor.expected("`SET NULL`, `SET DEFAULT`, `CASCADE`, `RESTRICT` or `NO ACTION`")),
    }
}

impl Constraints {
    fn column_key(
        &mut self,
        column: &ColumnDef,
        named: Option<Name>,
        kind: IndexKind,
        descending: bool,
        on_conflict: Option<Box<str>>,
    ) {
        let key = IndexKey::Column(column.name.clone());
        let parts = vec![IndexPart { key, length: None, descending, collation: None }];
        let index =
            IndexDef { name: named, kind, parts, predicate: None, invisible: false, on_conflict, implied: false };
        self.found.push(Constraint::Index(index));
    }

    /// `(a, b)` behind `PRIMARY KEY` or `UNIQUE` of the table.
    pub(super) fn table_key(&mut self, cursor: &mut Cursor<'_, '_>, named: Option<Name>, kind: IndexKind) -> Parse<()> {
        let parts = cursor.parens(|c| {
            let parts = c.list(|c| part(c, &["AUTOINCREMENT"]))?;
            c.eat("AUTOINCREMENT");
            Ok(parts)
        })?;
        let on_conflict = on_conflict(cursor)?;
        let index =
            IndexDef { name: named, kind, parts, predicate: None, invisible: false, on_conflict, implied: false };
        self.found.push(Constraint::Index(index));
        Ok(())
    }

    /// `(…)` behind `CHECK`.
    pub(super) fn check(&mut self, cursor: &mut Cursor<'_, '_>, named: Option<Name>, at: Option<Name>) -> Parse<()> {
        let expression = in_parens(cursor)?;
        let check = CheckDef { name: named, expression, enforced: true, at_column: at };
        self.found.push(Constraint::Check(check));
        Ok(())
    }

    /// `(a) REFERENCES …` behind `FOREIGN KEY`.
    pub(super) fn table_foreign_key(&mut self, cursor: &mut Cursor<'_, '_>, named: Option<Name>) -> Parse<()> {
        let columns = names(cursor)?;
        cursor.expect("REFERENCES")?;
        self.found.push(Constraint::ForeignKey(references(cursor, named, columns, false)?));
        Ok(())
    }
}
