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
    /// What is done to a table, to be written as the server quotes names.
    Built {
        table: String,
        action: Action,
    },
    To(Desired),
    /// What could not be written as SQL, and why.
    #[cfg_attr(not(feature = "sea-query"), expect(dead_code, reason = "only builders make it"))]
    Unwritable(String),
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Action {
    RenameColumn(String, String),
    SetType(String, String),
    AddColumn(String, String),
    DropColumn(String),
    SetNotNull(String),
    AddConstraint(String, String),
    DropConstraint(String),
    RenameTable(String),
    DropTable,
}

impl Action {
    /// As a statement, in standard words.
    fn sql(&self, table: &str, quote: impl Fn(&str) -> String) -> String {
        let table = table.split('.').map(&quote).collect::<Vec<_>>().join(".");
        let action = match self {
            Self::RenameColumn(column, to) => format!("RENAME COLUMN {} TO {}", quote(column), quote(to)),
            Self::SetType(column, data_type) => format!("ALTER COLUMN {} TYPE {data_type}", quote(column)),
            Self::AddColumn(column, definition) => format!("ADD COLUMN {} {definition}", quote(column)),
            Self::DropColumn(column) => format!("DROP COLUMN {}", quote(column)),
            Self::SetNotNull(column) => format!("ALTER COLUMN {} SET NOT NULL", quote(column)),
            Self::AddConstraint(name, definition) => format!("ADD CONSTRAINT {} {definition}", quote(name)),
            Self::DropConstraint(name) => format!("DROP CONSTRAINT {}", quote(name)),
            Self::RenameTable(to) => format!("RENAME TO {}", quote(to)),
            Self::DropTable => return format!("DROP TABLE {table}"),
        };
        format!("ALTER TABLE {table} {action}")
    }
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
        Self::built(table, Action::RenameColumn(column.to_owned(), to.to_owned()))
    }

    /// A column gets another type; `using` says how values are made if no cast does it.
    pub fn set_type(table: &str, column: &str, data_type: &str, using: Option<&str>) -> Self {
        let using = using.map(|expression| format!(" USING {expression}")).unwrap_or_default();
        Self::built(table, Action::SetType(column.to_owned(), format!("{data_type}{using}")))
    }

    /// A column is added; `definition` is what stands behind its name: `text NOT NULL DEFAULT ''`.
    pub fn add_column(table: &str, column: &str, definition: &str) -> Self {
        Self::built(table, Action::AddColumn(column.to_owned(), definition.to_owned()))
    }

    /// A column is taken away.
    pub fn drop_column(table: &str, column: &str) -> Self {
        Self::built(table, Action::DropColumn(column.to_owned()))
    }

    /// A column no longer takes NULL.
    pub fn set_not_null(table: &str, column: &str) -> Self {
        Self::built(table, Action::SetNotNull(column.to_owned()))
    }

    /// A constraint is added; `definition` is what stands behind its name: `CHECK (price > 0)`.
    pub fn add_constraint(table: &str, name: &str, definition: &str) -> Self {
        Self::built(table, Action::AddConstraint(name.to_owned(), definition.to_owned()))
    }

    /// A constraint is taken away.
    pub fn drop_constraint(table: &str, name: &str) -> Self {
        Self::built(table, Action::DropConstraint(name.to_owned()))
    }

    /// A table gets another name.
    pub fn rename_table(table: &str, to: &str) -> Self {
        Self::built(table, Action::RenameTable(to.to_owned()))
    }

    /// A table is taken away.
    pub fn drop_table(table: &str) -> Self {
        Self::built(table, Action::DropTable)
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

    fn built(table: &str, action: Action) -> Self {
        Self(vec![Part::Built { table: table.to_owned(), action }])
    }

    /// The statements that make it.
    pub(super) fn resolve(self, catalog: &Catalog) -> Result<Resolved, PlanError> {
        let mut state = State::new(catalog);
        let mut resolved: Vec<String> = Vec::new();
        let mut notes = Vec::new();
        for part in self.0 {
            let sql = match part {
                Part::Sql(sql) => sql,
                Part::Built { table, action } => action.sql(&table, quote),
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

    /// The statements that make it on a schema of another server.
    #[cfg(any(feature = "mysql", feature = "sqlite"))]
    pub(super) fn resolve_for(self, start: &super::databases::State) -> Result<Resolved, PlanError> {
        let quote = |name: &str| start.quoted(name);
        let mut state = start.clone();
        let mut resolved: Vec<String> = Vec::new();
        for part in self.0 {
            let sql = match part {
                Part::Sql(sql) => sql,
                Part::Built { table, action } => action.sql(&table, quote),
                Part::Unwritable(why) => return Err(PlanError::Unwritable { why }),
                Part::To(desired) => state.statements_to(&desired)?.join(";\n"),
            };
            state = state.changed(&sql)?;
            resolved.push(sql);
        }
        Ok(Resolved { sql: resolved.join(";\n"), notes: Vec::new() })
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
