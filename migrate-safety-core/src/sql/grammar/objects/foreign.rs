//! Foreign data: wrappers, servers, user mappings, `IMPORT FOREIGN SCHEMA`; languages and access methods, which name
//! their handlers in the same way.

use super::common::{Tails, alter_options, altered, create_options, other, role, word_or_string};
use crate::sql::cursor::{Cursor, Parse};
use crate::sql::grammar::common::target;
use crate::sql::name::ObjectName;
use crate::sql::operation::{ObjectCommand, Operation};
use crate::sql::statement::ProblemKind;

use ObjectCommand::{Alter, Create};

pub(super) fn create_wrapper(c: &mut Cursor<'_, '_>) -> Parse<Operation> {
    let name = c.ident()?;
    wrapper_functions(c)?;
    create_options(c)?;
    Ok(other(Create, "foreign data wrapper", Some(ObjectName::bare(name))))
}

pub(super) fn alter_wrapper(c: &mut Cursor<'_, '_>) -> Parse<Operation> {
    let name = c.ident()?;
    let tail = Tails::RENAME_OWNER.maybe(c)?;
    if tail.is_none() {
        let functions = wrapper_functions(c)?;
        if !functions || c.is("OPTIONS") {
            alter_options(c)?;
        }
    }
    Ok(altered("foreign data wrapper", ObjectName::bare(name), tail))
}

/// `HANDLER f`, `NO VALIDATOR` …, each sort once; whether there is any.
fn wrapper_functions(c: &mut Cursor<'_, '_>) -> Parse<bool> {
    let (mut handler, mut validator) = (false, false);
    loop {
        let again = c.problem(ProblemKind::Invalid, "conflicting or redundant options");
        let seen = if c.eat_all("NO HANDLER") {
            &mut handler
        } else if c.eat_all("NO VALIDATOR") {
            &mut validator
        } else if c.eat("HANDLER") {
            c.object_name()?;
            &mut handler
        } else if c.eat("VALIDATOR") {
            c.object_name()?;
            &mut validator
        } else {
            return Ok(handler || validator);
        };
        if std::mem::replace(seen, true) {
            return Err(again);
        }
    }
}

pub(super) fn create_server(c: &mut Cursor<'_, '_>) -> Parse<Operation> {
    let mark = c.mark();
    let if_not_exists = c.if_not_exists();
    if if_not_exists {
        c.since(10, mark, "`IF NOT EXISTS` of a server");
    }
    let name = c.ident()?;
    if c.eat("TYPE") {
        c.string()?;
    }
    version(c)?;
    c.expect("FOREIGN DATA WRAPPER")?;
    c.ident()?;
    create_options(c)?;
    Ok(existing("server", if_not_exists, Some(ObjectName::bare(name))))
}

fn existing(class: &str, if_not_exists: bool, name: Option<ObjectName>) -> Operation {
    Operation::OtherObject {
        command: Create,
        class: class.into(),
        name,
        definition: None,
        change: None,
        if_exists: false,
        if_not_exists,
        cascade: false,
        sql: Box::default(),
    }
}

/// `VERSION 'v'`, `VERSION NULL`, if it is next.
fn version(c: &mut Cursor<'_, '_>) -> Parse<bool> {
    let found = c.eat("VERSION");
    if found && !c.eat("NULL") {
        c.string()?;
    }
    Ok(found)
}

pub(super) fn alter_server(c: &mut Cursor<'_, '_>) -> Parse<Operation> {
    let name = c.ident()?;
    let tail = Tails::RENAME_OWNER.maybe(c)?;
    if tail.is_none() {
        let version = version(c)?;
        if !version || c.is("OPTIONS") {
            alter_options(c)?;
        }
    }
    Ok(altered("server", ObjectName::bare(name), tail))
}

pub(super) fn create_user_mapping(c: &mut Cursor<'_, '_>) -> Parse<Operation> {
    let if_not_exists = c.if_not_exists();
    c.expect("FOR")?;
    mapped_user(c)?;
    create_options(c)?;
    Ok(existing("user mapping", if_not_exists, None))
}

pub(super) fn alter_user_mapping(c: &mut Cursor<'_, '_>) -> Parse<Operation> {
    mapped_user(c)?;
    alter_options(c)?;
    Ok(other(Alter, "user mapping", None))
}

/// `role SERVER name`.
fn mapped_user(c: &mut Cursor<'_, '_>) -> Parse<()> {
    if !c.eat("USER") {
        role(c)?;
    }
    c.expect("SERVER")?;
    c.ident()?;
    Ok(())
}

pub(super) fn import_foreign_schema(c: &mut Cursor<'_, '_>) -> Parse<Operation> {
    let name = c.ident()?;
    if c.eat_all("LIMIT TO") || c.eat("EXCEPT") {
        c.parens(|c| c.list(target))?;
    }
    c.expect("FROM SERVER")?;
    c.ident()?;
    c.expect("INTO")?;
    c.ident()?;
    create_options(c)?;
    Ok(other(Create, "foreign schema", Some(ObjectName::bare(name))))
}

pub(super) fn create_language(c: &mut Cursor<'_, '_>, _or_replace: bool) -> Parse<Operation> {
    let name = word_or_string(c)?;
    if c.eat("HANDLER") {
        c.object_name()?;
        if c.eat("INLINE") {
            c.object_name()?;
        }
        if c.eat("VALIDATOR") {
            c.object_name()?;
        } else {
            c.eat_all("NO VALIDATOR");
        }
    }
    Ok(other(Create, "language", Some(ObjectName::bare(name))))
}

pub(super) fn alter_language(c: &mut Cursor<'_, '_>) -> Parse<Operation> {
    let name = c.ident()?;
    let tail = Tails::RENAME_OWNER.read(c)?;
    Ok(altered("language", ObjectName::bare(name), Some(tail)))
}

pub(super) fn create_access_method(c: &mut Cursor<'_, '_>) -> Parse<Operation> {
    let name = c.ident()?;
    c.expect("TYPE")?;
    if c.eat_one_of(&["INDEX", "TABLE"]).is_none() {
        return Err(c.expected("`INDEX` or `TABLE`"));
    }
    c.expect("HANDLER")?;
    c.object_name()?;
    Ok(other(Create, "access method", Some(ObjectName::bare(name))))
}

pub(super) fn alter_large_object(c: &mut Cursor<'_, '_>) -> Parse<Operation> {
    super::common::number(c)?;
    Tails::OWNER.read(c)?;
    Ok(other(Alter, "large object", None))
}
