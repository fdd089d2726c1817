//! Routines by name: what a statement drops, what an expression calls.

use crate::catalog::{Catalog, Routine, RoutineId};
use crate::sql::operation::{ArgMode, RoutineName};
use crate::sql::{DataType, ObjectName};

/// The routines that `DROP FUNCTION name(types)` means.
pub(super) fn named(catalog: &Catalog, routine: &RoutineName) -> Vec<RoutineId> {
    let fits = |r: &&Routine| {
        let Some(args) = &routine.args else { return true };
        let inputs: Vec<&DataType> = r
            .args
            .iter()
            .filter(|a| matches!(a.2, ArgMode::In | ArgMode::InOut | ArgMode::Variadic))
            .map(|a| &a.1)
            .collect();
        let written: Vec<DataType> = args.iter().map(|t| catalog.settled_type(t)).collect();
        let same = |a: &DataType, b: &DataType| (&a.schema, &a.name, a.array) == (&b.schema, &b.name, b.array);
        inputs.len() == written.len() && inputs.iter().zip(&written).all(|(a, b)| same(a, b))
    };
    by_name(catalog, &routine.name).filter(fits).map(|r| r.id).collect()
}

/// The routines that a name can mean: those of the first schema of the search path that has any.
pub(super) fn by_name<'c>(catalog: &'c Catalog, name: &ObjectName) -> impl Iterator<Item = &'c Routine> {
    let of = |schema: &crate::sql::Ident| catalog.routine_names.get(&(schema.clone(), name.name.clone()));
    let ids = match &name.schema {
        Some(schema) => of(schema),
        None => catalog.search_path.iter().find_map(of),
    };
    ids.into_iter().flatten().filter_map(|id| catalog.routines.get(id))
}

/// Whether a call of this name may mean the routine.
pub(super) fn may_call(catalog: &Catalog, name: &ObjectName, routine: &Routine) -> bool {
    name.name == routine.name && by_name(catalog, name).any(|r| r.id == routine.id)
}
