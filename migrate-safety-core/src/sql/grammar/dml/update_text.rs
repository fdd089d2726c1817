//! The parts of a plain `UPDATE` as they are written.

use super::target;
use crate::sql::cursor::{Cursor, Parse};
use crate::sql::grammar::expr::expr;
use crate::sql::token::Token;

/// The parts of an `UPDATE` as they are written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct UpdateText {
    /// The values, in the order of the assignments.
    pub(crate) values: Vec<String>,
    /// The condition.
    pub(crate) filter: Option<String>,
}

/// The parts of a plain `UPDATE`; an error for one with an alias, `FROM`, or columns set together.
pub(crate) fn update_text(c: &mut Cursor<'_, '_>) -> Parse<UpdateText> {
    c.expect("UPDATE")?;
    target(c)?;
    c.expect("SET")?;
    let values = c.list(|c| {
        c.ident()?;
        c.expect_token(&Token::Eq)?;
        let mark = c.mark();
        expr(c)?;
        Ok(c.text_from(mark).to_owned())
    })?;
    let filter = match c.eat("WHERE") {
        true => {
            let mark = c.mark();
            expr(c)?;
            Some(c.text_from(mark).to_owned())
        }
        false => None,
    };
    c.expect_end()?;
    Ok(UpdateText { values, filter })
}
