//! `CREATE TYPE`, `ALTER TYPE`.

use super::common::{DefinitionItem, Tail, Tails, definition};
use super::{Start, one};
use crate::sql::cursor::{Cursor, Parse};
use crate::sql::datatype::DataType;
use crate::sql::grammar::Reading;
use crate::sql::name::Ident;
use crate::sql::operation::{AlterType, LocatedOperation, Operation, TypeKind};
use crate::sql::statement::ProblemKind;
use crate::sql::token::Token;

pub(super) fn create_type(c: &mut Cursor<'_, '_>) -> Parse<Operation> {
    let name = c.object_name()?;
    let kind = if c.eat("AS") {
        described(c)?
    } else {
        if c.is_token(&Token::LParen) {
            definition(c)?;
        }
        TypeKind::Base
    };
    Ok(Operation::CreateType { name, kind })
}

/// What stands behind `AS`.
fn described(c: &mut Cursor<'_, '_>) -> Parse<TypeKind> {
    if c.eat("ENUM") {
        return c
            .parens(|c| if c.is_token(&Token::RParen) { Ok(Vec::new()) } else { c.list(Cursor::string) })
            .map(TypeKind::Enum);
    }
    if c.eat("RANGE") {
        let mark = c.mark();
        let items = definition(c)?;
        if items.iter().any(|item| &*item.name == "multirange_type_name") {
            c.since(14, mark, "a multirange type");
        }
        let named = |name| items.iter().find(|item: &&DefinitionItem| &*item.name == name);
        let type_of = |name| named(name).and_then(|item| item.data_type.clone());
        return Ok(TypeKind::Range(type_of("subtype"), type_of("multirange_type_name")));
    }
    let attributes = c.parens(|c| if c.is_token(&Token::RParen) { Ok(Vec::new()) } else { c.list(attribute) })?;
    Ok(TypeKind::Composite(attributes))
}

/// `name type [COLLATE c]`.
fn attribute(c: &mut Cursor<'_, '_>) -> Parse<(Ident, DataType)> {
    let name = c.ident()?;
    let data_type = c.data_type()?;
    collation(c)?;
    Ok((name, data_type))
}

fn collation(c: &mut Cursor<'_, '_>) -> Parse<()> {
    if c.eat("COLLATE") {
        c.object_name()?;
    }
    Ok(())
}

/// `ALTER TYPE`: one operation an action.
pub(super) fn alter_type(c: &mut Cursor<'_, '_>, start: Start) -> Parse<Reading> {
    let name = c.object_name()?;
    if is_attribute_action(c) {
        let mut operations = Vec::new();
        loop {
            let mark = c.mark();
            let action = attribute_action(c)?;
            let operation = Operation::AlterType { name: name.clone(), action };
            operations.push(LocatedOperation { operation, span: c.span_from(mark), routine: None });
            if !c.eat_token(&Token::Comma) {
                break;
            }
        }
        // A single action is the statement.
        if let [only] = operations.as_mut_slice() {
            only.span = c.span_from(start.mark);
        }
        return Ok(Reading { operations, problems: Vec::new() });
    }
    let action = single_action(c)?;
    Ok(one(c, start, Operation::AlterType { name, action }))
}

fn is_attribute_action(c: &Cursor<'_, '_>) -> bool {
    ["ADD ATTRIBUTE", "DROP ATTRIBUTE", "ALTER ATTRIBUTE"].iter().any(|words| c.is_all(words))
}

/// An action of which there can be several.
fn attribute_action(c: &mut Cursor<'_, '_>) -> Parse<AlterType> {
    if c.eat_all("ADD ATTRIBUTE") {
        let (name, data_type) = attribute(c)?;
        return Ok(AlterType::AddAttribute { name, data_type, cascade: c.cascade() });
    }
    if c.eat_all("DROP ATTRIBUTE") {
        let if_exists = c.if_exists();
        return Ok(AlterType::DropAttribute { name: c.ident()?, if_exists, cascade: c.cascade() });
    }
    c.expect("ALTER ATTRIBUTE")?;
    let name = c.ident()?;
    c.eat_all("SET DATA");
    c.expect("TYPE")?;
    let data_type = c.data_type()?;
    collation(c)?;
    Ok(AlterType::AlterAttribute { name, data_type, cascade: c.cascade() })
}

/// An action that stands alone.
fn single_action(c: &mut Cursor<'_, '_>) -> Parse<AlterType> {
    if c.eat_all("ADD VALUE") {
        return add_value(c);
    }
    if c.is_all("DROP VALUE") {
        return Err(c.problem(ProblemKind::Invalid, "the server cannot drop a value of an enum"));
    }
    let mark = c.mark();
    if c.eat_all("RENAME VALUE") {
        let from = c.string()?;
        c.expect("TO")?;
        let to = c.string()?;
        c.since(10, mark, "`RENAME VALUE`");
        return Ok(AlterType::RenameValue { from, to });
    }
    if c.eat_all("RENAME ATTRIBUTE") {
        let name = c.ident()?;
        c.expect("TO")?;
        return Ok(AlterType::RenameAttribute { name, to: c.ident()?, cascade: c.cascade() });
    }
    if c.is("SET") && *c.peek_nth(1) == Token::LParen {
        let mark = c.mark();
        c.advance();
        definition(c)?;
        c.since(13, mark, "`ALTER TYPE … SET (…)`");
        return Ok(AlterType::Other);
    }
    Ok(match Tails::RENAME_OWNER_SCHEMA.read(c)? {
        Tail::Rename(to) => AlterType::Rename { to },
        Tail::Schema(schema) => AlterType::SetSchema { schema },
        Tail::Owner | Tail::Depends => AlterType::Other,
    })
}

fn add_value(c: &mut Cursor<'_, '_>) -> Parse<AlterType> {
    let if_not_exists = c.if_not_exists();
    let value = c.string()?;
    let (mut before, mut after) = (None, None);
    match c.eat_one_of(&["BEFORE", "AFTER"]) {
        Some("BEFORE") => before = Some(c.string()?),
        Some(_) => after = Some(c.string()?),
        None => {}
    }
    Ok(AlterType::AddValue { value, if_not_exists, before, after })
}
