//! `CREATE FUNCTION`, `CREATE PROCEDURE` and their `ALTER`.

use super::arguments;
use super::common::{Tail, Tails, function_name, function_type, number, word_or_string};
use super::settings;
use super::{Start, one};
use crate::sql::cursor::{Cursor, Parse};
use crate::sql::fragment;
use crate::sql::grammar::Reading;
use crate::sql::name::Ident;
use crate::sql::operation::{AlterRoutine, CreateRoutine, Operation, RoutineBody, RoutineTraits, Volatility};
use crate::sql::plpgsql::{self, atomic, scope::Signature};
use crate::sql::statement::{Problem, ProblemKind};
use crate::sql::token::Token;

pub(super) fn create_function(c: &mut Cursor<'_, '_>, start: Start) -> Parse<Reading> {
    create(c, start, false)
}

pub(super) fn create_procedure(c: &mut Cursor<'_, '_>, start: Start) -> Parse<Reading> {
    create(c, start, true)
}

fn create(c: &mut Cursor<'_, '_>, start: Start, procedure: bool) -> Parse<Reading> {
    let name = function_name(c)?;
    if procedure {
        c.since(11, start.mark, "a procedure");
    }
    let behind_name = c.mark();
    let mut args = arguments::declared_arguments(c)?;
    let (mut returns, mut returns_set) = (None, false);
    if !procedure && c.is("RETURNS") && !c.is_all("RETURNS NULL ON") {
        c.advance();
        if c.eat("TABLE") {
            args.extend(arguments::table_columns(c)?);
            returns_set = true;
        } else {
            let (data_type, set) = function_type(c)?;
            returns = Some(data_type);
            returns_set = set;
        }
    }
    let mut options = Options::default();
    while !c.at_end() {
        if !options.create_option(c)? {
            break;
        }
    }
    let inline = inline_body(c)?;
    if !c.at_end() {
        return Err(c.expected(if procedure { "a clause of the procedure" } else { "a clause of the function" }));
    }
    if options.language.is_none() && inline.is_none() {
        return Err(c.problem(ProblemKind::Invalid, "no language specified"));
    }
    let language = options.language.take().unwrap_or_else(|| "sql".into());
    if inline.is_some() && language != *"sql" {
        return Err(c.problem(ProblemKind::Invalid, "a body written in the statement is for language `sql` only"));
    }
    if inline.is_some() && options.text.is_some() {
        return Err(c.problem(ProblemKind::Invalid, "the body is given twice"));
    }
    if inline.is_none() && options.text.is_none() {
        return Err(c.problem(ProblemKind::Invalid, "no function body specified"));
    }
    let is_inline = inline.is_some();
    let body = match inline {
        Some(body) => Some(body),
        // For C and internal functions the text names what to link.
        None if language == *"c" || language == *"internal" => None,
        None => options.text.take(),
    };
    let routine = CreateRoutine {
        name,
        procedure,
        or_replace: start.or_replace,
        args,
        returns,
        returns_set,
        language,
        volatility: options.volatility.unwrap_or_default(),
        strict: options.strict.unwrap_or(false),
        security_definer: options.traits.security_definer.unwrap_or(false),
        traits: options.traits,
        settings: options.settings.into_iter().filter_map(|(name, value)| Some((name, value?))).collect(),
        body,
        definition: c.text_from(behind_name).into(),
    };
    let problems = match &routine.body {
        Some(body) if !is_inline => {
            let signature = Signature::of_routine(&routine);
            plpgsql::check_body(c, &routine.language, body, c.span_from(start.mark), &signature)
        }
        _ => Vec::new(),
    };
    let mut reading = one(c, start, Operation::CreateRoutine(Box::new(routine)));
    reading.problems = problems;
    Ok(reading)
}

/// The clauses of a routine, each at most once (`SET` aside).
#[derive(Default)]
struct Options {
    language: Option<Ident>,
    text: Option<RoutineBody>,
    volatility: Option<Volatility>,
    strict: Option<bool>,
    settings: Vec<(Box<str>, Option<Box<str>>)>,
    traits: RoutineTraits,
    support: Option<()>,
    transform: Option<()>,
    window: Option<()>,
}

/// Remembers a clause, or complains that it was there already.
fn once<T>(again: Problem, slot: &mut Option<T>, value: T) -> Parse<()> {
    match slot.replace(value) {
        None => Ok(()),
        Some(_) => Err(again),
    }
}

impl Options {
    /// A clause that only `CREATE` has, or one of both; false if none is next.
    fn create_option(&mut self, c: &mut Cursor<'_, '_>) -> Parse<bool> {
        let again = c.problem(ProblemKind::Invalid, "conflicting or redundant options");
        if c.eat("AS") {
            let text = fragment::literal(c)?;
            if c.eat_token(&Token::Comma) {
                c.string()?;
            }
            once(again, &mut self.text, text)?;
        } else if c.eat("LANGUAGE") {
            let language = word_or_string(c)?;
            once(again, &mut self.language, language)?;
        } else if c.eat("TRANSFORM") {
            c.list(|c| {
                c.expect("FOR TYPE")?;
                c.data_type()
            })?;
            once(again, &mut self.transform, ())?;
        } else if c.eat("WINDOW") {
            once(again, &mut self.window, ())?;
        } else {
            return self.common_option(c);
        }
        Ok(true)
    }

    /// A clause that `ALTER` has too; false if none is next.
    fn common_option(&mut self, c: &mut Cursor<'_, '_>) -> Parse<bool> {
        const VOLATILITY: &[(&str, Volatility)] =
            &[("IMMUTABLE", Volatility::Immutable), ("STABLE", Volatility::Stable), ("VOLATILE", Volatility::Volatile)];
        const STRICT: &[(&str, bool)] =
            &[("CALLED ON NULL INPUT", false), ("RETURNS NULL ON NULL INPUT", true), ("STRICT", true)];
        const SECURITY: &[(&str, bool)] = &[
            ("EXTERNAL SECURITY DEFINER", true),
            ("EXTERNAL SECURITY INVOKER", false),
            ("SECURITY DEFINER", true),
            ("SECURITY INVOKER", false),
        ];
        let again = c.problem(ProblemKind::Invalid, "conflicting or redundant options");
        if let Some((_, volatility)) = VOLATILITY.iter().find(|(words, _)| c.eat_all(words)) {
            once(again, &mut self.volatility, *volatility)?;
        } else if let Some((_, strict)) = STRICT.iter().find(|(words, _)| c.eat_all(words)) {
            once(again, &mut self.strict, *strict)?;
        } else if let Some((_, definer)) = SECURITY.iter().find(|(words, _)| c.eat_all(words)) {
            once(again, &mut self.traits.security_definer, *definer)?;
        } else if c.eat_all("NOT LEAKPROOF") {
            once(again, &mut self.traits.leakproof, false)?;
        } else if c.eat("LEAKPROOF") {
            once(again, &mut self.traits.leakproof, true)?;
        } else if c.eat("COST") {
            let cost = written_number(c)?;
            once(again, &mut self.traits.cost, cost)?;
        } else if c.eat("ROWS") {
            let rows = written_number(c)?;
            once(again, &mut self.traits.rows, rows)?;
        } else if c.eat("SUPPORT") {
            c.object_name()?;
            once(again, &mut self.support, ())?;
        } else if c.eat("PARALLEL") {
            let parallel = c.ident()?;
            once(again, &mut self.traits.parallel, parallel)?;
        } else if let Some(setting) = settings::set_or_reset(c)? {
            self.settings.push(setting);
        } else {
            return Ok(false);
        }
        Ok(true)
    }
}

fn written_number(c: &mut Cursor<'_, '_>) -> Parse<Box<str>> {
    let mark = c.mark();
    number(c)?;
    Ok(c.text_from(mark).into())
}

/// `RETURN expression` or `BEGIN ATOMIC … END`, if one is next.
fn inline_body(c: &mut Cursor<'_, '_>) -> Parse<Option<RoutineBody>> {
    if !atomic::follows(c) {
        return Ok(None);
    }
    let mark = c.mark();
    let reading = atomic::body(c)?;
    c.since(14, mark, "a body that is no string");
    reading.problems.into_iter().for_each(|problem| c.note(problem));
    Ok(Some(RoutineBody { text: c.text_from(mark).into(), base: c.span_from(mark).start, exact: c.source.is_exact() }))
}

pub(super) fn alter_procedure(c: &mut Cursor<'_, '_>) -> Parse<Operation> {
    let start = c.mark();
    let operation = alter_routine(c)?;
    c.since(11, start, "a procedure");
    Ok(operation)
}

pub(super) fn alter_routine(c: &mut Cursor<'_, '_>) -> Parse<Operation> {
    let routine = arguments::routine(c)?;
    let action = match Tails::ALL.maybe(c)? {
        Some(tail) => of_tail(tail),
        None => {
            let mut options = Options::default();
            let start = c.mark();
            if !options.common_option(c)? {
                return Err(c.expected("what to alter"));
            }
            while options.common_option(c)? {}
            let sql = c.text_from(start).into();
            c.eat("RESTRICT");
            let Options { volatility, strict, settings, traits, .. } = options;
            AlterRoutine::Options { volatility, strict, settings, traits, sql }
        }
    };
    Ok(Operation::AlterRoutine { name: routine.name, args: routine.args, action })
}

pub(super) fn alter_aggregate(c: &mut Cursor<'_, '_>) -> Parse<Operation> {
    let aggregate = arguments::aggregate(c)?;
    let action = of_tail(Tails::RENAME_OWNER_SCHEMA.read(c)?);
    Ok(Operation::AlterRoutine { name: aggregate.name, args: aggregate.args, action })
}

fn of_tail(tail: Tail) -> AlterRoutine {
    match tail {
        Tail::Rename(to) => AlterRoutine::Rename { to },
        Tail::Schema(schema) => AlterRoutine::SetSchema { schema },
        Tail::Owner | Tail::Depends => AlterRoutine::Other,
    }
}
