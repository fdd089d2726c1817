//! Extended statistics.

use super::common::Tails;
use crate::sql::cursor::{Cursor, Parse};
use crate::sql::grammar::common::{key_expression, target};
use crate::sql::name::Ident;
use crate::sql::operation::{ObjectCommand, Operation};
use crate::sql::statement::ProblemKind;
use crate::sql::token::Token;

pub(super) fn create_statistics(c: &mut Cursor<'_, '_>) -> Parse<Operation> {
    let start = c.mark();
    let if_not_exists = c.if_not_exists();
    let mark = c.mark();
    let unnamed = !if_not_exists && (c.is("ON") || c.is_token(&Token::LParen));
    let name = if unnamed { None } else { Some(c.object_name()?) };
    let kinds = if c.is_token(&Token::LParen) { kinds(c)? } else { Vec::new() };
    if unnamed {
        c.since(16, mark, "statistics without a name");
    }
    c.expect("ON")?;
    let mark = c.mark();
    let keys = c.list(key_expression)?;
    if keys.iter().any(|key| !matches!(key.expr, crate::sql::expr::Expr::Column { .. })) {
        c.since(14, mark, "statistics on expressions");
    }
    c.expect("FROM")?;
    let table = target(c)?.name;
    c.since(10, start, "extended statistics");
    if c.eat("AS") || matches!(c.peek(), Token::Word(_)) {
        c.ident()?;
    }
    if c.is_token(&Token::Comma) {
        return Err(c.problem(ProblemKind::Invalid, "only a single relation is allowed in `CREATE STATISTICS`"));
    }
    Ok(Operation::Statistics {
        command: ObjectCommand::Create,
        name,
        table: Some(table),
        kinds,
        keys,
        change: None,
        if_exists: false,
        if_not_exists,
        sql: Box::default(),
    })
}

/// `(ndistinct, mcv)`.
fn kinds(c: &mut Cursor<'_, '_>) -> Parse<Vec<Ident>> {
    c.parens(|c| {
        c.list(|c| {
            let mark = c.mark();
            let kind = c.ident()?;
            if kind == *"mcv" {
                c.since(12, mark, "a list of most common values");
            }
            Ok(kind)
        })
    })
}

pub(super) fn alter_statistics(c: &mut Cursor<'_, '_>) -> Parse<Operation> {
    let if_exists = c.if_exists();
    let name = c.object_name()?;
    let whole = c.mark();
    let mut change = None;
    if c.eat_all("SET STATISTICS") {
        c.since(13, whole, "`ALTER STATISTICS … SET STATISTICS`");
        let mark = c.mark();
        if c.eat("DEFAULT") {
            c.since(17, mark, "`SET STATISTICS DEFAULT`");
        } else {
            c.integer()?;
        }
    } else if if_exists {
        return Err(c.expected("`SET STATISTICS`"));
    } else {
        change = Tails::RENAME_OWNER_SCHEMA.read(c)?.name_change();
    }
    Ok(Operation::Statistics {
        command: ObjectCommand::Alter,
        name: Some(name),
        table: None,
        kinds: Vec::new(),
        keys: Vec::new(),
        change,
        if_exists,
        if_not_exists: false,
        sql: Box::default(),
    })
}
