//! A value that goes from a column of one table to a column of another one, while releases write either.

mod code;
mod read;
mod triggers;

pub(crate) use read::{linked, unqualified, values_of};

use super::copy::Formula;
use super::copy::compare::differs;
use crate::catalog::{Catalog, Column, Table};
use crate::sql::{Ident, ObjectName};

/// Columns, and their values from the columns of the other table; absent where no way back is known.
pub(crate) type Values = Vec<(Column, Option<Formula>)>;

/// A table that holds the values.
#[derive(Clone, Debug)]
pub(crate) struct Place {
    pub(crate) table: ObjectName,
    /// The columns by which a row of the one belongs to a row of the other, in the same order in both.
    pub(crate) link: Vec<Column>,
    /// The columns of the values.
    pub(crate) values: Values,
}

/// What becomes of rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum RowsOf {
    /// Rows of both tables come and go by themselves.
    Apart,
    /// The new table has a row where the old one has values: a table is split.
    Old,
    /// The old table has a row where the new one has values: tables are merged.
    New,
}

/// A value that goes to another table.
#[derive(Debug)]
pub(crate) struct Cross<'a> {
    /// The schema in which both tables have their columns.
    pub(crate) catalog: &'a Catalog,
    pub(crate) old: Place,
    pub(crate) new: Place,
    pub(crate) rows: RowsOf,
}

impl Place {
    pub(crate) fn t(&self) -> String {
        self.table.sql()
    }

    fn names(&self) -> Vec<String> {
        self.values.iter().map(|(column, _)| column.name.sql()).collect()
    }

    /// `public.users.bio`.
    pub(crate) fn told(&self) -> String {
        self.names().iter().map(|name| format!("{}.{name}", self.t())).collect::<Vec<_>>().join(", ")
    }

    /// The rows that belong to a row of the other table.
    fn belonging(&self, other: &Self, row: &str) -> String {
        let pair = |(own, other): (&Column, &Column)| {
            format!("{}.{} = {row}.{}", self.table.name.sql(), own.name.sql(), other.name.sql())
        };
        self.link.iter().zip(&other.link).map(pair).collect::<Vec<_>>().join(" AND ")
    }

    /// Whether one of the columns is written, rather than left as it is without.
    fn given(&self, catalog: &Catalog, row: &str) -> String {
        let given = |(column, _): &(Column, Option<Formula>)| {
            let name = format!("{row}{}", column.name.sql());
            catalog
                .default_sql(column)
                .map_or_else(|| format!("{name} IS NOT NULL"), |default| differs(catalog, column, &name, &default))
        };
        self.values.iter().map(given).collect::<Vec<_>>().join(" OR ")
    }
}

impl Cross<'_> {
    /// Whether the old columns can be computed from the new ones.
    pub(crate) fn has_way_back(&self) -> bool {
        self.old.values.iter().all(|(_, back)| back.is_some())
    }

    /// Counts the rows in which the new place does not say what the old one says: a gate that expects 0.
    pub(crate) fn mismatches(&self) -> String {
        let (old, new) = (Ident::exact("old_row"), Ident::exact("new_row"));
        let differing = |values: &[(Column, Option<Formula>)], own: &Ident, other: &Ident| {
            let differs = |(column, value): &(Column, Option<Formula>)| {
                let name = format!("{}.{}", own.sql(), column.name.sql());
                Some(differs(self.catalog, column, &name, &value.as_ref()?.of_row(other)))
            };
            values.iter().filter_map(differs).collect::<Vec<_>>().join(" OR ")
        };
        let link = self.old.link.iter().zip(&self.new.link);
        let link: Vec<String> =
            link.map(|(a, b)| format!("old_row.{} = new_row.{}", a.name.sql(), b.name.sql())).collect();
        let mut unequal = format!("({})", differing(&self.new.values, &new, &old));
        // A new value that the old place cannot hold exactly is right all the same.
        if self.has_way_back() {
            unequal = format!("{unequal} AND ({})", differing(&self.old.values, &old, &new));
        }
        let (join, only) = match (self.rows, self.new.link.first()) {
            (RowsOf::Old, Some(first)) => {
                let is_missing = format!("new_row.{} IS NULL", first.name.sql());
                ("LEFT JOIN", format!("({}) AND ({is_missing} OR {unequal})", self.old.given(self.catalog, "old_row.")))
            }
            _ => ("JOIN", unequal),
        };
        format!(
            "SELECT count(*) FROM {} AS old_row {join} {} AS new_row ON {} WHERE {only}",
            self.old.t(),
            self.new.t(),
            link.join(" AND ")
        )
    }
}

/// Whether columns are a unique key of a table, in any order.
pub(crate) fn is_key(catalog: &Catalog, table: &Table, names: &[&Ident]) -> bool {
    let indexes = table.indexes.iter().filter_map(|id| catalog.relation(*id)?.index());
    indexes.filter(|index| index.unique && index.valid && index.predicate.is_none()).any(|index| {
        let keys = index.keys.iter().map(|key| Some(&table.column_by_id(key.column?)?.name));
        keys.collect::<Option<Vec<_>>>()
            .is_some_and(|keys| keys.len() == names.len() && keys.iter().all(|key| names.contains(key)))
    })
}
