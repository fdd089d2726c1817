//! A schema as text, from the library and from the replay, in one form.

use migrate_safety_core::databases::operation::{ForeignKeyDef, IndexDef, IndexKey, IndexKind, ReferentialAction};
use migrate_safety_core::databases::schema::{Schema, Table};
use rusqlite::{Connection, Row};
use std::collections::BTreeSet;

/// What the replay has.
pub(crate) fn of_replay(schema: &Schema) -> String {
    let mut lines = BTreeSet::new();
    for table in schema.tables().filter(|table| !table.temporary && table.known) {
        if is_bookkeeping(table.name.name.as_str()) {
            continue;
        }
        if table.module.is_some() {
            lines.insert(format!("{} virtual", lower(&table.name.name)));
            continue;
        }
        of_table(table, &mut lines);
    }
    lines.extend(schema.views.keys().map(|name| format!("view {}", lower(&name.name))));
    let lasting = schema.triggers.values().filter(|trigger| {
        schema.view(&trigger.table).is_some() || schema.table(&trigger.table).is_some_and(|table| !table.temporary)
    });
    lines.extend(
        lasting.map(|trigger| format!("trigger {} on {}", lower(&trigger.name.name), lower(&trigger.table.name))),
    );
    lines.into_iter().collect::<Vec<_>>().join("\n")
}

fn of_table(table: &Table, lines: &mut BTreeSet<String>) {
    let name = lower(&table.name.name);
    let key = table.primary_key();
    for column in &table.columns {
        let default = column.default.as_ref().map(|default| bare(&default.sql)).unwrap_or_default();
        let arguments = column.data_type.arguments.join(",");
        let arguments = if arguments.is_empty() { arguments } else { format!("({arguments})") };
        let generated = match &column.generated {
            Some(generated) if generated.stored => "stored",
            Some(_) => "virtual",
            None => "",
        };
        let not_null = column.not_null == Some(true);
        let place = key.iter().position(|part| **part == column.name).map_or(0, |place| place + 1);
        let column_name = lower(&column.name);
        let data_type = format!("{}{arguments}", column.data_type.name);
        lines.insert(format!("{name}.{column_name}: {data_type} {not_null} {default} {generated} key {place}"));
    }
    for index in table.indexes.iter().filter(|index| index.kind != IndexKind::Primary) {
        lines.insert(format!("{name} {}", of_index(index)));
    }
    lines.extend(table.foreign_keys.iter().map(|key| format!("{name} {}", of_foreign_key(key))));
}

fn of_index(index: &IndexDef) -> String {
    let parts = index.parts.iter().map(|part| match &part.key {
        IndexKey::Column(column) => format!("{}{}", lower(column), if part.descending { " desc" } else { "" }),
        IndexKey::Expression(_) => format!("(…){}", if part.descending { " desc" } else { "" }),
    });
    let parts = parts.collect::<Vec<_>>().join(", ");
    let (unique, partial) = (index.kind == IndexKind::Unique, index.predicate.is_some());
    match &index.name {
        Some(name) if !name.as_str().starts_with("sqlite_autoindex_") => {
            format!("index {}: {parts} {unique} {partial}", lower(name))
        }
        _ => format!("constraint: {parts}"),
    }
}

fn of_foreign_key(key: &ForeignKeyDef) -> String {
    let names =
        |names: &[migrate_safety_core::databases::name::Name]| names.iter().map(lower).collect::<Vec<_>>().join(",");
    let action = |action: ReferentialAction| match action {
        ReferentialAction::NoAction => "NO ACTION",
        ReferentialAction::Restrict => "RESTRICT",
        ReferentialAction::Cascade => "CASCADE",
        ReferentialAction::SetNull => "SET NULL",
        ReferentialAction::SetDefault => "SET DEFAULT",
    };
    let (from, to) = (names(&key.columns), names(&key.referenced));
    let table = lower(&key.table.name);
    format!("key {from} -> {table} ({to}) {} {}", action(key.on_delete), action(key.on_update))
}

/// Whether a table is one in which a host records what has run: the replay has it from the start.
fn is_bookkeeping(table: &str) -> bool {
    matches!(table, "_sqlx_migrations" | "__diesel_schema_migrations")
}

/// What the library has.
pub(crate) fn of_library(connection: &Connection) -> String {
    let mut lines = BTreeSet::new();
    let tables = rows(
        connection,
        "SELECT name, type FROM pragma_table_list WHERE schema = 'main' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'",
        |row| Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?)),
    );
    for (table, kind) in tables {
        match kind.as_str() {
            "view" => drop(lines.insert(format!("view {}", table.to_ascii_lowercase()))),
            "virtual" => drop(lines.insert(format!("{} virtual", table.to_ascii_lowercase()))),
            "table" if !is_bookkeeping(&table) => table_of_library(connection, &table, &mut lines),
            _ => {}
        }
    }
    let triggers =
        "SELECT lower('trigger ' || name || ' on ' || tbl_name) FROM main.sqlite_schema WHERE type = 'trigger'";
    lines.extend(rows(connection, triggers, |row| row.get::<_, String>(0)));
    lines.into_iter().collect::<Vec<_>>().join("\n")
}

fn table_of_library(connection: &Connection, table: &str, lines: &mut BTreeSet<String>) {
    let quoted = table.replace('\'', "''");
    let name = table.to_ascii_lowercase();
    let columns = format!(
        "SELECT lower(name), lower(type), \"notnull\", dflt_value, hidden, pk FROM pragma_table_xinfo('{quoted}')"
    );
    lines.extend(rows(connection, &columns, |row| {
        let generated = match row.get::<_, i64>(4)? {
            2 => "virtual",
            3 => "stored",
            _ => "",
        };
        let (column, not_null, place) = (row.get::<_, String>(0)?, row.get::<_, bool>(2)?, row.get::<_, i64>(5)?);
        let data_type = plain_type(&row.get::<_, String>(1)?);
        let default = row.get::<_, Option<String>>(3)?.unwrap_or_default();
        Ok(format!("{name}.{column}: {data_type} {not_null} {} {generated} key {place}", bare(&default)))
    }));
    let indexes = format!("SELECT lower(name), \"unique\", origin, partial FROM pragma_index_list('{quoted}')");
    let indexes = rows(connection, &indexes, |row| {
        Ok((row.get::<_, String>(0)?, row.get::<_, bool>(1)?, row.get::<_, String>(2)?, row.get::<_, bool>(3)?))
    });
    for (index, unique, origin, partial) in indexes.into_iter().filter(|index| index.2 != "pk") {
        let parts = format!(
            "SELECT coalesce(lower(name), '(…)') || iif(\"desc\", ' desc', '') FROM pragma_index_xinfo('{}') WHERE key",
            index.replace('\'', "''")
        );
        let parts = rows(connection, &parts, |row| row.get::<_, String>(0)).join(", ");
        lines.insert(match origin.as_str() {
            "c" => format!("{name} index {index}: {parts} {unique} {partial}"),
            _ => format!("{name} constraint: {parts}"),
        });
    }
    let keys = format!(
        "SELECT group_concat(lower(\"from\"), ','), lower(\"table\"), coalesce(group_concat(lower(\"to\"), ','), ''), on_delete, on_update
         FROM (SELECT * FROM pragma_foreign_key_list('{quoted}') ORDER BY id, seq) GROUP BY id"
    );
    lines.extend(rows(connection, &keys, |row| {
        let text = |n: usize| row.get::<_, String>(n);
        Ok(format!("{name} key {} -> {} ({}) {} {}", text(0)?, text(1)?, text(2)?, text(3)?, text(4)?))
    }));
}

fn rows<T>(connection: &Connection, sql: &str, read: impl FnMut(&Row<'_>) -> rusqlite::Result<T>) -> Vec<T> {
    let mut statement = connection.prepare(sql).unwrap_or_else(|error| panic!("{sql}: {error}"));
    let rows = statement.query_map([], read).unwrap().map(|row| row.unwrap_or_else(|error| panic!("{sql}: {error}")));
    rows.collect()
}

fn lower(name: &migrate_safety_core::databases::name::Name) -> String {
    name.as_str().to_ascii_lowercase()
}

/// A type without the spaces that mean nothing.
fn plain_type(written: &str) -> String {
    let words = written.split_whitespace().collect::<Vec<_>>().join(" ");
    words
        .replace('\'', "")
        .replace(" (", "(")
        .replace("( ", "(")
        .replace(" )", ")")
        .replace(", ", ",")
        .replace(" ,", ",")
}

/// A default without the parentheses around it.
fn bare(default: &str) -> String {
    let inside = default.strip_prefix('(').and_then(|rest| rest.strip_suffix(')'));
    let words = inside.unwrap_or(default).split_whitespace().collect::<Vec<_>>().join(" ");
    words.replace("- ", "-").replace("+ ", "+")
}
