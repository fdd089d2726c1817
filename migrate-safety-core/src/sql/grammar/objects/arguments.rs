//! Arguments of routines and aggregates: as declared, and as signatures that name one.

use super::common::{function_name, function_type, is_column_name_word};
use crate::sql::cursor::{Cursor, Parse};
use crate::sql::datatype::DataType;
use crate::sql::name::{Ident, ObjectName};
use crate::sql::operation::{ArgMode, RoutineArg, RoutineName};
use crate::sql::token::Token;

/// `(IN a int DEFAULT 1, …)` of `CREATE FUNCTION`.
pub(super) fn declared_arguments(c: &mut Cursor<'_, '_>) -> Parse<Vec<RoutineArg>> {
    list_in_parens(c, |c| {
        let mut argument = argument(c)?;
        if c.eat("DEFAULT") || c.eat_token(&Token::Eq) {
            argument.default = Some(c.expression()?);
        }
        Ok(argument)
    })
}

/// `TABLE (a int, …)` behind `RETURNS`, the word consumed.
pub(super) fn table_columns(c: &mut Cursor<'_, '_>) -> Parse<Vec<RoutineArg>> {
    c.parens(|c| {
        c.list(|c| {
            let name = parameter_name(c)?;
            let (data_type, _) = function_type(c)?;
            Ok(RoutineArg { name: Some(name), data_type, mode: ArgMode::Table, default: None })
        })
    })
}

/// A routine with or without its arguments: `f`, `f(int, OUT text)`.
pub(in crate::sql::grammar) fn routine(c: &mut Cursor<'_, '_>) -> Parse<RoutineName> {
    let mark = c.mark();
    let name = match c.peek_nth(1) {
        Token::Period => c.object_name()?,
        _ => ObjectName::bare(c.non_reserved()?),
    };
    if *c.peek() != Token::LParen {
        return Ok(RoutineName { name, args: None });
    }
    c.rewind(mark);
    let name = function_name(c)?;
    let args = list_in_parens(c, argument)?;
    Ok(RoutineName { name, args: Some(input_types(args)) })
}

/// An aggregate with its arguments: `a(*)`, `a(int)`, `a(float8 ORDER BY text)`.
pub(in crate::sql::grammar) fn aggregate(c: &mut Cursor<'_, '_>) -> Parse<RoutineName> {
    let name = function_name(c)?;
    let args = aggregate_arguments(c)?;
    Ok(RoutineName { name, args: Some(input_types(args)) })
}

pub(super) fn aggregate_arguments(c: &mut Cursor<'_, '_>) -> Parse<Vec<RoutineArg>> {
    c.parens(|c| {
        if c.eat_token(&Token::Mul) {
            return Ok(Vec::new());
        }
        let mut arguments = if c.is("ORDER") { Vec::new() } else { c.list(argument)? };
        if c.eat_all("ORDER BY") {
            arguments.extend(c.list(argument)?);
        }
        Ok(arguments)
    })
}

/// The types by which a routine is found: not those of `OUT` arguments.
fn input_types(args: Vec<RoutineArg>) -> Vec<DataType> {
    args.into_iter().filter(|a| a.mode != ArgMode::Out).map(|a| a.data_type).collect()
}

fn list_in_parens<T>(c: &mut Cursor<'_, '_>, item: impl FnMut(&mut Cursor<'_, '_>) -> Parse<T>) -> Parse<Vec<T>> {
    c.parens(|c| if c.is_token(&Token::RParen) { Ok(Vec::new()) } else { c.list(item) })
}

/// `[mode] [name] type` or `name mode type`.
fn argument(c: &mut Cursor<'_, '_>) -> Parse<RoutineArg> {
    let mut mode = mode(c);
    let mut name = None;
    if !unnamed_type_follows(c) {
        name = Some(parameter_name(c)?);
        if mode.is_none() {
            mode = self::mode(c);
        }
    }
    let (data_type, _) = function_type(c)?;
    Ok(RoutineArg { name, data_type, mode: mode.unwrap_or_default(), default: None })
}

fn mode(c: &mut Cursor<'_, '_>) -> Option<ArgMode> {
    const MODES: &[(&str, ArgMode)] = &[
        ("IN OUT", ArgMode::InOut),
        ("INOUT", ArgMode::InOut),
        ("IN", ArgMode::In),
        ("OUT", ArgMode::Out),
        ("VARIADIC", ArgMode::Variadic),
    ];
    MODES.iter().find(|(words, _)| c.eat_all(words)).map(|(_, mode)| *mode)
}

/// Whether a type stands next with nothing of the argument behind it but its default.
fn unnamed_type_follows(c: &mut Cursor<'_, '_>) -> bool {
    let mark = c.mark();
    let alone = function_type(c).is_ok()
        && (matches!(c.peek(), Token::Comma | Token::RParen | Token::Eq | Token::End)
            || c.is("DEFAULT")
            || c.is("ORDER"));
    c.rewind(mark);
    alone
}

/// The name of a parameter: no word that only names columns.
fn parameter_name(c: &mut Cursor<'_, '_>) -> Parse<Ident> {
    match c.peek() {
        Token::Word(word) if is_column_name_word(word) => Err(c.expected("a parameter name")),
        _ => c.non_reserved(),
    }
}
