//! A backfill that has been held against a schema of MySQL, MariaDB or SQLite, and its statements.

use super::key::KeyPart;
use super::words::Words;
use crate::backfill::error::Warning;
use crate::backfill::spec::{Backfill, FillMode};
use crate::databases::name::Name;
use crate::databases::operation::DataType;
use crate::dialect::Target;

/// A [`Backfill`] that can run on the MySQL, MariaDB or SQLite schema it was prepared for.
#[derive(Clone)]
pub struct DatabasePlan {
    pub(crate) backfill: Backfill,
    pub(crate) target: Target,
    pub(crate) words: &'static Words,
    /// The table, as a statement writes it.
    pub(crate) table: String,
    pub(crate) key: Vec<KeyPart>,
    pub(crate) columns: Vec<SetColumn>,
    pub(crate) warnings: Vec<Warning>,
}

/// A column that gets a value.
#[derive(Clone, Debug)]
pub(crate) struct SetColumn {
    pub(crate) name: Name,
    /// As a statement writes it.
    pub(crate) sql: String,
    pub(crate) data_type: DataType,
    pub(crate) value: String,
    pub(crate) mode: FillMode,
    pub(crate) volatile: bool,
}

impl DatabasePlan {
    /// What was prepared.
    pub fn backfill(&self) -> &Backfill {
        &self.backfill
    }

    /// The server it was prepared for.
    pub fn target(&self) -> Target {
        self.target
    }

    /// What should be known before it runs.
    pub fn warnings(&self) -> &[Warning] {
        &self.warnings
    }

    /// Counts the rows that do not have their value yet: a gate that expects 0.
    pub fn mismatches_sql(&self) -> String {
        format!("SELECT count(*) FROM {} WHERE {}", self.table, self.undone())
    }

    /// What was defined, in full, for those who go on with it.
    pub(crate) fn definition(&self) -> String {
        let key: Vec<&str> = self.key.iter().map(|part| part.sql.as_str()).collect();
        format!("{} KEY ({})", self.write_sql(&[]), key.join(", "))
    }

    /// The write of the rows that meet these conditions.
    pub(crate) fn write_sql(&self, conditions: &[String]) -> String {
        let sets: Vec<String> = self.columns.iter().map(|column| column.assignment(self.columns.len())).collect();
        let conditions: Vec<&str> = conditions.iter().map(String::as_str).collect();
        let undone = self.undone();
        let all = [conditions, vec![&undone]].concat().join(" AND ");
        format!("UPDATE {} SET {} WHERE {all}", self.table, sets.join(", "))
    }

    /// The last key of the table, as an array of literals; no row if the table is empty.
    pub(crate) fn last_key_sql(&self) -> String {
        format!("SELECT {} AS answer FROM {} ORDER BY {} LIMIT 1", self.key_array(), self.table, self.order(" DESC"))
    }

    /// The key of the row that is `rows` behind `after`, up to `last`.
    pub(crate) fn bound_sql(&self, after: Option<&[String]>, last: &[String], rows: u32) -> String {
        format!(
            "SELECT {} AS answer FROM {} WHERE {} ORDER BY {} LIMIT 1 OFFSET {}",
            self.key_array(),
            self.table,
            self.range(after, last).join(" AND "),
            self.order(""),
            rows.saturating_sub(1)
        )
    }

    /// How many rows are left behind `after`, up to `last`.
    pub(crate) fn rest_sql(&self, after: Option<&[String]>, last: &[String]) -> String {
        format!("SELECT count(*) AS answer FROM {} WHERE {}", self.table, self.range(after, last).join(" AND "))
    }

    /// Keys of some rows that do not have their value.
    pub(crate) fn examples_sql(&self, rows: u32) -> String {
        format!(
            "SELECT {} AS answer FROM {} WHERE {} ORDER BY {} LIMIT {rows}",
            self.key_array(),
            self.table,
            self.undone(),
            self.order("")
        )
    }

    /// The conditions on the keys behind `after` up to `upto`, which are literals.
    pub(crate) fn range(&self, after: Option<&[String]>, upto: &[String]) -> Vec<String> {
        let behind = after.map(|after| self.compare('>', after));
        behind.into_iter().chain([format!("NOT ({})", self.compare('>', upto))]).collect()
    }

    /// The keys behind one. Row values are not looked up in an index everywhere, so that the first column is compared by
    /// itself too.
    fn compare(&self, operator: char, values: &[String]) -> String {
        let pairs: Vec<(&str, &str)> =
            self.key.iter().map(|part| part.sql.as_str()).zip(values.iter().map(String::as_str)).collect();
        let Some(((first, lowest), rest)) = pairs.split_first() else { return "1 = 1".to_owned() };
        if rest.is_empty() {
            return format!("{first} {operator} {lowest}");
        }
        let mut any = vec![format!("{first} {operator} {lowest}")];
        for end in 1..pairs.len() {
            let equal = pairs[..end].iter().map(|(column, value)| format!("{column} = {value}"));
            let (column, value) = pairs[end];
            any.push(equal.chain([format!("{column} {operator} {value}")]).collect::<Vec<_>>().join(" AND "));
        }
        format!("({first} {operator}= {lowest} AND ({}))", any.join(" OR "))
    }

    fn key_array(&self) -> String {
        let texts: Vec<&str> = self.key.iter().map(|part| part.text.as_str()).collect();
        format!("{}({})", self.words.array, texts.join(", "))
    }

    fn order(&self, direction: &str) -> String {
        self.key.iter().map(|part| format!("{}{direction}", part.sql)).collect::<Vec<_>>().join(", ")
    }

    /// Which rows do not have their values.
    fn undone(&self) -> String {
        let parts: Vec<String> = self.columns.iter().map(|column| column.undone(self.words)).collect();
        let undone = format!("({})", parts.join(" OR "));
        match &self.backfill.only {
            Some(only) => format!("({only}) AND {undone}"),
            None => undone,
        }
    }
}

impl SetColumn {
    fn undone(&self, words: &Words) -> String {
        let Self { sql, value, data_type, .. } = self;
        match (self.mode, self.volatile) {
            (FillMode::Fill, true) => format!("{sql} IS NULL"),
            (FillMode::Fill, false) => format!("({sql} IS NULL AND ({value}) IS NOT NULL)"),
            (FillMode::Set, _) => (words.differs)(sql, &format!("({value})"), data_type),
        }
    }

    fn assignment(&self, columns: usize) -> String {
        let Self { sql, value, .. } = self;
        match self.mode {
            // Another column may be the reason for the write.
            FillMode::Fill if columns > 1 => format!("{sql} = coalesce({sql}, {value})"),
            _ => format!("{sql} = {value}"),
        }
    }
}

impl std::fmt::Debug for DatabasePlan {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("DatabasePlan").field("definition", &self.definition()).finish_non_exhaustive()
    }
}
