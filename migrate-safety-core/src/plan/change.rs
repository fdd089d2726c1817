//! What is to be changed, said in one of several ways.

use super::desired::Desired;
use super::error::PlanError;
use super::state::State;
use crate::catalog::Catalog;
use crate::layout::{Layout, MigrationSet};
use crate::sql::name::quote;

/// A change of a schema.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change(Vec<Part>);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Part {
    Sql(String),
    To(Desired),
    /// What could not be written as SQL, and why.
    #[cfg_attr(not(feature = "sea-query"), expect(dead_code, reason = "only builders make it"))]
    Unwritable(String),
}

/// A change as the statements that make it.
#[derive(Clone, Debug)]
pub(super) struct Resolved {
    pub(super) sql: String,
    /// What a person should know of it.
    pub(super) notes: Vec<String>,
}

impl Change {
    /// One or several statements, as one would write them in a migration that is not afraid.
    pub fn sql(text: impl Into<String>) -> Self {
        Self(vec![Part::Sql(text.into())])
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

    /// What makes the schema this one: SQL that creates it on an empty database, as `pg_dump --schema-only` writes it.
    ///
    /// What got another name looks like something dropped and something added. It is not guessed: say it with
    /// [`rename`](Self::rename) and [`dropped`](Self::dropped).
    pub fn to_schema(sql: impl Into<String>) -> Self {
        Self(vec![Part::To(Desired::new(sql.into()))])
    }

    /// On the way to a schema, a table or column gets another name: `("users.user_name", "username")`,
    /// `("accounts", "users")`.
    #[must_use]
    pub fn rename(self, from: impl Into<String>, to: impl Into<String>) -> Self {
        let (from, to) = (from.into(), to.into());
        self.hinted(|desired| desired.rename(from.clone(), to.clone()))
    }

    /// On the way to a schema, a table or column is dropped; what is added did not come of it.
    #[must_use]
    pub fn dropped(self, name: impl Into<String>) -> Self {
        let name = name.into();
        self.hinted(|desired| desired.dropped(name.clone()))
    }

    fn hinted(mut self, hint: impl Fn(&mut Desired)) -> Self {
        for part in &mut self.0 {
            if let Part::To(desired) = part {
                hint(desired);
            }
        }
        self
    }

    /// This change, and another after it.
    #[must_use]
    pub fn and(mut self, other: Self) -> Self {
        self.0.extend(other.0);
        self
    }

    /// The change as a migration of its own, to be checked.
    ///
    /// # Errors
    /// A desired schema cannot be read or reached, or a statement cannot be written as SQL.
    pub fn migration(self, catalog: &Catalog) -> Result<MigrationSet, PlanError> {
        let sql = self.resolve(catalog)?.sql;
        Ok(MigrationSet::from_text("change.sql", sql, Layout::Plain))
    }

    #[cfg(feature = "sea-query")]
    pub(super) fn unwritable(why: String) -> Self {
        Self(vec![Part::Unwritable(why)])
    }

    fn alter(table: &str, action: std::fmt::Arguments<'_>) -> Self {
        Self::sql(format!("ALTER TABLE {} {action}", qualified(table)))
    }

    /// The statements that make it.
    pub(super) fn resolve(self, catalog: &Catalog) -> Result<Resolved, PlanError> {
        let mut state = State::new(catalog);
        let mut resolved: Vec<String> = Vec::new();
        let mut notes = Vec::new();
        for part in self.0 {
            let sql = match part {
                Part::Sql(sql) => sql,
                Part::Unwritable(why) => return Err(PlanError::Unwritable { why }),
                Part::To(desired) => {
                    notes.extend(desired.uncompared(catalog.target()));
                    desired.statements(&state)?.join(";\n")
                }
            };
            state = state.with([&*sql]);
            resolved.push(sql);
        }
        Ok(Resolved { sql: resolved.join(";\n"), notes })
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
