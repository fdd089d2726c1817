//! What a fact's condition may look at.

use crate::catalog::{Catalog, RelationId, Session, Stamp};
use crate::sql::{ObjectName, Operation};

/// One operation about to run.
#[derive(Clone, Copy, Debug)]
pub struct Scene<'a> {
    /// What is done.
    pub operation: &'a Operation,
    /// The schema before it.
    pub catalog: &'a Catalog,
    /// Settings in force.
    pub session: &'a Session,
    /// The statement it belongs to, for "created by an earlier action of the same statement".
    pub now: Stamp,
}

impl Scene<'_> {
    /// The server's major version.
    pub fn version(&self) -> u16 {
        self.catalog.target().version
    }

    /// The relation of this name, if it is known.
    pub fn relation(&self, name: &ObjectName) -> Option<RelationId> {
        self.catalog.resolve(name).found()
    }
}
