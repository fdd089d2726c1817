//! Operators with their classes and families, aggregates, casts, transforms, conversions.

use super::arguments;
use super::common::{
    Tails, altered, any_operator, definition, function_name, name_using_method, operator_with_types, other,
};
use super::object_ref;
use crate::sql::cursor::{Cursor, Parse};
use crate::sql::keyword::{self, Category};
use crate::sql::operation::{ObjectCommand, Operation};
use crate::sql::statement::ProblemKind;
use crate::sql::token::Token;

use ObjectCommand::{Alter, Create};

pub(super) fn create_operator(c: &mut Cursor<'_, '_>) -> Parse<Operation> {
    let name = any_operator(c)?;
    definition(c)?;
    Ok(other(Create, "operator", Some(name)))
}

pub(super) fn alter_operator(c: &mut Cursor<'_, '_>) -> Parse<Operation> {
    let name = operator_with_types(c)?;
    if c.is("SET") && *c.peek_nth(1) == Token::LParen {
        c.advance();
        let mark = c.mark();
        let new = ["commutator", "hashes", "merges", "negator"];
        if definition(c)?.iter().any(|item| new.contains(&&*item.name)) {
            c.since(17, mark, "a property other than `RESTRICT` and `JOIN`");
        }
    } else {
        Tails::OWNER_SCHEMA.read(c)?;
    }
    Ok(other(Alter, "operator", Some(name)))
}

pub(super) fn create_operator_class(c: &mut Cursor<'_, '_>) -> Parse<Operation> {
    let name = c.object_name()?;
    c.eat("DEFAULT");
    c.expect("FOR TYPE")?;
    c.data_type()?;
    c.expect("USING")?;
    c.ident()?;
    if c.eat("FAMILY") {
        c.object_name()?;
    }
    c.expect("AS")?;
    c.list(class_item)?;
    Ok(other(Create, "operator class", Some(name)))
}

/// `OPERATOR 1 <`, `FUNCTION 1 (int, int) f(int, int)`, `STORAGE type`.
fn class_item(c: &mut Cursor<'_, '_>) -> Parse<()> {
    if c.eat("STORAGE") {
        c.data_type()?;
    } else if c.eat("FUNCTION") {
        c.integer()?;
        if c.is_token(&Token::LParen) {
            type_list(c)?;
        }
        arguments::routine(c)?;
    } else if c.eat("OPERATOR") {
        c.integer()?;
        let mark = c.mark();
        any_operator(c)?;
        if c.is_token(&Token::LParen) {
            c.rewind(mark);
            operator_with_types(c)?;
        }
        if c.eat_all("FOR ORDER BY") {
            c.object_name()?;
        } else {
            c.eat_all("FOR SEARCH");
        }
        if c.is("RECHECK") {
            return Err(c.problem(ProblemKind::Invalid, "`RECHECK` is no longer required"));
        }
    } else {
        return Err(c.expected("`OPERATOR`, `FUNCTION` or `STORAGE`"));
    }
    Ok(())
}

fn type_list(c: &mut Cursor<'_, '_>) -> Parse<()> {
    c.parens(|c| c.list(Cursor::data_type)).map(drop)
}

pub(super) fn alter_operator_class(c: &mut Cursor<'_, '_>) -> Parse<Operation> {
    let name = name_using_method(c)?;
    Tails::RENAME_OWNER_SCHEMA.read(c)?;
    Ok(other(Alter, "operator class", Some(name)))
}

pub(super) fn create_operator_family(c: &mut Cursor<'_, '_>) -> Parse<Operation> {
    let name = name_using_method(c)?;
    Ok(other(Create, "operator family", Some(name)))
}

pub(super) fn alter_operator_family(c: &mut Cursor<'_, '_>) -> Parse<Operation> {
    let name = name_using_method(c)?;
    if c.eat("ADD") {
        c.list(class_item)?;
    } else if c.eat("DROP") {
        c.list(|c| {
            if c.eat_one_of(&["OPERATOR", "FUNCTION"]).is_none() {
                return Err(c.expected("`OPERATOR` or `FUNCTION`"));
            }
            c.integer()?;
            type_list(c)
        })?;
    } else {
        Tails::RENAME_OWNER_SCHEMA.read(c)?;
    }
    Ok(other(Alter, "operator family", Some(name)))
}

pub(super) fn create_aggregate(c: &mut Cursor<'_, '_>, or_replace: bool) -> Parse<Operation> {
    let start = c.mark();
    let name = function_name(c)?;
    // The old form has no list of arguments: `(BASETYPE = …)`.
    let old = matches!(c.peek_nth(1), Token::Word(word) if keyword::category(word) == Category::Free)
        && *c.peek_nth(2) == Token::Eq;
    if !old {
        arguments::aggregate_arguments(c)?;
    }
    definition(c)?;
    if or_replace {
        c.since(12, start, "`CREATE OR REPLACE AGGREGATE`");
    }
    Ok(other(Create, "aggregate", Some(name)))
}

pub(super) fn create_cast(c: &mut Cursor<'_, '_>) -> Parse<Operation> {
    object_ref::cast(c)?;
    if c.eat_all("WITH FUNCTION") {
        arguments::routine(c)?;
    } else if !c.eat_all("WITHOUT FUNCTION") && !c.eat_all("WITH INOUT") {
        return Err(c.expected("`WITH FUNCTION`, `WITHOUT FUNCTION` or `WITH INOUT`"));
    }
    if c.eat("AS") && c.eat_one_of(&["IMPLICIT", "ASSIGNMENT"]).is_none() {
        return Err(c.expected("`IMPLICIT` or `ASSIGNMENT`"));
    }
    Ok(other(Create, "cast", None))
}

pub(super) fn create_transform(c: &mut Cursor<'_, '_>, _or_replace: bool) -> Parse<Operation> {
    object_ref::transform(c)?;
    c.parens(|c| {
        let mut last = "";
        c.list(|c| {
            let wrong = c.expected("`FROM SQL` or `TO SQL`");
            let way = match c.eat_one_of(&["FROM", "TO"]) {
                Some(way) if way != last => way,
                _ => return Err(wrong),
            };
            last = way;
            c.expect("SQL WITH FUNCTION")?;
            arguments::routine(c)
        })
    })?;
    Ok(other(Create, "transform", None))
}

pub(super) fn create_conversion(c: &mut Cursor<'_, '_>) -> Parse<Operation> {
    let name = c.object_name()?;
    c.expect("FOR")?;
    c.string()?;
    c.expect("TO")?;
    c.string()?;
    c.expect("FROM")?;
    c.object_name()?;
    Ok(other(Create, "conversion", Some(name)))
}

pub(super) fn alter_conversion(c: &mut Cursor<'_, '_>) -> Parse<Operation> {
    let name = c.object_name()?;
    let tail = Tails::RENAME_OWNER_SCHEMA.read(c)?;
    Ok(altered("conversion", name, Some(tail)))
}
