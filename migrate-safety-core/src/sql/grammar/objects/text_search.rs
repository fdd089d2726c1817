//! Text search objects and collations.

use super::common::{Tails, altered, definition, other};
use crate::sql::cursor::{Cursor, Parse};
use crate::sql::operation::{ObjectCommand, Operation};

use ObjectCommand::Create;

/// `CREATE TEXT SEARCH` of any of the four classes.
pub(super) fn create_text_search(c: &mut Cursor<'_, '_>) -> Parse<Operation> {
    let class = class(c)?;
    let name = c.object_name()?;
    definition(c)?;
    Ok(other(Create, class, Some(name)))
}

fn class(c: &mut Cursor<'_, '_>) -> Parse<&'static str> {
    match c.eat_one_of(&["PARSER", "DICTIONARY", "TEMPLATE", "CONFIGURATION"]) {
        Some("PARSER") => Ok("text search parser"),
        Some("DICTIONARY") => Ok("text search dictionary"),
        Some("TEMPLATE") => Ok("text search template"),
        Some(_) => Ok("text search configuration"),
        None => Err(c.expected("`PARSER`, `DICTIONARY`, `TEMPLATE` or `CONFIGURATION`")),
    }
}

pub(super) fn alter_text_search(c: &mut Cursor<'_, '_>) -> Parse<Operation> {
    let class = class(c)?;
    let name = c.object_name()?;
    let owned = matches!(class, "text search dictionary" | "text search configuration");
    let tails = if owned { Tails::RENAME_OWNER_SCHEMA } else { Tails::RENAME_SCHEMA };
    let tail = tails.maybe(c)?;
    if tail.is_none() {
        match class {
            "text search dictionary" => definition(c).map(drop)?,
            "text search configuration" => mapping(c)?,
            _ => return Err(c.expected("`RENAME TO` or `SET SCHEMA`")),
        }
    }
    Ok(altered(class, name, tail))
}

/// `ADD MAPPING FOR tokens WITH dictionaries` and its kin.
fn mapping(c: &mut Cursor<'_, '_>) -> Parse<()> {
    if c.eat_all("DROP MAPPING") {
        c.if_exists();
        c.expect("FOR")?;
        return c.list(Cursor::ident).map(drop);
    }
    if c.eat_all("ADD MAPPING") {
        c.expect("FOR")?;
        c.list(Cursor::ident)?;
        c.expect("WITH")?;
        return c.list(Cursor::object_name).map(drop);
    }
    if !c.eat_all("ALTER MAPPING") {
        return Err(c.expected("`ADD`, `ALTER` or `DROP MAPPING`"));
    }
    let tokens = c.eat("FOR");
    if tokens {
        c.list(Cursor::ident)?;
    }
    if tokens && c.eat("WITH") {
        return c.list(Cursor::object_name).map(drop);
    }
    c.expect("REPLACE")?;
    c.object_name()?;
    c.expect("WITH")?;
    c.object_name().map(drop)
}

pub(super) fn create_collation(c: &mut Cursor<'_, '_>) -> Parse<Operation> {
    let if_not_exists = c.if_not_exists();
    let name = c.object_name()?;
    let mark = c.mark();
    if c.eat("FROM") {
        c.object_name()?;
    } else {
        definition(c)?;
    }
    let definition = Some(c.text_from(mark).into());
    Ok(Operation::OtherObject {
        command: Create,
        class: "collation".into(),
        name: Some(name),
        definition,
        change: None,
        if_exists: false,
        if_not_exists,
        cascade: false,
        sql: Box::default(),
    })
}

pub(super) fn alter_collation(c: &mut Cursor<'_, '_>) -> Parse<Operation> {
    let name = c.object_name()?;
    let tail = if c.eat_all("REFRESH VERSION") { None } else { Some(Tails::RENAME_OWNER_SCHEMA.read(c)?) };
    Ok(altered("collation", name, tail))
}
