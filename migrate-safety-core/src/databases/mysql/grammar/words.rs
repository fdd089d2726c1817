//! What many statements have in common: users, values of options, what only one of the two servers knows.

use crate::databases::name::Name;
use crate::databases::operation::{Algorithm, Lock, Online};
use crate::databases::reader;
use crate::dialect::{Dialect, Target};
use crate::sql::cursor::{Cursor, Mark, Parse};
use crate::sql::statement::{Problem, ProblemKind};
use crate::sql::token::Token;

/// Notes that only `dialect` knows what stands from `mark` to here, if the target is the other one.
pub(super) fn only(cursor: &mut Cursor<'_, '_>, target: Target, dialect: Dialect, mark: Mark, what: &str) {
    if target.dialect != dialect {
        let (knows, other) = match dialect {
            Dialect::MariaDb => ("MariaDB", "MySQL"),
            _ => ("MySQL", "MariaDB"),
        };
        let message = format!("{what}: {knows} knows it, {other} does not");
        let span = cursor.span_from(mark);
        cursor.note(Problem { kind: ProblemKind::Invalid, span, message: message.into() });
    }
}

/// Notes that MySQL knows what stands from `mark` to here only from this version on, if the target is an older one.
pub(super) fn since(cursor: &mut Cursor<'_, '_>, target: Target, version: (u16, u16), mark: Mark, what: &str) {
    let (minor, patch) = version;
    if target.dialect == Dialect::MySql && !target.is_from(minor, patch) {
        let message = format!("{what} needs MySQL {}.{}.{patch}; the target is {target}", minor / 100, minor % 100);
        let span = cursor.span_from(mark);
        cursor.note(Problem { kind: ProblemKind::Invalid, span, message: message.into() });
    }
}

/// `IF EXISTS` where MariaDB alone knows it.
pub(super) fn if_exists_mariadb(cursor: &mut Cursor<'_, '_>, target: Target) -> bool {
    let mark = cursor.mark();
    let found = cursor.if_exists();
    if found {
        only(cursor, target, Dialect::MariaDb, mark, "`IF EXISTS` here");
    }
    found
}

/// `IF NOT EXISTS` where MariaDB alone knows it.
pub(super) fn if_not_exists_mariadb(cursor: &mut Cursor<'_, '_>, target: Target) -> bool {
    let mark = cursor.mark();
    let found = cursor.if_not_exists();
    if found {
        only(cursor, target, Dialect::MariaDb, mark, "`IF NOT EXISTS` here");
    }
    found
}

/// `OR REPLACE` where MariaDB alone knows it.
pub(super) fn or_replace_mariadb(cursor: &mut Cursor<'_, '_>, target: Target) -> bool {
    let mark = cursor.mark();
    let found = cursor.eat_all("OR REPLACE");
    if found {
        only(cursor, target, Dialect::MariaDb, mark, "`OR REPLACE` here");
    }
    found
}

/// `'root'@'%'`, `app@localhost`, `CURRENT_USER()`, a role.
pub(super) fn user(cursor: &mut Cursor<'_, '_>) -> Parse<()> {
    if cursor.eat_one_of(&["CURRENT_USER", "CURRENT_ROLE"]).is_some() {
        if cursor.eat_token(&Token::LParen) {
            cursor.expect_token(&Token::RParen)?;
        }
        return Ok(());
    }
    reader::name(cursor)?;
    // The scanner takes `@localhost` and `@'%'` for a variable.
    let is_host = matches!(cursor.peek(), Token::Parameter(text) if text.starts_with('@'));
    if is_host {
        cursor.skip();
    } else if cursor.eat_token(&Token::Char('@')) {
        reader::name(cursor)?;
    }
    Ok(())
}

/// `DEFINER = user`, if it stands here.
pub(super) fn definer(cursor: &mut Cursor<'_, '_>) -> Parse<()> {
    if cursor.eat("DEFINER") {
        cursor.expect_token(&Token::Eq)?;
        user(cursor)?;
    }
    Ok(())
}

/// The value of an option: a name, a number or a string; the sign before it may be there.
pub(super) fn value(cursor: &mut Cursor<'_, '_>) -> Parse<Box<str>> {
    let _ = cursor.eat_token(&Token::Eq) || cursor.eat_token(&Token::Assignment);
    let negative = if cursor.eat_token(&Token::Minus) { "-" } else { "" };
    let text = match cursor.peek() {
        Token::Word(word) => word.value.to_string(),
        Token::Number(text) => format!("{negative}{text}"),
        Token::String(_, value) => value.to_string(),
        _ => return Err(cursor.expected("a value")),
    };
    cursor.skip();
    Ok(text.into())
}

/// The value of an option that is a name.
pub(super) fn value_name(cursor: &mut Cursor<'_, '_>) -> Parse<Name> {
    value(cursor).map(|value| Name::new(&value))
}

/// `ALGORITHM = …`, `LOCK = …`, if one stands here.
pub(super) fn online(cursor: &mut Cursor<'_, '_>, target: Target, online: &mut Online) -> Parse<bool> {
    const ALGORITHMS: [(&str, Option<Algorithm>); 5] = [
        ("DEFAULT", None),
        ("INSTANT", Some(Algorithm::Instant)),
        ("NOCOPY", Some(Algorithm::NoCopy)),
        ("INPLACE", Some(Algorithm::InPlace)),
        ("COPY", Some(Algorithm::Copy)),
    ];
    const LOCKS: [(&str, Option<Lock>); 4] = [
        ("DEFAULT", None),
        ("NONE", Some(Lock::None)),
        ("SHARED", Some(Lock::Shared)),
        ("EXCLUSIVE", Some(Lock::Exclusive)),
    ];

    let mark = cursor.mark();
    if cursor.eat("ALGORITHM") {
        online.algorithm = one_of(cursor, &ALGORITHMS)?;
        if online.algorithm == Some(Algorithm::NoCopy) {
            only(cursor, target, Dialect::MariaDb, mark, "`ALGORITHM=NOCOPY`");
        }
        return Ok(true);
    }
    if cursor.eat("LOCK") {
        online.lock = one_of(cursor, &LOCKS)?;
        return Ok(true);
    }
    Ok(false)
}

/// `WAIT n`, `NOWAIT` of MariaDB.
pub(super) fn wait(cursor: &mut Cursor<'_, '_>, target: Target) -> Parse<Option<u32>> {
    let mark = cursor.mark();
    let seconds = if cursor.eat("NOWAIT") {
        0
    } else if cursor.eat("WAIT") {
        cursor.integer().map(|seconds| u32::try_from(seconds).unwrap_or(u32::MAX))?
    } else {
        return Ok(None);
    };
    only(cursor, target, Dialect::MariaDb, mark, "`WAIT` and `NOWAIT` here");
    Ok(Some(seconds))
}

fn one_of<T: Copy>(cursor: &mut Cursor<'_, '_>, values: &[(&str, T)]) -> Parse<T> {
    cursor.eat_token(&Token::Eq);
    match values.iter().find(|(word, _)| cursor.is(word)) {
        Some((_, value)) => {
            cursor.skip();
            Ok(*value)
        }
        None => {
            let words: Vec<&str> = values.iter().map(|(word, _)| *word).collect();
            Err(cursor.expected(&words.join(", ")))
        }
    }
}

/// Consumes a pair of parentheses with all that is in it.
pub(super) fn skip_parens(cursor: &mut Cursor<'_, '_>) -> Parse<()> {
    cursor.parens(|c| {
        c.skip_until(|c| c.is_token(&Token::RParen));
        Ok(())
    })
}
