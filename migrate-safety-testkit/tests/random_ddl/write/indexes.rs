//! Indexes.

use super::columns::word;
use super::{Kind, Writer, sql_name};
use migrate_safety_core::catalog::Column;

pub(super) const KINDS: &[(usize, Kind)] =
    &[(14, create), (1, on_view), (5, drop), (3, rename), (1, settings), (1, attach), (1, reindex)];

fn create(writer: &mut Writer<'_>) -> Option<String> {
    let (table, columns) = writer.table()?;
    let mut keys = Vec::new();
    for column in writer.columns(columns, 3) {
        keys.push(key(writer, column));
    }
    let unique = writer.maybe(25, "UNIQUE ");
    let only = writer.maybe(3, "ONLY ");
    let concurrently = writer.maybe(6, "CONCURRENTLY ");
    let distinct = if unique.is_empty() { "" } else { writer.maybe(10, " NULLS NOT DISTINCT") };
    let name = if writer.choices.chance(50) { format!("{} ", writer.name()) } else { String::new() };
    let method = writer.choices.word(&[
        "",
        "",
        "",
        "",
        "",
        "",
        " USING btree",
        " USING hash",
        " USING gin",
        " USING brin",
        " USING gist",
    ]);
    let include = writer.columns(columns, 1);
    let include = match include.first() {
        Some(column) if writer.choices.chance(10) => format!(" INCLUDE ({})", column.name.sql()),
        _ => String::new(),
    };
    let options = writer.maybe(5, " WITH (fillfactor = 90)");
    let filter =
        if writer.choices.chance(20) { writer.condition(columns).map(|c| format!(" WHERE {c}")) } else { None };
    let filter = filter.unwrap_or_default();
    Some(format!(
        "CREATE {unique}INDEX {concurrently}{name}ON {only}{}{method} ({}){include}{distinct}{options}{filter}",
        sql_name(table),
        keys.join(", ")
    ))
}

fn key(writer: &mut Writer<'_>, column: &Column) -> String {
    let name = column.name.sql();
    let text = matches!(column.data_type.name.as_str(), "text" | "varchar") && !column.data_type.array;
    match writer.choices.below(9) {
        8 if column.data_type.name == *"int4" => format!("g({name}, 1)"),
        0 => format!("{name} DESC"),
        1 => format!("{name} DESC NULLS LAST"),
        2 if text => format!("lower({name})"),
        3 if text => format!("{name} text_pattern_ops"),
        4 if text => format!("{name} COLLATE \"C\""),
        5 if column.data_type.name.starts_with("int") => format!("({name} + 1)"),
        6 => format!("({name} IS NULL)"),
        _ => name,
    }
}

fn on_view(writer: &mut Writer<'_>) -> Option<String> {
    let relation = writer.relation(|r| r.view().is_some_and(|v| v.materialized))?;
    let columns = &relation.view()?.columns;
    let at = writer.choices.below(columns.len());
    let unique = writer.maybe(50, "UNIQUE ");
    Some(format!("CREATE {unique}INDEX ON {} ({})", sql_name(relation), columns.get(at)?.name.sql()))
}

fn drop(writer: &mut Writer<'_>) -> Option<String> {
    let index = writer.relation(|r| r.index().is_some())?;
    let concurrently = writer.maybe(5, "CONCURRENTLY ");
    let cascade = if concurrently.is_empty() { writer.cascade() } else { "" };
    Some(format!("DROP INDEX {concurrently}{}{cascade}", sql_name(index)))
}

fn rename(writer: &mut Writer<'_>) -> Option<String> {
    let relation = writer.relation(|r| r.index().is_some() || r.sequence().is_some() || r.view().is_some())?;
    Some(format!("ALTER {} {} RENAME TO {}", word(relation), sql_name(relation), writer.name()))
}

fn settings(writer: &mut Writer<'_>) -> Option<String> {
    let index = writer.relation(|r| r.index().is_some())?;
    let setting = writer.choices.word(&["SET (fillfactor = 50)", "RESET (fillfactor)"]);
    Some(format!("ALTER INDEX {} {setting}", sql_name(index)))
}

fn attach(writer: &mut Writer<'_>) -> Option<String> {
    let catalog = writer.catalog;
    let of_parted = |id| catalog.table(id).is_some_and(migrate_safety_core::catalog::Table::is_partitioned);
    let parent = writer.relation(|r| r.index().is_some_and(|i| of_parted(i.table)))?;
    let child = writer.relation(|r| r.index().is_some_and(|i| !of_parted(i.table) && i.parent.is_none()))?;
    Some(format!("ALTER INDEX {} ATTACH PARTITION {}", sql_name(parent), sql_name(child)))
}

fn reindex(writer: &mut Writer<'_>) -> Option<String> {
    let index = writer.relation(|r| r.index().is_some())?;
    Some(format!("REINDEX INDEX {}{}", writer.maybe(50, "CONCURRENTLY "), sql_name(index)))
}
