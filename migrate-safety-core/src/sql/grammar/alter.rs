//! `ALTER TABLE` and its kin: which relation, and the list of actions.

use super::Reading;
use super::common::{none_of, role, target};
use super::partition::partition_bound;
use super::sequence;
use super::table_action;
use crate::sql::cursor::{Cursor, Mark, Parse};
use crate::sql::name::{Ident, ObjectName};
use crate::sql::operation::{AlterTable, LocatedOperation, Operation, RelationWord, TableAction};
use crate::sql::token::Token;

/// The words behind `ALTER` and the kind of relation they name.
const KINDS: &[(&str, RelationWord)] = &[
    ("TABLE", RelationWord::Table),
    ("INDEX", RelationWord::Index),
    ("VIEW", RelationWord::View),
    ("MATERIALIZED VIEW", RelationWord::MaterializedView),
    ("SEQUENCE", RelationWord::Sequence),
    ("FOREIGN TABLE", RelationWord::ForeignTable),
];

/// The relation that is altered.
struct Altered {
    word: RelationWord,
    name: ObjectName,
    only: bool,
    if_exists: bool,
}

impl Altered {
    fn operation(&self, action: TableAction) -> Operation {
        Operation::AlterTable(Box::new(AlterTable {
            table: self.name.clone(),
            word: self.word,
            only: self.only,
            if_exists: self.if_exists,
            action,
        }))
    }
}

/// `ALTER TABLE | INDEX | VIEW | MATERIALIZED VIEW | SEQUENCE | FOREIGN TABLE`.
pub(super) fn alter_relation(c: &mut Cursor<'_, '_>) -> Parse<Reading> {
    let start = c.mark();
    c.expect("ALTER")?;
    let Some(&(words, word)) = KINDS.iter().find(|(words, _)| c.is_all(words)) else {
        let kinds = KINDS.iter().map(|(words, _)| *words);
        return Err(none_of(c, kinds, "a kind of relation"));
    };
    c.eat_all(words);
    let movable = matches!(word, RelationWord::Table | RelationWord::Index | RelationWord::MaterializedView);
    if movable && c.is_all("ALL IN TABLESPACE") {
        let operation = move_all(c, word)?;
        return Ok(Reading::one(operation, c.span_from(start)));
    }
    let if_exists = c.if_exists();
    let (name, only) = if matches!(word, RelationWord::Table | RelationWord::ForeignTable) {
        let target = target(c)?;
        (target.name, target.only)
    } else {
        (c.object_name()?, false)
    };
    let altered = Altered { word, name, only, if_exists };
    if word == RelationWord::Sequence && sequence::is_option(c) {
        let options = sequence::some_options(c)?;
        let operation = Operation::AlterSequence { name: altered.name, if_exists, options: Box::new(options) };
        return Ok(Reading::one(operation, c.span_from(start)));
    }
    let action = c.mark();
    if let Some(operation) = lone_action(c, &altered)? {
        return Ok(Reading::one(operation, c.span_from(action)));
    }
    Ok(actions(c, &altered))
}

/// `ALL IN TABLESPACE …`.
fn move_all(c: &mut Cursor<'_, '_>, kind: RelationWord) -> Parse<Operation> {
    c.expect("ALL IN TABLESPACE")?;
    let from = c.ident()?;
    if c.eat("OWNED") {
        c.expect("BY")?;
        c.list(role)?;
    }
    c.expect("SET TABLESPACE")?;
    let to = c.ident()?;
    c.eat("NOWAIT");
    Ok(Operation::MoveAllInTablespace { kind, from, to })
}

/// An action that cannot stand in a list with others.
fn lone_action(c: &mut Cursor<'_, '_>, altered: &Altered) -> Parse<Option<Operation>> {
    let is_index = altered.word == RelationWord::Index;
    let dependent = !altered.if_exists && (is_index || altered.word == RelationWord::MaterializedView);
    let start = c.mark();
    let is_table = altered.word == RelationWord::Table;
    let action = if c.eat("RENAME") {
        rename(c, altered.word)?
    } else if !is_index && c.eat_all("SET SCHEMA") {
        TableAction::SetSchema { schema: c.ident()? }
    } else if is_index && !altered.if_exists && c.eat("ATTACH") {
        c.expect("PARTITION")?;
        let child = c.object_name()?;
        c.since(11, start, "`ATTACH PARTITION` of an index");
        return Ok(Some(Operation::AttachIndexPartition { parent: altered.name.clone(), child }));
    } else if is_table && c.eat("ATTACH") {
        c.expect("PARTITION")?;
        let action = TableAction::AttachPartition { partition: c.object_name()?, bound: partition_bound(c)? };
        c.since(10, start, "`ATTACH PARTITION`");
        action
    } else if is_table && c.eat("DETACH") {
        c.expect("PARTITION")?;
        let partition = c.object_name()?;
        let concurrently = c.eat("CONCURRENTLY");
        let finalize = !concurrently && c.eat("FINALIZE");
        match concurrently || finalize {
            true => c.since(14, start, "`DETACH PARTITION … CONCURRENTLY`"),
            false => c.since(10, start, "`DETACH PARTITION`"),
        }
        TableAction::DetachPartition { partition, concurrently, finalize }
    } else if dependent && (c.is("DEPENDS") || c.is_all("NO DEPENDS")) {
        let no = c.eat("NO");
        c.expect("DEPENDS ON EXTENSION")?;
        c.ident()?;
        if no {
            c.since(13, start, "`NO DEPENDS ON EXTENSION`");
        }
        TableAction::Options
    } else {
        return Ok(None);
    };
    Ok(Some(altered.operation(action)))
}

/// What follows `RENAME`.
fn rename(c: &mut Cursor<'_, '_>, word: RelationWord) -> Parse<TableAction> {
    if c.eat("TO") {
        return Ok(TableAction::Rename { to: c.ident()? });
    }
    if word == RelationWord::Table && c.eat("CONSTRAINT") {
        let (name, to) = from_to(c)?;
        return Ok(TableAction::RenameConstraint { name, to });
    }
    if matches!(word, RelationWord::Index | RelationWord::Sequence) {
        return Err(c.expected("`TO`"));
    }
    let start = c.mark();
    c.eat("COLUMN");
    let (column, to) = from_to(c)?;
    if word == RelationWord::View {
        c.since(13, start, "`ALTER VIEW … RENAME COLUMN`");
    }
    Ok(TableAction::RenameColumn { column, to })
}

fn from_to(c: &mut Cursor<'_, '_>) -> Parse<(Ident, Ident)> {
    let from = c.ident()?;
    c.expect("TO")?;
    Ok((from, c.ident()?))
}

/// The list of actions. One that cannot be read hides no other.
fn actions(c: &mut Cursor<'_, '_>, altered: &Altered) -> Reading {
    let mut reading = Reading::default();
    loop {
        let start = c.mark();
        let action = one_action(c).unwrap_or_else(|problem| {
            reading.problems.push(problem);
            unread(c, start)
        });
        let operation = altered.operation(action);
        reading.operations.push(LocatedOperation { operation, span: c.span_from(start), routine: None });
        if !c.eat_token(&Token::Comma) {
            return reading;
        }
    }
}

/// An action up to the comma or the end behind it.
fn one_action(c: &mut Cursor<'_, '_>) -> Parse<TableAction> {
    let action = table_action::table_action(c)?;
    if c.at_end() || c.is_token(&Token::Comma) {
        Ok(action)
    } else {
        Err(c.expected("`,` or the end of the statement"))
    }
}

/// Passes over an action that could not be read.
fn unread(c: &mut Cursor<'_, '_>, start: Mark) -> TableAction {
    c.rewind(start);
    c.skip_until(|c| c.is_token(&Token::Comma));
    TableAction::Opaque { sql: c.text_from(start).into() }
}
