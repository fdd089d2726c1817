//! Errors in the servers' own words.

use super::name::{Name, ObjectName};
use crate::dialect::Target;
use crate::effects::Failure;

/// What stands in the way of a statement.
#[derive(Clone, Copy, Debug)]
pub(super) enum Obstacle<'a> {
    /// There is no such table.
    NoTable(&'a ObjectName),
    /// There is a table or view of this name.
    TableExists(&'a ObjectName),
    /// There is no such view.
    NoView(&'a ObjectName),
    /// A table has no such column.
    NoColumn(&'a ObjectName, &'a Name),
    /// A table has such a column.
    ColumnExists(&'a Name),
    /// There is no such index.
    NoIndex(&'a Name),
    /// There is such an index.
    IndexExists(&'a Name),
    /// There is no such constraint.
    NoConstraint(&'a Name),
    /// There is no such trigger.
    NoTrigger(&'a ObjectName),
    /// There is such a trigger.
    TriggerExists(&'a ObjectName),
}

impl Obstacle<'_> {
    /// The error of a server: MySQL's number, or SQLite's result code, and its message.
    pub(super) fn failure(self, target: Target) -> Failure {
        let (code, message) = if target.dialect.is_mysql() { self.of_mysql() } else { ("1", self.of_sqlite()) };
        Failure { sqlstate: code, message, only_with_rows: false }
    }

    /// MySQL reference manual, "Server Error Message Reference".
    fn of_mysql(self) -> (&'static str, String) {
        match self {
            Self::NoTable(table) => ("1146", format!("Table '{table}' doesn't exist")),
            Self::TableExists(table) => ("1050", format!("Table '{table}' already exists")),
            Self::NoView(view) => ("1051", format!("Unknown table '{view}'")),
            Self::NoColumn(table, column) => ("1054", format!("Unknown column '{column}' in '{table}'")),
            Self::ColumnExists(column) => ("1060", format!("Duplicate column name '{column}'")),
            Self::NoIndex(name) | Self::NoConstraint(name) => {
                ("1091", format!("Can't DROP '{name}'; check that column/key exists"))
            }
            Self::IndexExists(index) => ("1061", format!("Duplicate key name '{index}'")),
            Self::NoTrigger(_) => ("1360", "Trigger does not exist".to_owned()),
            Self::TriggerExists(_) => ("1359", "Trigger already exists".to_owned()),
        }
    }

    /// Measured on the library.
    fn of_sqlite(self) -> String {
        match self {
            Self::NoTable(table) => format!("no such table: {table}"),
            Self::TableExists(table) => format!("table {table} already exists"),
            Self::NoView(view) => format!("no such view: {view}"),
            Self::NoColumn(_, column) => format!("no such column: \"{column}\""),
            Self::ColumnExists(column) => format!("duplicate column name: {column}"),
            Self::NoIndex(index) => format!("no such index: {index}"),
            Self::IndexExists(index) => format!("index {index} already exists"),
            Self::NoConstraint(constraint) => format!("no such constraint: {constraint}"),
            Self::NoTrigger(trigger) => format!("no such trigger: {trigger}"),
            Self::TriggerExists(trigger) => format!("trigger {trigger} already exists"),
        }
    }
}
