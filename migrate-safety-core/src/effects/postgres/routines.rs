//! Routines by name: what a statement drops, what an expression calls.

use crate::catalog::{Catalog, Routine, RoutineId};
use crate::sql::ObjectName;
use crate::sql::operation::RoutineName;

/// The routines that `DROP FUNCTION name(types)` means.
pub(super) fn named(catalog: &Catalog, routine: &RoutineName) -> Vec<RoutineId> {
    let found = catalog.routines_named(&routine.name).into_iter();
    let fits = |r: &&Routine| routine.args.as_ref().is_none_or(|args| catalog.same_inputs(r, args));
    found.filter(fits).map(|r| r.id).collect()
}

/// The routine that a call with so many arguments means, if the history defines it.
pub(super) fn called<'c>(catalog: &'c Catalog, name: &ObjectName, arguments: usize) -> Option<&'c Routine> {
    catalog.routines_named(name).into_iter().find(|r| r.takes(arguments))
}
