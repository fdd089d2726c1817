//! Where two schemas differ.

use crate::databases::effects::shown;
use crate::databases::schema::{Schema, Table};

/// What differs between the schema before a migration and that after its way back, in words.
pub(super) fn differences(before: &Schema, after: &Schema) -> Vec<String> {
    let mut found = Vec::new();
    for (key, table) in before.tables.unshared(&after.tables) {
        match after.tables.get(key) {
            None => found.push(format!("{} is missing", shown(before.target, &table.name))),
            Some(other) if table.known && other.known => of_table(before, table, other, &mut found),
            Some(_) => {}
        }
    }
    for (key, table) in after.tables.unshared(&before.tables) {
        if !before.tables.contains_key(key) {
            found.push(format!("{} is still there", shown(before.target, &table.name)));
        }
    }
    for (what, before, after) in [
        ("view", before.views.keys().collect::<Vec<_>>(), after.views.keys().collect::<Vec<_>>()),
        ("trigger", before.triggers.keys().collect(), after.triggers.keys().collect()),
    ] {
        found.extend(
            before.iter().filter(|name| !after.contains(name)).map(|name| format!("the {what} {name} is missing")),
        );
        found.extend(
            after.iter().filter(|name| !before.contains(name)).map(|name| format!("the {what} {name} is still there")),
        );
    }
    found
}

fn of_table(schema: &Schema, before: &Table, after: &Table, found: &mut Vec<String>) {
    let name = shown(schema.target, &before.name);
    for column in &before.columns {
        match after.column(&column.name) {
            None => found.push(format!("{name}.{} is missing", column.name)),
            Some(other) if other.data_type != column.data_type => {
                found.push(format!("{name}.{} has another type", column.name));
            }
            Some(other) if other.not_null.unwrap_or(false) != column.not_null.unwrap_or(false) => {
                let is = if other.not_null == Some(true) { "may no longer be NULL" } else { "may be NULL" };
                found.push(format!("{name}.{} {is}", column.name));
            }
            Some(other) if text(other.default.as_ref()) != text(column.default.as_ref()) => {
                found.push(format!("{name}.{} has another default", column.name));
            }
            Some(_) => {}
        }
    }
    let still = after.columns.iter().filter(|column| before.column(&column.name).is_none());
    found.extend(still.map(|column| format!("{name}.{} is still there", column.name)));
    let key = |index: &crate::databases::operation::IndexDef| format!("{:?} {:?}", index.kind, index.columns());
    let keys = |table: &Table| table.indexes.iter().map(key).collect::<Vec<_>>();
    let (old, new) = (keys(before), keys(after));
    let indexes = |table: &Table, other: &[String]| -> Vec<String> {
        let only = table.indexes.iter().filter(|index| !other.contains(&key(index)));
        only.map(|index| index.name.as_ref().map(ToString::to_string).unwrap_or_default()).collect()
    };
    found.extend(indexes(before, &new).iter().map(|index| format!("the index {index} is missing")));
    found.extend(indexes(after, &old).iter().map(|index| format!("the index {index} is still there")));
    let keys = |table: &Table| table.foreign_keys.len();
    if keys(before) != keys(after) {
        found.push(format!("{name} has {} foreign keys, not {}", keys(after), keys(before)));
    }
}

fn text(expression: Option<&crate::databases::operation::Expression>) -> Option<&str> {
    expression.map(|expression| &*expression.sql)
}
