//! `SET`, `RESET`, `SHOW`, `DISCARD`.

use super::common::{non_reserved, number};
use super::transaction::modes;
use crate::sql::cursor::{Cursor, Parse, string_value};
use crate::sql::name::quote;
use crate::sql::operation::{Operation, Transaction};
use crate::sql::statement::ProblemKind;
use sqlparser::tokenizer::Token;

/// `SET`.
pub(super) fn set(c: &mut Cursor<'_, '_>) -> Parse<Operation> {
    c.expect("SET")?;
    if c.is("CONSTRAINTS") && !is_assignment(c.peek_nth(1), c.is_nth(1, "TO")) {
        return constraints(c);
    }
    let scoped = !is_assignment(c.peek_nth(1), c.is_nth(1, "TO"));
    let local = scoped && c.eat("LOCAL");
    if scoped && !local && c.is("SESSION") && !c.is_nth(1, "AUTHORIZATION") && !c.is_nth(1, "CHARACTERISTICS") {
        c.eat("SESSION");
    }
    let (name, value) = if is_assignment(c.peek_nth(1), c.is_nth(1, "TO")) || c.peek_nth(1) == &Token::Period {
        match assignment(c)? {
            Assignment::Value(name, value) => (name, value),
            Assignment::Current => return Ok(session("SET FROM CURRENT")),
        }
    } else if c.eat("TRANSACTION") {
        if c.eat("SNAPSHOT") {
            c.string()?;
        } else {
            modes(c)?;
        }
        return Ok(Operation::Transaction(Transaction::Set));
    } else if c.eat_all("SESSION CHARACTERISTICS") {
        c.expect("AS TRANSACTION")?;
        modes(c)?;
        return Ok(Operation::Transaction(Transaction::Set));
    } else if c.eat_all("SESSION AUTHORIZATION") {
        let role = if c.eat("DEFAULT") { None } else { Some(word_or_string(c)?) };
        ("session_authorization".into(), role)
    } else if c.eat_all("TIME ZONE") {
        ("timezone".into(), time_zone(c)?)
    } else if c.eat("ROLE") {
        ("role".into(), Some(word_or_string(c)?))
    } else if c.eat("SCHEMA") {
        ("search_path".into(), Some(quote(&c.string()?).into()))
    } else if c.eat("NAMES") {
        let encoding = if c.at_end() || c.eat("DEFAULT") { None } else { Some(c.string()?) };
        ("client_encoding".into(), encoding)
    } else if c.eat_all("XML OPTION") {
        match c.eat_one_of(&["DOCUMENT", "CONTENT"]) {
            Some(word) => ("xmloption".into(), Some(word.to_ascii_lowercase().into())),
            None => return Err(c.expected("`DOCUMENT` or `CONTENT`")),
        }
    } else {
        match assignment(c)? {
            Assignment::Value(name, value) => (name, value),
            Assignment::Current => return Ok(session("SET FROM CURRENT")),
        }
    };
    Ok(Operation::Set { name, value, local })
}

/// `RESET`.
pub(super) fn reset(c: &mut Cursor<'_, '_>) -> Parse<Operation> {
    c.expect("RESET")?;
    Ok(Operation::Set { name: named_setting(c)?, value: None, local: false })
}

/// `SHOW`.
pub(super) fn show(c: &mut Cursor<'_, '_>) -> Parse<Operation> {
    c.expect("SHOW")?;
    named_setting(c)?;
    Ok(session("SHOW"))
}

/// `DISCARD`.
pub(super) fn discard(c: &mut Cursor<'_, '_>) -> Parse<Operation> {
    c.expect("DISCARD")?;
    match c.eat_one_of(&["ALL", "PLANS", "SEQUENCES", "TEMP", "TEMPORARY"]) {
        Some("ALL") => Ok(session("DISCARD ALL")),
        Some("PLANS") => Ok(session("DISCARD PLANS")),
        Some("SEQUENCES") => Ok(session("DISCARD SEQUENCES")),
        Some(_) => Ok(session("DISCARD TEMP")),
        None => Err(c.expected("`ALL`, `PLANS`, `SEQUENCES` or `TEMP`")),
    }
}

fn session(command: &str) -> Operation {
    Operation::Session { command: command.into() }
}

/// `SET CONSTRAINTS`.
fn constraints(c: &mut Cursor<'_, '_>) -> Parse<Operation> {
    c.expect("CONSTRAINTS")?;
    let names = if c.eat("ALL") { Vec::new() } else { c.list(Cursor::object_name)? };
    match c.eat_one_of(&["DEFERRED", "IMMEDIATE"]) {
        Some(word) => Ok(Operation::SetConstraints { names, deferred: word == "DEFERRED" }),
        None => Err(c.expected("`DEFERRED` or `IMMEDIATE`")),
    }
}

/// What `RESET` and `SHOW` name.
fn named_setting(c: &mut Cursor<'_, '_>) -> Parse<Box<str>> {
    const OF_WORDS: &[(&str, &str)] = &[
        ("ALL", "all"),
        ("TIME ZONE", "timezone"),
        ("TRANSACTION ISOLATION LEVEL", "transaction_isolation"),
        ("SESSION AUTHORIZATION", "session_authorization"),
    ];
    match OF_WORDS.iter().find(|(words, _)| c.eat_all(words)) {
        Some((_, name)) => Ok((*name).into()),
        None => setting_name(c),
    }
}

/// `lock_timeout`, `app.user_id`.
fn setting_name(c: &mut Cursor<'_, '_>) -> Parse<Box<str>> {
    let mut name = c.ident()?.to_string();
    while c.eat_token(&Token::Period) {
        name = format!("{name}.{}", c.ident()?);
    }
    // The server compares names of settings without regard to case.
    Ok(name.to_ascii_lowercase().into())
}

fn is_assignment(token: &Token, to: bool) -> bool {
    to || token == &Token::Eq
}

enum Assignment {
    Value(Box<str>, Option<Box<str>>),
    /// `FROM CURRENT` changes nothing.
    Current,
}

/// `name = value, …`, `name TO DEFAULT`, `name FROM CURRENT`.
fn assignment(c: &mut Cursor<'_, '_>) -> Parse<Assignment> {
    let name = setting_name(c)?;
    if c.eat_all("FROM CURRENT") {
        return Ok(Assignment::Current);
    }
    if !c.eat("TO") && !c.eat_token(&Token::Eq) {
        return Err(c.expected("`=` or `TO`"));
    }
    if c.eat("DEFAULT") {
        return Ok(Assignment::Value(name, None));
    }
    let is_list = LISTS_OF_NAMES.contains(&&*name);
    let values = c.list(|c| {
        let value = value(c)?;
        Ok(if is_list { quote(&value) } else { value.into() })
    })?;
    if values.len() > 1 && !is_list && !LISTS.contains(&&*name) && !name.contains('.') {
        return Err(c.problem(ProblemKind::Invalid, format!("SET {name} takes only one argument")));
    }
    Ok(Assignment::Value(name, Some(values.join(", ").into())))
}

/// Settings whose value is a list of names: each is kept quoted where it must be.
const LISTS_OF_NAMES: &[&str] = &[
    "local_preload_libraries",
    "search_path",
    "session_preload_libraries",
    "shared_preload_libraries",
    "temp_tablespaces",
    "unix_socket_directories",
];

/// Settings whose value is another list.
const LISTS: &[&str] = &["datestyle", "debug_io_direct", "log_destination", "wal_consistency_checking"];

/// A word, a string or a number.
fn value(c: &mut Cursor<'_, '_>) -> Parse<Box<str>> {
    if let Some(number) = number(c) {
        return Ok(number);
    }
    match c.eat_one_of(&["TRUE", "FALSE", "ON"]) {
        Some(word) => Ok(word.to_ascii_lowercase().into()),
        None if string_value(c.peek()).is_some() => c.string(),
        None => match non_reserved(c) {
            Ok(word) => Ok(word.as_str().into()),
            Err(_) => Err(c.expected("a value")),
        },
    }
}

fn word_or_string(c: &mut Cursor<'_, '_>) -> Parse<Box<str>> {
    if string_value(c.peek()).is_some() { c.string() } else { Ok(non_reserved(c)?.as_str().into()) }
}

/// What follows `TIME ZONE`; nothing for `LOCAL` and `DEFAULT`.
fn time_zone(c: &mut Cursor<'_, '_>) -> Parse<Option<Box<str>>> {
    if c.eat_one_of(&["LOCAL", "DEFAULT"]).is_some() {
        return Ok(None);
    }
    if let Some(number) = number(c) {
        return Ok(Some(number));
    }
    if string_value(c.peek()).is_some() {
        return c.string().map(Some);
    }
    if c.eat("INTERVAL") {
        if c.is_token(&Token::LParen) {
            c.parens(Cursor::integer)?;
        }
        let value = c.string()?;
        if c.eat("HOUR") && c.eat("TO") {
            c.expect("MINUTE")?;
        }
        return Ok(Some(value));
    }
    Ok(Some(c.ident()?.as_str().into()))
}
