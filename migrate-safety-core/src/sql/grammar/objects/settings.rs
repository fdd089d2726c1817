//! `SET name = value` and `RESET name`, as functions, roles and databases carry them.

use crate::sql::cursor::{Cursor, Parse};
use crate::sql::grammar::setting::{Clause, clause, named_setting};

/// A setting and its value: none for `DEFAULT` and `RESET`, an empty one for `FROM CURRENT`.
pub(super) type Setting = (Box<str>, Option<Box<str>>);

/// `SET …` or `RESET …` with its first word, if it is next.
pub(super) fn set_or_reset(c: &mut Cursor<'_, '_>) -> Parse<Option<Setting>> {
    if c.eat("RESET") {
        return Ok(Some((named_setting(c)?, None)));
    }
    if !c.eat("SET") {
        return Ok(None);
    }
    Ok(Some(match clause(c)? {
        Clause::Value(name, value) => (name, value),
        Clause::Current(name) => (name, Some("".into())),
    }))
}
