//! What a fact's condition may look at.

use crate::catalog::{Catalog, Relation, RelationId, Session, Stamp, Table};
use crate::sql::operation::{AlterTable, TableAction};
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
    /// From which migration on what was made is used by nobody yet.
    pub since: u32,
    /// The relation that `ALTER TABLE` is about.
    target: Option<&'a Relation>,
}

impl<'a> Scene<'a> {
    /// An operation in a schema.
    pub fn new(operation: &'a Operation, catalog: &'a Catalog, session: &'a Session, now: Stamp) -> Self {
        let target = match operation {
            Operation::AlterTable(alter) => catalog.resolve(&alter.table).found(),
            _ => None,
        };
        let target = target.and_then(|id| catalog.relation(id));
        Self { operation, catalog, session, now, since: now.migration, target }
    }

    /// The same, where what was made from another migration on is used by nobody yet.
    pub fn since(self, since: u32) -> Self {
        Self { since, ..self }
    }

    /// The server's major version.
    pub fn version(&self) -> u16 {
        self.catalog.target().version
    }

    /// The relation of this name, if it is known.
    pub fn relation(&self, name: &ObjectName) -> Option<RelationId> {
        self.catalog.resolve(name).found()
    }

    /// The action, if the operation is one of `ALTER TABLE`.
    pub fn action(&self) -> Option<&'a TableAction> {
        self.alter().map(|alter| &alter.action)
    }

    /// The operation, if it is `ALTER TABLE`.
    pub fn alter(&self) -> Option<&'a AlterTable> {
        match self.operation {
            Operation::AlterTable(alter) => Some(alter),
            _ => None,
        }
    }

    /// The relation that `ALTER TABLE` is about.
    pub fn target(&self) -> Option<&'a Relation> {
        self.target
    }

    /// The table that `ALTER TABLE` is about.
    pub fn target_table(&self) -> Option<&'a Table> {
        self.target()?.table()
    }

    /// Whether a table is known to have no rows: the migration, or its transaction, made it and filled it with none.
    pub fn is_empty(&self, id: RelationId) -> bool {
        let Some(relation) = self.catalog.relation(id) else { return false };
        let created = relation.created;
        let here = created.migration >= self.since || created.transaction == self.now.transaction;
        created != Stamp::BEFORE && here && relation.table().is_some_and(|table| table.filled.is_none())
    }

    /// Whether a relation existed before the statement.
    pub fn existed(&self, relation: &Relation) -> bool {
        relation.created == Stamp::BEFORE || relation.created.statement < self.now.statement
    }
}
