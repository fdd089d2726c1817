//! Catalogs from SQL, for tests.

use super::{Applied, Catalog, Stamp, in_pass_order};
use crate::dialect::Target;
use crate::sql;

/// The schema that a script leaves on an empty PostgreSQL 16; it has to be read and applied without a problem.
#[track_caller]
pub(crate) fn catalog_of(script: &str) -> Catalog {
    catalog_on(16, script)
}

/// The schema that a script leaves on an empty server of this version; it has to be read and applied without a
/// problem.
#[track_caller]
pub(crate) fn catalog_on(version: u16, script: &str) -> Catalog {
    let mut catalog = Catalog::new(Target::postgres(version), true);
    for (statement, applied) in replay(&mut catalog, script) {
        assert!(applied.conflicts.is_empty(), "{statement}: {:?}", applied.conflicts);
    }
    catalog
}

/// Applies a script, each statement as a transaction of its own; the text of each with what came of it.
#[track_caller]
pub(crate) fn replay<'s>(catalog: &mut Catalog, script: &'s str) -> Vec<(&'s str, Applied)> {
    let mut replayed = Vec::new();
    for statement in sql::parse(catalog.target(), script).statements {
        let text = script.get(statement.span.range()).unwrap_or_default();
        assert!(statement.problems.is_empty(), "{text}: {:?}", statement.problems);
        let before = catalog.next_id;
        let now = Stamp { migration: 1, transaction: before, statement: before };
        let mut all = Applied::default();
        for located in in_pass_order(&statement.operations) {
            let applied = catalog.apply(&located.operation, now);
            all.conflicts.extend(applied.conflicts);
            all.created.extend(applied.created);
            all.dropped.extend(applied.dropped);
            all.notices.extend(applied.notices);
        }
        replayed.push((text, all));
    }
    replayed
}
