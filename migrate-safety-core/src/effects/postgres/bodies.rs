//! Stored text as operations: queries of views, bodies of routines.

use crate::catalog::{Catalog, Routine};
use crate::sql::{LocatedOperation, Operation, Query, parse};

/// The query that a text is.
pub(super) fn query(text: &str, catalog: &Catalog) -> Option<Query> {
    let script = parse(catalog.target(), text);
    let mut statements = script.statements.into_iter();
    let (Some(mut statement), None) = (statements.next(), statements.next()) else { return None };
    match statement.operations.pop()?.operation {
        Operation::Select(query) => Some(*query),
        _ => None,
    }
}

/// What a routine does; nothing if its body is not understood.
pub(super) fn operations(routine: &Routine, catalog: &Catalog) -> Option<Vec<LocatedOperation>> {
    let body = routine.body.as_ref()?;
    if routine.language != *"sql" {
        return None;
    }
    let script = parse(catalog.target(), &body.text);
    let understood = script.statements.iter().all(crate::sql::Statement::understood);
    understood.then(|| script.statements.into_iter().flat_map(|s| s.operations).collect())
}
