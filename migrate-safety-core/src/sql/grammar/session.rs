//! Commands that touch no object of the schema.

use crate::sql::cursor::{Cursor, Parse};
use crate::sql::operation::Operation;
use crate::sql::token::Token;

/// `CHECKPOINT`.
pub(super) fn checkpoint(c: &mut Cursor<'_, '_>) -> Parse<Operation> {
    c.expect("CHECKPOINT")?;
    Ok(command("CHECKPOINT"))
}

/// `DISCARD`.
pub(super) fn discard(c: &mut Cursor<'_, '_>) -> Parse<Operation> {
    c.expect("DISCARD")?;
    match c.eat_one_of(&["ALL", "PLANS", "SEQUENCES", "TEMP", "TEMPORARY"]) {
        Some("ALL") => Ok(command("DISCARD ALL")),
        Some("PLANS") => Ok(command("DISCARD PLANS")),
        Some("SEQUENCES") => Ok(command("DISCARD SEQUENCES")),
        Some(_) => Ok(command("DISCARD TEMP")),
        None => Err(c.expected("`ALL`, `PLANS`, `SEQUENCES` or `TEMP`")),
    }
}

/// `LISTEN channel`.
pub(super) fn listen(c: &mut Cursor<'_, '_>) -> Parse<Operation> {
    c.expect("LISTEN")?;
    c.ident()?;
    Ok(command("LISTEN"))
}

/// `LOAD 'library'`.
pub(super) fn load(c: &mut Cursor<'_, '_>) -> Parse<Operation> {
    c.expect("LOAD")?;
    c.string()?;
    Ok(command("LOAD"))
}

/// `NOTIFY channel [, 'payload']`.
pub(super) fn notify(c: &mut Cursor<'_, '_>) -> Parse<Operation> {
    c.expect("NOTIFY")?;
    c.ident()?;
    if c.eat_token(&Token::Comma) {
        c.string()?;
    }
    Ok(command("NOTIFY"))
}

/// `UNLISTEN channel`, `UNLISTEN *`.
pub(super) fn unlisten(c: &mut Cursor<'_, '_>) -> Parse<Operation> {
    c.expect("UNLISTEN")?;
    if !c.eat_token(&Token::Mul) {
        c.ident()?;
    }
    Ok(command("UNLISTEN"))
}

/// A command by its words.
pub(super) fn command(command: &str) -> Operation {
    Operation::Session { command: command.into() }
}
