//! Rows that no server takes, whatever is in the table (measured, MySQL 9.7 and MariaDB 10.11).

use super::facts::is_strict_mode;
use crate::databases::effects::{Scene, is_required};
use crate::databases::name::{Name, ObjectName};
use crate::databases::operation::{Insert, Operation, Update, Verb};
use crate::databases::schema::Table;
use crate::dialect::Dialect;
use crate::effects::Failure;

/// The error for the rows of a statement.
pub(super) fn refused(scene: &Scene<'_>) -> Option<Failure> {
    match scene.operation {
        Operation::Insert(insert) => inserted(scene, insert),
        Operation::Update(update) => updated(scene, update),
        _ => None,
    }
}

fn failure(sqlstate: &'static str, message: String) -> Option<Failure> {
    Some(Failure { sqlstate, message, only_with_rows: false })
}

fn inserted(scene: &Scene<'_>, insert: &Insert) -> Option<Failure> {
    let table = scene.table(&insert.table).filter(|table| table.known)?;
    if let Some(missing) = insert.columns.iter().find(|name| table.column(name).is_none()) {
        return unknown(missing, &table.name);
    }
    // A generated column may be given its DEFAULT.
    let is_default = insert.source.sql.to_ascii_uppercase().contains("DEFAULT");
    let computed = insert.columns.iter().find(|name| table.column(name).is_some_and(|c| c.generated.is_some()));
    if let Some(column) = computed.filter(|_| !insert.ignore && !is_default) {
        return generated(scene, column, table);
    }
    let triggered = scene.schema.triggers.values().any(|trigger| {
        trigger.before
            && trigger.event == Verb::Insert
            && scene.schema.key(&trigger.table) == scene.schema.key(&table.name)
    });
    let strict = is_strict_mode(scene.session.get("sql_mode"));
    if insert.columns.is_empty() || insert.ignore || triggered || !strict {
        return None;
    }
    let left_out = table.columns.iter().find(|column| {
        // The first of these has a default of its own on servers that are set up so.
        let own_default = &*column.data_type.name == "timestamp";
        is_required(column) && !own_default && !insert.columns.contains(&column.name)
    })?;
    failure("1364", format!("Field '{}' doesn't have a default value", left_out.name))
}

fn updated(scene: &Scene<'_>, update: &Update) -> Option<Failure> {
    let tables: Option<Vec<&Table>> =
        update.tables.iter().map(|name| scene.table(name).filter(|table| table.known)).collect();
    let tables = tables.filter(|tables| !tables.is_empty())?;
    // Which of several tables an alias stands for is not looked into.
    let [table] = tables[..] else { return None };
    let plain = update.reads.is_empty();
    for (_, column, value) in update.assignments.iter().filter(|_| plain) {
        match table.column(column) {
            None => return unknown(column, &table.name),
            Some(found) if found.generated.is_some() && !value.sql.trim().eq_ignore_ascii_case("DEFAULT") => {
                return generated(scene, column, table);
            }
            Some(_) => {}
        }
    }
    None
}

fn unknown(column: &Name, table: &ObjectName) -> Option<Failure> {
    failure("1054", format!("Unknown column '{column}' in '{table}'"))
}

fn generated(scene: &Scene<'_>, column: &Name, table: &Table) -> Option<Failure> {
    let message =
        format!("The value specified for generated column '{column}' in table '{}' is not allowed.", table.name);
    let strict = is_strict_mode(scene.session.get("sql_mode"));
    match scene.target().dialect {
        Dialect::MariaDb => failure("1906", message).filter(|_| strict),
        _ => failure("3105", message),
    }
}
