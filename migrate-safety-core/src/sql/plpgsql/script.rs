//! Statements in a text of their own: what `EXECUTE` runs, the body of a function in SQL.

use super::tokens::tokens;
use crate::sql::cursor::Cursor;
use crate::sql::grammar::{self, Reading};
use crate::sql::operation::{LocatedOperation, Operation, RoutineFrame};
use crate::sql::source::SourceText;
use crate::sql::token::{LocatedToken, Token};

/// Reads every statement of a text; `c` is what reads around it.
pub(super) fn script(c: &Cursor<'_, '_>, source: &SourceText<'_>) -> Reading {
    let mut all = Reading::default();
    for (n, statement) in split(tokens(source, c.version(), &mut all.problems)).into_iter().enumerate() {
        let mut c = c.inside(statement, source);
        let mark = c.mark();
        let reading = c.nested(grammar::statement);
        all.problems.extend(c.take_problems());
        match reading {
            Ok(mut reading) => {
                // Those of a block have the numbers of its own statements.
                for operation in reading.operations.iter_mut().filter(|operation| operation.routine.is_none()) {
                    operation.routine = Some(Box::new(RoutineFrame { statement: n + 1, ..RoutineFrame::default() }));
                }
                all.operations.extend(reading.operations);
                all.problems.extend(reading.problems);
            }
            Err(problem) => {
                c.skip_rest();
                let operation = Operation::Opaque { reason: problem.message.clone(), mentions: Vec::new(), like: None };
                all.operations.push(LocatedOperation { operation, span: c.span_from(mark), routine: None });
                all.problems.push(problem);
            }
        }
    }
    all
}

/// Cuts at semicolons that stand in no parentheses and in no `BEGIN ATOMIC … END`.
fn split<'t>(tokens: Vec<LocatedToken<'t>>) -> Vec<Vec<LocatedToken<'t>>> {
    let mut statements = vec![Vec::new()];
    let (mut parentheses, mut blocks) = (0usize, 0usize);
    let mut after_begin = false;
    for token in tokens {
        match &token.token {
            Token::LParen => parentheses += 1,
            Token::RParen => parentheses = parentheses.saturating_sub(1),
            Token::SemiColon if parentheses == 0 && blocks == 0 => {
                statements.push(Vec::new());
                continue;
            }
            word if (after_begin && word.is_word("ATOMIC")) || (blocks > 0 && word.is_word("CASE")) => blocks += 1,
            word if blocks > 0 && word.is_word("END") => blocks -= 1,
            _ => {}
        }
        after_begin = token.token.is_word("BEGIN");
        if let Some(statement) = statements.last_mut() {
            statement.push(token);
        }
    }
    statements.retain(|statement| !statement.is_empty());
    statements
}
