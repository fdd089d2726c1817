//! The parts of an `UPDATE` or `DELETE` as they are written.

use super::target;
use crate::sql::cursor::{Cursor, Parse};
use crate::sql::grammar::expr::expr;
use crate::sql::grammar::query::from_list;
use crate::sql::token::Token;

/// The parts of an `UPDATE` or `DELETE` as they are written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct ChangeText {
    /// The values that an `UPDATE` sets, in the order of its columns.
    pub(crate) values: Vec<String>,
    /// What stands behind `FROM`, or behind `USING` in a `DELETE`.
    pub(crate) from: Option<String>,
    /// The condition.
    pub(crate) filter: Option<String>,
}

/// Reads an `UPDATE` or `DELETE`; an error for one with `WITH`, `RETURNING`, or columns set from one query.
pub(crate) fn change_text(c: &mut Cursor<'_, '_>) -> Parse<ChangeText> {
    let mut text = ChangeText::default();
    let joins = if c.eat("DELETE") {
        c.expect("FROM")?;
        target(c)?;
        "USING"
    } else {
        c.expect("UPDATE")?;
        target(c)?;
        c.expect("SET")?;
        text.values = c.list(assigned)?.concat();
        "FROM"
    };
    text.from = written_behind(c, joins, |c| from_list(c).map(drop))?;
    text.filter = written_behind(c, "WHERE", |c| expr(c).map(drop))?;
    c.expect_end()?;
    Ok(text)
}

/// `a = 1` or `(a, b) = (1, 2)`: the values.
fn assigned(c: &mut Cursor<'_, '_>) -> Parse<Vec<String>> {
    let written = |c: &mut Cursor<'_, '_>| {
        let mark = c.mark();
        expr(c)?;
        Ok(c.text_from(mark).to_owned())
    };
    if !c.is_token(&Token::LParen) {
        c.ident()?;
        c.expect_token(&Token::Eq)?;
        return Ok(vec![written(c)?]);
    }
    c.parens(|c| c.list(Cursor::ident))?;
    c.expect_token(&Token::Eq)?;
    c.eat("ROW");
    c.parens(|c| c.list(written))
}

/// What stands behind a word, if the word is there.
fn written_behind<'t, 's>(
    c: &mut Cursor<'t, 's>,
    word: &str,
    read: impl FnOnce(&mut Cursor<'t, 's>) -> Parse<()>,
) -> Parse<Option<String>> {
    if !c.eat(word) {
        return Ok(None);
    }
    let mark = c.mark();
    read(c)?;
    Ok(Some(c.text_from(mark).to_owned()))
}
