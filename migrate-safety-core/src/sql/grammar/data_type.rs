//! Types, in every spelling the server takes.

use super::expression;
use crate::sql::cursor::{Cursor, Parse};
use crate::sql::datatype::DataType;
use crate::sql::keyword::{self, Category};
use crate::sql::name::Ident;
use crate::sql::statement::{Problem, ProblemKind};
use crate::sql::token::{Token, Word};

/// A type with its modifiers and array bounds.
pub(crate) fn data_type(c: &mut Cursor<'_, '_>) -> Parse<DataType> {
    let mut data_type = match keyword_type(c)? {
        Some(data_type) => data_type,
        None => named_type(c)?,
    };
    data_type.array = array_bounds(c)?;
    Ok(data_type)
}

/// A type that the server's grammar knows by a key word of its own, without array bounds: what can stand before a
/// string to make a constant (`timestamp with time zone '…'`).
pub(super) fn keyword_type(c: &mut Cursor<'_, '_>) -> Parse<Option<DataType>> {
    let Token::Word(word) = c.peek() else { return Ok(None) };
    if word.quoted || !is_type_word(word) {
        return Ok(None);
    }
    let behind_schema = |c: &Cursor<'_, '_>| matches!(c.peek_nth(1), Token::Period);
    let mut data_type = if let Some(words) = c.eat_one_of(&["INT", "INTEGER", "SMALLINT", "BIGINT", "REAL", "BOOLEAN"])
    {
        builtin(&words.to_ascii_lowercase())
    } else if c.is_all("DOUBLE PRECISION") {
        c.eat_all("DOUBLE PRECISION");
        DataType::builtin("float8")
    } else if c.eat("FLOAT") {
        float(c)?
    } else if c.eat_one_of(&["DECIMAL", "DEC", "NUMERIC"]).is_some() {
        DataType { modifiers: modifiers(c)?, ..DataType::builtin("numeric") }
    } else if c.eat("BIT") {
        let name = if c.eat("VARYING") { "varbit" } else { "bit" };
        with_length(c, name)?
    } else if c.eat_one_of(&["CHARACTER", "CHAR", "NCHAR"]).is_some()
        || c.eat_all("NATIONAL CHARACTER")
        || c.eat_all("NATIONAL CHAR")
    {
        let name = if c.eat("VARYING") { "varchar" } else { "bpchar" };
        with_length(c, name)?
    } else if c.eat("VARCHAR") {
        with_length(c, "varchar")?
    } else if c.eat("TIMESTAMP") {
        time(c, "timestamp", "timestamptz")?
    } else if c.eat("TIME") {
        time(c, "time", "timetz")?
    } else if c.eat("INTERVAL") {
        interval(c)?
    } else if c.is("JSON") && !behind_schema(c) {
        c.skip();
        DataType::builtin("json")
    } else {
        return Ok(None);
    };
    // The grammar's own rule: without a length it is one character or bit.
    if matches!(data_type.name.as_str(), "bpchar" | "bit") && data_type.modifiers.is_empty() {
        data_type.modifiers.push("1".into());
    }
    Ok(Some(data_type))
}

/// A type by its name: `app.mood`, `geometry(Point, 4326)`, `t.c%TYPE`.
fn named_type(c: &mut Cursor<'_, '_>) -> Parse<DataType> {
    let mut parts = match c.peek() {
        Token::Word(word)
            if word.quoted || matches!(keyword::category(word), Category::Free | Category::FunctionName) =>
        {
            vec![c.label()?]
        }
        _ => return Err(c.expected("a type")),
    };
    while c.eat_token(&Token::Period) {
        parts.push(c.label()?);
    }
    if c.is_token(&Token::Mod) && (c.is_nth(1, "TYPE") || c.is_nth(1, "ROWTYPE")) {
        return Ok(type_of(c, parts));
    }
    let modifiers = modifiers(c)?;
    let name = parts.pop().unwrap_or_else(|| Ident::exact(""));
    let schema =
        parts.pop().filter(|s| **s != *"pg_catalog" || DataType::canonical(&name).is_some() && *name != *"char");
    Ok(DataType { schema, name, modifiers, array: false })
}

/// `t.c%TYPE` is a type of the name `c%type` in the "schema" `t`; `t%ROWTYPE` is the row type of `t`.
fn type_of(c: &mut Cursor<'_, '_>, mut parts: Vec<Ident>) -> DataType {
    c.skip();
    let of_row = c.is("ROWTYPE");
    c.skip();
    let name = parts.pop().unwrap_or_else(|| Ident::exact(""));
    let schema = parts.pop();
    let name = if of_row { name } else { Ident::exact(&format!("{name}%type")) };
    DataType { schema, name, modifiers: Vec::new(), array: false }
}

fn builtin(written: &str) -> DataType {
    DataType::builtin(DataType::canonical(written).unwrap_or(written))
}

fn is_type_word(word: &Word<'_>) -> bool {
    matches!(word.value.len(), 3..=9)
        && (keyword::category(word) == Category::ColumnName || word.value.eq_ignore_ascii_case("double"))
}

/// `float`, `float(24)`, `float(53)`.
fn float(c: &mut Cursor<'_, '_>) -> Parse<DataType> {
    if !c.is_token(&Token::LParen) {
        return Ok(DataType::builtin("float8"));
    }
    let span = c.next_span();
    let precision = c.parens(Cursor::integer)?;
    let name = match precision {
        1..=24 => "float4",
        25..=53 => "float8",
        _ => {
            let message = "the precision of `float` must be between 1 and 53 bits".into();
            return Err(Problem { kind: ProblemKind::Invalid, span, message });
        }
    };
    Ok(DataType::builtin(name))
}

/// `(n)` behind a character or bit type.
fn with_length(c: &mut Cursor<'_, '_>, name: &str) -> Parse<DataType> {
    Ok(DataType { modifiers: length(c)?, ..DataType::builtin(name) })
}

/// `(3)`, `WITH TIME ZONE` behind `timestamp` or `time`.
fn time(c: &mut Cursor<'_, '_>, without: &str, with: &str) -> Parse<DataType> {
    let modifiers = length(c)?;
    let name = if c.eat_all("WITH TIME ZONE") {
        with
    } else {
        c.eat_all("WITHOUT TIME ZONE");
        without
    };
    Ok(DataType { modifiers, ..DataType::builtin(name) })
}

/// `(3)`, `YEAR TO MONTH`, `SECOND(3)` behind `interval`.
fn interval(c: &mut Cursor<'_, '_>) -> Parse<DataType> {
    let mut data_type = DataType::builtin("interval");
    if c.is_token(&Token::LParen) {
        data_type.modifiers = length(c)?;
        return Ok(data_type);
    }
    interval_fields(c, &mut data_type)?;
    Ok(data_type)
}

/// `YEAR TO MONTH`, `SECOND(3)`: behind the word `interval`, or behind the string of an interval constant.
pub(super) fn interval_fields(c: &mut Cursor<'_, '_>, data_type: &mut DataType) -> Parse<()> {
    const FIELDS: &[(&str, &[&str])] = &[
        ("YEAR", &["MONTH"]),
        ("MONTH", &[]),
        ("DAY", &["HOUR", "MINUTE", "SECOND"]),
        ("HOUR", &["MINUTE", "SECOND"]),
        ("MINUTE", &["SECOND"]),
        ("SECOND", &[]),
    ];
    let Some((first, lasts)) = FIELDS.iter().find(|(first, _)| c.is(first)) else { return Ok(()) };
    c.skip();
    let mut fields = first.to_ascii_lowercase();
    let mut last = *first;
    if !lasts.is_empty() && c.is("TO") {
        c.skip();
        last = c.eat_one_of(lasts).ok_or_else(|| c.expected("a smaller field of an interval"))?;
        fields = format!("{fields} to {}", last.to_ascii_lowercase());
    }
    if last == "SECOND" {
        data_type.modifiers.extend(length(c)?);
    }
    data_type.modifiers.push(fields.into());
    Ok(())
}

/// `(3)`; nothing if there is no parenthesis.
fn length(c: &mut Cursor<'_, '_>) -> Parse<Vec<Box<str>>> {
    if !c.is_token(&Token::LParen) {
        return Ok(Vec::new());
    }
    let length = c.parens(|c| match c.peek() {
        Token::Number(..) => c.integer(),
        _ => Err(c.expected("an integer")),
    })?;
    Ok(vec![length.to_string().into()])
}

/// `(10, 2)`, as written; nothing if there is no parenthesis.
fn modifiers(c: &mut Cursor<'_, '_>) -> Parse<Vec<Box<str>>> {
    if !c.is_token(&Token::LParen) {
        return Ok(Vec::new());
    }
    c.parens(|c| {
        c.list(|c| {
            let mark = c.mark();
            if matches!((c.peek(), c.peek_nth(1)), (Token::Number(..), Token::Comma | Token::RParen)) {
                c.skip();
            } else {
                expression(c)?;
            }
            Ok(c.text_from(mark).into())
        })
    })
}

/// `[]`, `[3][3]`, `ARRAY`, `ARRAY[4]`.
fn array_bounds(c: &mut Cursor<'_, '_>) -> Parse<bool> {
    if c.eat("ARRAY") {
        if c.eat_token(&Token::LBracket) {
            c.integer()?;
            c.expect_token(&Token::RBracket)?;
        }
        return Ok(true);
    }
    let mut array = false;
    while c.eat_token(&Token::LBracket) {
        if !c.is_token(&Token::RBracket) {
            c.integer()?;
        }
        c.expect_token(&Token::RBracket)?;
        array = true;
    }
    Ok(array)
}
