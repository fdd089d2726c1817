//! The SQL of a prepared backfill.

use super::prepared::{CopyTarget, Gone, Prepared, SetColumn};
use super::spec::FillMode;
use crate::sql::Ident;
use crate::sql::expr::{Expr, Expression};

/// What the rows are called that a batch deletes. Expressions of the backfill stand where this name is in force: no table
/// is called so.
const GONE: &str = "migrate_safety_gone";

impl Prepared {
    /// `public.users`, without the tables that inherit from it.
    pub(super) fn source(&self) -> String {
        let only = if self.has_heirs { "ONLY " } else { "" };
        format!("{only}{}", self.table.sql())
    }

    /// The condition on the keys behind `after` and up to `upto`, each an expression per column; absent: without bound.
    pub(super) fn range(&self, after: Option<&[String]>, upto: Option<&[String]>) -> Vec<String> {
        let mut conditions = Vec::new();
        conditions.extend(after.map(|bound| self.compare(">", bound)));
        conditions.extend(upto.map(|bound| self.compare("<=", bound)));
        conditions
    }

    /// The condition on the keys from `from` on.
    pub(super) fn from(&self, from: &[String]) -> String {
        self.compare(">=", from)
    }

    /// A comparison of the key. Where it has several columns, the first is compared by itself too: the planner knows how
    /// many rows that leaves.
    fn compare(&self, operator: &str, bound: &[String]) -> String {
        match (self.key.columns.as_slice(), bound) {
            ([column], [value]) => format!("{} {operator} {value}", column.name.sql()),
            (columns, values) => {
                let first = columns.first().map(|column| column.name.sql()).unwrap_or_default();
                let weak = if operator.starts_with('>') { ">=" } else { "<=" };
                let lowest = values.first().map_or("", String::as_str);
                format!("({}) {operator} ({}) AND {first} {weak} {lowest}", self.key.list(), values.join(", "))
            }
        }
    }

    /// The write of a range of keys.
    pub(super) fn write_sql(&self, range: &[String]) -> String {
        let (with, write) = self.write_parts(range);
        with.map_or_else(|| write.clone(), |with| format!("WITH {with}\n{write}"))
    }

    /// The write of a range of keys as a statement, and what stands in the `WITH` before it.
    pub(super) fn write_parts(&self, range: &[String]) -> (Option<String>, String) {
        match &self.gone {
            None => (None, self.change_sql(range)),
            Some(gone) => self.delete_parts(gone, range),
        }
    }

    fn delete_parts(&self, gone: &Gone, range: &[String]) -> (Option<String>, String) {
        let filter = filter(range.iter().cloned().chain(self.conditions()));
        let delete = format!("DELETE FROM {}\n{filter}", self.source());
        let Some(archive) = &gone.archive else { return (None, delete) };
        let names: Vec<String> = gone.columns.iter().map(Ident::sql).collect();
        let names = names.join(", ");
        let insert = format!("INSERT INTO {} ({names})\nSELECT {names}\nFROM {GONE}", archive.sql());
        (Some(format!("{GONE} AS ({delete}\nRETURNING {names})")), insert)
    }

    fn change_sql(&self, range: &[String]) -> String {
        match &self.copy {
            None => {
                let sets: Vec<String> = self.columns.iter().map(|column| self.assignment(column)).collect();
                let conditions = range.iter().cloned().chain(self.conditions()).chain(self.undone());
                format!("UPDATE {}\nSET {}\n{}", self.source(), sets.join(", "), filter(conditions))
            }
            Some(copy) => {
                let names: Vec<String> = self.columns.iter().map(|column| column.name.sql()).collect();
                let values: Vec<&str> = self.columns.iter().map(|column| &*column.value.sql).collect();
                let overriding = if copy.overrides_identity { " OVERRIDING SYSTEM VALUE" } else { "" };
                // A row that another session deletes meanwhile is not copied after it has gone.
                format!(
                    "INSERT INTO {} ({}){overriding}\nSELECT {}\nFROM {}\n{}\nFOR KEY SHARE\nON CONFLICT DO NOTHING",
                    copy.table.sql(),
                    names.join(", "),
                    values.join(", "),
                    self.source(),
                    filter(range.iter().cloned().chain(self.conditions()))
                )
            }
        }
    }

    /// The author's own condition.
    pub(super) fn conditions(&self) -> Option<String> {
        self.only.as_ref().map(operand)
    }

    /// Which rows do not have their values.
    fn undone(&self) -> Option<String> {
        let parts: Vec<String> = self.columns.iter().map(SetColumn::undone).collect();
        match parts.as_slice() {
            // A row that is to be deleted is not done as long as it is there.
            [] => None,
            [one] => Some(one.clone()),
            several => Some(format!("({})", several.join(" OR "))),
        }
    }

    fn assignment(&self, column: &SetColumn) -> String {
        let (name, value) = (column.name.sql(), &column.value.sql);
        if column.mode == FillMode::Fill && self.columns.len() > 1 {
            // Another column may be the reason for the write.
            return format!("{name} = coalesce({name}, {})", column.in_its_type(operand(&column.value)));
        }
        format!("{name} = {value}")
    }
}

impl SetColumn {
    fn undone(&self) -> String {
        let name = self.name.sql();
        match (self.mode, self.volatile) {
            (FillMode::Fill, true) => format!("{name} IS NULL"),
            (FillMode::Fill, false) if is_never_null(&self.value.expr) => format!("{name} IS NULL"),
            (FillMode::Fill, false) => format!("({name} IS NULL AND {} IS NOT NULL)", self.read()),
            (FillMode::Set, _) if self.as_text => format!("{name}::text IS DISTINCT FROM {}::text", self.compared()),
            (FillMode::Set, _) => format!("{name} IS DISTINCT FROM {}", self.compared()),
        }
    }

    /// The value in the type of the column. Who compares locks nothing.
    fn compared(&self) -> String {
        self.in_its_type(self.read())
    }

    fn read(&self) -> String {
        self.unlocked.as_ref().map_or_else(|| operand(&self.value), |read| format!("({read})"))
    }

    fn in_its_type(&self, value: String) -> String {
        match &self.cast {
            Some(cast) => format!("{value}::{cast}"),
            None => value,
        }
    }
}

/// Counts the rows that do not have their values.
pub(super) fn mismatches(prepared: &Prepared) -> String {
    match &prepared.copy {
        None => select_mismatching(prepared, &[], "count(*)"),
        Some(copy) => not_copied(prepared, copy, &[], "1", "count(*)"),
    }
}

/// Selects, as `key`, an expression over the rows of a range that do not have their values.
#[cfg(feature = "live")]
pub(super) fn mismatching(prepared: &Prepared, range: &[String], key: &str) -> String {
    match &prepared.copy {
        None => select_mismatching(prepared, range, &format!("{key} AS key")),
        Some(copy) => not_copied(prepared, copy, range, key, "key"),
    }
}

fn select_mismatching(prepared: &Prepared, range: &[String], output: &str) -> String {
    let conditions = range.iter().cloned().chain(prepared.conditions()).chain(prepared.undone());
    format!("SELECT {output} FROM {} {}", prepared.source(), filter(conditions))
}

/// Rows without an equal one in the other table. Values have names of their own: columns of the two tables may be called
/// the same.
fn not_copied(prepared: &Prepared, copy: &CopyTarget, range: &[String], key: &str, output: &str) -> String {
    let compared = || prepared.columns.iter().enumerate().filter(|(_, column)| column.mode == FillMode::Set);
    let values: Vec<String> = compared().map(|(n, column)| format!("{} AS value_{n}", column.compared())).collect();
    let equal = compared().map(|(n, column)| {
        let name = column.name.sql();
        match (copy.key.contains(&column.name), column.as_text) {
            (true, _) => format!("target.{name} = source.value_{n}"),
            (false, true) => format!("target.{name}::text IS NOT DISTINCT FROM source.value_{n}::text"),
            (false, false) => format!("target.{name} IS NOT DISTINCT FROM source.value_{n}"),
        }
    });
    format!(
        "SELECT {output} FROM (SELECT {key} AS key, {} FROM {} {}) AS source WHERE NOT EXISTS (SELECT FROM {} AS target \
         WHERE {})",
        values.join(", "),
        prepared.source(),
        filter(range.iter().cloned().chain(prepared.conditions())),
        copy.table.sql(),
        equal.collect::<Vec<_>>().join(" AND ")
    )
}

/// `WHERE …`; nothing without a condition.
pub(super) fn filter(conditions: impl IntoIterator<Item = String>) -> String {
    let conditions: Vec<String> = conditions.into_iter().collect();
    if conditions.is_empty() { String::new() } else { format!("WHERE {}", conditions.join(" AND ")) }
}

/// An expression so that anything can stand beside it.
fn operand(expression: &Expression) -> String {
    match expression.expr {
        Expr::Column { .. } => expression.sql.to_string(),
        _ => format!("({})", expression.sql),
    }
}

fn is_never_null(expr: &Expr) -> bool {
    matches!(expr, Expr::Bool(_) | Expr::Number(_) | Expr::String(_))
}

/// A text as a string constant, whatever `standard_conforming_strings` says.
pub(super) fn literal(text: &str) -> String {
    let quoted = text.replace('\'', "''");
    if quoted.contains('\\') { format!("E'{}'", quoted.replace('\\', "\\\\")) } else { format!("'{quoted}'") }
}
