//! A change cut into parts that are planned one by one.

use super::error::PlanError;
use crate::catalog::Catalog;
use crate::sql::operation::{AlterTable, RelationWord};
use crate::sql::{LocatedOperation, Operation, Problem, Statement, parse};

/// A part of a change: a statement, or one action of `ALTER TABLE` as a statement of its own.
#[derive(Clone, Debug)]
pub(crate) struct Piece {
    /// Its text, without a semicolon.
    pub(crate) sql: String,
    /// What it does: several operations only for what cannot be cut.
    pub(crate) operations: Vec<LocatedOperation>,
}

/// Cuts a change.
pub(super) fn pieces(catalog: &Catalog, text: &str) -> Result<Vec<Piece>, PlanError> {
    let script = parse(catalog.target(), text);
    let mut pieces = Vec::new();
    for statement in &script.statements {
        let sql = text.get(statement.span.range()).unwrap_or_default();
        if let Some(problem) = statement.problems.first() {
            return Err(unreadable(problem, sql));
        }
        if is_transaction_control(statement) {
            continue;
        }
        pieces.extend(cut(statement, sql, text));
    }
    if pieces.is_empty() { Err(PlanError::Empty) } else { Ok(pieces) }
}

fn unreadable(problem: &Problem, sql: &str) -> PlanError {
    PlanError::Unreadable {
        line: problem.span.start.line,
        column: problem.span.start.column,
        message: problem.message.to_string(),
        sql: sql.to_owned(),
    }
}

/// `BEGIN`, `COMMIT`, `SET lock_timeout`: the plan has its own.
fn is_transaction_control(statement: &Statement) -> bool {
    let is_frame = |operation: &Operation| match operation {
        Operation::Transaction(_) => true,
        Operation::Set { name, .. } => name.ends_with("_timeout"),
        _ => false,
    };
    !statement.operations.is_empty() && statement.operations.iter().all(|located| is_frame(&located.operation))
}

/// A statement in pieces: each action of an `ALTER TABLE` becomes one.
fn cut(statement: &Statement, sql: &str, text: &str) -> Vec<Piece> {
    let actions: Option<Vec<Piece>> = statement.operations.iter().map(|located| action(located, text)).collect();
    match actions {
        Some(actions) if actions.len() > 1 => actions,
        _ => vec![Piece { sql: sql.to_owned(), operations: statement.operations.clone() }],
    }
}

fn action(located: &LocatedOperation, text: &str) -> Option<Piece> {
    let Operation::AlterTable(alter) = &located.operation else { return None };
    let AlterTable { table, word: RelationWord::Table, only, if_exists, .. } = &**alter else { return None };
    let only = if *only { "ONLY " } else { "" };
    let if_exists = if *if_exists { "IF EXISTS " } else { "" };
    let written = text.get(located.span.range())?;
    let sql = format!("ALTER TABLE {if_exists}{only}{} {written}", table.sql());
    Some(Piece { sql, operations: vec![located.clone()] })
}
