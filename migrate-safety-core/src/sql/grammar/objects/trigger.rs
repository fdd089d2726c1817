//! Triggers and event triggers.

use super::common::{Tail, Tails, altered, function_name, other, word_of};
use crate::sql::cursor::{Cursor, Parse, ident_of};
use crate::sql::name::{Ident, ObjectName, literal};
use crate::sql::operation::{CreateTrigger, ObjectCommand, Operation, TriggerDetails, TriggerEvents, TriggerTiming};
use crate::sql::statement::ProblemKind;
use crate::sql::token::Token;

pub(super) fn create_trigger(c: &mut Cursor<'_, '_>, or_replace: bool) -> Parse<Operation> {
    if or_replace {
        let mark = c.mark();
        c.since(14, mark, "`CREATE OR REPLACE TRIGGER`");
    }
    create(c, or_replace, false)
}

pub(super) fn create_constraint_trigger(c: &mut Cursor<'_, '_>, or_replace: bool) -> Parse<Operation> {
    if or_replace {
        return Err(c.problem(ProblemKind::Invalid, "`CREATE OR REPLACE CONSTRAINT TRIGGER` is not supported"));
    }
    create(c, or_replace, true)
}

fn create(c: &mut Cursor<'_, '_>, or_replace: bool, constraint: bool) -> Parse<Operation> {
    let name = c.ident()?;
    let timing = timing(c, constraint)?;
    let mut events = TriggerEvents::default();
    let mut columns = Vec::new();
    loop {
        event(c, &mut events, &mut columns)?;
        if !c.eat("OR") {
            break;
        }
    }
    c.expect("ON")?;
    let table = c.object_name()?;
    let mut from = None;
    let mut details = TriggerDetails::default();
    let for_each_row;
    if constraint {
        if c.eat("FROM") {
            from = Some(c.object_name()?);
        }
        (details.deferrable, details.initially_deferred) = constraint_attributes(c)?;
        c.expect("FOR EACH ROW")?;
        for_each_row = true;
    } else {
        let mark = c.mark();
        if c.eat("REFERENCING") {
            transition(c, &mut details)?;
            while c.is("NEW") || c.is("OLD") {
                transition(c, &mut details)?;
            }
            c.since(10, mark, "a transition table");
        }
        for_each_row = level(c)?;
    }
    let when = if c.eat("WHEN") { Some(c.paren_expression()?) } else { None };
    let function = executed_function(c)?;
    c.parens(|c| {
        details.args = arguments(c)?.join(", ").into();
        Ok(())
    })?;
    Ok(Operation::CreateTrigger(Box::new(CreateTrigger {
        name,
        table,
        or_replace,
        constraint,
        timing,
        events,
        columns,
        for_each_row,
        from,
        when,
        function,
        details,
    })))
}

fn timing(c: &mut Cursor<'_, '_>, constraint: bool) -> Parse<TriggerTiming> {
    const TIMINGS: &[(&str, TriggerTiming)] =
        &[("AFTER", TriggerTiming::After), ("BEFORE", TriggerTiming::Before), ("INSTEAD OF", TriggerTiming::InsteadOf)];
    let allowed = if constraint { TIMINGS.get(..1).unwrap_or_default() } else { TIMINGS };
    match allowed.iter().find(|(words, _)| c.eat_all(words)) {
        Some((_, timing)) => Ok(*timing),
        None if constraint => Err(c.expected("`AFTER`")),
        None => Err(c.expected("`BEFORE`, `AFTER` or `INSTEAD OF`")),
    }
}

/// One of the events a trigger fires for.
fn event(c: &mut Cursor<'_, '_>, events: &mut TriggerEvents, columns: &mut Vec<Ident>) -> Parse<()> {
    let again = c.problem(ProblemKind::Invalid, "duplicate trigger events specified");
    let word = c.eat_one_of(&["INSERT", "UPDATE", "DELETE", "TRUNCATE"]);
    let slot = match word {
        Some("INSERT") => &mut events.insert,
        Some("UPDATE") => &mut events.update,
        Some("DELETE") => &mut events.delete,
        Some(_) => &mut events.truncate,
        None => return Err(c.expected("`INSERT`, `UPDATE`, `DELETE` or `TRUNCATE`")),
    };
    if std::mem::replace(slot, true) {
        return Err(again);
    }
    if word == Some("UPDATE") && c.eat("OF") {
        *columns = c.list(Cursor::ident)?;
    }
    Ok(())
}

/// `NEW TABLE AS name`.
fn transition(c: &mut Cursor<'_, '_>, details: &mut TriggerDetails) -> Parse<()> {
    let slot = match c.eat_one_of(&["NEW", "OLD"]) {
        Some("NEW") => &mut details.new_table,
        Some(_) => &mut details.old_table,
        None => return Err(c.expected("`NEW` or `OLD`")),
    };
    if c.is("ROW") {
        return Err(c.problem(ProblemKind::Invalid, "`ROW` variable naming in `REFERENCING` is not supported"));
    }
    c.expect("TABLE")?;
    c.eat("AS");
    *slot = Some(c.ident()?);
    Ok(())
}

/// `FOR [EACH] ROW` (true), `FOR [EACH] STATEMENT` or nothing.
fn level(c: &mut Cursor<'_, '_>) -> Parse<bool> {
    if !c.eat("FOR") {
        return Ok(false);
    }
    c.eat("EACH");
    match c.eat_one_of(&["ROW", "STATEMENT"]) {
        Some(word) => Ok(word == "ROW"),
        None => Err(c.expected("`ROW` or `STATEMENT`")),
    }
}

/// `DEFERRABLE`, `INITIALLY DEFERRED` …, in any order: whether it can be deferred, and whether it is at first.
fn constraint_attributes(c: &mut Cursor<'_, '_>) -> Parse<(bool, bool)> {
    let (mut deferrable, mut deferred) = (None, None);
    loop {
        let conflict = c.problem(ProblemKind::Invalid, "conflicting constraint properties");
        let (slot, value) = if c.eat_all("NOT DEFERRABLE") {
            (&mut deferrable, false)
        } else if c.eat("DEFERRABLE") {
            (&mut deferrable, true)
        } else if c.eat_all("INITIALLY IMMEDIATE") {
            (&mut deferred, false)
        } else if c.eat_all("INITIALLY DEFERRED") {
            (&mut deferred, true)
        } else if c.is_all("NOT VALID") || c.is_all("NO INHERIT") || c.is_all("NOT ENFORCED") || c.is("ENFORCED") {
            return Err(c.problem(ProblemKind::Invalid, "constraint triggers cannot be so marked"));
        } else {
            break;
        };
        if slot.replace(value).is_some_and(|before| before != value) {
            return Err(conflict);
        }
        if deferred == Some(true) && deferrable == Some(false) {
            return Err(conflict);
        }
    }
    let deferred = deferred.unwrap_or(false);
    Ok((deferred || deferrable.unwrap_or(false), deferred))
}

/// `EXECUTE FUNCTION f`, `EXECUTE PROCEDURE f`.
fn executed_function(c: &mut Cursor<'_, '_>) -> Parse<ObjectName> {
    c.expect("EXECUTE")?;
    let mark = c.mark();
    match c.eat_one_of(&["FUNCTION", "PROCEDURE"]) {
        Some("FUNCTION") => c.since(11, mark, "`EXECUTE FUNCTION`"),
        Some(_) => {}
        None => return Err(c.expected("`FUNCTION` or `PROCEDURE`")),
    }
    function_name(c)
}

/// What a trigger passes to its function: constants and words, all of them strings to the server.
fn arguments(c: &mut Cursor<'_, '_>) -> Parse<Vec<String>> {
    let mut arguments: Vec<String> = argument(c).into_iter().collect();
    // The server takes an empty first argument, `(, a)`, too.
    while c.eat_token(&Token::Comma) {
        match argument(c) {
            Some(argument) => arguments.push(argument),
            None => return Err(c.expected("a constant")),
        }
    }
    Ok(arguments)
}

fn argument(c: &mut Cursor<'_, '_>) -> Option<String> {
    let start = c.mark();
    let word = match c.peek() {
        Token::Word(word) => Some(ident_of(word)),
        _ => None,
    };
    let string = c.peek().string().map(Box::from);
    if word.is_none() && string.is_none() && !matches!(c.peek(), Token::Number(..)) {
        return None;
    }
    c.advance();
    let text: Option<Box<str>> = string.or_else(|| word.map(|word| word.as_str().into()));
    Some(literal(text.as_deref().unwrap_or(c.text_from(start))))
}

pub(super) fn alter_trigger(c: &mut Cursor<'_, '_>) -> Parse<Operation> {
    let name = c.ident()?;
    c.expect("ON")?;
    let table = c.object_name()?;
    let rename_to = match Tails::RENAME_DEPENDS.read(c)? {
        Tail::Rename(to) => Some(to),
        _ => None,
    };
    Ok(Operation::AlterTrigger { name, table, rename_to })
}

pub(super) fn create_event_trigger(c: &mut Cursor<'_, '_>) -> Parse<Operation> {
    const EVENTS: &[&str] = &["ddl_command_start", "ddl_command_end", "sql_drop", "table_rewrite", "login"];
    let name = c.ident()?;
    c.expect("ON")?;
    let mark = c.mark();
    if word_of(c, EVENTS, "an event")? == *"login" {
        c.since(17, mark, "the event `login`");
    }
    if c.eat("WHEN") {
        let mut filtered = false;
        loop {
            let again = c.problem(ProblemKind::Invalid, "filter variable `tag` specified more than once");
            word_of(c, &["tag"], "`tag`")?;
            if std::mem::replace(&mut filtered, true) {
                return Err(again);
            }
            c.expect("IN")?;
            c.parens(|c| c.list(Cursor::string))?;
            if !c.eat("AND") {
                break;
            }
        }
    }
    executed_function(c)?;
    c.parens(|_| Ok(()))?;
    Ok(other(ObjectCommand::Create, "event trigger", Some(ObjectName::bare(name))))
}

pub(super) fn alter_event_trigger(c: &mut Cursor<'_, '_>) -> Parse<Operation> {
    let name = c.ident()?;
    let mut tail = None;
    if c.eat("ENABLE") {
        c.eat_one_of(&["REPLICA", "ALWAYS"]);
    } else if !c.eat("DISABLE") {
        tail = Some(Tails::RENAME_OWNER.read(c)?);
    }
    Ok(altered("event trigger", ObjectName::bare(name), tail))
}
