//! `CREATE TABLE AS`, `SELECT INTO`.

use super::Applied;
use crate::catalog::store::UNKNOWN_TYPE;
use crate::catalog::{Catalog, Column, RelationKind, Stamp, TEMP_SCHEMA, Table};
use crate::sql::expr::Query;
use crate::sql::operation::Persistence;
use crate::sql::{DataType, Ident, ObjectName};

/// `CREATE TABLE AS`.
pub(super) struct NewTableAs<'o> {
    pub(super) name: &'o ObjectName,
    pub(super) columns: &'o [Ident],
    pub(super) query: &'o Query,
    pub(super) if_not_exists: bool,
    pub(super) persistence: Persistence,
    pub(super) with_data: bool,
}

impl Catalog {
    /// `CREATE TABLE AS`: a table with the columns that a query returns.
    pub(super) fn create_table_as(&mut self, create: &NewTableAs<'_>, now: Stamp, applied: &mut Applied) {
        let (mut schema, name) = self.new_name(create.name, applied);
        if create.persistence == Persistence::Temporary {
            schema = Ident::exact(TEMP_SCHEMA);
        }
        if let Some(clash) = self.relation_clash(&schema, &name, true) {
            let skipped = create.if_not_exists && clash.sqlstate == "42P07";
            return match skipped {
                true => applied.notice(format!("{}, skipping", clash.message)),
                false => applied.conflicts.push(clash),
            };
        }
        let shape = self.shape(create.query);
        applied.conflicts.extend(shape.problems);
        if create.columns.len() > shape.columns.len() && shape.complete {
            return applied.conflict("42601", "too many column names were specified");
        }
        let filled = create.with_data.then_some(now);
        let table = Table { persistence: create.persistence, filled, ..Table::default() };
        let id = self.add_relation(schema, name.clone(), RelationKind::Table(Box::new(table)), now);
        applied.created.push(id);
        for (at, column) in shape.columns.into_iter().enumerate() {
            let column_name = create.columns.get(at).cloned().unwrap_or(column.name);
            if self.table(id).is_some_and(|t| t.column(&column_name).is_some()) {
                applied.conflict("42701", format!("column \"{column_name}\" specified more than once"));
                continue;
            }
            let data_type = column.data_type.unwrap_or_else(|| DataType::builtin(UNKNOWN_TYPE));
            self.add_column(id, Column::new(column_name, data_type, now));
        }
        if let Some(relation) = self.relations.get_mut(&id) {
            relation.unknown = !shape.complete;
        }
    }
}
