//! Changes said by typed builders, written as the statements that recipes know them by.

use crate::sql::name::literal;

/// What is done to a table, or to a type or view of the same kind of name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Action {
    RenameColumn(String, String),
    SetType(String, String),
    AddColumn(String, String),
    DropColumn(String),
    SetNotNull(String),
    AddConstraint(String, String),
    DropConstraint(String),
    RenameTable(String),
    DropTable,
    /// Columns are made of others, which go.
    Derive {
        made: Vec<Made>,
        gone: Vec<String>,
    },
    ExtractKey {
        document: String,
        key: String,
        column: String,
        data_type: String,
    },
    /// Columns come from another table, where they go, or which goes.
    Bring {
        columns: Vec<(String, String)>,
        from: String,
        on: String,
        drops_table: bool,
    },
    SplitTable {
        into: String,
        key: (String, String),
        columns: Vec<(String, String)>,
    },
    PartitionTable {
        aside: String,
        by: String,
        bound: String,
    },
    DeleteRows(String),
    RenameEnumValue(String, String),
    ReplaceMaterializedView(String),
}

/// A column by its name and type, and the expression that makes its values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Made {
    pub(super) name: String,
    pub(super) data_type: String,
    pub(super) value: String,
}

impl Action {
    /// As statements, in standard words where there are any.
    pub(super) fn sql(&self, on: &str, quote: impl Fn(&str) -> String) -> String {
        let path = |name: &str| name.split('.').map(&quote).collect::<Vec<_>>().join(".");
        let table = path(on);
        let alter = |action: String| format!("ALTER TABLE {table} {action}");
        let statements = match self {
            Self::RenameColumn(column, to) => vec![alter(format!("RENAME COLUMN {} TO {}", quote(column), quote(to)))],
            Self::SetType(column, data_type) => vec![alter(format!("ALTER COLUMN {} TYPE {data_type}", quote(column)))],
            Self::AddColumn(column, definition) => vec![alter(format!("ADD COLUMN {} {definition}", quote(column)))],
            Self::DropColumn(column) => vec![alter(format!("DROP COLUMN {}", quote(column)))],
            Self::SetNotNull(column) => vec![alter(format!("ALTER COLUMN {} SET NOT NULL", quote(column)))],
            Self::AddConstraint(name, definition) => {
                vec![alter(format!("ADD CONSTRAINT {} {definition}", quote(name)))]
            }
            Self::DropConstraint(name) => vec![alter(format!("DROP CONSTRAINT {}", quote(name)))],
            Self::RenameTable(to) => vec![alter(format!("RENAME TO {}", quote(to)))],
            Self::DropTable => vec![format!("DROP TABLE {table}")],
            Self::Derive { made, gone } => {
                let add = made.iter().map(|c| alter(format!("ADD COLUMN {} {}", quote(&c.name), c.data_type)));
                let set: Vec<String> = made.iter().map(|c| format!("{} = {}", quote(&c.name), c.value)).collect();
                let update = format!("UPDATE {table} SET {}", set.join(", "));
                let drop = gone.iter().map(|column| alter(format!("DROP COLUMN {}", quote(column))));
                add.chain([update]).chain(drop).collect()
            }
            Self::ExtractKey { document, key, column, data_type } => {
                let (document, key, column) = (quote(document), literal(key), quote(column));
                vec![
                    alter(format!("ADD COLUMN {column} {data_type}")),
                    format!(
                        "UPDATE {table} SET {column} = ({document}->>{key})::{data_type}, {document} = {document} - {key}"
                    ),
                ]
            }
            Self::Bring { columns, from, on, drops_table } => {
                let from = path(from);
                let add = columns.iter().map(|(c, data_type)| alter(format!("ADD COLUMN {} {data_type}", quote(c))));
                let set: Vec<String> = columns.iter().map(|(c, _)| format!("{0} = {from}.{0}", quote(c))).collect();
                let update = format!("UPDATE {table} SET {} FROM {from} WHERE {on}", set.join(", "));
                let gone = if *drops_table {
                    vec![format!("DROP TABLE {from}")]
                } else {
                    columns.iter().map(|(c, _)| format!("ALTER TABLE {from} DROP COLUMN {}", quote(c))).collect()
                };
                add.chain([update]).chain(gone).collect()
            }
            Self::SplitTable { into, key: (key, data_type), columns } => {
                let (into, key) = (path(into), quote(key));
                let names: Vec<String> = columns.iter().map(|(c, _)| quote(c)).collect();
                let definitions = columns.iter().map(|(c, data_type)| format!(", {} {data_type}", quote(c)));
                let definitions: String = definitions.collect();
                let names_listed = names.join(", ");
                let create = format!(
                    "CREATE TABLE {into} ({key} {data_type} PRIMARY KEY REFERENCES {table} ({key}) ON DELETE CASCADE{definitions})"
                );
                let copy =
                    format!("INSERT INTO {into} ({key}, {names_listed}) SELECT {key}, {names_listed} FROM {table}");
                let drop = names.iter().map(|name| alter(format!("DROP COLUMN {name}")));
                [create, copy].into_iter().chain(drop).collect()
            }
            Self::PartitionTable { aside, by, bound } => {
                let in_schema = match on.rsplit_once('.') {
                    Some((schema, _)) => path(&format!("{schema}.{aside}")),
                    None => quote(aside),
                };
                vec![
                    alter(format!("RENAME TO {}", quote(aside))),
                    format!("CREATE TABLE {table} (LIKE {in_schema} INCLUDING ALL) PARTITION BY {by}"),
                    alter(format!("ATTACH PARTITION {in_schema} {bound}")),
                ]
            }
            Self::DeleteRows(condition) => vec![format!("DELETE FROM {table} WHERE {condition}")],
            Self::RenameEnumValue(from, to) => {
                vec![format!("ALTER TYPE {table} RENAME VALUE {} TO {}", literal(from), literal(to))]
            }
            Self::ReplaceMaterializedView(query) => {
                vec![format!("DROP MATERIALIZED VIEW {table}"), format!("CREATE MATERIALIZED VIEW {table} AS {query}")]
            }
        };
        statements.join(";\n")
    }
}

#[cfg(test)]
mod tests {
    use crate::catalog::Catalog;
    use crate::dialect::Target;
    use crate::plan::state::State;
    use crate::plan::{Change, PlanOptions, plan};

    const BEFORE: &str = "
        CREATE SCHEMA app;
        CREATE TABLE users (id bigint PRIMARY KEY, name text, first text, last text, bio text, doc jsonb);
        CREATE TABLE profiles (user_id bigint PRIMARY KEY REFERENCES users ON DELETE CASCADE, size int);
        CREATE TABLE app.events (at int PRIMARY KEY, line text);
        CREATE TYPE app.state AS ENUM ('open', 'done');
        CREATE TABLE tasks (id bigint PRIMARY KEY, s app.state);
        CREATE MATERIALIZED VIEW app.lines AS SELECT s FROM tasks;";

    /// Each builder writes what its recipe knows.
    #[test]
    fn builders_are_planned_by_their_recipes() {
        let catalog = State::new(&Catalog::new(Target::postgres(16), true)).with([BEFORE]).catalog;
        let changes = [
            (
                "split-column",
                Change::split_column(
                    "users",
                    "name",
                    &[("given", "text", "split_part(name, ' ', 1)"), ("Family", "text", "split_part(name, ' ', 2)")],
                ),
            ),
            (
                "merge-columns",
                Change::merge_columns("users", &["first", "last"], "full_name", "text", "first || ' ' || last"),
            ),
            ("extract-json-key", Change::extract_key("users", "doc", "it's", "E-Mail", "text")),
            ("move-column", Change::move_column("users", "bio", "text", "profiles", "users.id = profiles.user_id")),
            (
                "merge-tables",
                Change::merge_tables("users", "profiles", &[("size", "int")], "profiles.user_id = users.id"),
            ),
            ("split-table", Change::split_table("users", ("id", "bigint"), "bios", &[("bio", "text")])),
            (
                "partition-table",
                Change::partition_table("app.events", "events_old", "RANGE (at)", "FOR VALUES FROM (0) TO (1000)"),
            ),
            ("delete-rows", Change::delete_rows("app.events", "at < 100")),
            ("rename-enum-value", Change::rename_enum_value("app.state", "done", "closed")),
            ("replace-materialized-view", Change::replace_materialized_view("app.lines", "SELECT id, s FROM tasks")),
        ];
        for (recipe, change) in changes {
            let plan = plan(&catalog, change, &PlanOptions::default());
            let plan = plan.unwrap_or_else(|error| panic!("{recipe}: {error}"));
            assert_eq!(plan.recipes, [recipe], "{}", plan.change);
        }
    }
}
