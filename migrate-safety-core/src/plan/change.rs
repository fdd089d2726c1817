//! What is to be changed, said in one of several ways.

use super::error::PlanError;
use crate::catalog::Catalog;
use crate::sql::name::quote;
use std::fmt::Write;

/// A change of a schema.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change(Kind);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Kind {
    Sql(String),
}

/// A change as the statements that make it.
#[derive(Clone, Debug)]
pub(super) struct Resolved {
    pub(super) sql: String,
}

impl Change {
    /// One or several statements, as one would write them in a migration that is not afraid.
    pub fn sql(text: impl Into<String>) -> Self {
        Self(Kind::Sql(text.into()))
    }

    /// A column gets another name. `table` may be `schema.table`.
    pub fn rename_column(table: &str, column: &str, to: &str) -> Self {
        Self::alter(table, format_args!("RENAME COLUMN {} TO {}", quote(column), quote(to)))
    }

    /// A column gets another type; `using` says how values are made if no cast does it.
    pub fn set_type(table: &str, column: &str, data_type: &str, using: Option<&str>) -> Self {
        let using = using.map(|expression| format!(" USING {expression}")).unwrap_or_default();
        Self::alter(table, format_args!("ALTER COLUMN {} TYPE {data_type}{using}", quote(column)))
    }

    /// A column is added; `definition` is what stands behind its name: `text NOT NULL DEFAULT ''`.
    pub fn add_column(table: &str, column: &str, definition: &str) -> Self {
        Self::alter(table, format_args!("ADD COLUMN {} {definition}", quote(column)))
    }

    /// A column is taken away.
    pub fn drop_column(table: &str, column: &str) -> Self {
        Self::alter(table, format_args!("DROP COLUMN {}", quote(column)))
    }

    /// A column no longer takes NULL.
    pub fn set_not_null(table: &str, column: &str) -> Self {
        Self::alter(table, format_args!("ALTER COLUMN {} SET NOT NULL", quote(column)))
    }

    /// A constraint is added; `definition` is what stands behind its name: `CHECK (price > 0)`.
    pub fn add_constraint(table: &str, name: &str, definition: &str) -> Self {
        Self::alter(table, format_args!("ADD CONSTRAINT {} {definition}", quote(name)))
    }

    /// A constraint is taken away.
    pub fn drop_constraint(table: &str, name: &str) -> Self {
        Self::alter(table, format_args!("DROP CONSTRAINT {}", quote(name)))
    }

    /// A table gets another name.
    pub fn rename_table(table: &str, to: &str) -> Self {
        Self::alter(table, format_args!("RENAME TO {}", quote(to)))
    }

    /// A table is taken away.
    pub fn drop_table(table: &str) -> Self {
        Self::sql(format!("DROP TABLE {}", qualified(table)))
    }

    /// This change, and another after it.
    #[must_use]
    pub fn and(mut self, other: Self) -> Self {
        let (Kind::Sql(text), Kind::Sql(more)) = (&mut self.0, &other.0);
        let _ = write!(text, ";\n{more}");
        self
    }

    fn alter(table: &str, action: std::fmt::Arguments<'_>) -> Self {
        Self::sql(format!("ALTER TABLE {} {action}", qualified(table)))
    }

    /// The statements that make it.
    pub(super) fn resolve(self, _catalog: &Catalog) -> Result<Resolved, PlanError> {
        let Kind::Sql(sql) = self.0;
        Ok(Resolved { sql })
    }
}

impl From<&str> for Change {
    fn from(sql: &str) -> Self {
        Self::sql(sql)
    }
}

impl From<String> for Change {
    fn from(sql: String) -> Self {
        Self::sql(sql)
    }
}

/// `schema.table` with each part quoted where it must be.
fn qualified(name: &str) -> String {
    name.split('.').map(quote).collect::<Vec<_>>().join(".")
}
