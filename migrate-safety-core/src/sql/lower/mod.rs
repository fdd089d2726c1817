//! What sqlparser's helper parsers read - types, expressions, queries, DML - lowered to our own shapes.

use super::cursor::{Cursor, Parse};
use super::datatype::DataType;
use super::expr::{Expression, Query};
use super::statement::ProblemKind;

pub(crate) fn data_type(c: &mut Cursor<'_, '_>) -> Parse<DataType> {
    Err(c.problem(ProblemKind::Unsupported, "not written"))
}

pub(crate) fn expression(c: &mut Cursor<'_, '_>) -> Parse<Expression> {
    Err(c.problem(ProblemKind::Unsupported, "not written"))
}

pub(crate) fn query(c: &mut Cursor<'_, '_>) -> Parse<Query> {
    Err(c.problem(ProblemKind::Unsupported, "not written"))
}

pub(crate) fn dml(c: &mut Cursor<'_, '_>) -> Parse<crate::sql::operation::Operation> {
    Err(c.problem(ProblemKind::Unsupported, "not written"))
}
