//! A change cut into parts that are planned one by one.

use super::bracket::bracketed;
use super::cascade::said_in_full;
use super::error::PlanError;
use super::json_key::removal;
use super::rows::read_by;
use super::state::State;
use crate::dialect::Target;
use crate::sql::expr::TableSource;
use crate::sql::operation::{AlterTable, AlterType, CommentTarget, Insert, Persistence, RelationWord, TableAction};
use crate::sql::{Ident, LocatedOperation, ObjectName, Operation, Problem, Statement, parse};
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

    /// A statement by itself, if it is one.
    pub(super) fn parsed(target: Target, sql: &str) -> Option<Self> {
        match &*parse(target, sql).statements {
            [statement] => Some(Self::new(sql.to_owned(), statement.operations.clone())),
            _ => None,
        }
    }

    /// Several pieces as one.
    pub(super) fn of_parts(parts: &[Self]) -> Self {
        Self {
            sql: parts.iter().map(|part| &*part.sql).collect::<Vec<_>>().join(";\n"),
            operations: parts.iter().flat_map(|part| part.operations.clone()).collect(),
            is_pair: true,
            parts: parts.to_vec(),
        }
    }

    /// What it does, if that is one thing.
    pub(super) fn operation(&self) -> Option<&Operation> {
        match &*self.operations {
            [located] => Some(&located.operation),
            _ => None,
        }
    }

    /// The temporary tables that it makes.
    pub(super) fn temporary(&self) -> impl Iterator<Item = Ident> {
        self.operations.iter().filter_map(|located| match &located.operation {
            Operation::CreateTable(create) if create.persistence == Persistence::Temporary => {
                Some(create.name.name.clone())
            }
            Operation::CreateTableAs { name, persistence: Persistence::Temporary, .. } => Some(name.name.clone()),
            _ => None,
        })
    }

    /// The pieces that it is made of, if they are several.
    pub(crate) fn parts(&self) -> &[Self] {
        &self.parts
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

    /// The texts of all of its statements.
    pub(crate) fn statements(&self) -> Vec<&str> {
        if self.parts.is_empty() {
            return vec![&self.sql];
        }
        self.parts.iter().flat_map(Self::statements).collect()
    }

    /// The pieces of a pair one by one.
    pub(super) fn apart(self) -> Vec<Self> {
        self.parts
    }
}

/// Cuts a change.
pub(super) fn pieces(start: &State, text: &str) -> Result<Vec<Piece>, PlanError> {
    let script = parse(start.catalog.target(), text);
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
    if pieces.is_empty() { Err(PlanError::Empty) } else { Ok(grouped(bracketed(said_in_full(start, pieces)))) }
}

/// Pieces that are one change together become one.
pub(crate) fn grouped(pieces: Vec<Piece>) -> Vec<Piece> {
    let pieces = [remake_length, regenerate_length, retype_length, relabel_length, renumber_length]
        .into_iter()
        .fold(pieces, |pieces, length| runs(&pieces, length));
    paired(moved(
        [partition_length, exchange_length, split_length, extract_length]
            .into_iter()
            .fold(pieces, |pieces, length| runs(&pieces, length)),
    ))
}

/// Pieces that add columns, fill them and drop others become one: a value moves, within a table or to another one.
fn moved(pieces: Vec<Piece>) -> Vec<Piece> {
    runs(&runs(&pieces, move_length), transfer_length)
}

/// As many pieces as `length` says at their first one become one.
pub(super) fn runs(pieces: &[Piece], length: fn(&[Piece]) -> usize) -> Vec<Piece> {
    let mut out: Vec<Piece> = Vec::new();
    let mut rest = pieces;
    while let Some((first, behind)) = rest.split_first() {
        match rest.split_at_checked(length(rest)) {
            Some((parts, others)) if parts.len() > 1 => {
                out.push(Piece::of_parts(parts));
                rest = others;
            }
            _ => {
                out.push(first.clone());
                rest = behind;
            }
        }
    }
    out
}

/// How many pieces set tables aside in a schema of their own, make others of the same names, and take the schema away.
fn remake_length(pieces: &[Piece]) -> usize {
    let Some(Operation::CreateSchema { name, .. }) = pieces.first().and_then(Piece::operation) else { return 0 };
    let sets_aside = |piece: &Piece| match piece.operation() {
        Some(Operation::AlterTable(alter)) => {
            matches!(&alter.action, TableAction::SetSchema { schema } if schema == name)
        }
        _ => false,
    };
    let ends = |piece: &Piece| matches!(piece.operation(), Some(Operation::DropSchema { names, .. }) if **names == [name.clone()]);
    let length = pieces.iter().position(ends).map_or(0, |at| at + 1);
    if pieces.iter().take(length).any(sets_aside) { length } else { 0 }
}

/// How many pieces take a generated column away and make it anew, with what is done to its table between.
fn regenerate_length(pieces: &[Piece]) -> usize {
    let Some((3, table)) = pieces.first().and_then(stage) else { return 0 };
    let Some(Operation::AlterTable(drop)) = pieces.first().and_then(Piece::operation) else { return 0 };
    let TableAction::DropColumn { column: gone, cascade: false, .. } = &drop.action else { return 0 };
    let of_it = |piece: &&Piece| match piece.operation() {
        Some(Operation::AlterTable(alter)) => alter.table == *table,
        Some(Operation::Comment { on: CommentTarget::Column(name, _), .. }) => name == table,
        _ => false,
    };
    let run = pieces.iter().take_while(of_it);
    let comes = |piece: &Piece| match piece.operation() {
        Some(Operation::AlterTable(alter)) => match &alter.action {
            TableAction::AddColumn { column, .. } => column.name == *gone && column.generated.is_some(),
            _ => false,
        },
        _ => false,
    };
    let places = run.enumerate().filter(|(_, piece)| comes(piece));
    places.map(|(at, _)| at + 1).last().unwrap_or_default()
}

/// How many pieces give one column another type, another default and another comment.
fn retype_length(pieces: &[Piece]) -> usize {
    let Some((_, column)) = pieces.first().and_then(retype_part) else { return 0 };
    let parts = pieces.iter().map_while(retype_part).take_while(|(_, of)| *of == column);
    let types: Vec<bool> = parts.map(|(is_type, _)| is_type).collect();
    if types.iter().filter(|is_type| **is_type).count() == 1 { types.len() } else { 0 }
}

/// How many pieces put an enum with other values in the place of one: the new type is made, columns get it, and it gets the
/// name of the old one; what compares the columns is taken off before, and made again behind.
fn relabel_length(pieces: &[Piece]) -> usize {
    let made = match (pieces.first().and_then(Piece::operation), pieces.get(1).and_then(Piece::operation)) {
        (
            Some(Operation::AlterType { name: old, action: AlterType::Rename { .. } }),
            Some(Operation::CreateType { name, .. }),
        ) if old == name => return replaced_type_length(pieces),
        (Some(Operation::CreateType { name, .. }), _) => name,
        _ => return 0,
    };
    let renames = |piece: &Piece| matches!(piece.operation(), Some(Operation::AlterType { name, action: AlterType::Rename { .. } }) if name == made);
    let of_it = |piece: &&Piece| match piece.operation() {
        Some(Operation::DropType { .. } | Operation::DropIndex { .. }) => true,
        Some(Operation::AlterTable(alter)) if matches!(alter.action, TableAction::DropConstraint { .. }) => true,
        _ => is_retype(piece),
    };
    let made_again = |piece: &&Piece| match piece.operation() {
        Some(Operation::CreateIndex(_)) => true,
        Some(Operation::AlterTable(alter)) => matches!(alter.action, TableAction::AddConstraint(_)),
        _ => false,
    };
    let between = pieces.iter().skip(1).take_while(of_it).count();
    if !pieces.get(between + 1).is_some_and(renames) {
        return 0;
    }
    // Only as many as were taken off: more are another change.
    let is_off = |piece: &&Piece| !is_retype(piece) && !matches!(piece.operation(), Some(Operation::DropType { .. }));
    let off = pieces.iter().skip(1).take(between).filter(is_off).count();
    between + 2 + pieces.iter().skip(between + 2).take(off).take_while(made_again).count()
}

/// How many pieces do it the other way round: the old type gets another name, the new one is made, columns get it, and the
/// old one goes.
fn replaced_type_length(pieces: &[Piece]) -> usize {
    let is_drop = |piece: &Piece| matches!(piece.operation(), Some(Operation::DropType { .. }));
    let retyped = pieces.iter().skip(2).take_while(|piece| is_retype(piece)).count();
    if retyped > 0 && pieces.get(2 + retyped).is_some_and(is_drop) { 3 + retyped } else { 0 }
}

/// Whether pieces, taken together or not, give a column another type, default or comment.
fn is_retype(piece: &Piece) -> bool {
    piece.is_pair || retype_part(piece).is_some()
}

/// How many pieces give the numbers of one sequence to another: a column that was serial becomes an identity column, or
/// the reverse.
fn renumber_length(pieces: &[Piece]) -> usize {
    let of_it = |piece: &&Piece| match piece.operation() {
        Some(
            Operation::CreateSequence { .. }
            | Operation::AlterSequence { .. }
            | Operation::DropSequence { .. }
            | Operation::Select(_),
        ) => true,
        Some(Operation::AlterTable(alter)) => {
            alter.word == RelationWord::Sequence
                || matches!(
                    alter.action,
                    TableAction::SetDefault { .. }
                        | TableAction::DropDefault { .. }
                        | TableAction::AddIdentity { .. }
                        | TableAction::DropIdentity { .. }
                )
        }
        _ => false,
    };
    let length = pieces.iter().take_while(of_it).count();
    let run = pieces.iter().take(length);
    let changes_identity = |piece: &Piece| {
        matches!(piece.operation(), Some(Operation::AlterTable(alter))
            if matches!(alter.action, TableAction::AddIdentity { .. } | TableAction::DropIdentity { .. }))
    };
    let sets_number = |piece: &Piece| matches!(piece.operation(), Some(Operation::Select(_)));
    if run.clone().any(changes_identity) && run.clone().any(sets_number) { length } else { 0 }
}

/// Whether a piece gives a column another type, rather than another default or comment, and which column.
fn retype_part(piece: &Piece) -> Option<(bool, (&ObjectName, &Ident))> {
    let alter = match piece.operation()? {
        Operation::AlterTable(alter) => alter,
        Operation::Comment { on: CommentTarget::Column(table, column), .. } => return Some((false, (table, column))),
        _ => return None,
    };
    match &alter.action {
        TableAction::SetType { column, .. } => Some((true, (&alter.table, column))),
        TableAction::SetDefault { column, .. } | TableAction::DropDefault { column } => {
            Some((false, (&alter.table, column)))
        }
        _ => None,
    }
}

/// How many pieces make a column of a key of JSON documents: `ADD COLUMN` …, `UPDATE`, `SET NOT NULL` …, and the `UPDATE`
/// that takes the key out, which may be the first one; or none.
fn extract_length(pieces: &[Piece]) -> usize {
    let Some((at, table)) = move_head(pieces) else { return 0 };
    let is_not_null = |piece: &&Piece| stage(piece) == Some((2, table));
    let takes_out = |at: usize| match pieces.get(at).and_then(Piece::operation) {
        Some(Operation::Update(update)) => update.table.name == *table && removal(update).is_some(),
        _ => false,
    };
    let not_null = |from: usize| pieces.iter().skip(from).take_while(is_not_null).count();
    let behind = at + 1 + not_null(at + 1);
    if takes_out(at) {
        return behind;
    }
    if takes_out(behind) { behind + 1 + not_null(behind + 1) } else { 0 }
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

/// How many pieces move a value to another table: `ADD COLUMN` …, `UPDATE`, `SET NOT NULL` … of one table, and `DROP COLUMN` …
/// of a table that the `UPDATE` reads; or none.
fn transfer_length(pieces: &[Piece]) -> usize {
    let Some((at, table)) = move_head(pieces) else { return 0 };
    let Some(Operation::Update(update)) = pieces.get(at).and_then(Piece::operation) else { return 0 };
    let not_null = pieces.iter().skip(at + 1).take_while(|piece| stage(piece) == Some((2, table))).count();
    let behind = at + 1 + not_null;
    if let Some(Operation::DropTable { names, .. }) = pieces.get(behind).and_then(Piece::operation) {
        // A table that goes for another reason is none of it.
        let is_read = |name: &ObjectName| name != table && read_by(update).contains(&name);
        return if names.len() == 1 && names.iter().all(is_read) { behind + 1 } else { 0 };
    }
    let Some((3, from)) = pieces.get(behind).and_then(stage) else { return 0 };
    if from == table || !read_by(update).contains(&from) {
        return 0;
    }
    behind + pieces.iter().skip(behind).take_while(|piece| stage(piece) == Some((3, from))).count()
}

/// How many pieces put a partitioned table in the place of one that becomes its partition: `RENAME`, `CREATE TABLE … PARTITION BY`
/// of the same name, `ATTACH PARTITION`, and what is said of the new one between and behind; or none.
fn partition_length(pieces: &[Piece]) -> usize {
    let (Some(Operation::AlterTable(rename)), Some(Operation::CreateTable(create))) =
        (pieces.first().and_then(Piece::operation), pieces.get(1).and_then(Piece::operation))
    else {
        return 0;
    };
    let TableAction::Rename { to } = &rename.action else { return 0 };
    let of_it = |piece: &&Piece| match piece.operation() {
        Some(Operation::AlterTable(alter)) => alter.table == create.name,
        Some(Operation::CreateIndex(index)) => index.table == create.name,
        Some(Operation::CreateTable(part)) => {
            part.partition_of.as_ref().is_some_and(|(parent, _)| *parent == create.name)
        }
        Some(Operation::Comment { on: CommentTarget::Relation(name) | CommentTarget::Column(name, _), .. }) => {
            *name == create.name
        }
        _ => false,
    };
    let length = 2 + pieces.iter().skip(2).take_while(of_it).count();
    let attaches = |piece: &Piece| match piece.operation() {
        Some(Operation::AlterTable(alter)) => {
            matches!(&alter.action, TableAction::AttachPartition { partition, .. } if partition.name == *to)
        }
        _ => false,
    };
    let is_it = create.partition_by.is_some() && create.name == rename.table;
    if is_it && pieces.iter().take(length).any(attaches) { length } else { 0 }
}

/// How many pieces put a copy in the place of a table: `CREATE TABLE` …, `INSERT … SELECT`, … `RENAME` of the copy to the name of a
/// table that the `INSERT` reads; or none.
fn exchange_length(pieces: &[Piece]) -> usize {
    let Some(Operation::CreateTable(create)) = pieces.first().and_then(Piece::operation) else { return 0 };
    let copies = pieces.iter().find_map(|piece| match piece.operation() {
        Some(Operation::Insert(insert)) if insert.table == create.name => Some(insert),
        _ => None,
    });
    let Some(insert) = copies else { return 0 };
    let read = read_in(insert);
    let renames = |piece: &Piece| match piece.operation() {
        Some(Operation::AlterTable(alter)) if alter.table == create.name => {
            matches!(&alter.action, TableAction::Rename { to } if read.iter().any(|name| name.name == *to))
        }
        _ => false,
    };
    pieces.iter().position(renames).map_or(0, |at| at + 1)
}

/// The tables that the rows of an INSERT come from.
fn read_in(insert: &Insert) -> Vec<&ObjectName> {
    let tables = insert.source.iter().flat_map(|query| &query.selects).flat_map(|select| &select.from);
    let names = tables.filter_map(|from| match &from.source {
        TableSource::Relation { name, .. } => Some(name),
        _ => None,
    });
    names.collect()
}

/// How many pieces make a table of columns of another one: `CREATE TABLE` and what is said of it, `INSERT … SELECT`, `DROP COLUMN`
/// … of the table that it reads; or none.
fn split_length(pieces: &[Piece]) -> usize {
    let Some(Operation::CreateTable(create)) = pieces.first().and_then(Piece::operation) else { return 0 };
    let of_it = |piece: &&Piece| match piece.operation() {
        Some(Operation::AlterTable(alter)) => alter.table == create.name,
        Some(Operation::CreateIndex(index)) => index.table == create.name,
        Some(Operation::Comment { on: CommentTarget::Relation(name) | CommentTarget::Column(name, _), .. }) => {
            *name == create.name
        }
        _ => false,
    };
    let made = 1 + pieces.iter().skip(1).take_while(of_it).count();
    let Some(Operation::Insert(insert)) = pieces.get(made).and_then(Piece::operation) else { return 0 };
    let read = read_in(insert);
    let filled = made + 1 + pieces.iter().skip(made + 1).take_while(of_it).count();
    let dropped = pieces
        .iter()
        .skip(filled)
        .take_while(|piece| stage(piece).is_some_and(|(stage, of)| stage == 3 && read.contains(&of)));
    let dropped = dropped.count();
    if insert.table == create.name && dropped > 0 { filled + dropped } else { 0 }
}

/// Where the `UPDATE` stands that fills columns that are added before it, or were there; and its table.
fn move_head(pieces: &[Piece]) -> Option<(usize, &ObjectName)> {
    let added = pieces.iter().take_while(|piece| stage(piece).is_some_and(|(stage, _)| stage == 0)).count();
    let (1, table) = pieces.get(added).and_then(stage)? else { return None };
    let is_same = pieces.iter().take(added).all(|piece| stage(piece).is_some_and(|(_, of)| of == table));
    is_same.then_some((added, table))
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
        let near = pieces.iter().take_while(|between| is_swap(between) && !is_elsewhere(&piece, between));
        let near = near.enumerate().find(|(at, later)| {
            let is_free = |name: &Ident| pieces.iter().take(*at).all(|between| names(between).0 != Some(name));
            replaces(&piece, later) && names(later).1.is_none_or(is_free)
        });
        let near = near.map(|(at, _)| at);
        let other = near.and_then(|at| pieces.remove(at));
        out.push(match other {
            Some(other) => Piece::of_parts(&[piece, other]),
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

/// The names of the constraint or index that a piece takes away, and of the one that it adds.
fn names(piece: &Piece) -> (Option<&Ident>, Option<&Ident>) {
    match piece.operation() {
        Some(Operation::AlterTable(alter)) => match &alter.action {
            TableAction::DropConstraint { name, .. } => (Some(name), None),
            TableAction::AddConstraint(added) => (None, added.name.as_ref()),
            _ => (None, None),
        },
        Some(Operation::DropIndex { names, .. }) => (names.first().map(|name| &name.name), None),
        Some(Operation::CreateIndex(create)) => (None, create.name.as_ref()),
        _ => (None, None),
    }
}

/// Whether two pieces are about constraints of different tables: a key and what refers to it do not change places.
fn is_elsewhere(piece: &Piece, other: &Piece) -> bool {
    let table = |piece: &Piece| match &*piece.operations {
        [LocatedOperation { operation: Operation::AlterTable(alter), .. }] => Some(alter.table.clone()),
        _ => None,
    };
    table(piece).zip(table(other)).is_some_and(|(table, other)| table != other)
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
