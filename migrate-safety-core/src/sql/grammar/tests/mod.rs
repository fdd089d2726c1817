//! Statements by the hundred: those that servers take, and those that they reject, with the place of the fault.

#[rustfmt::skip] // one line a statement
mod invalid_other;
#[rustfmt::skip] // one line a statement
mod invalid_table;
mod query_language;
mod shapes;
#[rustfmt::skip] // one line a statement
mod valid_other;
#[rustfmt::skip] // one line a statement
mod valid_table;
mod versions;

use crate::dialect::Target;
use crate::sql::statement::{ProblemKind, Statement};

/// The one statement that `sql` is, for the newest server.
fn read(sql: &str) -> Statement {
    read_for(Target::NEWEST_POSTGRES, sql)
}

fn read_for(version: u16, sql: &str) -> Statement {
    let mut script = crate::sql::parse(Target::postgres(version), sql);
    assert_eq!(script.statements.len(), 1, "{sql}");
    script.statements.remove(0)
}

#[test]
fn valid_statements_are_read_into_their_operations() {
    use {valid_other as other, valid_table as table};
    let tables = [table::CREATE, table::COLUMNS, table::CONSTRAINTS, table::ALTER];
    let others =
        [other::INDEXES, other::VIEWS, other::SEQUENCES, other::DROPS, other::MAINTENANCE, other::TRANSACTIONS];
    let mut wrong = Vec::new();
    for (sql, names) in tables.into_iter().chain(others).flatten() {
        let statement = read(sql);
        let read: Vec<_> = statement.operations.iter().map(|o| o.operation.name()).collect();
        if !statement.problems.is_empty() || read.join(" ") != **names {
            wrong.push(format!("{sql}\n    {read:?} {:?}", statement.problems));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn invalid_statements_have_their_fault_pointed_at() {
    use {invalid_other as other, invalid_table as table};
    let tables = [table::CREATE_TABLE, table::ALTER];
    let others =
        [other::INDEXES, other::VIEWS, other::SEQUENCES, other::DROPS, other::MAINTENANCE, other::TRANSACTIONS];
    let mut wrong = Vec::new();
    for (marked, message) in tables.into_iter().chain(others).flatten() {
        let at = marked.find('‸').expect(marked);
        let statement = read(&marked.replace('‸', ""));
        match statement.problems.first() {
            Some(p) if p.span.start.offset == at && *p.message == **message && p.kind == ProblemKind::Invalid => {}
            other => wrong.push(format!("{marked}\n    {other:?}")),
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
