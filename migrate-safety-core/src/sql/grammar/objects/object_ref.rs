//! Objects of any class, as `COMMENT ON`, `SECURITY LABEL` and `ALTER EXTENSION` name them.

use super::arguments;
use super::common::{name_using_method, number, operator_with_types, type_name};
use crate::sql::cursor::{Cursor, Parse};
use crate::sql::operation::{CommentTarget, OnTable};
use crate::sql::token::Token;

/// How an object of a class is named.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Named {
    /// A relation, with or without a schema.
    Relation,
    /// Something else that lives in a schema.
    InSchema,
    /// A column of a relation.
    Column,
    /// A name alone.
    Plain,
    Schema,
    Type,
    Aggregate,
    Routine,
    Operator,
    UsingMethod,
    /// `name ON table`.
    OnTable(OnTable),
    /// `name ON table` or `name ON DOMAIN domain`.
    Constraint,
    LargeObject,
    Cast,
    Transform,
}

/// Which statements name the class.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Takes {
    /// All three.
    All,
    /// All but `SECURITY LABEL`.
    NotLabel,
    /// All but `ALTER EXTENSION`.
    NotExtension,
    /// `COMMENT ON` alone.
    Comment,
}

/// Words, the way of naming, and the statements (gram.y: `object_type_any_name`, `object_type_name` …).
const CLASSES: &[(&str, Named, Takes)] = &[
    ("TABLE", Named::Relation, Takes::All),
    ("SEQUENCE", Named::Relation, Takes::All),
    ("VIEW", Named::Relation, Takes::All),
    ("MATERIALIZED VIEW", Named::Relation, Takes::All),
    ("INDEX", Named::Relation, Takes::All),
    ("FOREIGN TABLE", Named::Relation, Takes::All),
    ("COLLATION", Named::InSchema, Takes::All),
    ("CONVERSION", Named::InSchema, Takes::All),
    ("STATISTICS", Named::InSchema, Takes::All),
    ("TEXT SEARCH PARSER", Named::InSchema, Takes::All),
    ("TEXT SEARCH DICTIONARY", Named::InSchema, Takes::All),
    ("TEXT SEARCH TEMPLATE", Named::InSchema, Takes::All),
    ("TEXT SEARCH CONFIGURATION", Named::InSchema, Takes::All),
    ("COLUMN", Named::Column, Takes::NotExtension),
    ("ACCESS METHOD", Named::Plain, Takes::All),
    ("EVENT TRIGGER", Named::Plain, Takes::All),
    ("EXTENSION", Named::Plain, Takes::All),
    ("FOREIGN DATA WRAPPER", Named::Plain, Takes::All),
    ("PROCEDURAL LANGUAGE", Named::Plain, Takes::All),
    ("LANGUAGE", Named::Plain, Takes::All),
    ("PUBLICATION", Named::Plain, Takes::All),
    ("SCHEMA", Named::Schema, Takes::All),
    ("SERVER", Named::Plain, Takes::All),
    ("DATABASE", Named::Plain, Takes::All),
    ("ROLE", Named::Plain, Takes::All),
    ("SUBSCRIPTION", Named::Plain, Takes::All),
    ("TABLESPACE", Named::Plain, Takes::All),
    ("TYPE", Named::Type, Takes::All),
    ("DOMAIN", Named::Type, Takes::All),
    ("AGGREGATE", Named::Aggregate, Takes::All),
    ("FUNCTION", Named::Routine, Takes::All),
    ("PROCEDURE", Named::Routine, Takes::All),
    ("ROUTINE", Named::Routine, Takes::All),
    ("LARGE OBJECT", Named::LargeObject, Takes::NotExtension),
    ("OPERATOR CLASS", Named::UsingMethod, Takes::NotLabel),
    ("OPERATOR FAMILY", Named::UsingMethod, Takes::NotLabel),
    ("OPERATOR", Named::Operator, Takes::NotLabel),
    ("CAST", Named::Cast, Takes::NotLabel),
    ("TRANSFORM", Named::Transform, Takes::NotLabel),
    ("CONSTRAINT", Named::Constraint, Takes::Comment),
    ("POLICY", Named::OnTable(OnTable::Policy), Takes::Comment),
    ("RULE", Named::OnTable(OnTable::Rule), Takes::Comment),
    ("TRIGGER", Named::OnTable(OnTable::Trigger), Takes::Comment),
];

/// What `COMMENT ON` names.
pub(super) fn commented(c: &mut Cursor<'_, '_>) -> Parse<CommentTarget> {
    object(c, &[Takes::All, Takes::NotLabel, Takes::NotExtension, Takes::Comment])
}

/// What `SECURITY LABEL ON` names.
pub(super) fn labelled(c: &mut Cursor<'_, '_>) -> Parse<CommentTarget> {
    object(c, &[Takes::All, Takes::NotExtension])
}

/// What `ALTER EXTENSION … ADD` names.
pub(super) fn extension_member(c: &mut Cursor<'_, '_>) -> Parse<CommentTarget> {
    object(c, &[Takes::All, Takes::NotLabel])
}

fn object(c: &mut Cursor<'_, '_>, takes: &[Takes]) -> Parse<CommentTarget> {
    let class = CLASSES.iter().find(|(words, _, of)| takes.contains(of) && c.eat_all(words));
    let Some((_, named, _)) = class else { return Err(c.expected("a kind of object")) };
    match named {
        Named::Relation => return c.object_name().map(CommentTarget::Relation),
        Named::Column => {
            let (table, column) = c.column_of()?;
            return Ok(CommentTarget::Column(table, column));
        }
        Named::OnTable(what) => {
            let name = c.ident()?;
            c.expect("ON")?;
            return Ok(CommentTarget::OnTable(*what, c.object_name()?, name));
        }
        Named::Constraint => {
            let name = c.ident()?;
            c.expect("ON")?;
            // A table may bear the name `domain`.
            if !(c.is("DOMAIN") && matches!(c.peek_nth(1), Token::Word(_)) && !c.is_nth(1, "IS")) {
                return Ok(CommentTarget::Constraint(c.object_name()?, name));
            }
            c.advance();
            c.object_name()?;
        }
        Named::InSchema => {
            c.object_name()?;
        }
        Named::Plain => {
            c.ident()?;
        }
        Named::Schema => return c.ident().map(CommentTarget::Schema),
        Named::Type => return type_name(c).map(CommentTarget::Type),
        Named::Routine => return arguments::routine(c).map(CommentTarget::Routine),
        Named::Aggregate => {
            arguments::aggregate(c)?;
        }
        Named::Operator => {
            operator_with_types(c)?;
        }
        Named::UsingMethod => {
            name_using_method(c)?;
        }
        Named::LargeObject => {
            number(c)?;
        }
        Named::Cast => cast(c)?,
        Named::Transform => transform(c)?,
    }
    Ok(CommentTarget::Other)
}

/// `(source AS target)`.
pub(super) fn cast(c: &mut Cursor<'_, '_>) -> Parse<()> {
    c.parens(|c| {
        c.data_type()?;
        c.expect("AS")?;
        c.data_type()?;
        Ok(())
    })
}

/// `FOR type LANGUAGE name`.
pub(super) fn transform(c: &mut Cursor<'_, '_>) -> Parse<()> {
    c.expect("FOR")?;
    c.data_type()?;
    c.expect("LANGUAGE")?;
    c.ident()?;
    Ok(())
}
