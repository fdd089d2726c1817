//! What each operation leaves behind in the catalog.
//!
//! [`Catalog::apply`] never fails: where the server would report an error it says so ([`Conflict`]) and leaves the
//! state a reader would expect, so that the rest of the history can still be followed.

mod alter_table;
mod bound;
mod change;
mod column;
mod column_attributes;
mod constraint;
mod create_as;
mod create_table;
mod drop_column;
pub(super) mod figure;
mod foreign_key;
mod frozen;
pub(super) mod index;
mod inherit;
mod key;
mod like;
pub(crate) mod names;
mod not_null;
mod objects;
mod opclass;
mod overlap;
mod partition;
mod partition_order;
mod passes;
mod set_type;

pub(crate) use change::is_system_column;
pub use passes::in_pass_order;
pub(crate) use passes::sort_by_pass;

use super::{Catalog, Column, Constraint, Object, Relation, RelationId, Routine, Stamp};
use crate::sql::operation::TableTarget;
use crate::sql::{Ident, ObjectName, Operation};
use change::Change;

/// What came of applying one operation.
#[derive(Clone, Debug, Default)]
pub struct Applied {
    /// Errors the server would report.
    pub conflicts: Vec<Conflict>,
    /// Relations that are new.
    pub created: Vec<RelationId>,
    /// Relations that are gone, with the `schema.name` they had.
    pub dropped: Vec<(RelationId, String)>,
    /// What those and the constraints that are gone were.
    pub removed: Removed,
    /// What the server would say without failing: `relation "t" already exists, skipping`.
    pub notices: Vec<String>,
}

/// What is gone, as it was.
#[derive(Clone, Debug, Default)]
pub struct Removed {
    /// Relations, each with the name it had.
    pub relations: Vec<Relation>,
    /// Constraints of tables, each with its table; not those of tables that are gone themselves.
    pub constraints: Vec<(RelationId, Constraint)>,
    /// Columns of tables, each with its table; not those of tables that are gone themselves.
    pub columns: Vec<(RelationId, Column)>,
    /// Functions and procedures.
    pub routines: Vec<Routine>,
    /// Tables that lost the index that identified their rows for logical replication, each with the index.
    pub identities: Vec<(RelationId, RelationId)>,
    /// What `CASCADE` took without its being named, each in the server's words: `view v`.
    pub cascaded: Vec<(Object, String)>,
}

impl Removed {
    pub(crate) fn is_empty(&self) -> bool {
        let Self { relations, constraints, columns, routines, identities, cascaded } = self;
        relations.is_empty()
            && constraints.is_empty()
            && columns.is_empty()
            && routines.is_empty()
            && identities.is_empty()
            && cascaded.is_empty()
    }
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
        let applied = self.apply_by_kind(operation, now);
        self.bind(operation);
        applied
    }

    fn apply_by_kind(&mut self, operation: &Operation, now: Stamp) -> Applied {
        let mut applied = Applied::default();
        if objects::apply_object(self, operation, now, &mut applied) {
            return applied;
        }
        let mut change = Change { catalog: self, applied: &mut applied, now };
        match operation {
            Operation::CreateTable(create) => change.create_table(create),
            Operation::CreateTableAs { name, columns, query, if_not_exists, persistence, with_data } => {
                change.create_table_as(name, columns, query, *persistence, *if_not_exists, *with_data);
            }
            Operation::AlterTable(alter) => change.alter_table(alter),
            Operation::CreateIndex(create) => change.create_index(create),
            Operation::AttachIndexPartition { parent, child } => change.attach_index_partition(parent, child),
            Operation::ClusterTable { table: Some(table), index } => change.cluster_table(table, index.as_ref()),
            Operation::Truncate { tables, cascade, .. } => change.truncate(tables, *cascade),
            Operation::Insert(insert) => change.fill(&insert.table),
            Operation::Copy { table: Some(table), from: true, .. } => change.fill(table),
            Operation::Merge(merge) if merge.inserts => change.fill(&merge.table.name),
            _ => {}
        }
        applied
    }
}

impl Change<'_> {
    /// A table gets rows; where it is not known, that it exists is.
    fn fill(&mut self, name: &ObjectName) {
        let Some(id) = self.relation(name, false) else { return };
        let now = self.now;
        for table in std::iter::once(id).chain(self.catalog.descendants(id)) {
            if let Some(table) = self.catalog.table_mut(table) {
                table.filled = Some(now);
            }
        }
    }

    /// Takes the rows of tables, unless others reference them.
    fn truncate(&mut self, targets: &[TableTarget], cascade: bool) {
        let mut tables: Vec<RelationId> = Vec::new();
        for target in targets {
            let Some(id) = self.catalog.resolve(&target.name).found() else { continue };
            tables.push(id);
            if !target.only {
                tables.extend(self.catalog.descendants(id));
            }
        }
        let outside = self.catalog.reference_from_outside(&tables).map(|key| (key.from, key.key.table));
        if let Some((from, to)) = outside.filter(|_| !cascade) {
            let detail = vec![format!("Table \"{}\" references \"{}\".", self.name(from), self.name(to))];
            let message = "cannot truncate a table referenced in a foreign key constraint";
            self.applied.conflicts.push(Conflict { detail, ..Conflict::new("0A000", message) });
            return;
        }
        let now = self.now;
        for id in tables {
            if let Some(table) = self.catalog.table_mut(id) {
                (table.filled, table.emptied) = (None, Some(now));
            }
        }
    }

    /// `CLUSTER table USING index` remembers the index.
    fn cluster_table(&mut self, table: &ObjectName, index: Option<&Ident>) {
        if let Some(id) = self.relation(table, false)
            && index.is_some()
        {
            self.cluster_on(id, index);
        }
    }
}
