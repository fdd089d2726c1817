//! `SET`, `RESET`, `SHOW`.

use super::common::number;
use super::session::command;
use super::transaction::modes;
use crate::sql::cursor::{Cursor, Parse};
use crate::sql::name::quote;
use crate::sql::operation::{Operation, Transaction};
use crate::sql::token::Token;

/// `SET`.
pub(super) fn set(c: &mut Cursor<'_, '_>) -> Parse<Operation> {
    c.expect("SET")?;
    if c.is("CONSTRAINTS") && !assigns(c) {
        return constraints(c);
    }
    let local = !assigns(c) && c.eat("LOCAL");
    if !local && !assigns(c) && c.is("SESSION") && !c.is_nth(1, "AUTHORIZATION") && !c.is_nth(1, "CHARACTERISTICS") {
        c.eat("SESSION");
    }
    if !assigns(c) {
        if c.is_all("TRANSACTION SNAPSHOT") {
            clause(c)?;
            return Ok(Operation::Transaction(Transaction::Set));
        }
        let characteristics = c.eat_all("SESSION CHARACTERISTICS");
        if characteristics {
            c.expect("AS")?;
        }
        if characteristics || c.is("TRANSACTION") {
            c.expect("TRANSACTION")?;
            let Some(level) = modes(c)? else { return Ok(Operation::Transaction(Transaction::Set)) };
            let name = if characteristics { "default_transaction_isolation" } else { "transaction_isolation" };
            return Ok(Operation::Set { name: name.into(), value: Some(level), local: !characteristics });
        }
    }
    match clause(c)? {
        Clause::Value(name, value) => Ok(Operation::Set { name, value, local }),
        Clause::Current(_) => Ok(command("SET FROM CURRENT")),
    }
}

/// What follows `SET`: `name = value, …`, `TIME ZONE …` and other forms with words of their own.
pub(super) fn clause(c: &mut Cursor<'_, '_>) -> Parse<Clause> {
    if assigns(c) {
        return assignment(c);
    }
    let (name, value) = if c.eat_all("SESSION AUTHORIZATION") {
        let role = if c.eat("DEFAULT") { None } else { Some(word_or_string(c)?) };
        ("session_authorization", role)
    } else if c.eat_all("TRANSACTION SNAPSHOT") {
        ("transaction_snapshot", Some(c.string()?))
    } else if c.eat_all("TIME ZONE") {
        ("timezone", time_zone(c)?)
    } else if c.eat("ROLE") {
        ("role", Some(word_or_string(c)?))
    } else if c.eat("SCHEMA") {
        ("search_path", Some(quote(&c.string()?).into()))
    } else if c.eat("NAMES") {
        let encoding = if !c.eat("DEFAULT") && c.peek().string().is_some() { Some(c.string()?) } else { None };
        ("client_encoding", encoding)
    } else if c.eat_all("XML OPTION") {
        match c.eat_one_of(&["DOCUMENT", "CONTENT"]) {
            Some(word) => ("xmloption", Some(word.to_ascii_lowercase().into())),
            None => return Err(c.expected("`DOCUMENT` or `CONTENT`")),
        }
    } else {
        return assignment(c);
    };
    Ok(Clause::Value(name.into(), value))
}

/// Whether the next word is the setting itself rather than one that opens a form of its own.
fn assigns(c: &Cursor<'_, '_>) -> bool {
    matches!(c.peek_nth(1), Token::Eq | Token::Period) || c.is_nth(1, "TO") || c.is_nth(1, "FROM")
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
    Ok(command("SHOW"))
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
pub(super) fn named_setting(c: &mut Cursor<'_, '_>) -> Parse<Box<str>> {
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
pub(super) fn setting_name(c: &mut Cursor<'_, '_>) -> Parse<Box<str>> {
    let mut name = c.ident()?.to_string();
    while c.eat_token(&Token::Period) {
        name = format!("{name}.{}", c.ident()?);
    }
    // The server compares names of settings without regard to case.
    Ok(name.to_ascii_lowercase().into())
}

/// What a `SET` clause does.
pub(super) enum Clause {
    /// Sets a value; none for `DEFAULT`.
    Value(Box<str>, Option<Box<str>>),
    /// `FROM CURRENT` changes nothing for a session.
    Current(Box<str>),
}

/// `name = value, …`, `name TO DEFAULT`, `name FROM CURRENT`.
fn assignment(c: &mut Cursor<'_, '_>) -> Parse<Clause> {
    let name = setting_name(c)?;
    if c.eat_all("FROM CURRENT") {
        return Ok(Clause::Current(name));
    }
    if !c.eat("TO") && !c.eat_token(&Token::Eq) {
        return Err(c.expected("`=` or `TO`"));
    }
    if c.eat("DEFAULT") {
        return Ok(Clause::Value(name, None));
    }
    let is_list = LISTS_OF_NAMES.contains(&&*name);
    let values = c.list(|c| {
        let value = value(c)?;
        Ok(if is_list { quote(&value) } else { value.into() })
    })?;
    Ok(Clause::Value(name, Some(values.join(", ").into())))
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

/// A word, a string or a number.
fn value(c: &mut Cursor<'_, '_>) -> Parse<Box<str>> {
    if let Some(number) = number(c) {
        return Ok(number);
    }
    match c.eat_one_of(&["TRUE", "FALSE", "ON"]) {
        Some(word) => Ok(word.to_ascii_lowercase().into()),
        None if c.peek().string().is_some() => c.string(),
        None => match c.non_reserved() {
            Ok(word) => Ok(word.as_str().into()),
            Err(_) => Err(c.expected("a value")),
        },
    }
}

fn word_or_string(c: &mut Cursor<'_, '_>) -> Parse<Box<str>> {
    if c.peek().string().is_some() { c.string() } else { Ok(c.non_reserved()?.as_str().into()) }
}

/// What follows `TIME ZONE`; nothing for `LOCAL` and `DEFAULT`.
fn time_zone(c: &mut Cursor<'_, '_>) -> Parse<Option<Box<str>>> {
    if c.eat_one_of(&["LOCAL", "DEFAULT"]).is_some() {
        return Ok(None);
    }
    if let Some(number) = number(c) {
        return Ok(Some(number));
    }
    if c.peek().string().is_some() {
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
