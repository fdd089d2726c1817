//! A key of a JSON document that becomes a column of its own.

use super::application::{Application, Field};
use super::compare::differs;
use super::{Formula, Sync};
use crate::catalog::Column;
use crate::plan::request::{Request, TableRef};
use crate::sql::Ident;
use crate::sql::name::literal;

/// A key of the documents of a column, and the column that takes its place.
#[derive(Debug)]
pub(crate) struct Extracted<'a> {
    pub(crate) request: &'a Request<'a>,
    pub(crate) table: TableRef<'a>,
    pub(crate) document: &'a Column,
    pub(crate) key: &'a str,
    /// The column as it is when it is filled.
    pub(crate) column: Column,
    /// Its value from the document.
    pub(crate) value: Formula,
}

impl Extracted<'_> {
    /// A trigger that keeps both the same.
    ///
    /// A document that is written without the key keeps it: a release that knows the column writes such documents. The
    /// value goes by JSON's null, or by NULL in the column.
    pub(crate) fn sync(&self) -> Option<Sync> {
        let (c, d, key) = (self.column.name.sql(), self.document.name.sql(), literal(self.key));
        let has = |row: &str| format!("coalesce({row}.{d} ? {key}, false)");
        let value = self.value.of_new_row(&self.table.relation.name);
        let is_other = self.differs(&format!("NEW.{c}"), &value);
        let is_written = self.differs(&format!("NEW.{c}"), &format!("OLD.{c}"));
        let is_new_key = format!("NEW.{d} -> {key} IS DISTINCT FROM OLD.{d} -> {key}");
        let put = format!("NEW.{d} := coalesce(NEW.{d}, '{{}}') || jsonb_build_object({key}, NEW.{c});");
        // A document that nobody has given may have the key too.
        let default = self.request.catalog.default_sql(self.document);
        let by_default =
            default.map(|sql| format!(" OR NEW.{d} IS NOT DISTINCT FROM ({sql})::jsonb")).unwrap_or_default();
        let statements = format!(
            "IF TG_OP = 'INSERT' THEN\n    IF NEW.{c} IS NOT NULL AND (NOT {new_has}{by_default}) THEN\n        {put}\n    ELSE\n        \
             NEW.{c} := {value};\n    END IF;\nELSIF ({is_written}) AND ({is_other}) AND (NOT {new_has} OR NOT ({is_new_key})) \
             THEN\n    {put}\nELSIF {old_has} AND NOT {new_has} THEN\n    IF NEW.{c} IS NOT NULL THEN\n        {put}\n    END \
             IF;\nELSIF ({is_new_key}) AND ({is_other}) THEN\n    NEW.{c} := {value};\nEND IF;\n",
            new_has = has("NEW"),
            old_has = has("OLD"),
        );
        let stem = format!("{}_{}", self.table.relation.name, self.column.name);
        Sync::of_statements(self.request.catalog, self.table.id, &stem, &statements)
    }

    /// Counts the rows in which the column does not say what the document says: a gate that expects 0.
    pub(crate) fn mismatches(&self) -> String {
        let c = self.column.name.sql();
        let is_other = if self.table.table.column(&self.column.name).is_some() {
            format!("{c} IS NULL AND {} IS NOT NULL", self.value.sql())
        } else {
            self.differs(&c, self.value.sql())
        };
        format!("SELECT count(*) FROM {} WHERE {is_other}", self.table.sql())
    }

    /// Both forms as the application sees them; `nullable`: whether the column is in the end.
    pub(crate) fn application(&self, nullable: bool) -> Application {
        let (c, d, key) = (self.column.name.sql(), self.document.name.sql(), literal(self.key));
        let names: Vec<Ident> = vec![self.document.name.clone(), self.column.name.clone()];
        let put = format!("coalesce({d}, '{{}}') || jsonb_build_object({key}, {c})");
        let field = |column: &Column, nullable: bool, value: Formula| Field {
            name: column.name.clone(),
            data_type: column.data_type.clone(),
            nullable,
            value: Some(value),
        };
        let old = field(self.document, !self.document.not_null, Formula::of_columns(put, names));
        let new = field(&self.column, nullable, self.value.clone());
        Application::new(self.request, self.table, vec![old], vec![new])
    }

    fn differs(&self, left: &str, right: &str) -> String {
        differs(self.request.catalog, &self.column, left, right)
    }
}
