//! One operation being applied: what all of them need.

use super::Applied;
use crate::catalog::store::UNKNOWN_TYPE;
use crate::catalog::types::missing_schema;
use crate::catalog::{
    Catalog, ColumnId, ConstraintId, RelationId, Resolved, Stamp, TEMP_SCHEMA, Table, is_system_schema,
};
use crate::sql::expr::{Expr, Expression};
use crate::sql::{DataType, Ident, ObjectName};

/// One operation being applied to a catalog.
pub(super) struct Change<'a> {
    pub(super) catalog: &'a mut Catalog,
    pub(super) applied: &'a mut Applied,
    /// When.
    pub(super) now: Stamp,
}

impl Change<'_> {
    pub(super) fn conflict(&mut self, sqlstate: &'static str, message: impl Into<String>) {
        self.applied.conflict(sqlstate, message);
    }

    pub(super) fn notice(&mut self, message: impl Into<String>) {
        self.applied.notice(message);
    }

    pub(super) fn version(&self) -> u16 {
        self.catalog.target().version
    }

    pub(super) fn table(&self, id: RelationId) -> Option<&Table> {
        self.catalog.table(id)
    }

    /// The name of a relation, for a message.
    pub(super) fn name(&self, id: RelationId) -> Ident {
        self.catalog.relation(id).map_or_else(|| Ident::exact("?"), |r| r.name.clone())
    }

    pub(super) fn schema(&self, id: RelationId) -> Ident {
        self.catalog.relation(id).map_or_else(|| Ident::exact("public"), |r| r.schema.clone())
    }

    /// The name of a column, for a message.
    pub(super) fn column_name(&self, table: RelationId, column: ColumnId) -> Ident {
        self.catalog.column(table, column).map_or_else(|| Ident::exact("?"), |c| c.name.clone())
    }

    /// Whether not everything is known of a relation.
    pub(super) fn is_unknown(&self, id: RelationId) -> bool {
        self.catalog.relation(id).is_some_and(|r| r.unknown)
    }

    pub(super) fn is_partitioned(&self, id: RelationId) -> bool {
        self.table(id).is_some_and(Table::is_partitioned)
    }

    /// The direct children of a table.
    pub(super) fn children(&self, id: RelationId) -> Vec<RelationId> {
        self.table(id).map(|t| t.children.clone()).unwrap_or_default()
    }

    pub(super) fn fresh_constraint(&mut self) -> ConstraintId {
        ConstraintId(self.catalog.fresh_id())
    }

    /// Says that something exists already: nothing but a word where `IF NOT EXISTS` is written.
    pub(super) fn exists_already(&mut self, sqlstate: &'static str, message: &str, if_not_exists: bool) {
        if if_not_exists { self.notice(format!("{message}, skipping")) } else { self.conflict(sqlstate, message) }
    }

    /// The relation of this name. One that may exist is made up; one that cannot exist is reported.
    pub(super) fn relation(&mut self, name: &ObjectName, if_exists: bool) -> Option<RelationId> {
        match self.catalog.resolve(name) {
            Resolved::Found(id) => Some(id),
            Resolved::System => None,
            Resolved::Unknown => Some(self.catalog.ensure_relation(name)),
            Resolved::Missing => {
                let missing = name.schema.as_ref().filter(|s| !self.schema_exists(s));
                match missing {
                    _ if if_exists => self.notice(format!("relation \"{}\" does not exist, skipping", name.name)),
                    Some(schema) => self.applied.conflicts.push(missing_schema(schema)),
                    None => self.conflict("42P01", format!("relation \"{name}\" does not exist")),
                }
                None
            }
        }
    }

    /// The schema in which an object of this name is made; one that cannot exist is reported.
    pub(super) fn schema_for(&mut self, name: &ObjectName, temporary: bool) -> Ident {
        let Some(schema) = &name.schema else {
            return if temporary { Ident::exact(TEMP_SCHEMA) } else { self.catalog.creation_schema() };
        };
        if !self.schema_exists(schema) && !self.catalog.may_exist(schema) {
            self.applied.conflicts.push(missing_schema(schema));
        }
        schema.clone()
    }

    fn schema_exists(&self, schema: &Ident) -> bool {
        self.catalog.schemas.contains_key(schema) || is_system_schema(schema) || schema.starts_with(TEMP_SCHEMA)
    }

    /// The column of this name in a table named by `ALTER`; one that cannot exist is reported.
    pub(super) fn column(&mut self, table: RelationId, name: &Ident) -> Option<ColumnId> {
        let found = self.catalog.ensure_column(table, name);
        if found.is_none() {
            let message = format!("column \"{name}\" of relation \"{}\" does not exist", self.name(table));
            self.conflict("42703", message);
        }
        found
    }

    /// The columns of these names; one that cannot exist is reported with `message` and left out.
    pub(super) fn columns(
        &mut self,
        table: RelationId,
        names: &[Ident],
        message: impl Fn(&Ident) -> String,
    ) -> Vec<ColumnId> {
        let mut found = Vec::new();
        for name in names {
            match self.catalog.ensure_column(table, name) {
                Some(column) => found.push(column),
                None => self.conflict("42703", message(name)),
            }
        }
        found
    }

    /// The columns that an expression over one table mentions, each once; one that cannot exist is reported.
    pub(super) fn mentioned(&mut self, table: RelationId, expression: &Expression) -> Vec<ColumnId> {
        let table_name = self.name(table);
        let mut found = Vec::new();
        let mut names: Vec<Ident> = Vec::new();
        expression.expr.walk(&mut |e| {
            if let Expr::Column { name, .. } = e
                && !names.contains(name)
            {
                names.push(name.clone());
            }
        });
        for name in names {
            let known = self.table(table).and_then(|t| t.column(&name)).map(|c| c.id);
            if known.is_none() && (is_system_column(&name) || name == table_name) {
                continue;
            }
            match known.or_else(|| self.catalog.ensure_column(table, &name)) {
                Some(column) => found.push(column),
                None => self.conflict("42703", format!("column \"{name}\" does not exist")),
            }
        }
        found
    }

    /// A column's type as the catalog holds it; one that no column can have is reported.
    pub(super) fn column_type(&mut self, column: &Ident, data_type: &DataType) -> DataType {
        if data_type.is(UNKNOWN_TYPE) {
            return data_type.clone();
        }
        if let Some(problem) = self.catalog.type_problem(data_type) {
            self.applied.conflicts.push(problem);
        } else if self.catalog.is_pseudo_type(data_type) {
            self.conflict("42P16", format!("column \"{column}\" has pseudo-type {data_type}"));
        }
        self.catalog.settled_type(data_type)
    }
}

/// Whether every table has a column of this name of its own.
pub(crate) fn is_system_column(name: &str) -> bool {
    matches!(name, "tableoid" | "ctid" | "xmin" | "xmax" | "cmin" | "cmax")
}
