//! What a recipe is asked, and what it may look at.

use super::draft::Draft;
use super::error::Refusal;
use super::options::PlanOptions;
use super::piece::Piece;
use crate::catalog::{Catalog, Column, ColumnId, Relation, RelationId, Table};
use crate::sql::operation::{AlterTable, TableAction};
use crate::sql::{Ident, ObjectName, Operation};

/// A recipe's answer: none if the change is not its kind.
pub(crate) type Answer = Option<Result<Draft, Refusal>>;

/// A part of a change on a schema.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Request<'a> {
    /// The schema before it.
    pub(crate) catalog: &'a Catalog,
    /// The schema that the plain change leaves.
    pub(crate) after: &'a Catalog,
    pub(crate) piece: &'a Piece,
    pub(crate) options: &'a PlanOptions,
}

/// A table by all that one needs to speak of it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct TableRef<'a> {
    pub(crate) id: RelationId,
    pub(crate) relation: &'a Relation,
    pub(crate) table: &'a Table,
}

impl TableRef<'_> {
    /// The table as a statement names it, with its schema.
    pub(crate) fn sql(&self) -> String {
        self.relation.object_name().sql()
    }
}

impl<'a> Request<'a> {
    pub(super) fn new(catalog: &'a Catalog, after: &'a Catalog, piece: &'a Piece, options: &'a PlanOptions) -> Self {
        Self { catalog, after, piece, options }
    }

    /// The plain statement.
    pub(crate) fn sql(&self) -> &'a str {
        &self.piece.sql
    }

    /// What it does, if that is one thing.
    pub(crate) fn operation(&self) -> Option<&'a Operation> {
        match &*self.piece.operations {
            [located] => Some(&located.operation),
            _ => None,
        }
    }

    /// The action, if it is one of `ALTER TABLE` on a table that the schema has.
    pub(crate) fn table_action(&self) -> Option<(TableRef<'a>, &'a AlterTable, &'a TableAction)> {
        let Operation::AlterTable(alter) = self.operation()? else { return None };
        Some((self.table(&alter.table)?, alter, &alter.action))
    }

    /// A table by its name.
    pub(crate) fn table(&self, name: &ObjectName) -> Option<TableRef<'a>> {
        self.table_by_id(self.catalog.resolve(name).found()?)
    }

    /// A table by its identity.
    pub(crate) fn table_by_id(&self, id: RelationId) -> Option<TableRef<'a>> {
        let relation = self.catalog.relation(id)?;
        Some(TableRef { id, relation, table: relation.table()? })
    }

    /// A column by its name.
    pub(crate) fn column(&self, table: TableRef<'a>, name: &Ident) -> Option<&'a Column> {
        table.table.column(name)
    }

    /// The server's major version.
    pub(crate) fn version(&self) -> u16 {
        self.catalog.target().version
    }

    /// Names of columns.
    pub(crate) fn column_names(&self, table: TableRef<'a>, ids: &[ColumnId]) -> Vec<&'a Ident> {
        ids.iter().filter_map(|id| table.table.column_by_id(*id)).map(|column| &column.name).collect()
    }
}
