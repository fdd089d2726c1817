//! Roles, users, groups.

use super::common::{Tail, altered, other, role, role_list};
use super::foreign;
use super::settings;
use crate::sql::cursor::{Cursor, Parse, ident_of};
use crate::sql::keyword::{self, Category};
use crate::sql::name::{Ident, ObjectName};
use crate::sql::operation::{ObjectCommand, Operation};
use crate::sql::statement::ProblemKind;
use crate::sql::token::Token;

/// Options that are one word, and the option each one sets.
const SWITCHES: &[(&str, &str)] = &[
    ("superuser", "superuser"),
    ("nosuperuser", "superuser"),
    ("createrole", "createrole"),
    ("nocreaterole", "createrole"),
    ("createdb", "createdb"),
    ("nocreatedb", "createdb"),
    ("replication", "replication"),
    ("noreplication", "replication"),
    ("login", "login"),
    ("nologin", "login"),
    ("bypassrls", "bypassrls"),
    ("nobypassrls", "bypassrls"),
    ("inherit", "inherit"),
    ("noinherit", "inherit"),
];

/// `CREATE USER`, which may also be `CREATE USER MAPPING`.
pub(super) fn create_user(c: &mut Cursor<'_, '_>) -> Parse<Operation> {
    // A user may be called `mapping`.
    if c.is_all("MAPPING FOR") || c.is_all("MAPPING IF") {
        c.advance();
        return foreign::create_user_mapping(c);
    }
    create_role(c)
}

/// `ALTER USER`, which may also be `ALTER USER MAPPING`.
pub(super) fn alter_user(c: &mut Cursor<'_, '_>) -> Parse<Operation> {
    if c.eat_all("MAPPING FOR") {
        return foreign::alter_user_mapping(c);
    }
    alter_role(c)
}

pub(super) fn create_role(c: &mut Cursor<'_, '_>) -> Parse<Operation> {
    let name = role(c)?;
    c.eat("WITH");
    options(c, true)?;
    Ok(other(ObjectCommand::Create, "role", Some(ObjectName::bare(name))))
}

/// `ALTER ROLE`, `ALTER USER`.
pub(super) fn alter_role(c: &mut Cursor<'_, '_>) -> Parse<Operation> {
    let all = c.eat("ALL");
    let name: Ident = if all { "all".into() } else { role(c)? };
    let altered = |tail| altered("role", ObjectName::bare(name), tail);
    if c.eat_all("IN DATABASE") {
        c.ident()?;
        return match settings::set_or_reset(c)? {
            Some(_) => Ok(altered(None)),
            None => Err(c.expected("`SET` or `RESET`")),
        };
    }
    if settings::set_or_reset(c)?.is_some() {
        return Ok(altered(None));
    }
    if all {
        return Err(c.expected("`IN DATABASE`, `SET` or `RESET`"));
    }
    if c.eat_all("RENAME TO") {
        return Ok(altered(Some(Tail::Rename(role(c)?))));
    }
    c.eat("WITH");
    options(c, false)?;
    Ok(altered(None))
}

pub(super) fn alter_group(c: &mut Cursor<'_, '_>) -> Parse<Operation> {
    let name = role(c)?;
    let mut tail = None;
    if c.eat_all("RENAME TO") {
        tail = Some(Tail::Rename(role(c)?));
    } else {
        if c.eat_one_of(&["ADD", "DROP"]).is_none() {
            return Err(c.expected("`ADD USER`, `DROP USER` or `RENAME TO`"));
        }
        c.expect("USER")?;
        role_list(c)?;
    }
    Ok(altered("role", ObjectName::bare(name), tail))
}

/// Options in any order, each once.
fn options(c: &mut Cursor<'_, '_>, create: bool) -> Parse<()> {
    let mut seen: Vec<&str> = Vec::new();
    while !c.at_end() {
        let again = c.problem(ProblemKind::Invalid, "conflicting or redundant options");
        let Some(option) = option(c, create)? else { return Ok(()) };
        if seen.contains(&option) {
            return Err(again);
        }
        seen.push(option);
    }
    Ok(())
}

/// One option: what it sets.
fn option(c: &mut Cursor<'_, '_>, create: bool) -> Parse<Option<&'static str>> {
    if c.is("UNENCRYPTED") {
        return Err(c.problem(ProblemKind::Invalid, "`UNENCRYPTED PASSWORD` is no longer supported"));
    }
    if c.eat_all("ENCRYPTED PASSWORD") {
        c.string()?;
        return Ok(Some("password"));
    }
    if c.eat("PASSWORD") {
        if !c.eat("NULL") {
            c.string()?;
        }
        return Ok(Some("password"));
    }
    if c.eat_all("CONNECTION LIMIT") {
        c.integer()?;
        return Ok(Some("connection limit"));
    }
    if c.eat_all("VALID UNTIL") {
        c.string()?;
        return Ok(Some("valid until"));
    }
    if c.eat("USER") {
        role_list(c)?;
        return Ok(Some("members"));
    }
    if create {
        if c.eat("SYSID") {
            c.integer()?;
            return Ok(Some("sysid"));
        }
        if c.eat("ADMIN") {
            role_list(c)?;
            return Ok(Some("admins"));
        }
        if c.eat("ROLE") {
            role_list(c)?;
            return Ok(Some("members"));
        }
        if c.eat_all("IN ROLE") || c.eat_all("IN GROUP") {
            role_list(c)?;
            return Ok(Some("memberships"));
        }
    }
    let Token::Word(word) = c.peek() else { return Ok(None) };
    if keyword::category(word) == Category::Reserved {
        return Err(c.expected("an option of the role"));
    }
    let word = ident_of(word);
    match SWITCHES.iter().find(|(name, _)| word == *name) {
        Some((_, sets)) => {
            c.advance();
            Ok(Some(sets))
        }
        None => Err(c.problem(ProblemKind::Invalid, format!("unrecognized role option `{word}`"))),
    }
}
