//! Statements by the hundred: those a server takes, and those it rejects, with the place of the fault.

mod valid_other;
mod valid_table;

use super::{Reading, statement};
use crate::sql::cursor::{Cursor, Parse};
use crate::sql::lexer::{Lexeme, Lexer};
use crate::sql::source::SourceText;

/// Reads the one statement that `sql` is.
fn read(sql: &str) -> Parse<Reading> {
    let source = SourceText::new(sql);
    let (mut lexer, mut tokens, mut problems) = (Lexer::new(sql), Vec::new(), Vec::new());
    loop {
        match lexer.next(&mut problems) {
            Lexeme::Token(token) => tokens.push(token),
            Lexeme::Comment(_) => {}
            Lexeme::Backslash | Lexeme::End => break,
        }
    }
    statement(&mut Cursor::new(tokens, &source))
}

#[test]
fn valid_statements_are_read_into_their_operations() {
    use {valid_other as other, valid_table as table};
    let tables = [table::CREATE, table::COLUMNS, table::CONSTRAINTS, table::ALTER];
    let others =
        [other::INDEXES, other::VIEWS, other::SEQUENCES, other::DROPS, other::MAINTENANCE, other::TRANSACTIONS];
    let mut wrong = Vec::new();
    for (sql, names) in tables.into_iter().chain(others).flatten() {
        match read(sql) {
            Ok(reading) if reading.problems.is_empty() => {
                let read: Vec<_> = reading.operations.iter().map(|o| o.operation.name()).collect();
                if read.join(" ") != **names {
                    wrong.push(format!("{sql}\n    read as {read:?}"));
                }
            }
            Ok(reading) => wrong.push(format!("{sql}\n    {:?}", reading.problems)),
            Err(problem) => wrong.push(format!("{sql}\n    {} at {}", problem.message, problem.span.start.column)),
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn dump_invalid() {
    let Ok(text) = std::fs::read_to_string("/tmp/invalid.txt") else { return };
    let mut out = String::new();
    for sql in text.lines().filter(|l| !l.trim().is_empty()) {
        let problem = match read(sql) {
            Ok(reading) => reading.problems.into_iter().next(),
            Err(problem) => Some(problem),
        };
        match problem {
            Some(p) => out += &format!("{sql}\t{}\t{}\n", p.span.start.offset, p.message),
            None => out += &format!("{sql}\t-1\tREAD\n"),
        }
    }
    std::fs::write("/tmp/invalid.out", out).unwrap();
}
