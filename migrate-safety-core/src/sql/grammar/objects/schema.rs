//! Schemas and extensions.

use super::common::{Tail, Tails, altered, other, role, word_or_string};
use super::object_ref::extension_member;
use super::{Start, one};
use crate::sql::cursor::{Cursor, Parse};
use crate::sql::grammar::{self, Reading};
use crate::sql::name::{Ident, ObjectName};
use crate::sql::operation::{ConstraintDef, ConstraintKind, LocatedOperation, ObjectCommand, Operation};
use crate::sql::statement::ProblemKind;

/// `CREATE SCHEMA`; its elements follow in the order in which the server makes them.
pub(super) fn create_schema(c: &mut Cursor<'_, '_>, start: Start) -> Parse<Reading> {
    let if_not_exists = c.if_not_exists();
    let mut name = if c.is("AUTHORIZATION") { None } else { Some(c.ident()?) };
    if c.eat("AUTHORIZATION") {
        let role = role(c)?;
        name = name.or(Some(role));
    }
    let Some(name) = name else { return Err(c.expected("a schema name")) };
    let mut reading = one(c, start, Operation::CreateSchema { name: name.clone(), if_not_exists });
    if if_not_exists && element_follows(c) {
        return Err(c.problem(ProblemKind::Invalid, "`CREATE SCHEMA IF NOT EXISTS` cannot include schema elements"));
    }
    let mut elements = Vec::new();
    while element_follows(c) {
        let element = grammar::element(c)?;
        elements.extend(element.operations);
        reading.problems.extend(element.problems);
    }
    let made: Vec<Ident> = elements.iter().filter_map(|e| made_relation(&e.operation)).collect();
    for element in &mut elements {
        place_in_schema(element, &name, &made);
    }
    elements.sort_by_key(|e| rank(&e.operation));
    reading.operations.extend(elements);
    Ok(reading)
}

/// Whether a statement that may stand inside `CREATE SCHEMA` is next.
fn element_follows(c: &Cursor<'_, '_>) -> bool {
    const BEFORE: &[&str] =
        &["OR", "REPLACE", "GLOBAL", "LOCAL", "TEMP", "TEMPORARY", "UNLOGGED", "UNIQUE", "RECURSIVE", "CONSTRAINT"];
    const ELEMENTS: &[&str] = &["TABLE", "INDEX", "SEQUENCE", "TRIGGER", "VIEW"];
    if c.is("GRANT") {
        return true;
    }
    let mut n = 1;
    while BEFORE.iter().any(|word| c.is_nth(n, word)) {
        n += 1;
    }
    c.is("CREATE") && ELEMENTS.iter().any(|word| c.is_nth(n, word))
}

/// Sequences come first, then tables, views, indexes, triggers, grants.
fn rank(operation: &Operation) -> u8 {
    match operation {
        Operation::CreateSequence { .. } => 0,
        Operation::CreateTable(_) => 1,
        Operation::CreateView(_) => 2,
        Operation::CreateIndex(_) => 3,
        Operation::CreateTrigger(_) => 4,
        _ => 5,
    }
}

/// The table, view or sequence that an element makes, if it names no schema.
fn made_relation(operation: &Operation) -> Option<Ident> {
    let name = match operation {
        Operation::CreateSequence { name, .. } => name,
        Operation::CreateTable(table) => &table.name,
        Operation::CreateView(view) => &view.name,
        _ => return None,
    };
    name.schema.is_none().then(|| name.name.clone())
}

/// Gives the names of an element the schema they will be found in.
fn place_in_schema(element: &mut LocatedOperation, schema: &Ident, made: &[Ident]) {
    let place = |name: &mut ObjectName| {
        if name.schema.is_none() {
            name.schema = Some(schema.clone());
        }
    };
    let place_made = |name: &mut ObjectName| {
        if made.contains(&name.name) {
            place(name);
        }
    };
    match &mut element.operation {
        Operation::CreateSequence { name, .. } => place(name),
        Operation::CreateTable(table) => {
            place(&mut table.name);
            let at_columns = table.columns.iter_mut().flat_map(|column| &mut column.constraints);
            for constraint in at_columns.chain(&mut table.constraints) {
                if let ConstraintDef { kind: ConstraintKind::ForeignKey(key), .. } = constraint {
                    place_made(&mut key.table);
                }
            }
        }
        Operation::CreateView(view) => place(&mut view.name),
        Operation::CreateIndex(index) => place(&mut index.table),
        Operation::CreateTrigger(trigger) => place(&mut trigger.table),
        Operation::Grant { relations, .. } => relations.iter_mut().for_each(place_made),
        _ => {}
    }
}

pub(super) fn alter_schema(c: &mut Cursor<'_, '_>) -> Parse<Operation> {
    let name = c.ident()?;
    Ok(match Tails::RENAME_OWNER.read(c)? {
        Tail::Rename(to) => Operation::RenameSchema { name, to },
        _ => other(ObjectCommand::Alter, "schema", Some(ObjectName::bare(name))),
    })
}

pub(super) fn create_extension(c: &mut Cursor<'_, '_>) -> Parse<Operation> {
    let if_not_exists = c.if_not_exists();
    let name = c.ident()?;
    c.eat("WITH");
    let (mut schema, mut version, mut cascade) = (None, false, false);
    loop {
        let again = c.problem(ProblemKind::Invalid, "conflicting or redundant options");
        let repeated = if c.eat("SCHEMA") {
            schema.replace(c.ident()?).is_some()
        } else if c.eat("VERSION") {
            word_or_string(c)?;
            std::mem::replace(&mut version, true)
        } else if c.is("FROM") && c.version() >= 13 {
            return Err(c.problem(ProblemKind::Invalid, "`CREATE EXTENSION … FROM` is no longer supported"));
        } else if c.eat("FROM") {
            word_or_string(c)?;
            false
        } else if c.eat("CASCADE") {
            std::mem::replace(&mut cascade, true)
        } else {
            break;
        };
        if repeated {
            return Err(again);
        }
    }
    Ok(Operation::CreateExtension { name, if_not_exists, schema, cascade })
}

pub(super) fn alter_extension(c: &mut Cursor<'_, '_>) -> Parse<Operation> {
    let name = c.ident()?;
    let mut tail = None;
    if c.eat("UPDATE") {
        while c.eat("TO") {
            word_or_string(c)?;
        }
    } else if c.eat_all("SET SCHEMA") {
        tail = Some(Tail::Schema(c.ident()?));
    } else if c.eat_one_of(&["ADD", "DROP"]).is_some() {
        extension_member(c)?;
    } else {
        return Err(c.expected("`UPDATE`, `SET SCHEMA`, `ADD` or `DROP`"));
    }
    Ok(altered("extension", ObjectName::bare(name), tail))
}
