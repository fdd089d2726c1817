//! `CREATE TABLE AS`, `SELECT INTO`.

use super::change::Change;
use crate::catalog::store::UNKNOWN_TYPE;
use crate::catalog::{Column, RelationKind, Table};
use crate::sql::expr::Query;
use crate::sql::operation::Persistence;
use crate::sql::{DataType, Ident, ObjectName};

impl Change<'_> {
    /// Makes a table of what a query returns. Where that cannot be told, not everything is known of the table.
    pub(super) fn create_table_as(
        &mut self,
        name: &ObjectName,
        columns: &[Ident],
        query: &Query,
        persistence: Persistence,
        if_not_exists: bool,
        with_data: bool,
    ) {
        let schema = self.schema_for(name, persistence == Persistence::Temporary);
        if !self.name_is_free(&schema, &name.name, if_not_exists) {
            return;
        }
        let shape = self.catalog.shape(query);
        self.applied.conflicts.extend(shape.problems);
        if shape.complete && columns.len() > shape.columns.len() {
            self.conflict("42601", "too many column names were specified");
        }
        let table = Table { persistence, filled: with_data.then_some(self.now), ..Table::default() };
        let id = self.catalog.add_relation(schema, name.name.clone(), RelationKind::Table(Box::new(table)), self.now);
        self.applied.created.push(id);
        let unknown = !shape.complete;
        for (at, output) in shape.columns.into_iter().enumerate() {
            let name = columns.get(at).unwrap_or(&output.name).clone();
            if self.table(id).is_some_and(|t| t.column(&name).is_some()) {
                self.conflict("42701", format!("column \"{name}\" specified more than once"));
                continue;
            }
            let collation =
                output.origin.and_then(|(table, column)| self.catalog.column(table, column)?.collation.clone());
            let data_type = output.data_type.unwrap_or_else(|| DataType::builtin(UNKNOWN_TYPE));
            self.catalog.add_column(id, Column { collation, ..Column::new(name, data_type, self.now) });
        }
        if unknown && let Some(relation) = self.catalog.relations.get_mut(&id) {
            relation.unknown = true;
        }
    }
}
