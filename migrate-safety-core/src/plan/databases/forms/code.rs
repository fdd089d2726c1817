//! What the releases between the old and the new one write and read, in Rust for the host.
//!
//! Four releases, each of which may run beside its neighbours: one that knows only the old form; one that writes both and
//! reads the old one; one that writes both and reads the new one, once that is filled; one that knows only the new form.

use super::{Forms, Half};
use crate::databases::name::Name;
use crate::databases::operation::ColumnDef;
use crate::layout::Layout;
use crate::plan::databases::recipes::needs_value;

/// The code of the releases in between.
#[derive(Clone, Debug)]
pub(super) struct Releases {
    /// Writes both, reads the old form.
    pub(super) both: String,
    /// Writes both, reads the new form.
    pub(super) reads_new: String,
    /// Knows only the new form.
    pub(super) new: String,
}

/// A statement with the columns whose values it is given, in the order of its parameters.
struct Statement<'c> {
    sql: String,
    given: Vec<&'c ColumnDef>,
}

impl Forms<'_> {
    pub(super) fn releases(&self) -> Releases {
        let (old, new) = (self.listed(&self.old), self.listed(&self.new));
        Releases {
            both: format!("// Writes {old} and {new}, reads {old}: releases that write only {old} may be running.\n")
                + &self.code(&self.old, &self.new, &self.old),
            reads_new: format!("// Writes {old} and {new}, reads {new}: releases that read {old} may be running.\n")
                + &self.code(&self.new, &self.old, &self.new),
            new: format!("// Knows only {new}.\n") + &self.code(&self.new, &[], &self.new),
        }
    }

    /// Functions that write what is `given` and what is computed from it, and read some columns.
    fn code(&self, given: &[Half], computed: &[Half], read: &[Half]) -> String {
        let t = self.request.table_sql(self.table);
        // What nobody can compute the application knows.
        let known = |half: &&Half| half.value.is_some();
        let given: Vec<&Half> = given.iter().chain(computed.iter().filter(|half| !known(half))).collect();
        let computed: Vec<&Half> = computed.iter().filter(known).collect();
        let is_form = |name: &Name| self.old.iter().chain(&self.new).any(|half| half.column.name == *name);
        let needed: Vec<&ColumnDef> =
            self.table.columns.iter().filter(|column| needs_value(column) && !is_form(&column.name)).collect();
        let columns: Vec<&ColumnDef> = needed.iter().copied().chain(given.iter().map(|half| &half.column)).collect();
        let names = columns.iter().copied().chain(computed.iter().map(|half| &half.column));
        let names: Vec<String> = names.map(|column| self.request.name(&column.name)).collect();
        let mut values: Vec<String> = (1..=columns.len()).map(|n| self.parameter(n)).collect();
        values.extend(computed.iter().map(|half| self.computed(half, &given, needed.len())));
        let sql = format!("INSERT INTO {t} ({}) VALUES ({})", names.join(", "), values.join(", "));
        let mut code = self.writing("insert", &Statement { sql, given: columns });
        let key: Vec<&ColumnDef> =
            self.table.primary_key().into_iter().filter_map(|name| self.table.column(name)).collect();
        if key.is_empty() {
            return code + "// The table has no primary key: write UPDATE and SELECT in the same way.\n";
        }
        let of_key = |from: usize| {
            let one = |(n, column): (usize, &&ColumnDef)| {
                format!("{} = {}", self.request.name(&column.name), self.parameter(from + n))
            };
            key.iter().enumerate().map(one).collect::<Vec<_>>().join(" AND ")
        };
        let mut set: Vec<String> = given
            .iter()
            .zip(1..)
            .map(|(half, n)| format!("{} = {}", self.request.name(&half.column.name), self.parameter(n)))
            .collect();
        let one =
            |half: &&Half| format!("{} = {}", self.request.name(&half.column.name), self.computed(half, &given, 0));
        set.extend(computed.iter().map(one));
        let sql = format!("UPDATE {t} SET {} WHERE {}", set.join(", "), of_key(given.len() + 1));
        let columns = given.iter().map(|half| &half.column).chain(key.iter().copied()).collect();
        code += &self.writing("update", &Statement { sql, given: columns });
        let sql = format!("SELECT {} FROM {t} WHERE {}", self.listed(read), of_key(1));
        code + &self.reading(read, &Statement { sql, given: key })
    }

    /// The value of a column from the parameters behind `before` others. MySQL gives a column that stands before it in the
    /// statement the new value; SQLite the row's own.
    fn computed(&self, half: &Half, given: &[&Half], before: usize) -> String {
        let value = half.value.clone().unwrap_or_default();
        if !self.is_sqlite() {
            return if self.is_bare(&value) { value } else { format!("({value})") };
        }
        if let ([_], true) = (given, self.is_bare(&value)) {
            return self.parameter(before + 1);
        }
        let inputs: Vec<String> = given
            .iter()
            .zip(before + 1..)
            .map(|(half, n)| format!("{} AS {}", self.parameter(n), self.request.name(&half.column.name)))
            .collect();
        format!("(SELECT {value} FROM (SELECT {}))", inputs.join(", "))
    }

    fn parameter(&self, number: usize) -> String {
        if self.is_sqlite() { format!("?{number}") } else { "?".to_owned() }
    }

    fn writing(&self, name: &str, statement: &Statement<'_>) -> String {
        let arguments = self.arguments(&statement.given);
        let Statement { sql, given } = statement;
        match self.request.options().layout {
            Layout::Diesel => format!(
                "fn {name}(db: &mut {}, {arguments}) -> diesel::QueryResult<usize> {{\n    diesel::sql_query({sql:?}){}\n        \
                 .execute(db)\n}}\n",
                self.connection(),
                self.binds(given)
            ),
            Layout::Sqlx | Layout::Plain => format!(
                "async fn {name}(db: &mut {}, {arguments}) -> sqlx::Result<()> {{\n    sqlx::query({sql:?}){}\n        \
                 .execute(db)\n        .await\n        .map(drop)\n}}\n",
                self.connection(),
                self.binds(given)
            ),
        }
    }

    fn reading(&self, read: &[Half], statement: &Statement<'_>) -> String {
        let arguments = self.arguments(&statement.given);
        let types: Vec<String> = read.iter().map(|half| self.rust_type(&half.column)).collect();
        let names: Vec<String> = statement.given.iter().map(|column| variable(&column.name)).collect();
        let table = variable(&self.table.name.name);
        match self.request.options().layout {
            Layout::Diesel => {
                let column = |half: &Half| {
                    let nullable = if half.column.not_null == Some(true) { "" } else { ".nullable()" };
                    format!("{table}::{}{nullable}", variable(&half.column.name))
                };
                let columns: Vec<String> = read.iter().map(column).collect();
                format!(
                    "fn read(db: &mut {}, {arguments}) -> diesel::QueryResult<{}> {{\n    {table}::table.find({}).select({})\
                     .first(db)\n}}\n",
                    self.connection(),
                    tuple(&types),
                    tuple(&names),
                    tuple(&columns)
                )
            }
            Layout::Sqlx | Layout::Plain => {
                let query = if types.len() == 1 { "query_scalar" } else { "query_as" };
                format!(
                    "async fn read(db: &mut {}, {arguments}) -> sqlx::Result<{}> {{\n    sqlx::{query}({:?}){}\n        \
                     .fetch_one(db)\n        .await\n}}\n",
                    self.connection(),
                    tuple(&types),
                    statement.sql,
                    self.binds(&statement.given)
                )
            }
        }
    }

    fn connection(&self) -> &'static str {
        match (self.request.options().layout, self.is_sqlite()) {
            (Layout::Diesel, true) => "diesel::SqliteConnection",
            (Layout::Diesel, false) => "diesel::MysqlConnection",
            (_, true) => "sqlx::SqliteConnection",
            (_, false) => "sqlx::MySqlConnection",
        }
    }

    fn arguments(&self, columns: &[&ColumnDef]) -> String {
        let one = |column: &&ColumnDef| format!("{}: {}", variable(&column.name), self.rust_type(column));
        columns.iter().map(one).collect::<Vec<_>>().join(", ")
    }

    fn binds(&self, columns: &[&ColumnDef]) -> String {
        let one = |column: &&ColumnDef| match self.request.options().layout {
            Layout::Diesel => format!("\n        .bind::<{}, _>({})", self.diesel_type(column), variable(&column.name)),
            Layout::Sqlx | Layout::Plain => format!("\n        .bind({})", variable(&column.name)),
        };
        columns.iter().map(one).collect()
    }

    fn rust_type(&self, column: &ColumnDef) -> String {
        let row = self.type_row(column);
        let plain = if self.request.options().layout == Layout::Diesel { row.diesel_rust } else { row.sqlx };
        if self.is_nullable(column) { format!("Option<{plain}>") } else { plain.to_owned() }
    }

    fn diesel_type(&self, column: &ColumnDef) -> String {
        let plain = format!("diesel::sql_types::{}", self.type_row(column).diesel);
        if self.is_nullable(column) { format!("diesel::sql_types::Nullable<{plain}>") } else { plain }
    }

    fn is_nullable(&self, column: &ColumnDef) -> bool {
        column.not_null != Some(true) && !self.table.primary_key().contains(&&column.name)
    }

    fn type_row(&self, column: &ColumnDef) -> &'static TypeRow {
        let name = &*column.data_type.name;
        let is_bool = name == "tinyint" && column.data_type.arguments.first().is_some_and(|width| &**width == "1");
        let name = if is_bool { "boolean" } else { name };
        let rows = if self.is_sqlite() { OF_SQLITE } else { OF_MYSQL };
        let is_it = |row: &&TypeRow| row.names.contains(&name) && row.unsigned == column.data_type.unsigned;
        rows.iter().find(is_it).unwrap_or(&TEXT)
    }
}

/// A type of the servers, and what it is in Rust.
struct TypeRow {
    names: &'static [&'static str],
    unsigned: bool,
    sqlx: &'static str,
    diesel: &'static str,
    diesel_rust: &'static str,
}

const TEXT: TypeRow = row(&[], "String", "Text", "String");

const fn row(
    names: &'static [&'static str],
    sqlx: &'static str,
    diesel: &'static str,
    diesel_rust: &'static str,
) -> TypeRow {
    TypeRow { names, unsigned: false, sqlx, diesel, diesel_rust }
}

const fn unsigned(names: &'static [&'static str], sqlx: &'static str, diesel: &'static str) -> TypeRow {
    TypeRow { unsigned: true, ..row(names, sqlx, diesel, sqlx) }
}

const OF_MYSQL: &[TypeRow] = &[
    row(&["boolean", "bool"], "bool", "Bool", "bool"),
    row(&["tinyint"], "i8", "TinyInt", "i8"),
    row(&["smallint"], "i16", "SmallInt", "i16"),
    row(&["mediumint", "int"], "i32", "Integer", "i32"),
    row(&["bigint"], "i64", "BigInt", "i64"),
    unsigned(&["tinyint"], "u8", "Unsigned<diesel::sql_types::TinyInt>"),
    unsigned(&["smallint"], "u16", "Unsigned<diesel::sql_types::SmallInt>"),
    unsigned(&["mediumint", "int"], "u32", "Unsigned<diesel::sql_types::Integer>"),
    unsigned(&["bigint"], "u64", "Unsigned<diesel::sql_types::BigInt>"),
    row(&["float"], "f32", "Float", "f32"),
    row(&["double"], "f64", "Double", "f64"),
    row(&["decimal"], "sqlx::types::BigDecimal", "Numeric", "bigdecimal::BigDecimal"),
    row(&["date"], "chrono::NaiveDate", "Date", "chrono::NaiveDate"),
    row(&["datetime"], "chrono::NaiveDateTime", "Datetime", "chrono::NaiveDateTime"),
    row(&["timestamp"], "chrono::DateTime<chrono::Utc>", "Timestamp", "chrono::NaiveDateTime"),
    row(&["time"], "chrono::NaiveTime", "Time", "chrono::NaiveTime"),
    row(&["binary", "varbinary", "tinyblob", "blob", "mediumblob", "longblob"], "Vec<u8>", "Binary", "Vec<u8>"),
    row(&["json"], "serde_json::Value", "Json", "serde_json::Value"),
];

const OF_SQLITE: &[TypeRow] = &[
    row(&["boolean", "bool"], "bool", "Bool", "bool"),
    row(&["integer", "int", "bigint", "smallint", "tinyint", "mediumint"], "i64", "BigInt", "i64"),
    row(&["real", "double", "float", "double precision", "numeric", "decimal"], "f64", "Double", "f64"),
    row(&["blob"], "Vec<u8>", "Binary", "Vec<u8>"),
    row(&["datetime", "timestamp"], "chrono::NaiveDateTime", "Timestamp", "chrono::NaiveDateTime"),
    row(&["date"], "chrono::NaiveDate", "Date", "chrono::NaiveDate"),
];

fn tuple(parts: &[String]) -> String {
    match parts {
        [one] => one.clone(),
        _ => format!("({})", parts.join(", ")),
    }
}

/// A name as one of Rust's.
fn variable(name: &Name) -> String {
    const KEYWORDS: [&str; 12] =
        ["type", "match", "ref", "move", "use", "loop", "in", "where", "mod", "enum", "struct", "fn"];
    let lower: String =
        name.as_str().chars().map(|c| if c.is_alphanumeric() { c.to_ascii_lowercase() } else { '_' }).collect();
    if KEYWORDS.contains(&lower.as_str()) { format!("r#{lower}") } else { lower }
}
