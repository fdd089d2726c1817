//! diesel's `schema.rs` and the migrations do not agree.

use super::finding::Category;
use super::rule::{Check, Rule, SetFindings};
use super::view::SetView;
use crate::catalog::{Catalog, Column, Relation, Table, TypeRef};
use crate::layout::schema_rs::{DeclaredColumn, DeclaredTable, SchemaRs};
use crate::sql::{Ident, ObjectName};

/// How many differences of a table are told one by one.
const MOST_TOLD: usize = 5;

/// The rule.
pub(super) static RULE: Rule = Rule {
    id: "schema-rs-differs",
    category: Category::RollingDeploy,
    title: "`schema.rs` is not what the migrations leave",
    why: "diesel builds every query from schema.rs. A column that is not there, or that may be NULL where the code takes \
          it not to be, is an error in production that no compiler finds; a file that was changed by hand is overwritten \
          when the next migration runs.",
    source: "diesel.rs guides, Schema in Depth",
    check: Check::Set(check),
    ..Rule::BASE
};

fn check(view: &SetView<'_>, findings: &mut SetFindings<'_>) {
    let Some(schema) = view.set.schema_rs.as_ref().filter(|_| view.set.complete) else { return };
    let (tables, problems) = schema.tables();
    let path = schema.source.path.display();
    let mut say = |line: Option<u32>, what: String| {
        let at = line.map(|line| format!(":{line}")).unwrap_or_default();
        findings.set().flag(format!("{path}{at}: {what}")).help(
            "run `diesel migration run` or `diesel print-schema` on a database that has all migrations, and commit what \
             it writes",
        );
    };
    for (line, reason) in problems {
        say(Some(line), format!("this `table!` was not understood: {reason}"));
    }
    for table in &tables {
        match find(view.catalog, table) {
            None => say(Some(table.line), format!("the migrations leave no table {}", table.name)),
            Some(relation) => {
                let told = relation.table().map(|found| differences(view.catalog, schema, found, table)).unwrap_or_default();
                if let Some((line, _)) = told.first() {
                    let more = told.len().saturating_sub(MOST_TOLD);
                    let more = if more > 0 { format!("; and {more} more") } else { String::new() };
                    let told: Vec<&str> = told.iter().take(MOST_TOLD).map(|(_, what)| &**what).collect();
                    say(Some(*line), format!("{}: {}{more}", relation.qualified(), told.join("; ")));
                }
            }
        }
    }
    for relation in view.catalog.relations().filter(|relation| is_printed(schema, relation)) {
        if !tables.iter().any(|table| find(view.catalog, table).is_some_and(|found| found.id == relation.id)) {
            say(None, format!("the table {} of the migrations is missing", relation.qualified()));
        }
    }
}

/// Whether diesel writes a table of the migrations into this file.
fn is_printed(schema: &SchemaRs, relation: &Relation) -> bool {
    let has_key = |table: &Table| table.primary_key().is_some() && table.partition_of.is_none();
    let ours = relation.schema == *"public" && !relation.name.starts_with("__diesel") && !relation.unknown;
    ours && !schema.filtered && !schema.patched && relation.table().is_some_and(has_key)
}

fn find<'c>(catalog: &'c Catalog, table: &DeclaredTable) -> Option<&'c Relation> {
    let name = ObjectName { schema: table.schema.as_deref().map(Ident::exact), name: Ident::exact(&table.name) };
    catalog.relation(catalog.resolve(&name).found()?)
}

/// What differs, each with its line.
fn differences(catalog: &Catalog, schema: &SchemaRs, table: &Table, declared: &DeclaredTable) -> Vec<(u32, String)> {
    let mut found = Vec::new();
    for column in &declared.columns {
        match table.column(&column.name) {
            None => found.push((column.line, format!("there is no column {}", column.name))),
            Some(actual) => found.extend(difference(catalog, actual, column).map(|what| (column.line, what))),
        }
    }
    let is_declared = |column: &&Column| declared.columns.iter().any(|c| column.name == *c.name);
    let missing = table.columns.iter().filter(|column| !schema.patched && !is_declared(column));
    found.extend(missing.map(|column| (declared.line, format!("the column {} is missing", column.name))));
    found
}

fn difference(catalog: &Catalog, actual: &Column, declared: &DeclaredColumn) -> Option<String> {
    let name = &declared.name;
    if !may_be(catalog, actual, declared) {
        let array = |written: &str| if declared.array { format!("Array<{written}>") } else { written.to_owned() };
        return Some(format!("{name} is {}, not {}", actual.data_type, array(&declared.sql_type)));
    }
    match (actual.not_null, declared.nullable) {
        (true, true) => Some(format!("{name} is never NULL, not Nullable")),
        (false, false) => Some(format!("{name} may be NULL, and is not Nullable here")),
        _ => None,
    }
}

/// diesel's names of the server's types that are not the same word (diesel 2.3, `sql_types`).
const ALIASES: &[(&str, &str)] = &[
    ("smallint", "int2"),
    ("integer", "int4"),
    ("bigint", "int8"),
    ("float", "float4"),
    ("double", "float8"),
    ("boolean", "bool"),
    ("binary", "bytea"),
    ("decimal", "numeric"),
    ("serial", "int4"),
    ("bigserial", "int8"),
    ("smallserial", "int2"),
    ("pgtimestamp", "timestamp"),
    ("jsonbinary", "jsonb"),
    ("cchar", "char"),
    ("pglsn", "pg_lsn"),
];

/// One type for diesel, whatever it is called.
const TEXTS: &[&str] = &["text", "varchar", "bpchar"];

/// Whether a type of diesel stands for a column's type. What is neither a type of the server's own nor named like the
/// column's is one that the project has written itself.
fn may_be(catalog: &Catalog, actual: &Column, declared: &DeclaredColumn) -> bool {
    let written = declared.sql_type.to_lowercase();
    let written = ALIASES.iter().find(|(alias, _)| *alias == written).map_or(&*written, |(_, name)| name);
    let is = |name: &str| {
        name.to_lowercase().replace('_', "") == written.replace('_', "")
            || TEXTS.contains(&name) && TEXTS.contains(&written)
    };
    let stands_for = |data_type: &crate::sql::DataType| data_type.array == declared.array && is(&data_type.name);
    if stands_for(&actual.data_type) {
        return true;
    }
    if let TypeRef::Domain(_, domain) = catalog.type_of(&actual.data_type)
        && stands_for(&domain.base)
    {
        return true;
    }
    let is_servers_own = catalog.type_of(&crate::sql::DataType::builtin(written)).is_builtin();
    !is_servers_own && actual.data_type.array == declared.array
}

#[cfg(test)]
mod tests {
    use crate::layout::schema_rs::SchemaRs;
    use crate::layout::{Layout, MigrationSet, Source};
    use crate::{Config, check};

    const SQL: &str = "CREATE TYPE mood AS ENUM ('sad'); CREATE DOMAIN email AS text; CREATE TABLE users (
        id bigserial PRIMARY KEY, name varchar(50) NOT NULL, born date, tags text[] NOT NULL, mood mood, email email);
        CREATE TABLE without_key (id int);";

    /// What is said of a `schema.rs` with this table.
    fn messages(table: &str, filtered: bool) -> Vec<String> {
        said_of(table, filtered, false)
    }

    fn said_of(table: &str, filtered: bool, patched: bool) -> Vec<String> {
        let mut set = MigrationSet::from_text("1_users/up.sql", SQL, Layout::Diesel);
        let text = format!("diesel::table! {{ {table} }}").into();
        set.schema_rs = Some(SchemaRs { source: Source { path: "src/schema.rs".into(), text }, filtered, patched });
        set.complete = true;
        check(&set, &Config::default()).findings.into_iter().map(|finding| finding.message).collect()
    }

    #[test]
    fn nothing_is_said_of_what_diesel_prints() {
        let printed = "users (id) { id -> Int8, #[max_length = 50] name -> Varchar, born -> Nullable<Date>,
            tags -> Array<Nullable<Text>>, mood -> Nullable<Mood>, email -> Nullable<Text>, }";
        assert_eq!(messages(printed, false), [""; 0]);
        // One type for diesel; and what a patch leaves out is not missing.
        assert_eq!(messages(&printed.replace("Varchar", "Text"), false), [""; 0]);
        let patched = printed.replace("born -> Nullable<Date>,", "");
        assert_eq!(said_of(&patched, false, true), [""; 0]);
        assert_eq!(messages(&patched, false), ["src/schema.rs:1: public.users: the column born is missing"]);
        assert_eq!(messages(&printed.replace("Int8", "BigInt").replace("Mood", "crate::MoodMapping"), false), [""; 0]);
    }

    #[test]
    fn what_differs_is_named() {
        let users = "users (id) { id -> Int4, name -> Nullable<Varchar>, born -> Date, tags -> Text, mood -> Nullable<Text>,
            nick -> Text }";
        assert_eq!(
            messages(users, false),
            ["src/schema.rs:1: public.users: id is bigint, not Int4; name is never NULL, not Nullable; born may be NULL, \
              and is not Nullable here; tags is text[], not Text; mood is public.mood, not Text; and 2 more"]
        );
        let missing = ["src/schema.rs:1: the migrations leave no table posts", "src/schema.rs: the table public.users of the migrations is missing"];
        assert_eq!(messages("posts (id) { id -> Int4 }", false), missing);
        assert_eq!(messages("posts (id) { id -> Int4 }", true), missing[..1]);
    }
}
