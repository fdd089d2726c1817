//! From the text of a script to what its statements do.

use super::cursor::{Cursor, ident_of};
#[cfg(feature = "plan")]
use super::grammar::ChangeText;
use super::grammar::{self, Reading};
use super::keyword::{self, Category};
use super::name::ObjectName;
use super::operation::{ObjectCommand, Operation};
use super::source::SourceText;
use super::split::{PieceKind, Splitter, Tokens, psql_command};
use super::statement::{Problem, ProblemKind, Script, Statement};
use crate::dialect::Target;
use crate::sql::token::{LocatedToken, Token};
use std::collections::HashSet;

/// Reads a script. Nothing is left out: what cannot be read is a statement with its [`Problem`].
pub fn parse(target: Target, text: &str) -> Script {
    let source = SourceText::new(text);
    let mut splitter = Splitter::new(&source.lines, target.version);
    let mut statements = Vec::new();
    for piece in splitter.by_ref() {
        let problem = match piece.kind {
            PieceKind::Trivia => continue,
            PieceKind::Statement(tokens) => {
                statements.push(statement(target, tokens, &source));
                continue;
            }
            PieceKind::PsqlCommand => psql_command(text, piece.span),
            PieceKind::CopyData => Problem {
                kind: ProblemKind::CopyData,
                span: piece.span,
                message: "data of `COPY … FROM stdin` in the script: only psql can send it".into(),
            },
        };
        let directives = Vec::new();
        statements.push(Statement { span: piece.span, operations: Vec::new(), problems: vec![problem], directives });
    }
    Script { statements, dangling: splitter.into_directives() }
}

/// The parts of an `UPDATE` or `DELETE` as they are written; none for one with `WITH`, `RETURNING`, or columns set from one
/// query.
#[cfg(feature = "plan")]
pub(crate) fn change_text(target: Target, text: &str) -> Option<ChangeText> {
    let source = SourceText::new(text);
    let mut splitter = Splitter::new(&source.lines, target.version);
    let tokens = splitter.by_ref().find_map(|piece| match piece.kind {
        PieceKind::Statement(tokens) => Some(tokens),
        _ => None,
    })?;
    let mut cursor = Cursor::new(tokens.tokens, &source).for_version(target.version);
    grammar::change_text(&mut cursor).ok()
}

/// Reads one statement.
fn statement(target: Target, tokens: Tokens, source: &SourceText<'_>) -> Statement {
    let Tokens { tokens, mut problems, directives } = tokens;
    let mut cursor = Cursor::new(tokens, source).for_version(target.version);
    let span = cursor.whole_span();
    let reading = grammar::statement(&mut cursor).and_then(|reading| cursor.expect_end().map(|()| reading));
    // A byte order mark stands before the statement.
    let complaint = problems.iter().find(|p| p.kind == ProblemKind::Invalid && p.span.start >= span.start);
    let Reading { operations, problems: noted } = match reading {
        Ok(reading) => reading,
        Err(problem) => {
            let mentions = mentions(cursor.tokens());
            let reason = complaint.unwrap_or(&problem).message.clone();
            let mut reading = Reading::one(Operation::Opaque { reason, mentions, like: None }, span);
            // What the scanner complains of explains what the grammar does.
            reading.problems.extend(complaint.is_none().then_some(problem));
            reading
        }
    };
    let mut operations = operations;
    if let [located] = &mut *operations
        && let Operation::OtherObject { command: ObjectCommand::Create, sql, .. }
        | Operation::Statistics { command: ObjectCommand::Create, sql, .. } = &mut located.operation
    {
        *sql = source.text.get(span.range()).unwrap_or_default().into();
    }
    problems.extend(cursor.take_problems());
    problems.extend(noted);
    Statement { span, operations, problems, directives }
}

/// The names in a statement that may be those of objects.
fn mentions(tokens: &[LocatedToken<'_>]) -> Vec<ObjectName> {
    let mut seen = HashSet::new();
    let mut found = Vec::new();
    let mut at = 1;
    while let Some(token) = tokens.get(at) {
        at += 1;
        let Token::Word(word) = &token.token else { continue };
        if keyword::category(word) != Category::Free {
            continue;
        }
        let mut name = ObjectName::bare(ident_of(word));
        while let (Some(Token::Period), Some(Token::Word(next))) =
            (tokens.get(at).map(|t| &t.token), tokens.get(at + 1).map(|t| &t.token))
        {
            name = ObjectName { schema: Some(name.name), name: ident_of(next) };
            at += 2;
        }
        if seen.insert(name.clone()) {
            found.push(name);
        }
    }
    found
}

#[cfg(test)]
mod tests;
