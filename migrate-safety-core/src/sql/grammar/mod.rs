//! PostgreSQL's grammar, read from tokens straight into operations.
//!
//! It is the server's own: a superset of several dialects would take what the server rejects, and the other way round.

mod alter;
mod array_literal;
mod attribute;
mod column;
pub(crate) mod common;
mod constraint;
mod create_table;
mod data_type;
mod dml;
mod drop;
mod expr;
mod index;
mod maintenance;
mod objects;
mod partition;
mod query;
mod sequence;
mod session;
mod setting;
mod table_action;
mod transaction;
mod view;

use super::cursor::{Cursor, Parse};
use super::operation::{LocatedOperation, Operation};
use super::span::Span;
use super::statement::Problem;
use crate::sql::token::Token;

pub(crate) use array_literal::elements as array_elements;
pub(crate) use data_type::data_type;
#[cfg(feature = "plan")]
pub(crate) use dml::{ChangeText, change_text};
use dml::{DML_WORDS, dml};
pub(crate) use expr::{expression, operand_expression, restricted_expression};
pub(crate) use query::query;

/// What one statement was read into.
#[derive(Debug, Default)]
pub(crate) struct Reading {
    pub(crate) operations: Vec<LocatedOperation>,
    /// Problems that did not keep the rest of the statement from being read.
    pub(crate) problems: Vec<Problem>,
}

impl Reading {
    /// One operation.
    pub(crate) fn one(operation: Operation, span: Span) -> Self {
        Self { operations: vec![LocatedOperation { operation, span, routine: None }], problems: Vec::new() }
    }
}

/// Reads one statement by its first words. `Err` is a statement that could not be read at all.
pub(crate) fn statement(c: &mut Cursor<'_, '_>) -> Parse<Reading> {
    let reading = element(c)?;
    c.expect_end()?;
    Ok(reading)
}

/// Reads one statement that others may follow without a separator, as in `CREATE SCHEMA`.
pub(crate) fn element(c: &mut Cursor<'_, '_>) -> Parse<Reading> {
    if let Some(reader) = reader(c) {
        return reader.read(c);
    }
    if let Some(reading) = objects::object_statement(c) {
        return reading;
    }
    if DML_WORDS.iter().any(|word| c.is(word)) || c.is_token(&Token::LParen) {
        return Reader::One(dml).read(c);
    }
    if let Some(word) = c.eat_one_of(&["CREATE", "ALTER"]) {
        let start = c.mark();
        while BEFORE_CLASSES.iter().any(|word| c.is(word)) {
            c.skip();
        }
        let words = [word, c.text_from(start)].join(" ");
        return Err(c.expected(&format!("a class of objects behind `{}`", words.trim_end())));
    }
    Err(c.expected("a statement"))
}

/// The production for a statement.
#[derive(Clone, Copy)]
enum Reader {
    /// For those that are one operation.
    One(fn(&mut Cursor<'_, '_>) -> Parse<Operation>),
    /// For those that can be several, with spans of their own.
    Many(fn(&mut Cursor<'_, '_>) -> Parse<Reading>),
}

impl Reader {
    fn read(self, c: &mut Cursor<'_, '_>) -> Parse<Reading> {
        let start = c.mark();
        match self {
            Self::One(production) => Ok(Reading::one(production(c)?, c.span_from(start))),
            Self::Many(production) => production(c),
        }
    }
}

/// Statements by their first words.
const BY_FIRST_WORDS: &[(&str, Reader)] = &[
    ("ABORT", Reader::Many(transaction::end)),
    ("ALTER FOREIGN TABLE", Reader::Many(alter::alter_relation)),
    ("ALTER INDEX", Reader::Many(alter::alter_relation)),
    ("ALTER MATERIALIZED", Reader::Many(alter::alter_relation)),
    ("ALTER SEQUENCE", Reader::Many(alter::alter_relation)),
    ("ALTER TABLE", Reader::Many(alter::alter_relation)),
    ("ALTER VIEW", Reader::Many(alter::alter_relation)),
    ("ANALYSE", Reader::One(maintenance::analyze)),
    ("ANALYZE", Reader::One(maintenance::analyze)),
    ("BEGIN", Reader::Many(transaction::begin)),
    ("CHECKPOINT", Reader::One(session::checkpoint)),
    ("CLUSTER", Reader::One(maintenance::cluster)),
    ("COMMIT", Reader::Many(transaction::end)),
    ("DISCARD", Reader::One(session::discard)),
    ("DROP", Reader::Many(drop::drop)),
    ("END", Reader::Many(transaction::end)),
    ("LISTEN", Reader::One(session::listen)),
    ("LOAD", Reader::One(session::load)),
    ("LOCK", Reader::One(maintenance::lock)),
    ("NOTIFY", Reader::One(session::notify)),
    ("REFRESH", Reader::One(view::refresh)),
    ("REINDEX", Reader::One(maintenance::reindex)),
    ("RELEASE", Reader::One(transaction::savepoint)),
    ("RESET", Reader::One(setting::reset)),
    ("ROLLBACK", Reader::Many(transaction::end)),
    ("SAVEPOINT", Reader::One(transaction::savepoint)),
    ("SET", Reader::One(setting::set)),
    ("SHOW", Reader::One(setting::show)),
    ("START", Reader::Many(transaction::begin)),
    ("TRUNCATE", Reader::One(maintenance::truncate)),
    ("UNLISTEN", Reader::One(session::unlisten)),
    ("VACUUM", Reader::One(maintenance::vacuum)),
];

/// `CREATE` statements by the class that follows, with the words that may come before it.
const BY_CREATED_CLASS: &[(&str, &[&str], Reader)] = &[
    ("FOREIGN TABLE", &[], Reader::One(create_table::create_foreign_table)),
    ("INDEX", &["UNIQUE"], Reader::One(index::create_index)),
    ("MATERIALIZED", &["UNLOGGED"], Reader::One(view::create_materialized_view)),
    ("SEQUENCE", LIFETIMES, Reader::One(sequence::create_sequence)),
    ("TABLE", LIFETIMES, Reader::One(create_table::create_table)),
    ("VIEW", BEFORE_VIEW, Reader::One(view::create_view)),
];

const LIFETIMES: &[&str] = &["LOCAL", "GLOBAL", "TEMPORARY", "TEMP", "UNLOGGED"];
const BEFORE_CLASSES: &[&str] =
    &["OR", "REPLACE", "LOCAL", "GLOBAL", "TEMPORARY", "TEMP", "UNLOGGED", "RECURSIVE", "UNIQUE"];
const BEFORE_VIEW: &[&str] = &["OR", "REPLACE", "LOCAL", "GLOBAL", "TEMPORARY", "TEMP", "UNLOGGED", "RECURSIVE"];

/// The reader for the statement that begins here, if it is one of this module's own.
fn reader(c: &Cursor<'_, '_>) -> Option<Reader> {
    if c.is("CREATE") {
        let class = |before: &[&str]| (1..).find(|n| !before.iter().any(|word| c.is_nth(*n, word)));
        return BY_CREATED_CLASS.iter().find_map(|(words, before, reader)| {
            let at = class(before)?;
            words.split(' ').enumerate().all(|(n, word)| c.is_nth(at + n, word)).then_some(*reader)
        });
    }
    // A prepared statement may be called `transaction`.
    if c.is_all("PREPARE TRANSACTION") && c.peek_nth(2).string().is_some() {
        return Some(Reader::One(transaction::prepare));
    }
    BY_FIRST_WORDS.iter().find(|(words, _)| c.is_all(words)).map(|(_, reader)| *reader)
}

#[cfg(test)]
mod tests;
