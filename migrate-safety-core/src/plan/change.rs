//! What is to be changed, said in one of several ways.

mod action;

use super::desired::Desired;
use super::error::PlanError;
use super::state::State;
use crate::catalog::Catalog;
use crate::layout::{Layout, MigrationSet};
use crate::sql::name::quote;
use action::{Action, Made};

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

    /// A column becomes several: each by its name, its type and the expression over the old one that makes its values.
    /// `Change::split_column("users", "name", &[("first", "text", "split_part(name, ' ', 1)"), …])`.
    pub fn split_column(table: &str, column: &str, into: &[(&str, &str, &str)]) -> Self {
        let made = into.iter().map(|made| Made::new(*made)).collect();
        Self::built(table, Action::Derive { made, gone: vec![column.to_owned()] })
    }

    /// Columns become one, by its name, its type and the expression over them that makes its values:
    /// `Change::merge_columns("users", &["first", "last"], "name", "text", "first || ' ' || last")`.
    pub fn merge_columns(table: &str, columns: &[&str], into: &str, data_type: &str, value: &str) -> Self {
        let gone = columns.iter().map(|column| (*column).to_owned()).collect();
        Self::built(table, Action::Derive { made: vec![Made::new((into, data_type, value))], gone })
    }

    /// A key of JSON documents (`jsonb`) becomes a column. PostgreSQL only.
    pub fn extract_key(table: &str, document: &str, key: &str, column: &str, data_type: &str) -> Self {
        let [document, key, column, data_type] = [document, key, column, data_type].map(str::to_owned);
        Self::built(table, Action::ExtractKey { document, key, column, data_type })
    }

    /// A column moves to another table; `on` says which rows belong together:
    /// `Change::move_column("users", "bio", "text", "profiles", "users.id = profiles.user_id")`. PostgreSQL only.
    pub fn move_column(from: &str, column: &str, data_type: &str, to: &str, on: &str) -> Self {
        let columns = vec![(column.to_owned(), data_type.to_owned())];
        Self::built(to, Action::Bring { columns, from: from.to_owned(), on: on.to_owned(), drops_table: false })
    }

    /// The columns of a table, each with its type, become columns of another one, and the table goes; `on` says which rows
    /// belong together: `Change::merge_tables("users", "profiles", &[("bio", "text")], "profiles.user_id = users.id")`.
    /// PostgreSQL only.
    pub fn merge_tables(into: &str, from: &str, columns: &[(&str, &str)], on: &str) -> Self {
        let columns = owned(columns);
        Self::built(into, Action::Bring { columns, from: from.to_owned(), on: on.to_owned(), drops_table: true })
    }

    /// Columns of a table, each with its type, go to a new one that has the same key and refers to it:
    /// `Change::split_table("users", ("id", "bigint"), "profiles", &[("bio", "text")])`. PostgreSQL only.
    pub fn split_table(table: &str, key: (&str, &str), into: &str, columns: &[(&str, &str)]) -> Self {
        let key = (key.0.to_owned(), key.1.to_owned());
        Self::built(table, Action::SplitTable { into: into.to_owned(), key, columns: owned(columns) })
    }

    /// A table becomes a partitioned one with all its rows in one partition, which is called `aside`:
    /// `Change::partition_table("events", "events_until_2025", "RANGE (at)", "FOR VALUES FROM (MINVALUE) TO ('2025-01-01')")`.
    /// PostgreSQL only.
    pub fn partition_table(table: &str, aside: &str, by: &str, bound: &str) -> Self {
        let [aside, by, bound] = [aside, by, bound].map(str::to_owned);
        Self::built(table, Action::PartitionTable { aside, by, bound })
    }

    /// Rows are deleted.
    pub fn delete_rows(table: &str, condition: &str) -> Self {
        Self::built(table, Action::DeleteRows(condition.to_owned()))
    }

    /// A value of an enum gets another name; `name` may be `schema.type`. PostgreSQL only.
    pub fn rename_enum_value(name: &str, from: &str, to: &str) -> Self {
        Self::built(name, Action::RenameEnumValue(from.to_owned(), to.to_owned()))
    }

    /// A materialised view gets another query. Its indexes are made by statements behind it ([`and`](Self::and)), as they go
    /// with the old one. PostgreSQL only.
    pub fn replace_materialized_view(name: &str, query: &str) -> Self {
        Self::built(name, Action::ReplaceMaterializedView(query.to_owned()))
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

impl Made {
    fn new((name, data_type, value): (&str, &str, &str)) -> Self {
        Self { name: name.to_owned(), data_type: data_type.to_owned(), value: value.to_owned() }
    }
}

fn owned(columns: &[(&str, &str)]) -> Vec<(String, String)> {
    columns.iter().map(|(name, data_type)| ((*name).to_owned(), (*data_type).to_owned())).collect()
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
