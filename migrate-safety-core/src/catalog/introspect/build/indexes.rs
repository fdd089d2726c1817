//! Indexes.

use super::relations::missing_expression;
use super::{Builder, object_name};
use crate::catalog::introspect::rows::{ElementRow, IndexRow};
use crate::catalog::{ColumnId, Index, IndexKey, Relation, RelationId, RelationKind, Table};
use crate::sql::Ident;
use crate::sql::expr::Expression;
use crate::sql::operation::ReplicaIdentity;

/// `indoption` bits.
const DESCENDING: i16 = 1;
const NULLS_FIRST: i16 = 2;

impl Builder {
    pub(in crate::catalog::introspect) fn add_indexes(&mut self, rows: Vec<IndexRow>) {
        for row in rows {
            let (Some(id), Some(table)) = (self.relation_id(row.oid), self.relation_id(row.relation)) else { continue };
            let owner = self.qualified(id);
            let name = self.catalog.relation(id).map(|r| r.name.clone());
            let column_names = row.elements.iter().map(|element| Ident::exact(&element.name)).collect();
            let include = row.elements.iter().skip(row.keys).filter_map(|element| column_id(element.column)).collect();
            let keys = row.elements.iter().take(row.keys).map(|element| self.key(table, &owner, element)).collect();
            let predicate = match row.predicate {
                Some(sql) => Some(self.expression(&owner, &sql)),
                None if row.partial => {
                    self.locked(table);
                    Some(missing_expression())
                }
                None => None,
            };
            if let Some(index) = self.catalog.index_mut(id) {
                *index = Index {
                    table,
                    method: Ident::exact(&row.method),
                    unique: row.unique,
                    nulls_not_distinct: row.nulls_not_distinct,
                    keys,
                    include,
                    predicate,
                    column_names,
                    valid: row.valid,
                    clustered: row.clustered,
                    ..index.clone()
                };
            }
            match self.catalog.relations.get_mut(&table).map(|r| &mut r.kind) {
                Some(RelationKind::Table(table)) => {
                    table.indexes.push(id);
                    if let (true, Some(name)) = (row.replica_identity, name) {
                        table.replica_identity = ReplicaIdentity::Index(name);
                    }
                }
                Some(RelationKind::View(view)) => view.indexes.push(id),
                _ => {}
            }
        }
    }

    fn key(&mut self, table: RelationId, owner: &str, element: &ElementRow) -> IndexKey {
        let column = column_id(element.column);
        let expression = match (&column, &element.expression) {
            (Some(_), _) => None,
            (None, Some(sql)) => Some(self.expression(owner, sql)),
            (None, None) => {
                self.locked(table);
                Some(missing_expression())
            }
        };
        let columns = match (column, &expression) {
            (Some(column), _) => vec![column],
            (None, Some(expression)) => self.mentioned(table, expression),
            (None, None) => Vec::new(),
        };
        let option = element.option.unwrap_or_default();
        IndexKey {
            column,
            expression,
            columns,
            collation: element.collation.as_ref().map(object_name),
            operator_class: element.operator_class.as_ref().map(object_name),
            descending: option & DESCENDING != 0,
            nulls_first: option & NULLS_FIRST != 0,
        }
    }

    /// The columns of a table that an expression names.
    pub(super) fn mentioned(&self, table: RelationId, expression: &Expression) -> Vec<ColumnId> {
        let table = self.catalog.relation(table).and_then(Relation::table);
        let mut columns: Vec<ColumnId> = Vec::new();
        for name in expression.expr.columns() {
            if let Some(column) = table.and_then(|t: &Table| t.column(name)).filter(|c| !columns.contains(&c.id)) {
                columns.push(column.id);
            }
        }
        columns
    }
}

/// A column by its number; expressions have none.
pub(super) fn column_id(number: i16) -> Option<ColumnId> {
    u16::try_from(number).ok().filter(|number| *number > 0).map(ColumnId)
}
