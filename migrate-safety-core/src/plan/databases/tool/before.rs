//! What has to hold before a tool is started: it copies by `INSERT IGNORE`, and leaves out what does not fit.

use super::Request;
use crate::databases::mysql::{charset, collation, is_text};
use crate::databases::operation::{ActionKind, ColumnDef, DataType, IndexDef};
use crate::databases::schema::Table;
use crate::plan::databases::recipes;
use crate::plan::model::Gate;
use crate::sql::name::literal;

/// What has to hold before a tool is started.
pub(super) fn before(request: &Request<'_>, table: &Table, actions: &[&ActionKind]) -> Vec<Gate> {
    let t = literal(table.name.name.as_str());
    let triggers = super::triggers(request, table).count();
    let keys = table.foreign_keys.iter().map(|fk| fk.columns.len()).sum::<usize>()
        + request
            .schema()
            .references_to(&table.name)
            .filter(|(other, _)| other.id != table.id)
            .map(|(_, fk)| fk.columns.len())
            .sum::<usize>();
    let gate = |sql: String, expect: String, meaning: &str| Gate { sql, expect, meaning: meaning.to_owned() };
    let mut gates = vec![
        gate(
            format!(
                "SELECT count(*) FROM information_schema.triggers WHERE event_object_schema = DATABASE() AND \
                 event_object_table = {t}"
            ),
            triggers.to_string(),
            "the table has triggers that the plan does not know of: plan it again with the schema as it is",
        ),
        gate(
            format!(
                "SELECT count(*) FROM information_schema.key_column_usage WHERE table_schema = DATABASE() AND \
                 referenced_table_name IS NOT NULL AND (table_name = {t} OR referenced_table_name = {t})"
            ),
            keys.to_string(),
            "foreign keys lead to the table or from it that the plan does not know of: plan it again with the schema as it is",
        ),
        gate(
            format!(
                "SELECT count(*) FROM information_schema.tables WHERE table_schema = DATABASE() AND table_name IN ({})",
                ["gho", "ghc", "del", "new", "old"]
                    .map(|ending| literal(&format!("_{}_{ending}", table.name.name)))
                    .join(", ")
            ),
            "0".to_owned(),
            "an earlier run of a tool has left a table: see to it, and drop it",
        ),
    ];
    for (old, new) in pairs(request, table) {
        if let Some(misfits) = misfits(request, table, old, new) {
            gates.push(gate(misfits, "0".to_owned(), MISFITS));
        }
    }
    gates.extend(duplicates(request, table));
    for action in actions {
        if let ActionKind::AddCheck { check } = action {
            let sql = format!("SELECT count(*) FROM {} WHERE NOT ({})", request.table_sql(table), check.expression.sql);
            gates.push(gate(
                sql,
                "0".to_owned(),
                "rows do not pass the check: the tools would leave them out without a word",
            ));
        }
    }
    gates
}

const MISFITS: &str =
    "rows hold values that the new form does not take: the tools would leave them out, or change them, without a word";

/// Columns before and behind the change.
fn pairs<'a>(request: &Request<'a>, table: &'a Table) -> impl Iterator<Item = (&'a ColumnDef, &'a ColumnDef)> {
    let after = request.table_after(table);
    table.columns.iter().filter_map(move |old| Some((old, after?.column(&old.name)?)))
}

/// Gates for keys that would be the same in the new form: the rows behind the first of them would be left out.
fn duplicates(request: &Request<'_>, table: &Table) -> Vec<Gate> {
    let Some(after) = request.table_after(table) else { return Vec::new() };
    let unique = after.indexes.iter().filter(|index| index.is_unique() && !index.parts.is_empty());
    let gate = |index: &IndexDef| {
        let columns = index.columns();
        let is_there = table.indexes.iter().any(|old| old.is_unique() && old.columns() == columns);
        let mut is_other = !is_there;
        let mut keys = Vec::new();
        for part in &index.parts {
            let (old, new) = part.column().and_then(|name| Some((table.column(name)?, after.column(name)?)))?;
            let converted = converted(request, (old, table), (new, after));
            is_other |= converted.is_some();
            let key = converted.unwrap_or_else(|| request.name(&old.name));
            keys.push(part.length.map_or(key.clone(), |length| format!("left({key}, {length})")));
        }
        is_other.then(|| Gate {
            sql: recipes::shared(request, table, index, &keys),
            expect: "0".to_owned(),
            meaning: format!(
                "rows would share a value of ({}) in the new form: the tools would leave out all but one, without a word",
                columns.iter().map(|column| request.name(column)).collect::<Vec<_>>().join(", ")
            ),
        })
    };
    unique.filter_map(gate).collect()
}

/// A value as the new column holds it, for a comparison; none where it compares as in the old one.
fn converted(request: &Request<'_>, old: (&ColumnDef, &Table), new: (&ColumnDef, &Table)) -> Option<String> {
    let c = request.name(&old.0.name);
    let (from, to) = (&old.0.data_type, &new.0.data_type);
    if is_text(to) {
        let (before, after) = (charset(old.0, old.1), charset(new.0, new.1));
        let collations = (collation(old.0, old.1), collation(new.0, new.1));
        if is_text(from) && before == after && collations.0 == collations.1 {
            return None;
        }
        let text = if is_text(from) { c } else { format!("CAST({c} AS CHAR)") };
        let collated = collations.1.map_or_else(String::new, |name| format!(" COLLATE {name}"));
        return Some(format!("CONVERT({text} USING {after}){collated}"));
    }
    if is_whole(from) && is_whole(to) || from == to {
        return None;
    }
    let arguments = if to.arguments.is_empty() { String::new() } else { format!("({})", to.arguments.join(",")) };
    match &*to.name {
        _ if is_whole(to) => Some(format!("CAST({c} AS {})", if to.unsigned { "UNSIGNED" } else { "SIGNED" })),
        "decimal" => Some(format!("CAST({c} AS DECIMAL{arguments})")),
        "float" | "double" => Some(format!("{c} + 0e0")),
        "date" => Some(format!("CAST({c} AS DATE)")),
        "datetime" | "timestamp" => Some(format!("CAST({c} AS DATETIME{arguments})")),
        "time" => Some(format!("CAST({c} AS TIME{arguments})")),
        _ => None,
    }
}

/// Whether it is a type of whole numbers.
pub(super) fn is_whole(data_type: &DataType) -> bool {
    WHOLE.iter().any(|(name, ..)| *name == &*data_type.name)
}

/// Ranges of the whole numbers.
const WHOLE: [(&str, i128, i128); 5] = [
    ("tinyint", -128, 127),
    ("smallint", -32_768, 32_767),
    ("mediumint", -8_388_608, 8_388_607),
    ("int", -2_147_483_648, 2_147_483_647),
    ("bigint", -9_223_372_036_854_775_808, 9_223_372_036_854_775_807),
];

/// The query that counts rows whose values another type does not hold as they are; none where all do, or where no query is
/// known that tells.
pub(in crate::plan::databases) fn misfits(
    request: &Request<'_>,
    table: &Table,
    old: &ColumnDef,
    to: &ColumnDef,
) -> Option<String> {
    let (t, c) = (request.table_sql(table), request.name(&old.name));
    let mut conditions = Vec::new();
    if to.not_null == Some(true) && old.not_null != Some(true) {
        conditions.push(format!("{c} IS NULL"));
    }
    let range = |column: &ColumnDef| {
        let (_, low, high) = WHOLE.iter().find(|(name, ..)| *name == &*column.data_type.name)?;
        Some(if column.data_type.unsigned { (0, high - low) } else { (*low, *high) })
    };
    let length = |column: &ColumnDef| match &*column.data_type.name {
        "char" | "varchar" => column.data_type.arguments.first()?.parse::<u32>().ok(),
        _ => None,
    };
    let is_text = |column: &ColumnDef| is_text(&column.data_type) && !matches!(&*column.data_type.name, "enum" | "set");
    match (range(old), range(to)) {
        (Some((low, high)), Some((new_low, new_high))) if low < new_low || high > new_high => {
            conditions.push(format!("{c} NOT BETWEEN {new_low} AND {new_high}"));
        }
        (None, Some((low, high))) if is_text(old) => {
            conditions
                .push(format!("{c} NOT REGEXP '^-?[0-9]+$' OR CAST({c} AS DECIMAL(65)) NOT BETWEEN {low} AND {high}"));
        }
        _ => {}
    }
    if let Some(most) = length(to).filter(|most| length(old).is_none_or(|had| had > *most)) {
        conditions.push(format!("char_length({c}) > {most}"));
    }
    if let (true, true, Some(after)) = (is_text(old), is_text(to), request.table_after(table)) {
        let (before, behind) = (charset(old, table), charset(to, after));
        if before != behind && behind != *"utf8mb4" {
            let there = format!("CONVERT({c} USING {behind})");
            conditions.push(format!("CAST(CONVERT({there} USING {before}) AS BINARY) <> CAST({c} AS BINARY)"));
        }
    }
    if &*to.data_type.name == "json" && is_text(old) {
        conditions.push(format!("NOT json_valid({c})"));
    }
    if let ("enum", false) = (&*to.data_type.name, to.data_type.arguments.is_empty()) {
        let values: Vec<String> = to.data_type.arguments.iter().map(|value| literal(value)).collect();
        conditions.push(format!("{c} NOT IN ({})", values.join(", ")));
    }
    (!conditions.is_empty()).then(|| format!("SELECT count(*) FROM {t} WHERE {}", conditions.join(" OR ")))
}
