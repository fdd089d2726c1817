//! From the text of a script to what its statements do.

use super::name::Name;
use super::operation::Operation;
use super::split::{Piece, pieces};
use super::statement::{Script, Statement};
use crate::dialect::{Dialect, Target};
use crate::sql::cursor::{Cursor, Parse};
use crate::sql::source::SourceText;
use crate::sql::statement::ProblemKind;
use crate::sql::token::{LocatedToken, Token};
use std::collections::BTreeSet;

/// Reads a script. Nothing is left out: what cannot be read is a statement with its [`Problem`](crate::sql::Problem).
pub fn parse(target: Target, text: &str) -> Script {
    parsed(target, text, false)
}

/// Reads a script for a replay: what it executes after it has prepared it as a whole is taken for what it does, and a
/// routine of its own that changes rows alone is known to leave the schema as it is.
pub(crate) fn parse_for_replay(target: Target, text: &str) -> Script {
    parsed(target, text, true)
}

fn parsed(target: Target, text: &str, replays: bool) -> Script {
    let source = SourceText::new(text);
    let (pieces, dangling) = pieces(&source.lines, target);
    let mut statements: Vec<Statement> = Vec::with_capacity(pieces.len());
    for piece in pieces {
        let mut read = statement(target, piece, &source);
        let is_dynamic = read.problems.iter().any(|problem| problem.kind == ProblemKind::Dynamic);
        if is_dynamic && replays && is_known(target, text, &statements, &mut read) {
            statements.push(read);
            continue;
        }
        if let (true, Operation::Call { mentions, .. }) = (is_dynamic, &mut read.operation) {
            *mentions = said_before(text, &statements, text.get(read.span.range()).unwrap_or_default());
        }
        statements.push(read);
    }
    Script { statements, dangling }
}

/// Whether it is known what a statement does that runs what stands before it.
#[cfg(feature = "mysql")]
fn is_known(target: Target, text: &str, before: &[Statement], read: &mut Statement) -> bool {
    if let Some(change) = super::prepared::executed(target, text, before, read) {
        read.operation = change;
        read.problems.retain(|problem| problem.kind != ProblemKind::Dynamic);
        return true;
    }
    super::prepared::changes_rows_alone(target, text, before, &read.operation)
}

#[cfg(not(feature = "mysql"))]
fn is_known(_: Target, _: &str, _: &[Statement], _: &mut Statement) -> bool {
    false
}

/// The words of what statements put together, prepare or make into routines, and of the one that runs it.
fn said_before(text: &str, statements: &[Statement], running: &str) -> Vec<Name> {
    let carries = |statement: &&Statement| {
        matches!(
            statement.operation,
            Operation::Set { .. } | Operation::Other { .. } | Operation::Object { .. } | Operation::Select(_)
        )
    };
    let texts = statements.iter().filter(carries).filter_map(|statement| text.get(statement.span.range()));
    let words =
        texts.chain([running]).flat_map(|text| text.split(|c: char| !c.is_alphanumeric() && c != '_' && c != '$'));
    let names: BTreeSet<Name> = words.filter(|word| !word.is_empty()).map(Name::new).collect();
    names.into_iter().collect()
}

fn statement(target: Target, piece: Piece<'_>, source: &SourceText<'_>) -> Statement {
    let Piece { tokens, range, mut problems, directives } = piece;
    if tokens.is_empty() {
        let operation = Operation::Opaque { mentions: Vec::new() };
        return Statement { span: source.span(range), operation, problems, directives };
    }
    let mut cursor = Cursor::new(tokens, source);
    let span = cursor.whole_span();
    let read = grammar(target, &mut cursor).and_then(|operation| cursor.expect_end().map(|()| operation));
    let operation = match read {
        Ok(operation) => operation,
        Err(problem) => {
            // What the scanner complains of explains what the grammar does.
            if !problems.iter().any(|p| p.kind == ProblemKind::Invalid) {
                problems.push(problem);
            }
            Operation::Opaque { mentions: mentions(cursor.tokens()) }
        }
    };
    problems.extend(cursor.take_problems());
    Statement { span, operation, problems, directives }
}

fn grammar(target: Target, cursor: &mut Cursor<'_, '_>) -> Parse<Operation> {
    match target.dialect {
        #[cfg(feature = "sqlite")]
        Dialect::Sqlite => super::sqlite::grammar::statement(cursor, target),
        #[cfg(feature = "mysql")]
        Dialect::MySql | Dialect::MariaDb => super::mysql::grammar::statement(cursor, target),
        _ => Err(cursor.problem(ProblemKind::Unsupported, "this build knows nothing of the dialect")),
    }
}

/// The names in a statement that may be those of tables.
fn mentions(tokens: &[LocatedToken<'_>]) -> Vec<Name> {
    let mut found: Vec<Name> = Vec::new();
    for token in tokens.iter().skip(1) {
        if let Token::Word(word) = &token.token {
            let name = Name::new(&word.value);
            if !found.contains(&name) {
                found.push(name);
            }
        }
    }
    found
}
