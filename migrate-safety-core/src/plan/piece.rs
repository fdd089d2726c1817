//! A change cut into parts that are planned one by one.

use super::error::PlanError;
use crate::catalog::Catalog;
use crate::sql::operation::{AlterTable, RelationWord, TableAction};
use crate::sql::{LocatedOperation, ObjectName, Operation, Problem, Statement, parse};
use std::collections::VecDeque;

/// The most parts of one change. Every way back is proved from every step, so that the time grows faster than they do.
const MOST_PIECES: usize = 500;

/// A part of a change: a statement, or one action of `ALTER TABLE` as a statement of its own.
#[derive(Clone, Debug)]
pub(crate) struct Piece {
    /// Its text, without a semicolon.
    pub(crate) sql: String,
    /// What it does: several operations only for what cannot be cut.
    pub(crate) operations: Vec<LocatedOperation>,
    /// Whether it is two statements, of which the second puts something in the place of what the first takes away.
    pub(crate) is_pair: bool,
    /// The single pieces of a pair.
    parts: Vec<Self>,
}

impl Piece {
    fn new(sql: String, operations: Vec<LocatedOperation>) -> Self {
        Self { sql, operations, is_pair: false, parts: Vec::new() }
    }

    /// The text of the one part that does something.
    pub(crate) fn part_sql(&self, does: impl Fn(&Operation) -> bool) -> Option<&str> {
        self.texts(does).first().copied()
    }

    /// The texts of the parts that do something.
    pub(crate) fn texts(&self, does: impl Fn(&Operation) -> bool) -> Vec<&str> {
        let doing = self.parts.iter().filter(|part| part.operations.iter().any(|located| does(&located.operation)));
        doing.map(|part| &*part.sql).collect()
    }

    /// The pieces of a pair one by one.
    pub(super) fn apart(self) -> Vec<Self> {
        self.parts
    }
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
    if pieces.len() > MOST_PIECES {
        return Err(PlanError::TooLarge { statements: pieces.len(), most: MOST_PIECES });
    }
    if pieces.is_empty() { Err(PlanError::Empty) } else { Ok(paired(moved(pieces))) }
}

/// Pieces that add columns, fill them and drop others become one: a value moves.
fn moved(pieces: Vec<Piece>) -> Vec<Piece> {
    let mut out: Vec<Piece> = Vec::new();
    let mut rest = &*pieces;
    while let Some((first, behind)) = rest.split_first() {
        let length = move_length(rest);
        match rest.split_at_checked(length).filter(|_| length > 0) {
            Some((parts, others)) => {
                out.push(Piece {
                    sql: parts.iter().map(|part| &*part.sql).collect::<Vec<_>>().join(";\n"),
                    operations: parts.iter().flat_map(|part| part.operations.clone()).collect(),
                    is_pair: true,
                    parts: parts.to_vec(),
                });
                rest = others;
            }
            None => {
                out.push(first.clone());
                rest = behind;
            }
        }
    }
    out
}

/// How many pieces make a move: `ADD COLUMN` …, `UPDATE`, `SET NOT NULL` …, `DROP COLUMN` … of one table, or none.
fn move_length(pieces: &[Piece]) -> usize {
    let Some((mut reached, table)) = pieces.first().and_then(stage).filter(|(stage, _)| *stage < 2) else { return 0 };
    let mut seen = [0usize; 4];
    let mut length = 0;
    for (next, of) in pieces.iter().map_while(stage) {
        if next < reached || of != table {
            break;
        }
        reached = next;
        length += 1;
        if let Some(count) = seen.get_mut(next) {
            *count += 1;
        }
    }
    if seen[1] == 1 && seen[3] > 0 { length } else { 0 }
}

/// Where in a move a piece can stand, and of which table.
fn stage(piece: &Piece) -> Option<(usize, &ObjectName)> {
    let [located] = &*piece.operations else { return None };
    Some(match &located.operation {
        Operation::Update(update) => (1, &update.table.name),
        Operation::AlterTable(alter) => match &alter.action {
            TableAction::AddColumn { .. } => (0, &alter.table),
            TableAction::SetNotNull { .. } => (2, &alter.table),
            TableAction::DropColumn { .. } => (3, &alter.table),
            _ => return None,
        },
        _ => return None,
    })
}

/// Pieces of which one takes something away and a later one puts something in its place become pairs.
fn paired(pieces: Vec<Piece>) -> Vec<Piece> {
    let mut pieces = VecDeque::from(pieces);
    let mut out = Vec::new();
    while let Some(piece) = pieces.pop_front() {
        // What stands between must not be what the later one needs.
        let near = pieces.iter().take_while(|between| is_swap(between)).position(|later| replaces(&piece, later));
        let other = near.and_then(|at| pieces.remove(at));
        out.push(match other {
            Some(other) => Piece {
                sql: format!("{};\n{}", piece.sql, other.sql),
                operations: piece.operations.iter().chain(&other.operations).cloned().collect(),
                is_pair: true,
                parts: vec![piece, other],
            },
            None => piece,
        });
    }
    out
}

/// Whether a piece takes a constraint or an index away, or adds one.
fn is_swap(piece: &Piece) -> bool {
    let [located] = &*piece.operations else { return false };
    match &located.operation {
        Operation::AlterTable(alter) => {
            matches!(alter.action, TableAction::DropConstraint { .. } | TableAction::AddConstraint(_))
        }
        Operation::DropIndex { .. } | Operation::CreateIndex(_) => true,
        _ => false,
    }
}

/// Whether `add` may put something in the place of what `drop` takes away.
fn replaces(drop: &Piece, add: &Piece) -> bool {
    let ([drop], [add]) = (&*drop.operations, &*add.operations) else { return false };
    match (&drop.operation, &add.operation) {
        (Operation::AlterTable(drop), Operation::AlterTable(add)) => match (&drop.action, &add.action) {
            (TableAction::DropConstraint { .. }, TableAction::AddConstraint(_)) => drop.table == add.table,
            _ => false,
        },
        (Operation::DropIndex { names, .. }, Operation::CreateIndex(_)) => names.len() == 1,
        _ => false,
    }
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
        _ => vec![Piece::new(sql.to_owned(), statement.operations.clone())],
    }
}

fn action(located: &LocatedOperation, text: &str) -> Option<Piece> {
    let Operation::AlterTable(alter) = &located.operation else { return None };
    let AlterTable { table, word: RelationWord::Table, only, if_exists, .. } = &**alter else { return None };
    let only = if *only { "ONLY " } else { "" };
    let if_exists = if *if_exists { "IF EXISTS " } else { "" };
    let written = text.get(located.span.range())?;
    let sql = format!("ALTER TABLE {if_exists}{only}{} {written}", table.sql());
    Some(Piece::new(sql, vec![located.clone()]))
}
