//! Stored text as operations: queries of views, bodies of routines.

use crate::catalog::{Catalog, Routine};
use crate::sql::{LocatedOperation, Operation, Query};

/// The query that a text is.
pub(super) fn query(text: &str, catalog: &Catalog) -> Option<Query> {
    let _ = (text, catalog);
    None
}

/// What a routine does; nothing if its body is not understood.
pub(super) fn operations(routine: &Routine, catalog: &Catalog) -> Option<Vec<LocatedOperation>> {
    let _ = (routine, catalog, None::<Operation>);
    None
}
