//! Sequences and their options, which identity columns have too.

use super::common::{none_of, persistence};
use crate::sql::cursor::{Cursor, Parse};
use crate::sql::name::{Ident, ObjectName};
use crate::sql::operation::{Operation, Persistence, SequenceOptions};
use crate::sql::span::Span;
use crate::sql::statement::{Problem, ProblemKind};
use crate::sql::token::Token;

/// `CREATE [TEMP] SEQUENCE`.
pub(super) fn create_sequence(c: &mut Cursor<'_, '_>) -> Parse<Operation> {
    c.expect("CREATE")?;
    let start = c.mark();
    let persistence = persistence(c)?;
    if persistence == Persistence::Unlogged {
        c.since(15, start, "an unlogged sequence");
    }
    c.expect("SEQUENCE")?;
    let if_not_exists = c.if_not_exists();
    let name = c.object_name()?;
    let mut options = SequenceOptions::default();
    while option(c, &mut options)? {}
    Ok(Operation::CreateSequence { name, if_not_exists, persistence, options: Box::new(options) })
}

/// One option or more.
pub(super) fn some_options(c: &mut Cursor<'_, '_>) -> Parse<SequenceOptions> {
    let mut options = SequenceOptions::default();
    if !option(c, &mut options)? {
        return Err(c.expected("an option of a sequence"));
    }
    while option(c, &mut options)? {}
    Ok(options)
}

/// The words that options begin with.
const FIRST_WORDS: &[&str] = &[
    "AS",
    "CACHE",
    "CYCLE",
    "INCREMENT",
    "LOGGED",
    "MAXVALUE",
    "MINVALUE",
    "OWNED",
    "RESTART",
    "SEQUENCE",
    "START",
    "UNLOGGED",
    "NO CYCLE",
    "NO MAXVALUE",
    "NO MINVALUE",
];

/// Whether an option of a sequence is next.
pub(super) fn is_option(c: &Cursor<'_, '_>) -> bool {
    FIRST_WORDS.iter().any(|words| c.is_all(words))
}

/// Reads one option, if there is one.
pub(super) fn option(c: &mut Cursor<'_, '_>, options: &mut SequenceOptions) -> Parse<bool> {
    if !is_option(c) {
        return if c.is("NO") { Err(none_of(c, FIRST_WORDS.iter().copied(), "an option")) } else { Ok(false) };
    }
    let place = c.next_span();
    let mark = c.mark();
    if c.eat("AS") {
        let data_type = c.data_type()?;
        c.since(10, mark, "a sequence of a type");
        put(place, &mut options.data_type, data_type)?;
    } else if c.eat("CACHE") {
        put(place, &mut options.cache, c.integer()?)?;
    } else if c.eat("CYCLE") {
        put(place, &mut options.cycle, true)?;
    } else if c.eat("INCREMENT") {
        c.eat("BY");
        put(place, &mut options.increment, c.integer()?)?;
    } else if c.eat("MAXVALUE") {
        put(place, &mut options.max_value, Some(c.integer()?))?;
    } else if c.eat("MINVALUE") {
        put(place, &mut options.min_value, Some(c.integer()?))?;
    } else if c.eat("OWNED") {
        c.expect("BY")?;
        put(place, &mut options.owned_by, owner(c)?)?;
    } else if c.eat("RESTART") {
        put(place, &mut options.restart, restart(c)?)?;
    } else if c.eat("SEQUENCE") {
        c.expect("NAME")?;
        put(place, &mut options.name, c.object_name()?)?;
    } else if c.eat("START") {
        c.eat("WITH");
        put(place, &mut options.start, c.integer()?)?;
    } else if c.eat_all("NO CYCLE") {
        put(place, &mut options.cycle, false)?;
    } else if c.eat_all("NO MAXVALUE") {
        put(place, &mut options.max_value, None)?;
    } else if c.eat_all("NO MINVALUE") {
        put(place, &mut options.min_value, None)?;
    } else {
        // LOGGED or UNLOGGED, which nothing depends on.
        c.advance();
    }
    Ok(true)
}

/// Keeps an option that was not given before.
fn put<T>(place: Span, slot: &mut Option<T>, value: T) -> Parse<()> {
    if slot.replace(value).is_some() {
        let message = "conflicting or redundant options".into();
        return Err(Problem { kind: ProblemKind::Invalid, span: place, message });
    }
    Ok(())
}

/// What follows `OWNED BY`.
fn owner(c: &mut Cursor<'_, '_>) -> Parse<Option<(ObjectName, Ident)>> {
    if c.is("NONE") && c.peek_nth(1) != &Token::Period {
        c.eat("NONE");
        return Ok(None);
    }
    c.column_of().map(Some)
}

/// What follows `RESTART`: a value, or none to start over.
pub(super) fn restart(c: &mut Cursor<'_, '_>) -> Parse<Option<i64>> {
    let with = c.eat("WITH");
    if with || matches!(c.peek(), Token::Minus | Token::Plus | Token::Number(..)) {
        return c.integer().map(Some);
    }
    Ok(None)
}
