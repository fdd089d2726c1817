//! Views.

use super::names;
use super::words::{definer, value};
use crate::databases::operation::{CreateView, Operation};
use crate::databases::query::query;
use crate::sql::cursor::{Cursor, Parse};
use crate::sql::token::Token;

/// What ends the query.
const CHECK_OPTIONS: [&str; 3] = ["WITH CHECK OPTION", "WITH CASCADED CHECK OPTION", "WITH LOCAL CHECK OPTION"];

/// Whether what stands here, behind `CREATE` or `ALTER`, leads to `VIEW`.
pub(super) fn begins(cursor: &mut Cursor<'_, '_>) -> bool {
    let mark = cursor.mark();
    let found = head(cursor).is_ok() && cursor.is("VIEW");
    cursor.rewind(mark);
    found
}

/// `CREATE [OR REPLACE] … VIEW …`, with `CREATE` consumed.
pub(super) fn create(cursor: &mut Cursor<'_, '_>) -> Parse<Operation> {
    let replace = head(cursor)?;
    view(cursor, replace)
}

/// `ALTER … VIEW …`, with `ALTER` consumed.
pub(super) fn alter(cursor: &mut Cursor<'_, '_>) -> Parse<Operation> {
    head(cursor)?;
    view(cursor, true)
}

/// What stands before `VIEW`; whether `OR REPLACE` is in it.
fn head(cursor: &mut Cursor<'_, '_>) -> Parse<bool> {
    let replace = cursor.eat_all("OR REPLACE");
    if cursor.eat("ALGORITHM") {
        value(cursor)?;
    }
    definer(cursor)?;
    if cursor.eat_all("SQL SECURITY") && cursor.eat_one_of(&["DEFINER", "INVOKER"]).is_none() {
        return Err(cursor.expected("`DEFINER` or `INVOKER`"));
    }
    // MySQL 9.4
    if cursor.eat("JSON") {
        cursor.eat("RELATIONAL");
        cursor.expect("DUALITY")?;
    }
    Ok(replace)
}

fn view(cursor: &mut Cursor<'_, '_>, replace: bool) -> Parse<Operation> {
    cursor.expect("VIEW")?;
    let if_not_exists = cursor.if_not_exists();
    let name = names::object_name(cursor)?;
    let columns = if cursor.is_token(&Token::LParen) { names::names(cursor)? } else { Vec::new() };
    cursor.expect("AS")?;
    let query = query(cursor, &CHECK_OPTIONS)?;
    if cursor.eat("WITH") {
        cursor.eat_one_of(&["CASCADED", "LOCAL"]);
        cursor.expect("CHECK OPTION")?;
    }
    Ok(Operation::CreateView(Box::new(CreateView { name, temporary: false, if_not_exists, replace, columns, query })))
}
