//! A value in two forms in one table: the columns in which it is, and those that take their place while releases that know
//! only the one or the other write.

mod code;
mod compare;
mod formula;
mod inverse;
mod steps;
#[cfg(feature = "mysql")]
pub(super) mod swap;
mod triggers;

pub(super) use compare::{differs, same};
pub(super) use inverse::of as inverse;

use super::fill::{Fill, Work};
use super::request::Request;
use crate::databases::name::Name;
use crate::databases::operation::{ColumnDef, Constant};
use crate::databases::schema::Table;
use crate::plan::model::Gate;

/// A column of one of the forms.
#[derive(Clone, Debug)]
pub(super) struct Half {
    /// The column as it is outside of the plan.
    pub(super) column: ColumnDef,
    /// Its value as an expression over the columns of the other form; none where only the application knows it.
    pub(super) value: Option<String>,
}

/// What becomes of the indexes of an old column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Parts {
    /// They go with it.
    Go,
    /// The new column gets them.
    Follow,
}

/// Both forms of a value.
#[derive(Debug)]
pub(super) struct Forms<'r> {
    pub(super) request: &'r Request<'r>,
    pub(super) table: &'r Table,
    pub(super) old: Vec<Half>,
    pub(super) new: Vec<Half>,
    /// Where the new columns stand: ` AFTER a`, or nothing for the end.
    pub(super) places: Vec<String>,
    pub(super) parts: Parts,
    /// What gets lost on the way from the new form to the old one.
    pub(super) loss: Option<String>,
}

impl Forms<'_> {
    fn is_sqlite(&self) -> bool {
        self.request.is_sqlite()
    }

    /// The names of columns in a sentence.
    fn listed(&self, halves: &[Half]) -> String {
        halves.iter().map(|half| self.request.name(&half.column.name)).collect::<Vec<_>>().join(", ")
    }

    /// Whether the value is another column as it is.
    fn is_bare(&self, value: &str) -> bool {
        let names = self.old.iter().chain(&self.new).map(|half| self.request.name(&half.column.name));
        names.into_iter().any(|name| name == value)
    }

    /// The columns of the new form that the plan adds.
    fn added(&self) -> impl Iterator<Item = &Half> {
        self.new.iter().filter(|half| self.table.column(&half.column.name).is_none())
    }

    /// A column while both forms are there: it may be left out, and where that means a constant, it holds that.
    fn beside(&self, half: &Half) -> ColumnDef {
        let default = half.column.default.clone().filter(|_| early_default(&half.column).is_some());
        ColumnDef { not_null: None, default, on_update: false, ..half.column.clone() }
    }

    /// What a new column holds in a row that was written without it.
    fn absent(&self, half: &Half) -> String {
        early_default(&half.column).map_or_else(|| "NULL".to_owned(), ToOwned::to_owned)
    }

    /// The rows in which the new form is filled from the old one.
    pub(super) fn fill(&self) -> Fill<'_> {
        let undone: Vec<String> = self.new.iter().filter_map(|half| self.unfilled(half)).collect();
        let undone = undone.join(" OR ");
        let set = self.new.iter().filter_map(|half| {
            let value = half.value.clone()?;
            // What is there already was written by somebody.
            let name = self.request.name(&half.column.name);
            let is_there = self.table.column(&half.column.name).is_some();
            Some((half.column.name.clone(), if is_there { format!("coalesce({name}, {value})") } else { value }))
        });
        Fill { table: self.table, work: Work::Set(set.collect()), condition: Some(undone.clone()), undone }
    }

    /// Rows in which a new column is not filled.
    fn unfilled(&self, half: &Half) -> Option<String> {
        let value = half.value.as_ref()?;
        let name = self.request.name(&half.column.name);
        Some(if self.table.column(&half.column.name).is_some() {
            format!("{name} IS NULL AND ({value}) IS NOT NULL")
        } else {
            differs(self.request, &half.column, value)
        })
    }

    /// Whether all rows say the same in both forms. Where the old form cannot hold a value of the new one exactly, the new
    /// one is right.
    fn same_in_all_rows(&self) -> Gate {
        let back: Vec<String> = self
            .old
            .iter()
            .filter_map(|half| Some((half, half.value.as_ref()?)))
            .filter(|(_, value)| !self.is_bare(value))
            .map(|(half, value)| differs(self.request, &half.column, value))
            .collect();
        let forth: Vec<String> = self.new.iter().filter_map(|half| self.unfilled(half)).collect();
        let mut conditions = vec![format!("({})", forth.join(" OR "))];
        if !back.is_empty() {
            conditions.push(format!("({})", back.join(" OR ")));
        }
        let (new, old) = (self.listed(&self.new), self.listed(&self.old));
        Gate {
            sql: format!(
                "SELECT count(*) FROM {} WHERE {}",
                self.request.table_sql(self.table),
                conditions.join(" AND ")
            ),
            expect: "0".to_owned(),
            meaning: format!("rows in which {new} is not what {old} is are left"),
        }
    }

    /// Whether a trigger can compute the old form from the new one.
    pub(super) fn has_way_back(&self) -> bool {
        self.old.iter().all(|half| half.value.is_some())
    }

    /// The columns by which a row is found in a table of SQLite without row numbers.
    fn key(&self) -> Vec<&Name> {
        if self.table.options.without_rowid { self.table.primary_key() } else { Vec::new() }
    }
}

/// A default that is the same for all rows: one that a new column can have at once.
fn early_default(column: &ColumnDef) -> Option<&str> {
    let holds_default = !matches!(
        &*column.data_type.name,
        "tinytext" | "text" | "mediumtext" | "longtext" | "blob" | "tinyblob" | "mediumblob" | "longblob" | "json"
    );
    let default = column.default.as_ref().filter(|_| holds_default)?;
    let is_constant = matches!(default.constant, Some(Constant::Number(_) | Constant::String(_)));
    is_constant.then_some(&*default.sql)
}
