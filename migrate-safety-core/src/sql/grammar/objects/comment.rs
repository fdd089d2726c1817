//! `COMMENT ON` and `SECURITY LABEL`.

use super::common::word_or_string;
use super::object_ref::{commented, labelled};
use crate::sql::cursor::{Cursor, Parse};
use crate::sql::operation::Operation;

pub(super) fn comment(c: &mut Cursor<'_, '_>) -> Parse<Operation> {
    let on = commented(c)?;
    Ok(Operation::Comment { on, text: text(c)?, label: false })
}

pub(super) fn security_label(c: &mut Cursor<'_, '_>) -> Parse<Operation> {
    if c.eat("FOR") {
        word_or_string(c)?;
    }
    c.expect("ON")?;
    let on = labelled(c)?;
    Ok(Operation::Comment { on, text: text(c)?, label: true })
}

/// `IS 'text'`, `IS NULL`.
fn text(c: &mut Cursor<'_, '_>) -> Parse<Option<Box<str>>> {
    c.expect("IS")?;
    if c.eat("NULL") { Ok(None) } else { c.string().map(Some) }
}
