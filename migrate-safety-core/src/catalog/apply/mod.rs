//! What each operation leaves behind in the catalog.
//!
//! [`Catalog::apply`] never fails: where the server would report an error it says so ([`Conflict`]) and leaves the
//! state a reader would expect, so that the rest of the history can still be followed.

mod objects;

use super::{Catalog, RelationId, Stamp};
use crate::sql::Operation;

/// What came of applying one operation.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Applied {
    /// Errors the server would report.
    pub conflicts: Vec<Conflict>,
    /// Relations that are new.
    pub created: Vec<RelationId>,
    /// Relations that are gone, with the `schema.name` they had.
    pub dropped: Vec<(RelationId, String)>,
    /// What the server would say without failing: `relation "t" already exists, skipping`.
    pub notices: Vec<String>,
}

impl Applied {
    /// Records an error the server would report whatever the rows.
    pub(crate) fn conflict(&mut self, sqlstate: &'static str, message: impl Into<String>) {
        self.conflicts.push(Conflict::new(sqlstate, message));
    }

    /// Records a message the server would give without failing.
    pub(crate) fn notice(&mut self, message: impl Into<String>) {
        self.notices.push(message.into());
    }
}

/// An error the server would report.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Conflict {
    /// SQLSTATE: `42P01`.
    pub sqlstate: &'static str,
    /// In the server's words: `relation "users" does not exist`.
    pub message: String,
    /// Whether it only fails when the table has rows.
    pub only_with_rows: bool,
    /// The server's DETAIL, line by line: `view v depends on table t`.
    pub detail: Vec<String>,
}

impl Conflict {
    /// An error that comes whatever the rows.
    pub fn new(sqlstate: &'static str, message: impl Into<String>) -> Self {
        Self { sqlstate, message: message.into(), only_with_rows: false, detail: Vec::new() }
    }
}

impl Catalog {
    /// Changes the schema as the server would.
    pub fn apply(&mut self, operation: &Operation, now: Stamp) -> Applied {
        let mut applied = Applied::default();
        objects::apply_object(self, operation, now, &mut applied);
        applied
    }
}
