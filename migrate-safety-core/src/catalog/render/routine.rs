//! Functions and procedures.

use crate::catalog::{Catalog, Routine};
use crate::sql::ObjectName;

impl Catalog {
    /// `CREATE FUNCTION` or `CREATE PROCEDURE` without a semicolon.
    pub(in crate::catalog) fn routine_sql(routine: &Routine) -> String {
        format!("CREATE {} {}{}", word(routine), name(routine), routine.definition)
    }

    /// What was changed after a routine was made.
    pub(in crate::catalog) fn routine_changes(routine: &Routine) -> Vec<String> {
        let inputs: Vec<String> = routine.inputs().map(ToString::to_string).collect();
        let (word, name, inputs) = (word(routine), name(routine), inputs.join(", "));
        routine.altered.iter().map(|change| format!("ALTER {word} {name}({inputs}) {change}")).collect()
    }
}

fn word(routine: &Routine) -> &'static str {
    if routine.procedure { "PROCEDURE" } else { "FUNCTION" }
}

fn name(routine: &Routine) -> String {
    ObjectName { schema: Some(routine.schema.clone()), name: routine.name.clone() }.sql()
}
