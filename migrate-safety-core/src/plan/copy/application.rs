//! The application's side of a copied column: what each release in between writes and reads, in Rust for the host.
//!
//! Four releases, each of which may run beside its neighbours: one that knows only the old form; one that writes both
//! and reads the old one, which is complete as long as the first one may run; one that writes both and reads the new
//! one, once that is filled and verified; one that knows only the new form. To read the new form earlier, with the old
//! one as a fallback, would miss what the first release writes to a row that already has both.

use super::Formula;
use crate::catalog::Column;
use crate::layout::Layout;
use crate::plan::request::{Request, TableRef};
use crate::sql::{DataType, Ident};
use std::fmt::Write;

/// A column as the application sees it.
#[derive(Clone, Debug)]
pub(crate) struct Field {
    pub(crate) name: Ident,
    pub(crate) data_type: DataType,
    pub(crate) nullable: bool,
    /// Its value from the fields of the other form; absent where only the application knows it.
    pub(crate) value: Option<Formula>,
}

/// Old and new form of a value in one table.
#[derive(Clone, Debug)]
pub(crate) struct Application {
    host: Layout,
    table: String,
    module: String,
    key: Vec<(Ident, DataType)>,
    /// What a new row must be given besides.
    needed: Vec<(Ident, DataType)>,
    old: Vec<Field>,
    new: Vec<Field>,
}

/// The code of the releases in between.
#[derive(Clone, Debug)]
pub(crate) struct Releases {
    /// Writes both, reads the old form.
    pub(crate) both: String,
    /// Writes both, reads the new form.
    pub(crate) reads_new: String,
    /// Knows only the new form.
    pub(crate) new: String,
}

impl Application {
    pub(crate) fn new(request: &Request<'_>, table: TableRef<'_>, old: Vec<Field>, new: Vec<Field>) -> Self {
        let key = table.table.primary_key().and_then(|key| match &key.kind {
            crate::catalog::ConstraintKind::Unique { columns, .. } => Some(columns.as_slice()),
            _ => None,
        });
        let key = key.unwrap_or_default().iter().filter_map(|id| table.table.column_by_id(*id));
        let typed = |column: &Column| (column.name.clone(), column.data_type.clone());
        let is_form = |column: &&Column| old.iter().chain(&new).any(|field| field.name == column.name);
        let needed = table.table.columns.iter().filter(|column| column.needs_value() && !is_form(column));
        Self {
            host: request.options.layout,
            table: table.sql(),
            module: variable(&table.relation.name),
            key: key.map(typed).collect(),
            needed: needed.map(typed).collect(),
            old,
            new,
        }
    }

    pub(crate) fn releases(&self) -> Releases {
        let names = |fields: &[Field]| fields.iter().map(|f| f.name.to_string()).collect::<Vec<_>>().join(", ");
        let (old, new) = (names(&self.old), names(&self.new));
        let comment = |text: String| format!("// {text}\n");
        Releases {
            both: comment(format!(
                "Writes {old} and {new}, reads {old}: releases that write only {old} may be running."
            )) + &self.code(&self.old, &self.new, &self.old),
            reads_new: comment(format!(
                "Writes {old} and {new}, reads {new}: releases that read {old} may be running."
            )) + &self.code(&self.new, &self.old, &self.new),
            new: comment(format!("Knows only {new}.")) + &self.code(&self.new, &[], &self.new),
        }
    }

    /// Functions that write what is `given`, and what is `derived` from it, and read some fields.
    fn code(&self, given: &[Field], derived: &[Field], read: &[Field]) -> String {
        let mut code = String::new();
        let told: Vec<Field> = given.iter().chain(derived.iter().filter(|f| f.value.is_none())).cloned().collect();
        let derived: Vec<(&Field, &Formula)> = derived.iter().filter_map(|f| Some((f, f.value.as_ref()?))).collect();
        let given = &*told;
        let names: Vec<String> = given.iter().chain(derived.iter().map(|(f, _)| *f)).map(|f| f.name.sql()).collect();
        // A new row has nothing yet of what a value is made of besides; in an UPDATE it is the row's own.
        let own_inputs = |is_new: bool| {
            let read = |f: &&&Field| derived.iter().any(|(_, value)| value.columns.contains(&f.name));
            let fields = derived.iter().map(|(f, _)| f).filter(read).filter(move |_| is_new);
            fields.map(|f| format!("NULL::{} AS {}", f.data_type, f.name.sql())).collect::<Vec<_>>()
        };
        let values = |from: usize, is_new: bool| {
            let own = (from..from + given.len()).map(|n| format!("${n}"));
            let inputs = given.iter().zip(from..).map(|(f, n)| format!("${n}::{} AS {}", f.data_type, f.name.sql()));
            let inputs: Vec<String> = inputs.chain(own_inputs(is_new)).collect();
            let derive = |(_, value): &(&Field, &Formula)| match (given, value.is_bare()) {
                ([_], true) => format!("${from}"),
                _ => format!("(SELECT {} FROM (SELECT {}) AS given)", value.sql(), inputs.join(", ")),
            };
            own.chain(derived.iter().map(derive)).collect::<Vec<_>>()
        };
        let needed = self.needed.len();
        let columns: Vec<String> =
            self.needed.iter().map(|(name, _)| name.sql()).chain(names.iter().cloned()).collect();
        let inserted: Vec<String> = (1..=needed).map(|n| format!("${n}")).chain(values(1 + needed, true)).collect();
        let insert = format!("INSERT INTO {} ({}) VALUES ({})", self.table, columns.join(", "), inserted.join(", "));
        self.function(&mut code, "insert", &insert, &self.needed, given);
        if self.key.is_empty() {
            code.push_str("// The table has no primary key: write UPDATE and SELECT in the same way.\n");
            return code;
        }
        let condition: Vec<String> =
            self.key.iter().zip(1..).map(|((name, _), n)| format!("{} = ${n}", name.sql())).collect();
        let condition = condition.join(" AND ");
        let set: Vec<String> = names
            .iter()
            .zip(values(1 + self.key.len(), false))
            .map(|(name, value)| format!("{name} = {value}"))
            .collect();
        let update = format!("UPDATE {} SET {} WHERE {condition}", self.table, set.join(", "));
        self.function(&mut code, "update", &update, &self.key, given);
        self.reading(&mut code, &condition, read);
        code
    }

    /// A function that runs a statement with the key and the fields as its parameters.
    fn function(&self, code: &mut String, name: &str, sql: &str, key: &[(Ident, DataType)], fields: &[Field]) {
        let inputs = key.iter().map(|(name, t)| (variable(name), self.rust_type(t, false), t));
        let inputs = inputs
            .chain(fields.iter().map(|f| (variable(&f.name), self.rust_type(&f.data_type, f.nullable), &f.data_type)));
        let inputs: Vec<_> = inputs.collect();
        let arguments: Vec<String> = inputs.iter().map(|(name, rust, _)| format!("{name}: {rust}")).collect();
        let _ = match self.host {
            Layout::Diesel => {
                let nullable = |n: usize| fields.get(n.wrapping_sub(key.len())).is_some_and(|f| f.nullable);
                let binds: Vec<String> = inputs
                    .iter()
                    .enumerate()
                    .map(|(n, (name, _, t))| format!("\n        .bind::<{}, _>({name})", diesel_type(t, nullable(n))))
                    .collect();
                writeln!(
                    code,
                    "fn {name}(db: &mut diesel::PgConnection, {}) -> diesel::QueryResult<usize> {{\n    \
                     diesel::sql_query({sql:?}){}\n        .execute(db)\n}}",
                    arguments.join(", "),
                    binds.concat()
                )
            }
            _ => {
                let binds: Vec<String> = inputs.iter().map(|(name, ..)| format!("\n        .bind({name})")).collect();
                writeln!(
                    code,
                    "async fn {name}(db: &sqlx::PgPool, {}) -> sqlx::Result<sqlx::postgres::PgQueryResult> {{\n    \
                     sqlx::query({sql:?}){}\n        .execute(db)\n        .await\n}}",
                    arguments.join(", "),
                    binds.concat()
                )
            }
        };
    }

    fn reading(&self, code: &mut String, condition: &str, fields: &[Field]) {
        let key: Vec<(String, String)> =
            self.key.iter().map(|(name, t)| (variable(name), self.rust_type(t, false))).collect();
        let arguments: Vec<String> = key.iter().map(|(name, rust)| format!("{name}: {rust}")).collect();
        let types: Vec<String> = fields.iter().map(|f| self.rust_type(&f.data_type, f.nullable)).collect();
        let _ = match self.host {
            Layout::Diesel => {
                // Whether the server has a column NOT NULL changes while the plan runs.
                let column = |f: &Field| {
                    let nullable = if f.nullable { ".nullable()" } else { "" };
                    format!("{}::{}{nullable}", self.module, variable(&f.name))
                };
                let columns: Vec<String> = fields.iter().map(column).collect();
                let find = tuple(&key.iter().map(|(name, _)| name.clone()).collect::<Vec<_>>());
                writeln!(
                    code,
                    "fn read(db: &mut diesel::PgConnection, {}) -> diesel::QueryResult<{}> {{\n    {}::table.find({find})\
                     .select({}).first(db)\n}}",
                    arguments.join(", "),
                    tuple(&types),
                    self.module,
                    tuple(&columns),
                )
            }
            _ => {
                let columns: Vec<String> = fields.iter().map(|f| f.name.sql()).collect();
                let sql = format!("SELECT {} FROM {} WHERE {condition}", columns.join(", "), self.table);
                let binds: Vec<String> = key.iter().map(|(name, _)| format!("\n        .bind({name})")).collect();
                let (query, row) = match &*types {
                    [one] => ("query_scalar", one.clone()),
                    _ => ("query_as", tuple(&types)),
                };
                writeln!(
                    code,
                    "async fn read(db: &sqlx::PgPool, {}) -> sqlx::Result<{row}> {{\n    sqlx::{query}({sql:?}){}\n        \
                     .fetch_one(db)\n        .await\n}}",
                    arguments.join(", "),
                    binds.concat()
                )
            }
        };
    }

    fn rust_type(&self, data_type: &DataType, nullable: bool) -> String {
        rust_type(self.host, data_type, nullable)
    }
}

/// Statements that write one thing together, and a query that reads it.
#[derive(Clone, Debug)]
pub(crate) struct Written {
    /// The table that is read, as diesel's `schema.rs` calls it.
    pub(crate) module: String,
    /// The columns of the key: the first parameters of each statement.
    pub(crate) key: Vec<(Ident, DataType)>,
    /// The columns of the values: the parameters that follow in the first statement.
    pub(crate) values: Vec<(Ident, DataType)>,
    pub(crate) statements: Vec<String>,
    pub(crate) read: String,
}

impl Written {
    /// Functions for the host.
    pub(crate) fn code(&self, host: Layout) -> String {
        let parameters = |list: &[(Ident, DataType)], nullable: bool| {
            list.iter()
                .map(|(name, t)| format!("{}: {}", variable(name), rust_type(host, t, nullable)))
                .collect::<Vec<_>>()
        };
        let (key, values) = (parameters(&self.key, false), parameters(&self.values, true));
        let all = [key.clone(), values].concat().join(", ");
        let types: Vec<String> = self.values.iter().map(|(_, t)| rust_type(host, t, true)).collect();
        let row = tuple(&types);
        let writes: String = self.statements.iter().enumerate().map(|(at, sql)| self.write(host, at, sql)).collect();
        let is_diesel = host == Layout::Diesel;
        let (async_word, db, result) = match host {
            Layout::Diesel => ("", "diesel::PgConnection", "diesel::QueryResult"),
            _ => ("async ", "sqlx::PgConnection", "sqlx::Result"),
        };
        let read = if is_diesel {
            let column = |(name, _): &(Ident, DataType)| format!("{}::{}", self.module, variable(name));
            let find: Vec<String> =
                self.key.iter().map(|key| format!(".filter({}.eq({}))", column(key), variable(&key.0))).collect();
            let columns: Vec<String> =
                self.values.iter().map(|value| format!("{}.nullable()", column(value))).collect();
            format!("    {}::table{}.select({}).first(db)\n", self.module, find.concat(), tuple(&columns))
        } else {
            let query = if types.len() == 1 { "query_scalar" } else { "query_as" };
            format!(
                "    sqlx::{query}({:?}){}\n        .fetch_one(db)\n        .await\n",
                self.read,
                self.binds(host, false)
            )
        };
        format!(
            "/// In one transaction.\n{async_word}fn update(db: &mut {db}, {all}) -> {result}<()> {{\n{writes}    Ok(())\n}}\n\
             {async_word}fn read(db: &mut {db}, {}) -> {result}<{row}> {{\n{read}}}\n",
            key.join(", ")
        )
    }

    fn write(&self, host: Layout, at: usize, sql: &str) -> String {
        let binds = self.binds(host, at == 0);
        match host {
            Layout::Diesel => format!("    diesel::sql_query({sql:?}){binds}\n        .execute(db)?;\n"),
            _ => format!("    sqlx::query({sql:?}){binds}\n        .execute(&mut *db)\n        .await?;\n"),
        }
    }

    fn binds(&self, host: Layout, with_values: bool) -> String {
        let values = self.values.iter().filter(|_| with_values).map(|column| (column, true));
        let all = self.key.iter().map(|column| (column, false)).chain(values);
        let bind = |((name, t), nullable): (&(Ident, DataType), bool)| {
            // What is bound again later is not given away.
            let again = if nullable || self.statements.len() == 1 { "" } else { ".clone()" };
            match host {
                Layout::Diesel => {
                    format!("\n        .bind::<{}, _>({}{again})", diesel_type(t, nullable), variable(name))
                }
                _ => format!("\n        .bind({}{again})", variable(name)),
            }
        };
        all.map(bind).collect()
    }
}

fn tuple(parts: &[String]) -> String {
    match parts {
        [one] => one.clone(),
        _ => format!("({})", parts.join(", ")),
    }
}

fn rust_type(host: Layout, data_type: &DataType, nullable: bool) -> String {
    let plain = TYPES.iter().find(|t| data_type.schema.is_none() && data_type.name == *t.name);
    let plain = plain.map_or("String", |t| if host == Layout::Diesel { t.diesel_rust } else { t.sqlx });
    let plain = if data_type.array { format!("Vec<{plain}>") } else { plain.to_owned() };
    if nullable { format!("Option<{plain}>") } else { plain }
}

struct TypeRow {
    name: &'static str,
    sqlx: &'static str,
    diesel_rust: &'static str,
    diesel: &'static str,
}

const fn row(name: &'static str, sqlx: &'static str, diesel_rust: &'static str, diesel: &'static str) -> TypeRow {
    TypeRow { name, sqlx, diesel_rust, diesel }
}

/// Rust's side of the server's types in both hosts (sqlx `types::postgres`, diesel `pg::sql_types`).
const TYPES: [TypeRow; 14] = [
    row("bool", "bool", "bool", "Bool"),
    row("int2", "i16", "i16", "SmallInt"),
    row("int4", "i32", "i32", "Integer"),
    row("int8", "i64", "i64", "BigInt"),
    row("float4", "f32", "f32", "Float"),
    row("float8", "f64", "f64", "Double"),
    row("numeric", "rust_decimal::Decimal", "bigdecimal::BigDecimal", "Numeric"),
    row("uuid", "uuid::Uuid", "uuid::Uuid", "Uuid"),
    row("bytea", "Vec<u8>", "Vec<u8>", "Binary"),
    row("json", "serde_json::Value", "serde_json::Value", "Json"),
    row("jsonb", "serde_json::Value", "serde_json::Value", "Jsonb"),
    row("date", "chrono::NaiveDate", "chrono::NaiveDate", "Date"),
    row("timestamp", "chrono::NaiveDateTime", "chrono::NaiveDateTime", "Timestamp"),
    row("timestamptz", "chrono::DateTime<chrono::Utc>", "chrono::DateTime<chrono::Utc>", "Timestamptz"),
];

fn diesel_type(data_type: &DataType, nullable: bool) -> String {
    let name = TYPES.iter().find(|t| data_type.schema.is_none() && data_type.name == *t.name);
    let name = name.map_or("Text", |t| t.diesel);
    let plain = format!("diesel::sql_types::{name}");
    let plain = if data_type.array { format!("diesel::sql_types::Array<{plain}>") } else { plain };
    if nullable { format!("diesel::sql_types::Nullable<{plain}>") } else { plain }
}

/// A column's name as a variable.
pub(crate) fn variable(name: &Ident) -> String {
    let mut variable: String =
        name.chars().map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '_' }).collect();
    if variable.starts_with(|c: char| c.is_ascii_digit()) || KEYWORDS.contains(&&*variable) {
        variable.insert_str(0, "the_");
    }
    variable
}

/// Words of Rust that are usual names of columns.
const KEYWORDS: [&str; 9] = ["type", "ref", "match", "move", "use", "where", "in", "for", "self"];
