//! Reads the bodies of routines and `DO` blocks into operations.
//!
//! PL/pgSQL is read into a tree of its own (`reader` and what it is made of), which is then followed as the server
//! would run it (`run`): so it is known which operations are conditional or stand in a loop, and most of what
//! `EXECUTE` runs can be computed beforehand. Bodies in SQL are plain statements.

pub(crate) mod atomic;
mod block;
mod control;
mod facts;
mod fold;
mod format;
mod known;
mod reader;
mod run;
mod script;
mod sql;
mod statement;
#[cfg(test)]
mod tests;
mod tokens;
mod tree;

use self::reader::Reader;
use self::run::Run;
use super::cursor::Cursor;
use super::grammar::Reading;
use super::name::ObjectName;
use super::operation::{LocatedOperation, Operation, RoutineBody, RoutineFrame};
use super::source::SourceText;
use super::span::Span;
use super::statement::{Problem, ProblemKind};
use crate::dialect::Target;

/// What a body was read into.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Body {
    /// What it does, in order, each with the circumstances under which it does it.
    pub operations: Vec<LocatedOperation>,
    /// What was wrong with it.
    pub problems: Vec<Problem>,
}

/// Reads the body of a routine or (without `routine`) of a `DO` block. Places are places in the file the body stands
/// in; a body that is not [exact](RoutineBody::exact) has but one place.
pub fn read_body(target: Target, language: &str, body: &RoutineBody, routine: Option<&ObjectName>) -> Body {
    let nothing = SourceText::new("");
    let c = Cursor::new(Vec::new(), &nothing).for_version(target.version);
    read(&c, language, body, Span { start: body.base, end: body.base }, routine)
}

/// How many productions lie between a statement and those inside its body, at least.
const LEVELS_OF_A_BODY: u16 = 10;

/// The same inside a statement: `whole` is the place of what cannot be told more exactly, `c` reads around it.
pub(crate) fn read(
    c: &Cursor<'_, '_>,
    language: &str,
    body: &RoutineBody,
    whole: Span,
    routine: Option<&ObjectName>,
) -> Body {
    let source = body.source(whole);
    match language {
        "plpgsql" => procedural(c, &source, whole, routine),
        "sql" => {
            let Reading { operations, problems } = plain(c, &source);
            let frame = RoutineFrame { routine: routine.cloned(), ..RoutineFrame::default() };
            let operations = operations.into_iter().map(|o| run::framed(o, &frame)).collect();
            Body { operations, problems }
        }
        _ => {
            let reason: Box<str> = format!("cannot be read: language {language}").into();
            let frame = RoutineFrame { routine: routine.cloned(), ..RoutineFrame::default() };
            let operation = Operation::Opaque { reason: reason.clone(), mentions: Vec::new() };
            Body {
                operations: vec![LocatedOperation { operation, span: whole, routine: Some(frame) }],
                problems: vec![Problem { kind: ProblemKind::Dynamic, span: whole, message: reason }],
            }
        }
    }
}

/// What the server would complain of when it creates a routine with this body: the syntax of PL/pgSQL and of the SQL
/// in it.
pub(crate) fn check_body(c: &Cursor<'_, '_>, language: &str, body: &RoutineBody, whole: Span) -> Vec<Problem> {
    let source = body.source(whole);
    let mut problems = match language {
        "plpgsql" => with_reader(c, &source, |reader| {
            let body = reader.body();
            let mut problems = std::mem::take(&mut reader.problems);
            problems.extend(body.err());
            problems
        }),
        "sql" => plain(c, &source).problems,
        _ => Vec::new(),
    };
    problems.retain(|problem| problem.kind == ProblemKind::Invalid);
    problems
}

fn procedural(c: &Cursor<'_, '_>, source: &SourceText<'_>, whole: Span, routine: Option<&ObjectName>) -> Body {
    with_reader(c, source, |reader| match reader.body() {
        Ok(block) => {
            let mut run = Run::new(&reader.c, routine, std::mem::take(&mut reader.problems));
            run.routine(&block);
            run.finish()
        }
        Err(problem) => {
            let frame = RoutineFrame { routine: routine.cloned(), ..RoutineFrame::default() };
            let operation = Operation::Opaque { reason: problem.message.clone(), mentions: Vec::new() };
            let mut problems = std::mem::take(&mut reader.problems);
            problems.push(problem);
            Body { operations: vec![LocatedOperation { operation, span: whole, routine: Some(frame) }], problems }
        }
    })
}

/// Calls `read` with a reader for `source`, which stands in what `c` reads.
fn with_reader<T>(c: &Cursor<'_, '_>, source: &SourceText<'_>, read: impl FnOnce(&mut Reader<'_, '_>) -> T) -> T {
    let mut problems = Vec::new();
    let tokens = tokens::tokens(source, c.version(), &mut problems);
    let mut inside = c.inside(tokens, source);
    for _ in 0..LEVELS_OF_A_BODY {
        // Too deep is found out at the first statement.
        if inside.descend().is_err() {
            break;
        }
    }
    let mut reader = Reader::new(inside);
    reader.problems = problems;
    let result = read(&mut reader);
    result
}

/// A body in SQL.
fn plain(c: &Cursor<'_, '_>, source: &SourceText<'_>) -> Reading {
    let mut problems = Vec::new();
    let mut inside = c.inside(tokens::tokens(source, c.version(), &mut problems), source);
    if !atomic::follows(&inside) {
        return script::script(c, source);
    }
    match atomic::body(&mut inside) {
        Ok(mut reading) => {
            reading.problems.extend(problems);
            reading.problems.extend(inside.take_problems());
            reading
        }
        Err(problem) => {
            problems.push(problem);
            Reading { operations: Vec::new(), problems }
        }
    }
}
