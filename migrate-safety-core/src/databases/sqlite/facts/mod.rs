//! Facts about SQLite as rows of tables.
//!
//! Those of the library as it is bundled are run by the conformance test; those of newer versions have been measured
//! on 3.54.

mod add_column;
mod constraint;
mod data;
mod drop_column;
mod drop_table;
mod index;
mod maintenance;
mod names;
mod rename;
mod transaction;

use crate::databases::effects::Scene;
use crate::databases::operation::{ActionKind, ColumnDef};
use crate::databases::schema::Table;
use crate::effects::DataLoss;

/// One thing that is true of the library, under a condition. Rows add up.
#[derive(Debug)]
pub struct Fact {
    /// `operation/condition`, kebab-case; never changes.
    pub id: &'static str,
    /// First version it is true of, as in [`Target`](crate::Target).
    pub since: u16,
    /// Last version it is true of.
    pub until: u16,
    /// Where it comes from: SQLite's documentation, or what has been measured.
    pub source: &'static str,
    /// The condition.
    pub(super) when: fn(&Part<'_>) -> bool,
    /// What happens.
    pub(super) does: Does,
    /// Statements that show it.
    pub examples: &'static [Example],
}

/// A statement that shows a fact.
#[derive(Clone, Copy, Debug)]
pub struct Example {
    /// Statements before it; `ROWS` stands for rows in table `t`.
    pub setup: &'static str,
    /// The statement.
    pub sql: &'static str,
}

/// What happens where a fact is true.
#[derive(Clone, Copy, Debug)]
pub(super) enum Does {
    /// An edit of the schema, whatever the rows.
    Nothing,
    /// The table is written anew.
    Rewrites,
    /// Every table is.
    RewritesAll,
    /// The table is read through.
    Scans,
    /// Indexes of these tables are built anew.
    RebuildsIndexes(for<'a> fn(&Part<'a>) -> Vec<&'a Table>),
    /// It is refused in a transaction.
    NeedsNoTransaction,
    /// Data that is lost.
    Loses(fn(&Part<'_>) -> Vec<DataLoss>),
    /// It is refused, if this says why.
    Refuses(fn(&Part<'_>) -> Option<String>),
    /// It is refused where the table has rows, if this says why.
    RefusesRows(fn(&Part<'_>) -> Option<String>),
}

/// A statement or an action of one, and what there is before it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Part<'a> {
    pub(super) scene: &'a Scene<'a>,
    /// The table it is about.
    pub(super) table: Option<&'a Table>,
    pub(super) action: Option<&'a ActionKind>,
}

impl Fact {
    const BASE: Self = Self {
        id: "",
        since: 0,
        until: u16::MAX,
        source: "measured, 3.51 and 3.54",
        when: |_| true,
        does: Does::Nothing,
        examples: &[],
    };

    /// Whether the row is true of this.
    pub(super) fn applies(&self, part: &Part<'_>) -> bool {
        (self.since..=self.until).contains(&part.scene.target().version) && (self.when)(part)
    }
}

impl Example {
    const fn new(setup: &'static str, sql: &'static str) -> Self {
        Self { setup, sql }
    }
}

/// All facts.
pub fn facts() -> impl Iterator<Item = &'static Fact> {
    let all = [
        add_column::FACTS,
        constraint::FACTS,
        data::FACTS,
        drop_column::FACTS,
        drop_table::FACTS,
        index::FACTS,
        maintenance::FACTS,
        names::FACTS,
        rename::FACTS,
        transaction::FACTS,
    ];
    all.into_iter().flatten()
}

impl<'a> Part<'a> {
    /// The column that is added.
    fn added(&self) -> Option<&'a ColumnDef> {
        match self.action? {
            ActionKind::AddColumn { column, .. } => Some(column),
            _ => None,
        }
    }

    /// The table, if its columns are known.
    fn known(&self) -> Option<&'a Table> {
        self.table.filter(|table| table.known)
    }
}

/// A table with an integer key and rows, if the conformance test is to fill it.
const TABLE: &str = "CREATE TABLE t (id INTEGER PRIMARY KEY, a int, b text, pad text); ROWS";
