//! How many rows a migration has put into tables that it made itself: a list of what to mend, in a temporary table.

use super::{Change, Rows, Verb, rows_of_query};
use crate::catalog::{Catalog, RelationId, Stamp};
use crate::sql::{LocatedOperation, ObjectName, Operation};
use std::collections::BTreeMap;

/// The tables that a migration made and filled by statements that were seen, with their rows.
#[derive(Clone, Debug, Default)]
pub struct Loaded(BTreeMap<RelationId, Rows>);

impl Loaded {
    /// Takes in what an operation that has been applied put into a table that its migration made: `rows`, as
    /// [`Loaded::put`] has found them before.
    pub(crate) fn add(&mut self, catalog: &Catalog, now: Stamp, put: Put<'_>) {
        let Put::Into { table, rows } = put else {
            if matches!(put, Put::Unseen) {
                self.0.clear();
            }
            return;
        };
        let found = catalog.resolve(table).found().and_then(|id| catalog.relation(id));
        let own =
            found.filter(|relation| relation.created != Stamp::BEFORE && relation.created.migration == now.migration);
        if let Some(relation) = own {
            let before = self.0.get(&relation.id).copied();
            self.0.insert(relation.id, before.map_or(rows, |before| before.plus(rows)));
        }
    }

    /// What an operation is about to put into a table.
    pub(crate) fn put<'o>(&self, catalog: &Catalog, located: &'o LocatedOperation, changes: &[Change<'_>]) -> Put<'o> {
        let frame = located.routine.as_ref();
        let (table, rows) = match &located.operation {
            Operation::CreateTableAs { name, query, with_data: true, .. } => {
                (name, rows_of_query(catalog, self, query, frame.is_some()))
            }
            Operation::Insert(insert) => (&insert.table, written(changes)),
            Operation::Merge(merge) => (&merge.table.name, written(changes)),
            Operation::Copy { table: Some(table), from: true, .. } => (table, Rows::All),
            Operation::Opaque { .. } | Operation::Call { .. } => return Put::Unseen,
            _ => return Put::Nothing,
        };
        let repeated = frame.is_some_and(|frame| !frame.loops.is_empty());
        Put::Into { table, rows: if repeated { Rows::All } else { rows } }
    }

    /// The most rows that a table can have.
    pub(super) fn rows(&self, table: RelationId) -> Rows {
        self.0.get(&table).copied().unwrap_or(Rows::All)
    }
}

/// What an operation puts into a table.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Put<'o> {
    Nothing,
    Into {
        table: &'o ObjectName,
        rows: Rows,
    },
    /// Nobody can tell what, into which.
    Unseen,
}

/// The rows of the statement's own change, which comes after those in `WITH`.
fn written(changes: &[Change<'_>]) -> Rows {
    let own = changes.last().filter(|change| matches!(change.verb, Verb::Insert | Verb::Merge));
    own.map_or(Rows::All, |change| change.rows)
}
