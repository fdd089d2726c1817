//! Reads the bodies of routines and `DO` blocks into operations.
//!
//! PL/pgSQL is read into a tree of its own (`reader` and what it is made of), which is then followed as the server
//! would run it (`run`): so it is known which operations are conditional or stand in a loop, and most of what
//! `EXECUTE` runs can be computed beforehand. Bodies in SQL are plain statements.

pub(crate) mod atomic;
mod bind;
mod block;
pub(crate) mod conditions;
mod control;
mod cursors;
mod facts;
mod fold;
mod format;
mod known;
mod reader;
mod run;
pub(crate) mod scope;
mod script;
mod sql;
mod statement;
#[cfg(test)]
mod tests;
mod tokens;
mod tree;

pub(crate) use self::facts::{raises, row_fields, sleeps};
use self::known::Variables;
use self::reader::Reader;
use self::run::Run;
use self::scope::Signature;
use super::cursor::Cursor;
use super::expr::Expr;
use super::grammar::Reading;
use super::name::{Ident, ObjectName};
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
    read_with(target, language, body, Frame { routine, ..Frame::default() })
}

/// Reads the body of a routine as a call with these arguments runs it: `inputs` are the names of the parameters that
/// take them, `args` is as in [`RoutineCall`](super::calls::RoutineCall).
pub fn read_call(
    target: Target,
    language: &str,
    body: &RoutineBody,
    routine: &ObjectName,
    inputs: &[Option<Ident>],
    args: &[Expr],
) -> Body {
    let variables = fold::parameters(inputs, args);
    read_with(target, language, body, Frame { routine: Some(routine), variables, ..Frame::default() })
}

/// What is known of the surroundings of a body.
#[derive(Default)]
pub(crate) struct Frame<'f> {
    /// The routine; absent for a `DO` block.
    pub(crate) routine: Option<&'f ObjectName>,
    /// What is known of its parameters.
    pub(crate) signature: Option<&'f Signature>,
    /// What is known of their values.
    variables: Variables,
}

impl<'f> Frame<'f> {
    /// Of a routine, or of a block, that is only read.
    pub(crate) fn of(signature: &'f Signature) -> Self {
        Self { signature: Some(signature), ..Self::default() }
    }
}

fn read_with(target: Target, language: &str, body: &RoutineBody, frame: Frame<'_>) -> Body {
    let nothing = SourceText::new("");
    let c = Cursor::new(Vec::new(), &nothing).for_version(target.version);
    read(&c, language, body, Span { start: body.base, end: body.base }, frame)
}

/// The command that stands for `RAISE` of an error.
pub(crate) const RAISED: &str = "RAISE EXCEPTION";

/// More blocks with handlers than this are not told apart.
pub(crate) const MOST_BLOCKS: usize = 100_000;

/// How many productions lie between a statement and those inside its body, at least.
const LEVELS_OF_A_BODY: u16 = 10;

/// The same inside a statement: `whole` is the place of what cannot be told more exactly, `c` reads around it.
pub(crate) fn read(c: &Cursor<'_, '_>, language: &str, body: &RoutineBody, whole: Span, frame: Frame<'_>) -> Body {
    let source = body.source(whole);
    let circumstances = RoutineFrame { routine: frame.routine.cloned(), ..RoutineFrame::default() };
    match language {
        "plpgsql" => with_reader(c, &source, frame.signature, |reader| match reader.body() {
            Ok(block) => {
                let problems = std::mem::take(&mut reader.problems);
                Run::new(&reader.c, circumstances, frame.variables, problems).follow(&block)
            }
            Err(problem) => {
                let mut body = opaque(problem.message.clone(), whole, circumstances);
                body.problems = std::mem::take(&mut reader.problems);
                body.problems.push(problem);
                body
            }
        }),
        "sql" => {
            let Reading { operations, problems } = plain(c, &source);
            let operations = operations.into_iter().map(|o| run::framed(o, &circumstances)).collect();
            Body { operations, problems }
        }
        _ => {
            let reason: Box<str> = format!("cannot be read: language {language}").into();
            let mut body = opaque(reason.clone(), whole, circumstances);
            body.problems.push(Problem { kind: ProblemKind::Dynamic, span: whole, message: reason });
            body
        }
    }
}

/// A body of which nothing is known.
fn opaque(reason: Box<str>, span: Span, circumstances: RoutineFrame) -> Body {
    let operation = Operation::Opaque { reason, mentions: Vec::new(), like: None };
    Body {
        operations: vec![LocatedOperation { operation, span, routine: Some(Box::new(circumstances)) }],
        problems: Vec::new(),
    }
}

/// What the server would complain of when it creates a routine with this body: the syntax of PL/pgSQL and of the SQL
/// in it.
pub(crate) fn check_body(
    c: &Cursor<'_, '_>,
    language: &str,
    body: &RoutineBody,
    whole: Span,
    signature: &Signature,
) -> Vec<Problem> {
    let source = body.source(whole);
    let mut problems = match language {
        "plpgsql" => with_reader(c, &source, Some(signature), |reader| {
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

/// Calls `read` with a reader for `source`, which stands in what `c` reads.
fn with_reader<T>(
    c: &Cursor<'_, '_>,
    source: &SourceText<'_>,
    signature: Option<&Signature>,
    read: impl FnOnce(&mut Reader<'_, '_>) -> T,
) -> T {
    let mut problems = Vec::new();
    let tokens = tokens::tokens(source, c.version(), &mut problems);
    let mut inside = c.inside(tokens, source);
    for _ in 0..LEVELS_OF_A_BODY {
        // Too deep is found out at the first statement.
        if inside.descend().is_err() {
            break;
        }
    }
    let mut reader = Reader::of_routine(inside, signature);
    reader.problems = problems;
    read(&mut reader)
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
