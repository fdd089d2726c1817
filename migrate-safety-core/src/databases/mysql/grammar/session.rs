//! What concerns the session or the server: settings, transactions, locks, grants.

use super::names;
use super::words::{only, wait};
use crate::databases::expression::expression;
use crate::databases::operation::{Operation, SettingScope, Transaction};
use crate::dialect::{Dialect, Target};
use crate::sql::cursor::{Cursor, Parse};
use crate::sql::statement::{Problem, ProblemKind};
use crate::sql::token::Token;

/// `SET …`.
pub(super) fn set(cursor: &mut Cursor<'_, '_>, target: Target) -> Parse<Operation> {
    /// Forms without `=`; the rest is not read.
    const WORDS: [&str; 6] = ["NAMES", "CHARACTER SET", "CHARSET", "ROLE", "DEFAULT ROLE", "RESOURCE GROUP"];

    let begin = cursor.mark();
    cursor.expect("SET")?;
    let mark = cursor.mark();
    if cursor.eat("STATEMENT") {
        let settings = cursor.list(setting)?;
        cursor.expect("FOR")?;
        only(cursor, target, Dialect::MariaDb, begin, "`SET STATEMENT`");
        let mut operation = cursor.nested(|c| super::statement(c, target))?;
        // It is another way to write `WAIT n`.
        let limit = settings.iter().rev().find(|(_, name, _)| **name == *"lock_wait_timeout");
        if let (Some(online), Some((.., seconds))) = (operation.online_mut(), limit) {
            online.wait = online.wait.or(seconds.parse().ok());
        }
        return Ok(operation);
    }
    if cursor.eat("PASSWORD") {
        cursor.skip_rest();
        return Ok(Operation::Set { scope: SettingScope::Neither, settings: Vec::new() });
    }
    if let Some(words) = WORDS.iter().find(|words| cursor.eat_all(words) && !cursor.is_token(&Token::Eq)) {
        if cursor.at_end() {
            return Err(cursor.expected("a value"));
        }
        let value = cursor.mark();
        cursor.skip_rest();
        let value = cursor.text_from(value).trim_matches(['\'', '"']);
        let settings = vec![(words.to_ascii_lowercase().into(), Some(value.into()))];
        return Ok(Operation::Set { scope: SettingScope::Neither, settings });
    }
    cursor.rewind(mark);
    cursor.eat_one_of(&["GLOBAL", "SESSION", "LOCAL"]);
    if cursor.eat("TRANSACTION") {
        if cursor.at_end() {
            return Err(cursor.expected("`ISOLATION LEVEL` or `READ`"));
        }
        cursor.skip_rest();
        return Ok(Operation::Transaction(Transaction::Other));
    }
    cursor.rewind(mark);
    let found = cursor.list(setting)?;
    let scope = if found.iter().any(|(scope, ..)| *scope == SettingScope::Global) {
        SettingScope::Global
    } else if found.iter().any(|(scope, ..)| *scope == SettingScope::Session) {
        SettingScope::Session
    } else {
        SettingScope::Neither
    };
    Ok(Operation::Set { scope, settings: found.into_iter().map(|(_, name, value)| (name, Some(value))).collect() })
}

/// `[scope] name = value`: its scope, its name in lower case, its value.
fn setting(cursor: &mut Cursor<'_, '_>) -> Parse<(SettingScope, Box<str>, Box<str>)> {
    let mut scope = match cursor.eat_one_of(&["GLOBAL", "PERSIST", "PERSIST_ONLY", "SESSION", "LOCAL"]) {
        Some("GLOBAL" | "PERSIST" | "PERSIST_ONLY") => SettingScope::Global,
        _ => SettingScope::Session,
    };
    let name = match cursor.peek() {
        Token::Parameter(text) => {
            let text = text.to_ascii_lowercase();
            match text.strip_prefix("@@") {
                None => {
                    scope = SettingScope::Neither;
                    text
                }
                Some(variable) => match variable.split_once('.') {
                    Some(("global" | "persist" | "persist_only", name)) => {
                        scope = SettingScope::Global;
                        name.to_owned()
                    }
                    Some(("session" | "local", name)) => name.to_owned(),
                    _ => variable.to_owned(),
                },
            }
        }
        Token::Word(word) => word.value.to_ascii_lowercase(),
        _ => return Err(cursor.expected("a variable")),
    };
    cursor.skip();
    let mut name = name;
    // `NEW.total`, `hot_cache.key_buffer_size`
    while cursor.eat_token(&Token::Period) {
        name = format!("{name}.{}", names::name(cursor)?.as_str().to_ascii_lowercase());
    }
    if !cursor.eat_token(&Token::Eq) && !cursor.eat_token(&Token::Assignment) {
        return Err(cursor.expected("`=`"));
    }
    // Words that begin no expression.
    let value = match cursor.eat_one_of(&["ON", "ALL", "BINARY", "ROW", "SYSTEM", "DEFAULT"]) {
        Some(word) => word.into(),
        None => expression(cursor, &["FOR"])?.sql.trim_matches('\'').into(),
    };
    Ok((scope, name.into(), value))
}

/// `BEGIN`, `START TRANSACTION`, `COMMIT`, `ROLLBACK`, `SAVEPOINT`, `RELEASE`, `XA`.
pub(super) fn transaction(cursor: &mut Cursor<'_, '_>, _target: Target) -> Parse<Operation> {
    let transaction = if cursor.eat("SAVEPOINT") {
        Transaction::Savepoint(names::name(cursor)?)
    } else if cursor.eat_all("RELEASE SAVEPOINT") {
        Transaction::Release(names::name(cursor)?)
    } else if cursor.eat("XA") {
        cursor.skip_rest();
        Transaction::Other
    } else if cursor.eat_all("START TRANSACTION") {
        cursor.skip_rest();
        Transaction::Begin { immediate: false }
    } else if cursor.eat("BEGIN") {
        cursor.eat("WORK");
        Transaction::Begin { immediate: false }
    } else if cursor.eat("COMMIT") {
        chain(cursor);
        Transaction::Commit
    } else {
        cursor.expect("ROLLBACK")?;
        cursor.eat("WORK");
        if cursor.eat("TO") {
            cursor.eat("SAVEPOINT");
            Transaction::RollbackTo(names::name(cursor)?)
        } else {
            chain(cursor);
            Transaction::Rollback
        }
    };
    Ok(Operation::Transaction(transaction))
}

/// `[WORK] [AND [NO] CHAIN] [[NO] RELEASE]`.
fn chain(cursor: &mut Cursor<'_, '_>) {
    cursor.eat("WORK");
    let _ = cursor.eat_all("AND CHAIN") || cursor.eat_all("AND NO CHAIN");
    let _ = cursor.eat("RELEASE") || cursor.eat_all("NO RELEASE");
}

/// `LOCK TABLES a WRITE, b AS c READ LOCAL`.
pub(super) fn lock(cursor: &mut Cursor<'_, '_>, target: Target) -> Parse<Operation> {
    cursor.expect("LOCK")?;
    if cursor.eat_one_of(&["TABLES", "TABLE"]).is_none() {
        return Err(cursor.expected("`TABLES`"));
    }
    let (mut write, mut read) = (Vec::new(), Vec::new());
    cursor.list(|c| {
        let table = names::object_name(c)?;
        let is_kind = |c: &Cursor<'_, '_>| c.is("READ") || c.is("WRITE") || c.is("LOW_PRIORITY");
        if c.eat("AS") || !is_kind(c) {
            names::name(c)?;
        }
        c.eat("LOW_PRIORITY");
        if c.eat("WRITE") {
            c.eat("CONCURRENT");
            write.push(table);
        } else {
            c.expect("READ")?;
            c.eat("LOCAL");
            read.push(table);
        }
        Ok(())
    })?;
    wait(cursor, target)?;
    Ok(Operation::LockTables { write, read })
}

/// `UNLOCK TABLES`, `UNLOCK INSTANCE`.
pub(super) fn unlock(cursor: &mut Cursor<'_, '_>, _target: Target) -> Parse<Operation> {
    cursor.expect("UNLOCK")?;
    match cursor.eat_one_of(&["TABLES", "TABLE", "INSTANCE"]) {
        Some("INSTANCE") => Ok(Operation::Other { words: "UNLOCK INSTANCE".into() }),
        Some(_) => Ok(Operation::UnlockTables),
        None => Err(cursor.expected("`TABLES`")),
    }
}

/// `USE database`.
pub(super) fn use_database(cursor: &mut Cursor<'_, '_>, _target: Target) -> Parse<Operation> {
    cursor.expect("USE")?;
    Ok(Operation::Use { database: names::name(cursor)? })
}

/// `GRANT …`, `REVOKE …`.
pub(super) fn grant(cursor: &mut Cursor<'_, '_>, _target: Target) -> Parse<Operation> {
    let revoke = cursor.eat("REVOKE");
    cursor.skip();
    if cursor.at_end() {
        return Err(cursor.expected("a privilege"));
    }
    cursor.skip_rest();
    Ok(Operation::Grant { revoke })
}

/// `PREPARE name FROM …`: nothing runs yet.
pub(super) fn prepare(cursor: &mut Cursor<'_, '_>, _target: Target) -> Parse<Operation> {
    cursor.expect("PREPARE")?;
    names::name(cursor)?;
    cursor.expect("FROM")?;
    expression(cursor, &[])?;
    Ok(Operation::Other { words: "PREPARE".into() })
}

/// `EXECUTE name [USING @a, …]`, `EXECUTE IMMEDIATE …`.
pub(super) fn execute(cursor: &mut Cursor<'_, '_>, _target: Target) -> Parse<Operation> {
    let mark = cursor.mark();
    cursor.expect("EXECUTE")?;
    if cursor.at_end() {
        return Err(cursor.expected("a prepared statement"));
    }
    cursor.skip_rest();
    let message = "a statement put together at run time: what it does is not known".into();
    cursor.note(Problem { kind: ProblemKind::Dynamic, span: cursor.span_from(mark), message });
    Ok(Operation::Call { routine: None, mentions: Vec::new() })
}

/// What touches no table.
pub(super) fn other(cursor: &mut Cursor<'_, '_>, _target: Target) -> Parse<Operation> {
    let mut words = Vec::new();
    while let (Token::Word(word), true) = (cursor.peek(), words.len() < 3) {
        words.push(word.value.to_ascii_uppercase());
        cursor.skip();
    }
    cursor.skip_rest();
    Ok(Operation::Other { words: words.join(" ").into() })
}
