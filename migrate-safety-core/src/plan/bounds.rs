//! What proves to the server that a partition's rows are where they belong, so that it need not read them.

use super::draft::{Draft, DraftStep};
use super::names;
use super::request::{Request, TableRef};
use crate::catalog::RelationId;
use crate::sql::operation::PartitionBound;

/// A check that is added and proved beforehand, and dropped when the partition is in its place.
pub(crate) struct Proof<'r> {
    table: TableRef<'r>,
    name: String,
    condition: String,
    /// Of whom a row that does not meet it is told.
    meaning: String,
}

impl<'r> Proof<'r> {
    /// That all rows of a table lie within the bounds.
    pub(crate) fn within(table: TableRef<'r>, condition: &str) -> Self {
        let meaning = format!("rows of {} lie outside the bounds", table.sql());
        Self::new(table, "_bounds", condition.to_owned(), meaning)
    }

    /// That no row of the default partition lies within the bounds; nothing to prove without one.
    pub(crate) fn outside(request: &Request<'r>, parent: RelationId, bound: &PartitionBound) -> Option<Self> {
        let table = request.table_by_id(request.catalog.partitions_default(parent)?)?;
        let condition = request.catalog.bound_condition(parent, bound)?;
        let meaning = format!("rows of {} belong into the new partition", table.sql());
        Some(Self::new(table, "_rest", format!("NOT ({condition})"), meaning))
    }

    fn new(table: TableRef<'r>, ending: &str, condition: String, meaning: String) -> Self {
        let name = names::fresh(&table.relation.name, ending, |name| table.table.constraint(name).is_none());
        Self { table, name: name.sql(), condition, meaning }
    }

    /// The steps that add it and prove it.
    pub(crate) fn given(&self, draft: Draft) -> Draft {
        let (t, name) = (self.table.sql(), &self.name);
        let validate = format!("ALTER TABLE {t} VALIDATE CONSTRAINT {name}");
        let violating = format!("SELECT count(*) FROM {t} WHERE ({}) IS NOT TRUE", self.condition);
        draft
            .expand(
                DraftStep::ddl(format!("Hold new rows of {t} to the bounds"), [self.add()])
                    .undo([format!("ALTER TABLE {t} DROP CONSTRAINT {name}")]),
            )
            .migrate(DraftStep::verify(format!("Prove the bounds for the rows of {t}"), validate).gate(
                violating,
                "0",
                self.meaning.clone(),
            ))
    }

    /// The step that drops it again.
    pub(crate) fn dropped(&self, draft: Draft) -> Draft {
        let (t, name) = (self.table.sql(), &self.name);
        let drop = format!("ALTER TABLE {t} DROP CONSTRAINT {name}");
        draft.contract(DraftStep::ddl(format!("Drop the proof, {name}"), [drop]).undo([self.add()]))
    }

    /// The name of the constraint, as a statement writes it.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// The statement that adds it, for new rows.
    pub(crate) fn add(&self) -> String {
        format!("ALTER TABLE {} ADD CONSTRAINT {} CHECK ({}) NOT VALID", self.table.sql(), self.name, self.condition)
    }
}
