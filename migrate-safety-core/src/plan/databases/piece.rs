//! A change cut into parts that are planned one by one.

use super::State;
use super::moved::{self, Moved};
use super::remade;
use super::wish;
use crate::databases::operation::{Action, ActionKind, AlterTable, Online, Operation};
use crate::databases::parse;
use crate::databases::render::Rendered;
use crate::databases::statement::Statement;
use crate::plan::error::PlanError;

/// The most statements of one change.
const MOST_PIECES: usize = 200;

/// A part of a change: a statement, or one action of `ALTER TABLE` as a statement of its own.
#[derive(Clone, Debug)]
pub(super) struct Piece {
    /// Its text, without a semicolon, `ALGORITHM` and `LOCK`.
    pub(super) sql: String,
    /// What it does.
    pub(super) operation: Operation,
    /// How values come to a new type, where that is told.
    pub(super) using: Option<String>,
    /// Its actions as pieces, if there are several.
    parts: Vec<Self>,
    /// The value that it moves, if it is all that this takes.
    pub(super) moved: Option<Moved>,
}

impl Piece {
    /// The one action of `ALTER TABLE` that it is.
    pub(super) fn alter(&self) -> Option<&AlterTable> {
        match &self.operation {
            Operation::AlterTable(alter) => Some(alter),
            _ => None,
        }
    }

    /// The pieces that it is made of.
    pub(super) fn apart(&self) -> Vec<Self> {
        self.parts.clone()
    }

    pub(super) fn has_parts(&self) -> bool {
        !self.parts.is_empty()
    }

    /// Pieces that move a value, one behind the other.
    pub(super) fn of_move(moved: Moved, parts: &[Self]) -> Self {
        let sql = parts.iter().map(|part| part.sql.as_str()).collect::<Vec<_>>().join(";\n");
        let operation = Operation::Update(Box::new(moved.update.clone()));
        Self { sql, operation, using: None, parts: parts.to_vec(), moved: Some(moved) }
    }
}

/// Cuts a change.
///
/// # Errors
/// A statement cannot be read, or there is none, or there are more than are planned at once.
pub(super) fn pieces(state: &State, text: &str) -> Result<Vec<Piece>, PlanError> {
    let script = parse(state.schema.target, text);
    if let Some(changes) = remade::read(state, &script.statements, text) {
        return self::pieces(state, &changes?.join(";\n"));
    }
    let mut pieces = Vec::new();
    let mut seen = state.clone();
    for statement in &script.statements {
        let sql = text.get(statement.span.range()).unwrap_or_default();
        if is_about_the_session(&statement.operation) {
            continue;
        }
        let piece = if is_read(statement) {
            cut(statement, sql, text)
        } else {
            match wish::read(&seen.schema, sql) {
                Some((operation, using)) => {
                    let sql = in_own_words(&seen, &operation).unwrap_or_else(|| sql.to_owned());
                    Piece { sql, operation, using, parts: Vec::new(), moved: None }
                }
                None => return Err(unreadable(statement, sql)),
            }
        };
        seen.apply_piece(&piece);
        pieces.push(piece);
    }
    let pieces = moved::joined(pieces);
    if pieces.len() > MOST_PIECES {
        return Err(PlanError::TooLarge { statements: pieces.len(), most: MOST_PIECES });
    }
    if pieces.is_empty() { Err(PlanError::Empty) } else { Ok(pieces) }
}

/// A column in another form as MySQL says it.
fn in_own_words(state: &State, operation: &Operation) -> Option<String> {
    let target = state.schema.target;
    let Operation::AlterTable(alter) = operation else { return None };
    let [Action { kind: ActionKind::Modify { to, .. }, .. }] = alter.actions.as_slice() else { return None };
    let rendered = Rendered::new(target);
    let table = rendered.name(&alter.table.name);
    target.dialect.is_mysql().then(|| format!("ALTER TABLE {table} MODIFY COLUMN {}", rendered.column(to)))
}

/// Transactions and settings: how a migration goes about the change, not what it is.
fn is_about_the_session(operation: &Operation) -> bool {
    matches!(
        operation,
        Operation::Transaction(_) | Operation::Set { .. } | Operation::UnlockTables | Operation::LockTables { .. }
    )
}

/// Whether it is known what the statement does; that a version lacks it may be made good.
fn is_read(statement: &Statement) -> bool {
    let is_opaque = match &statement.operation {
        Operation::Opaque { .. } => true,
        Operation::AlterTable(alter) => alter.actions.iter().any(|a| matches!(a.kind, ActionKind::Opaque { .. })),
        _ => false,
    };
    let is_alter = matches!(statement.operation, Operation::AlterTable(_));
    !is_opaque && (is_alter || statement.problems.is_empty())
}

fn unreadable(statement: &Statement, sql: &str) -> PlanError {
    let message = statement.problems.first().map_or("what it does cannot be read", |problem| &*problem.message);
    PlanError::Unreadable {
        line: statement.span.start.line,
        column: statement.span.start.column,
        message: message.to_owned(),
        sql: sql.to_owned(),
    }
}

/// A statement, with its actions if there are several.
fn cut(statement: &Statement, sql: &str, text: &str) -> Piece {
    let whole = |operation: Operation, sql: &str| Piece {
        sql: sql.to_owned(),
        operation,
        using: None,
        parts: Vec::new(),
        moved: None,
    };
    let Operation::AlterTable(alter) = &statement.operation else { return whole(statement.operation.clone(), sql) };
    let head = alter.actions.first().and_then(|first| text.get(statement.span.start.offset..first.span.start.offset));
    // What SQLite writes behind a column are actions that stand at the same place.
    let groups: Vec<&[Action]> = alter.actions.chunk_by(|a, b| a.span.start.offset == b.span.start.offset).collect();
    let texts: Vec<&str> =
        groups.iter().filter_map(|group| text.get(group.first()?.span.range()).map(str::trim)).collect();
    // SQLite's span begins behind the word that opens it.
    let (Some(head), false) = (head, texts.is_empty() || texts.len() != groups.len()) else {
        return whole(statement.operation.clone(), sql);
    };
    let piece = |group: &[Action], text: &str| {
        let alter = AlterTable { actions: group.to_vec(), online: Online::default(), ..(**alter).clone() };
        whole(Operation::AlterTable(Box::new(alter)), &format!("{}{text}", head.trim_end().to_owned() + " "))
    };
    if !statement_is_mysql(alter, &groups) {
        return whole(statement.operation.clone(), sql);
    }
    let parts: Vec<Piece> = groups.iter().zip(&texts).map(|(group, text)| piece(group, text)).collect();
    let joined = texts.join(", ");
    let mut made = piece(&alter.actions, &joined);
    made.parts = if parts.len() > 1 { parts } else { Vec::new() };
    made
}

/// Whether actions were written one behind the other, or with words for how to go about them (MySQL).
fn statement_is_mysql(alter: &AlterTable, groups: &[&[Action]]) -> bool {
    let Online { algorithm, lock, wait } = alter.online;
    groups.len() > 1 || algorithm.is_some() || lock.is_some() || wait.is_some()
}

impl State {
    fn apply_piece(&mut self, piece: &Piece) {
        if let Ok(next) = self.plain(piece) {
            *self = next;
        }
    }
}
