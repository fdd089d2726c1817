//! Functions and procedures.

use crate::catalog::{Catalog, Routine};
use crate::sql::ObjectName;
use crate::sql::operation::{ArgMode, Volatility};

impl Catalog {
    /// `CREATE FUNCTION` or `CREATE PROCEDURE` without a semicolon.
    pub(super) fn routine_sql(routine: &Routine) -> String {
        let name = ObjectName { schema: Some(routine.schema.clone()), name: routine.name.clone() };
        let word = if routine.procedure { "PROCEDURE" } else { "FUNCTION" };
        let _ = (ArgMode::In, Volatility::Stable);
        format!("CREATE {word} {}", name.sql())
    }
}
