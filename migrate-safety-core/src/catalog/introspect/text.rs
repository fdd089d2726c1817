//! The texts that a server writes, read with our own grammar.

use crate::dialect::Target;
use crate::sql::expr::{Expr, Expression};
use crate::sql::operation::{PartitionBound, PartitionBy};
use crate::sql::{DataType, Operation, Statement, parse};

/// The one statement of a text, if it is understood.
pub(super) fn statement(target: Target, sql: &str) -> Option<Operation> {
    let statement = parse(target, sql).statements.into_iter().next().filter(Statement::understood)?;
    statement.operations.into_iter().next().map(|located| located.operation)
}

/// The routine that a statement makes, also where its body is not understood: the server has it.
pub(super) fn routine(target: Target, sql: &str) -> Option<Operation> {
    let statement = parse(target, sql).statements.into_iter().next()?;
    let operation = statement.operations.into_iter().next()?.operation;
    matches!(operation, Operation::CreateRoutine(_)).then_some(operation)
}

/// An expression with its text.
pub(super) fn expression(target: Target, sql: &str) -> Option<Expression> {
    Some(Expression { sql: sql.into(), expr: value(target, sql)? })
}

/// A type as `format_type` writes it.
pub(super) fn data_type(target: Target, sql: &str) -> Option<DataType> {
    match value(target, &format!("NULL::{sql}"))? {
        Expr::Cast { to, .. } => Some(to),
        _ => None,
    }
}

/// `RANGE (a, b)`.
pub(super) fn partition_key(target: Target, sql: &str) -> Option<PartitionBy> {
    match statement(target, &format!("CREATE TABLE t () PARTITION BY {sql}"))? {
        Operation::CreateTable(create) => create.partition_by,
        _ => None,
    }
}

/// `FOR VALUES FROM (1) TO (2)`.
pub(super) fn bound(target: Target, sql: &str) -> Option<PartitionBound> {
    match statement(target, &format!("CREATE TABLE t PARTITION OF p {sql}"))? {
        Operation::CreateTable(create) => create.partition_of.map(|(_, bound)| bound),
        _ => None,
    }
}

fn value(target: Target, sql: &str) -> Option<Expr> {
    let Operation::Select(query) = statement(target, &format!("SELECT {sql}"))? else { return None };
    let item = query.selects.into_iter().next()?.items.into_iter().next()?;
    Some(item.expr)
}
