//! PostgreSQL's statements, read from sqlparser's tokens straight into operations.
//!
//! sqlparser reads types, expressions, queries and DML for us; the data definition language we read ourselves, because
//! it lacks about a hundred PostgreSQL forms, misreads a few, and gives no places for the actions of a statement.

use super::cursor::{Cursor, Parse};
use super::operation::{LocatedOperation, Operation};
use super::span::Span;
use super::statement::Problem;

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
    Err(c.expected("a statement"))
}
