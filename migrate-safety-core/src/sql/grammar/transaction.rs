//! Transaction control.

use super::Reading;
use super::common::none_of;
use crate::sql::cursor::{Cursor, Parse};
use crate::sql::name::Ident;
use crate::sql::operation::{LocatedOperation, Operation, Transaction};
use crate::sql::token::Token;

/// `BEGIN`, `START TRANSACTION`; an isolation level is set in it.
pub(super) fn begin(c: &mut Cursor<'_, '_>) -> Parse<Reading> {
    let start = c.mark();
    if c.eat("START") {
        c.expect("TRANSACTION")?;
    } else {
        c.expect("BEGIN")?;
        work(c);
    }
    let isolation = if c.at_end() { None } else { modes(c)? };
    let mut reading = Reading::one(Operation::Transaction(Transaction::Begin), c.span_from(start));
    if let Some(level) = isolation {
        let operation = Operation::Set { name: "transaction_isolation".into(), value: Some(level), local: true };
        reading.operations.push(LocatedOperation { operation, span: c.span_from(start), routine: None });
    }
    Ok(reading)
}

/// `COMMIT`, `END`, `ROLLBACK`, `ABORT` and what begins with them.
pub(super) fn end(c: &mut Cursor<'_, '_>) -> Parse<Reading> {
    let start = c.mark();
    let word = c.eat_one_of(&["COMMIT", "END", "ROLLBACK", "ABORT"]);
    let commits = matches!(word, Some("COMMIT" | "END"));
    let one = |c: &Cursor<'_, '_>, transaction| Reading::one(Operation::Transaction(transaction), c.span_from(start));
    if matches!(word, Some("COMMIT" | "ROLLBACK")) && c.eat("PREPARED") {
        c.string()?;
        return Ok(one(c, Transaction::TwoPhase));
    }
    work(c);
    if word == Some("ROLLBACK") && c.eat("TO") {
        let name = savepoint_name(c)?;
        return Ok(one(c, Transaction::RollbackToSavepoint(name)));
    }
    let mut chain = false;
    let mark = c.mark();
    if c.eat("AND") {
        chain = !c.eat("NO");
        c.expect("CHAIN")?;
        c.since(12, mark, "`AND CHAIN`");
    }
    let mut reading = one(c, if commits { Transaction::Commit } else { Transaction::Rollback });
    if chain {
        let operation = Operation::Transaction(Transaction::Begin);
        reading.operations.push(LocatedOperation { operation, span: c.span_from(start), routine: None });
    }
    Ok(reading)
}

/// `SAVEPOINT`, `RELEASE`.
pub(super) fn savepoint(c: &mut Cursor<'_, '_>) -> Parse<Operation> {
    if c.eat("RELEASE") {
        return Ok(Operation::Transaction(Transaction::ReleaseSavepoint(savepoint_name(c)?)));
    }
    c.expect("SAVEPOINT")?;
    Ok(Operation::Transaction(Transaction::Savepoint(c.ident()?)))
}

/// `[SAVEPOINT] name`.
fn savepoint_name(c: &mut Cursor<'_, '_>) -> Parse<Ident> {
    if matches!(c.peek_nth(1), Token::Word(_)) {
        c.expect("SAVEPOINT")?;
    }
    c.ident()
}

/// `PREPARE TRANSACTION 'id'`.
pub(super) fn prepare(c: &mut Cursor<'_, '_>) -> Parse<Operation> {
    c.expect("PREPARE TRANSACTION")?;
    c.string()?;
    Ok(Operation::Transaction(Transaction::TwoPhase))
}

/// `WORK` or `TRANSACTION`, which say nothing.
fn work(c: &mut Cursor<'_, '_>) {
    c.eat_one_of(&["WORK", "TRANSACTION"]);
}

const MODES: &[&str] = &[
    "ISOLATION LEVEL READ UNCOMMITTED",
    "ISOLATION LEVEL READ COMMITTED",
    "ISOLATION LEVEL REPEATABLE READ",
    "ISOLATION LEVEL SERIALIZABLE",
    "READ ONLY",
    "READ WRITE",
    "DEFERRABLE",
    "NOT DEFERRABLE",
];

/// One mode of a transaction or more; commas may be left out. The isolation level among them, as the server keeps it.
pub(super) fn modes(c: &mut Cursor<'_, '_>) -> Parse<Option<Box<str>>> {
    let mut isolation = None;
    loop {
        let Some(mode) = MODES.iter().find(|words| c.eat_all(words)) else {
            return Err(none_of(c, MODES.iter().copied(), "a mode of a transaction, such as `READ ONLY`"));
        };
        if let Some(level) = mode.strip_prefix("ISOLATION LEVEL ") {
            isolation = Some(level.to_ascii_lowercase().into());
        }
        if !c.eat_token(&Token::Comma) && c.at_end() {
            return Ok(isolation);
        }
    }
}
