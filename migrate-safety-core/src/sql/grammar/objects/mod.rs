//! Statements on the objects that stand beside tables: routines, types, schemas, rights …

use super::Reading;
use crate::sql::cursor::{Cursor, Parse};

/// Reads a statement on such an object, or consumes nothing.
pub(crate) fn object_statement(_c: &mut Cursor<'_, '_>) -> Option<Parse<Reading>> {
    None
}
