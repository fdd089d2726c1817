//! Procedures of a script that change one thing: the usual way to drop what may not be there.
//!
//! `CREATE PROCEDURE drop_index(IN t varchar(64), IN i varchar(64)) BEGIN IF EXISTS (…) THEN SET @s = CONCAT('ALTER TABLE ',
//! t, ' DROP INDEX ', i); PREPARE p FROM @s; EXECUTE p; END IF; END; CALL drop_index('users', 'by_name');`

use super::texts::{Texts, arguments};
use super::{change, slice, tokens};
use crate::databases::operation::{Operation, Verb};
use crate::databases::statement::Statement;
use crate::dialect::Target;
use crate::sql::token::{LocatedToken, Token};
use std::collections::BTreeMap;

/// The one change of the schema that a call makes, if it makes one and that is known.
pub(super) fn called(target: Target, text: &str, before: &[Statement], call: &Statement) -> Option<Operation> {
    let Operation::Call { routine: Some(routine), .. } = &call.operation else { return None };
    let made = before.iter().rev().find(|statement| {
        matches!(&statement.operation, Operation::Object { verb: Verb::Create, name: Some(name), .. } if name.name == routine.name)
    })?;
    let sql = text.get(made.span.range())?;
    let words = tokens(target, sql);
    let (parameters, body) = parts(&words)?;
    let values = tokens(target, text.get(call.span.range())?);
    let values = values.iter().position(|token| token.token == Token::LParen).and_then(|open| inner(&values, open));
    let mut texts = Texts::default();
    for (parameter, value) in
        arguments(parameters).iter().zip(arguments(values.map(|(list, _)| list).unwrap_or_default()))
    {
        let name = parameter.iter().find(|token| !["IN", "OUT", "INOUT"].iter().any(|way| token.token.is_word(way)))?;
        texts.set(slice(sql, name).trim_matches('`'), texts.one(value));
    }
    match <[Operation; 1]>::try_from(changes(target, sql, body, texts)?) {
        Ok([operation]) => Some(operation),
        Err(_) => None,
    }
}

/// The parameters of a routine, and what stands behind them.
fn parts<'s, 't>(words: &'s [LocatedToken<'t>]) -> Option<(&'s [LocatedToken<'t>], &'s [LocatedToken<'t>])> {
    let at = words.iter().position(|token| token.token.is_word("PROCEDURE"))?;
    let open = at + words.get(at..)?.iter().position(|token| token.token == Token::LParen)?;
    let (parameters, close) = inner(words, open)?;
    Some((parameters, words.get(close + 1..)?))
}

/// What stands in the parentheses that are opened here, and where they are closed.
fn inner<'s, 't>(words: &'s [LocatedToken<'t>], open: usize) -> Option<(&'s [LocatedToken<'t>], usize)> {
    let mut depth = 0usize;
    let length = words.get(open..)?.iter().position(|token| {
        match token.token {
            Token::LParen => depth += 1,
            Token::RParen => depth = depth.saturating_sub(1),
            _ => {}
        }
        depth == 0
    })?;
    Some((words.get(open + 1..open + length)?, open + length))
}

/// The changes that the statements of a body make; none if one of them cannot be told.
fn changes(target: Target, sql: &str, body: &[LocatedToken<'_>], mut texts: Texts) -> Option<Vec<Operation>> {
    const CHANGES: [&str; 5] = ["ALTER", "CREATE", "DROP", "RENAME", "TRUNCATE"];
    let mut prepared: BTreeMap<String, Option<String>> = BTreeMap::new();
    let mut found = Vec::new();
    for statement in statements(body) {
        let [first, rest @ ..] = statement else { continue };
        let is = |word: &str| first.token.is_word(word);
        if is("SET") {
            // One branch may run what another puts in its place.
            let old = rest.first().and_then(|variable| texts.one(std::slice::from_ref(variable)));
            if old.is_some_and(|old| change(target, &old).is_some()) {
                return None;
            }
            texts.assign(sql, statement);
        } else if let Some(into) = statement.iter().position(|token| is("SELECT") && token.token.is_word("INTO")) {
            for variable in arguments(statement.get(into + 1..).unwrap_or_default()) {
                variable.first().into_iter().for_each(|variable| texts.set(slice(sql, variable), None));
            }
        } else if is("PREPARE") {
            let [name, from, value @ ..] = rest else { return None };
            let text = from.token.is_word("FROM").then(|| texts.one(value)).flatten();
            prepared.insert(slice(sql, name).to_ascii_lowercase(), text);
        } else if is("EXECUTE") {
            let text = prepared.get(&slice(sql, rest.first()?).to_ascii_lowercase())?.clone()?;
            // What changes nothing stands for what is not to be done.
            let nothing = ["SELECT", "DO"].iter().any(|word| text.trim_start().to_ascii_uppercase().starts_with(word));
            match change(target, text.trim().trim_end_matches(';')) {
                Some(operation) => found.push(operation),
                None if nothing => {}
                None => return None,
            }
        } else if is("CALL") {
            return None;
        } else if CHANGES.iter().any(|word| is(word)) {
            let text = sql.get(first.start..statement.last()?.end)?;
            found.push(change(target, text)?);
        }
    }
    Some(found)
}

/// The plain statements of a body: what stands behind `;` or behind the words that open blocks.
fn statements<'s, 't>(body: &'s [LocatedToken<'t>]) -> Vec<&'s [LocatedToken<'t>]> {
    const OPEN: [&str; 6] = ["BEGIN", "THEN", "ELSE", "DO", "LOOP", "REPEAT"];
    // `SET … = CASE … THEN … END` opens none.
    const PLAIN: [&str; 5] = ["SET", "SELECT", "PREPARE", "EXECUTE", "CALL"];
    let is_one_of = |token: &LocatedToken<'_>, words: &[&str]| words.iter().any(|word| token.token.is_word(word));
    let mut found = Vec::new();
    for part in body.split(|token| token.token == Token::SemiColon) {
        let mut rest = part;
        while let Some(first) = rest.first()
            && !is_one_of(first, &PLAIN)
            && let Some(open) = rest.iter().position(|token| is_one_of(token, &OPEN))
        {
            rest = rest.get(open + 1..).unwrap_or_default();
        }
        found.push(rest);
    }
    found
}
