//! The statements.

use crate::databases::dml;
use crate::databases::operation::Operation;
use crate::dialect::Target;
use crate::sql::cursor::{Cursor, Parse};
use crate::sql::statement::ProblemKind;

/// Reads a statement.
pub(crate) fn statement(cursor: &mut Cursor<'_, '_>, _target: Target) -> Parse<Operation> {
    if let Some(operation) = dml::statement(cursor)? {
        return Ok(operation);
    }
    Err(cursor.problem(ProblemKind::Unsupported, "this statement is not understood"))
}
