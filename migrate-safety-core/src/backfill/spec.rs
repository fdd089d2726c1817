//! What a backfill is to do, as its author says it.

use super::error::InvalidBackfill;
use super::prepare;
use super::prepared::Prepared;
use crate::catalog::Catalog;
use std::fmt;

/// A backfill, described once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Backfill {
    /// The table that is read in batches, as a statement writes it: `public.users`.
    pub table: String,
    /// The columns of its key; empty: the primary key, or another unique key without NULLs.
    pub key: Vec<String>,
    /// What is done with its rows.
    pub work: Work,
    /// Only these rows: a condition over the columns of the table.
    pub only: Option<String>,
}

/// What is done with the rows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Work {
    /// Columns of the table itself get values.
    Update(Vec<Assignment>),
    /// A row of another table is made of each; one that is there already stays as it is.
    Copy {
        /// The other table.
        into: String,
        /// Its columns and their values.
        columns: Vec<Assignment>,
    },
    /// They are deleted.
    Delete {
        /// A table with columns of the same names, which gets the rows in the transaction in which they go.
        archive: Option<String>,
        /// Has to be empty: a row that goes gets no values.
        columns: Vec<Assignment>,
    },
}

/// A column and its value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assignment {
    /// The column, as a statement writes it.
    pub column: String,
    /// An expression over the columns of the table that is read.
    pub value: String,
    /// In which rows.
    pub mode: FillMode,
}

/// In which rows a column gets its value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FillMode {
    /// Where it has another one.
    Set,
    /// Where it is NULL; the only way for values that differ each time (`gen_random_uuid()`).
    Fill,
}

impl Backfill {
    /// A backfill of a table, named as a statement names it.
    pub fn new(table: impl Into<String>) -> Self {
        Self { table: table.into(), key: Vec::new(), work: Work::Update(Vec::new()), only: None }
    }

    /// A copy of rows of one table into another; [`set`](Self::set) says what its columns get.
    pub fn copy(from: impl Into<String>, into: impl Into<String>) -> Self {
        Self { work: Work::Copy { into: into.into(), columns: Vec::new() }, ..Self::new(from) }
    }

    /// Rows of a table deleted; [`only`](Self::only) says which.
    pub fn delete(from: impl Into<String>) -> Self {
        Self { work: Work::Delete { archive: None, columns: Vec::new() }, ..Self::new(from) }
    }

    /// The rows that are deleted go into this table, which has columns of the same names.
    #[must_use]
    pub fn archive(mut self, table: impl Into<String>) -> Self {
        if let Work::Delete { archive, .. } = &mut self.work {
            *archive = Some(table.into());
        }
        self
    }

    /// Which unique key the batches follow. Without it, the primary key or another unique key without NULLs; on a
    /// table that has none, `["ctid"]` goes by the place of the rows.
    #[must_use]
    pub fn key<C: Into<String>>(mut self, columns: impl IntoIterator<Item = C>) -> Self {
        self.key = columns.into_iter().map(Into::into).collect();
        self
    }

    /// A column gets this value wherever it has another one. The value must not differ from one evaluation to the next.
    #[must_use]
    pub fn set(self, column: impl Into<String>, value: impl Into<String>) -> Self {
        self.assign(column.into(), value.into(), FillMode::Set)
    }

    /// A column gets this value wherever it is NULL.
    #[must_use]
    pub fn fill(self, column: impl Into<String>, value: impl Into<String>) -> Self {
        self.assign(column.into(), value.into(), FillMode::Fill)
    }

    /// Only rows that meet this condition.
    #[must_use]
    pub fn only(mut self, condition: impl Into<String>) -> Self {
        self.only = Some(condition.into());
        self
    }

    /// Holds it against the schema it will run on.
    ///
    /// # Errors
    /// It cannot be done safely, or not at all; the error says why, and what to do instead.
    pub fn prepare(&self, catalog: &Catalog) -> Result<Prepared, InvalidBackfill> {
        prepare::prepare(self, catalog)
    }

    /// The columns and their values.
    pub fn assignments(&self) -> &[Assignment] {
        match &self.work {
            Work::Update(columns) | Work::Copy { columns, .. } | Work::Delete { columns, .. } => columns,
        }
    }

    fn assign(mut self, column: String, value: String, mode: FillMode) -> Self {
        match &mut self.work {
            Work::Update(columns) | Work::Copy { columns, .. } | Work::Delete { columns, .. } => {
                columns.push(Assignment { column, value, mode });
            }
        }
        self
    }
}

impl fmt::Display for Backfill {
    /// For people: `public.users SET email_lower = lower(email) WHERE email IS NOT NULL`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.work {
            Work::Update(_) => write!(f, "{} ", self.table)?,
            Work::Copy { into, .. } => write!(f, "{} INTO {into} ", self.table)?,
            Work::Delete { archive: None, .. } => write!(f, "{} DELETE", self.table)?,
            Work::Delete { archive: Some(archive), .. } => write!(f, "{} DELETE INTO {archive}", self.table)?,
        }
        for (index, assignment) in self.assignments().iter().enumerate() {
            let verb = match assignment.mode {
                FillMode::Set => "SET",
                FillMode::Fill => "FILL",
            };
            let comma = if index > 0 { ", " } else { "" };
            write!(f, "{comma}{verb} {} = {}", assignment.column, assignment.value)?;
        }
        if let Some(only) = &self.only {
            write!(f, " WHERE {only}")?;
        }
        if !self.key.is_empty() {
            write!(f, " KEY ({})", self.key.join(", "))?;
        }
        Ok(())
    }
}
