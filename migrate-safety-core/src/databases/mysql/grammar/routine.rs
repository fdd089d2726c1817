//! Triggers, procedures, functions, events, packages: their heads. What routines do is not looked into.

use super::names;
use super::words::{definer, only};
use crate::databases::name::{Name, ObjectName};
use crate::databases::operation::{CreateTrigger, Expression, ObjectKind, Operation, Verb};
use crate::dialect::{Dialect, Target};
use crate::sql::cursor::{Cursor, Parse};
use crate::sql::statement::{Problem, ProblemKind};
use crate::sql::token::{LocatedToken, Token, Word};

/// The routines by the words that make them, longer ones before shorter ones.
const ROUTINES: [(&str, ObjectKind); 6] = [
    ("AGGREGATE FUNCTION", ObjectKind::Function),
    ("FUNCTION", ObjectKind::Function),
    ("PROCEDURE", ObjectKind::Procedure),
    ("EVENT", ObjectKind::Event),
    ("PACKAGE BODY", ObjectKind::Package),
    ("PACKAGE", ObjectKind::Package),
];

/// Whether what stands here, behind `CREATE` or `ALTER`, leads to a routine or a trigger.
pub(super) fn begins(cursor: &mut Cursor<'_, '_>) -> bool {
    let mark = cursor.mark();
    cursor.eat_all("OR REPLACE");
    let read = definer(cursor).is_ok();
    let found = cursor.is("TRIGGER") || ROUTINES.iter().any(|(words, _)| cursor.is_all(words));
    cursor.rewind(mark);
    read && found
}

/// With `CREATE` consumed.
pub(super) fn create(cursor: &mut Cursor<'_, '_>, target: Target) -> Parse<Operation> {
    let mark = cursor.mark();
    let or_replace = cursor.eat_all("OR REPLACE");
    if or_replace {
        only(cursor, target, Dialect::MariaDb, mark, "`OR REPLACE` of a routine");
    }
    definer(cursor)?;
    if cursor.eat("TRIGGER") {
        return trigger(cursor, or_replace);
    }
    let Some((_, kind)) = ROUTINES.iter().find(|(words, _)| cursor.eat_all(words)) else {
        return Err(cursor.expected("a routine"));
    };
    let if_not_exists = cursor.if_not_exists();
    let name = Some(names::object_name(cursor)?);
    match kind {
        ObjectKind::Procedure => super::words::skip_parens(cursor)?,
        ObjectKind::Function if cursor.is_token(&Token::LParen) => super::words::skip_parens(cursor)?,
        // A function in a library: `CREATE FUNCTION f RETURNS INTEGER SONAME 'f.so'`.
        ObjectKind::Function if cursor.is("RETURNS") => {}
        ObjectKind::Function => return Err(cursor.expected("`(`")),
        ObjectKind::Event => {
            cursor.expect("ON SCHEDULE")?;
            if cursor.eat_one_of(&["AT", "EVERY"]).is_none() {
                return Err(cursor.expected("`AT` or `EVERY`"));
            }
        }
        _ => {}
    }
    if cursor.at_end() {
        return Err(cursor.expected("a body"));
    }
    cursor.skip_rest();
    Ok(Operation::Object { verb: Verb::Create, kind: *kind, name, if_exists: if_not_exists })
}

/// With `ALTER` consumed.
pub(super) fn alter(cursor: &mut Cursor<'_, '_>) -> Parse<Operation> {
    definer(cursor)?;
    let Some((_, kind)) = ROUTINES.iter().find(|(words, _)| cursor.eat_all(words)) else {
        return Err(cursor.expected("a routine"));
    };
    let name = Some(names::object_name(cursor)?);
    cursor.skip_rest();
    Ok(Operation::Object { verb: Verb::Alter, kind: *kind, name, if_exists: false })
}

/// `BEGIN NOT ATOMIC … END` of MariaDB.
pub(super) fn block(cursor: &mut Cursor<'_, '_>, target: Target) -> Parse<Operation> {
    let mark = cursor.mark();
    cursor.expect("BEGIN NOT ATOMIC")?;
    only(cursor, target, Dialect::MariaDb, mark, "`BEGIN NOT ATOMIC`");
    cursor.skip_rest();
    let message = "a block: what its statements do is not looked into".into();
    cursor.note(Problem { kind: ProblemKind::Dynamic, span: cursor.span_from(mark), message });
    Ok(Operation::Opaque { mentions: Vec::new() })
}

fn trigger(cursor: &mut Cursor<'_, '_>, or_replace: bool) -> Parse<Operation> {
    const EVENTS: [(&str, Verb); 3] = [("INSERT", Verb::Insert), ("UPDATE", Verb::Update), ("DELETE", Verb::Delete)];

    let if_not_exists = cursor.if_not_exists();
    let name = names::object_name(cursor)?;
    let before = match cursor.eat_one_of(&["BEFORE", "AFTER"]) {
        Some(word) => word == "BEFORE",
        None => return Err(cursor.expected("`BEFORE` or `AFTER`")),
    };
    let mut columns = Vec::new();
    let mut events = Vec::new();
    loop {
        let Some((_, event)) = EVENTS.iter().find(|(word, _)| cursor.eat(word)) else {
            return Err(cursor.expected("`INSERT`, `UPDATE` or `DELETE`"));
        };
        events.push(*event);
        if *event == Verb::Update && cursor.eat("OF") {
            columns = cursor.list(names::name)?;
        }
        // MariaDB 12
        if !cursor.eat("OR") {
            break;
        }
    }
    cursor.expect("ON")?;
    let table = names::object_name(cursor)?;
    cursor.expect("FOR EACH ROW")?;
    if cursor.eat_one_of(&["FOLLOWS", "PRECEDES"]).is_some() {
        names::object_name(cursor)?;
    }
    let body = body(cursor)?;
    Ok(Operation::CreateTrigger(Box::new(CreateTrigger {
        name,
        if_not_exists,
        or_replace,
        temporary: false,
        table,
        instead_of: false,
        before,
        event: events.first().copied().unwrap_or(Verb::Update),
        columns,
        body,
    })))
}

/// The body of a trigger: the names and tables that it mentions.
fn body(cursor: &mut Cursor<'_, '_>) -> Parse<Expression> {
    if cursor.at_end() {
        return Err(cursor.expected("a body"));
    }
    let mark = cursor.mark();
    cursor.skip_rest();
    let mut body = Expression { sql: cursor.text_from(mark).into(), ..Expression::default() };
    let mut before = &Token::End;
    let tokens = cursor.tokens_from(mark);
    for (at, LocatedToken { token, .. }) in tokens.iter().enumerate() {
        let Token::Word(Word { value, .. }) = token else {
            before = token;
            continue;
        };
        let is_qualifier = matches!(tokens.get(at + 1), Some(next) if next.token == Token::Period);
        let qualifier = match (before, at.checked_sub(2).and_then(|at| tokens.get(at))) {
            (Token::Period, Some(LocatedToken { token: Token::Word(word), .. })) => Some(Name::new(&word.value)),
            _ => None,
        };
        if ["FROM", "JOIN", "INTO", "UPDATE"].iter().any(|word| before.is_word(word)) {
            body.reads.push(ObjectName::bare(&**value));
        } else if !is_qualifier {
            body.columns.push((qualifier, Name::new(value)));
        }
        before = token;
    }
    Ok(body)
}
