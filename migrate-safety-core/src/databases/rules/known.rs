//! What several rules ask.

use crate::catalog::RelationId;
use crate::databases::effects::shown;
use crate::databases::name::{Name, ObjectName};
use crate::databases::operation::{ActionKind, Condition, Expression, IndexKey, Limit, Operation, Test};
use crate::databases::quote::quoted;
use crate::databases::schema::{Schema, Table};
use crate::databases::view::{Judged, MigrationView, StatementView};
use crate::dialect::{Dialect, Target};
use crate::effects::{DataLoss, DataLossKind, RelationRef};
use crate::layout::Layout;

/// How many rows of a table a statement can reach.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Extent {
    /// At most so many, whatever the table holds.
    AtMost(u64),
    /// All that share a value, however many.
    Sharing,
    /// Any number.
    Any,
}

/// Rows of one batch at most.
pub(super) const BATCH: u64 = 10_000;

/// How many rows of a table a condition and a limit let through.
fn extent(target: Target, table: Option<&Table>, filter: Option<&Expression>, limit: Option<Limit>) -> Extent {
    if let Some(Limit { rows: Some(rows), .. }) = limit {
        return Extent::AtMost(rows);
    }
    let Some(filter) = filter else { return Extent::Any };
    let rows = |column: &Name| {
        let tests = filter.conditions.iter().filter(|condition| condition.column == *column);
        tests
            .filter_map(|condition| match condition.test {
                Test::Equal => Some(1),
                Test::In(values) => u64::try_from(values).ok(),
                _ => None,
            })
            .min()
    };
    let by_key =
        table.into_iter().flat_map(|table| &table.indexes).filter(|index| index.is_unique()).filter_map(|index| {
            let plain =
                index.predicate.is_none() && index.parts.iter().all(|part| matches!(part.key, IndexKey::Column(_)));
            index
                .columns()
                .into_iter()
                .map(rows)
                .try_fold(1_u64, |all, rows| Some(all.saturating_mul(rows?)))
                .filter(|_| plain)
        });
    if let Some(rows) = by_key.min() {
        return Extent::AtMost(rows);
    }
    // A table of which nothing is known: an `id` is its key.
    let unknown = table.is_none_or(|table| !table.known);
    if let (true, Some(rows)) = (unknown, rows(&Name::new("id"))) {
        return Extent::AtMost(rows);
    }
    let is_equal = |condition: &&Condition| matches!(condition.test, Test::Equal | Test::In(_));
    let mut equal = filter.conditions.iter().filter(is_equal);
    // InnoDB locks what it reads: without an index on the column, every row.
    let leads = |column: &Name| {
        let mut indexes = table.into_iter().flat_map(|table| &table.indexes);
        unknown || indexes.any(|index| index.columns().first() == Some(&column))
    };
    let shares = if target.dialect.is_mysql() { equal.any(|test| leads(&test.column)) } else { equal.next().is_some() };
    if shares { Extent::Sharing } else { Extent::Any }
}

/// The tables whose rows a statement changes or deletes, with how many of each; new rows are not counted.
pub(super) fn changed<'a>(schema: &'a Schema, operation: &'a Operation) -> Vec<(&'a ObjectName, Extent)> {
    match operation {
        Operation::Update(update) => {
            let one = if update.tables.len() == 1 { update.tables.first() } else { None };
            let of =
                extent(schema.target, one.and_then(|table| schema.table(table)), update.filter.as_ref(), update.limit);
            update.tables.iter().map(|table| (table, of)).collect()
        }
        Operation::Delete(delete) => {
            let one = if delete.tables.len() == 1 { delete.tables.first() } else { None };
            let of =
                extent(schema.target, one.and_then(|table| schema.table(table)), delete.filter.as_ref(), delete.limit);
            delete.tables.iter().map(|table| (table, of)).collect()
        }
        _ => Vec::new(),
    }
}

impl Judged {
    /// Whether it adds this column to the table that reports name so.
    pub(super) fn adds_column(&self, target: Target, table: &str, column: &str) -> bool {
        let Operation::AlterTable(alter) = &self.statement.operation else { return false };
        let adds =
            |kind: &ActionKind| matches!(kind, ActionKind::AddColumn { column: added, .. } if added.name == *column);
        shown(target, &alter.table) == table && alter.actions.iter().any(|action| adds(&action.kind))
    }
}

impl<'a> StatementView<'a> {
    /// How reports name a table, if it is known.
    pub(super) fn reference(&self, table: &ObjectName) -> Option<RelationRef> {
        let table = self.table(table)?;
        Some(RelationRef { name: shown(self.target(), &table.name), id: table.id })
    }

    /// What is lost in this way of tables that were there before the migration.
    pub(super) fn old_losses(&self, how: DataLossKind) -> Vec<&'a DataLoss> {
        let losses = self.outcome.effects.data_loss.iter();
        losses.filter(|loss| loss.how == how && self.is_old(loss.relation.id)).collect()
    }
}

impl MigrationView<'_> {
    /// The tables that the migration makes anew (SQLite): rules of their own speak of them.
    pub(super) fn made_anew(&self) -> Vec<RelationId> {
        #[cfg(feature = "sqlite")]
        if self.target().dialect == Dialect::Sqlite {
            return crate::databases::sqlite::rebuilds(self).iter().map(|rebuild| rebuild.old.id).collect();
        }
        Vec::new()
    }

    /// The columns that tables made anew demand and the running release does not write (SQLite), with the statement that
    /// makes the table, and its name.
    pub(super) fn rebuilt_requires(&self) -> Vec<(usize, String, Name)> {
        #[cfg(feature = "sqlite")]
        if self.target().dialect == Dialect::Sqlite {
            let required = crate::databases::sqlite::rebuilds(self).into_iter().flat_map(|rebuild| {
                let name = shown(self.target(), &rebuild.old.name);
                let columns = self.after.table(&rebuild.old.name).map(|table| (table, &table.columns));
                let required =
                    columns.into_iter().flat_map(|(table, columns)| columns.iter().map(move |column| (table, column)));
                let required = required.filter(move |(table, column)| {
                    let is_rowid = table.indexes.iter().any(|index| {
                        index.columns() == [&column.name] && crate::databases::sqlite::is_rowid(table, index)
                    });
                    let demanded =
                        column.not_null == Some(true) && column.default.is_none() && column.generated.is_none();
                    let left_out = rebuild.old.column(&column.name).is_none_or(|old| old.default.is_some());
                    demanded && left_out && !is_rowid
                });
                required.map(move |(_, column)| (rebuild.created.index, name.clone(), column.name.clone()))
            });
            return required.collect();
        }
        Vec::new()
    }

    /// Whether a virtual table, which is an index of rows that are elsewhere, is there again after the migration.
    pub(super) fn is_index_made_anew(&self, name: &str) -> bool {
        let is_virtual = |table: &Table| table.module.is_some() && shown(self.target(), &table.name) == name;
        self.before.tables.values().any(is_virtual) && self.after.tables.values().any(is_virtual)
    }

    /// The columns that tables made anew no longer have (SQLite), with the statement that makes the table.
    pub(super) fn rebuilt_without(&self) -> Vec<(usize, String)> {
        #[cfg(feature = "sqlite")]
        if self.target().dialect == Dialect::Sqlite {
            let gone = crate::databases::sqlite::rebuilds(self).into_iter().flat_map(|rebuild| {
                let name = shown(self.target(), &rebuild.old.name);
                let after = self.after.table(&rebuild.old.name);
                let gone = rebuild.old.columns.iter().filter(move |column| {
                    after.is_some_and(|table| table.known && table.column(&column.name).is_none())
                });
                gone.map(move |column| (rebuild.created.index, format!("{name}.{}", column.name)))
            });
            return gone.collect();
        }
        Vec::new()
    }

    /// Whether a column was there before the migration.
    pub(super) fn column_was_known(&self, table: &str, column: &str) -> bool {
        self.table_before(table).is_some_and(|t| !t.known || t.column(&Name::new(column)).is_some())
    }

    /// The table that reports name so, as it was before the migration.
    pub(super) fn table_before(&self, name: &str) -> Option<&Table> {
        self.before.tables.values().find(|table| shown(self.target(), &table.name) == name)
    }

    /// Whether there was a view that reports name so.
    pub(super) fn view_before(&self, name: &str) -> bool {
        self.before.views.values().any(|view| shown(self.target(), &view.name) == name)
    }

    /// What has a table's old name after the migration: another table, or a view.
    pub(super) fn has_name(&self, told: &str) -> bool {
        let same = |name: &ObjectName| shown(self.target(), name) == told;
        self.after.tables.values().any(|table| same(&table.name))
            || self.after.views.values().any(|view| same(&view.name))
    }
}

/// A table or another name with dots, as reports have it, as it has to be written in a statement.
pub(super) fn in_statement(dialect: Dialect, shown: &str) -> String {
    shown.split('.').map(|part| quoted(dialect, part)).collect::<Vec<_>>().join(".")
}

/// `SELECT count(*) FROM t`, of a table as reports name it.
pub(super) fn count(dialect: Dialect, shown: &str) -> String {
    format!("SELECT count(*) FROM {}", in_statement(dialect, shown))
}

/// How code stops using a column, in the host's terms.
pub(super) fn forget_column(host: Layout) -> &'static str {
    match host {
        Layout::Sqlx => "first deploy a release in which no query, no `SELECT *` and no struct names it",
        Layout::Diesel => {
            "first deploy a release whose schema.rs does not have it: diesel names every column that the table! has"
        }
        Layout::Plain => "first deploy a release that does not name it",
    }
}

/// How a SQLite migration is run without the host's transaction.
#[cfg(feature = "sqlite")]
pub(super) fn hosts_migration(host: Layout) -> &'static str {
    match host {
        Layout::Sqlx => "without sqlx's transaction: `-- no-transaction` in its first line",
        Layout::Diesel => "without diesel's transaction: `run_in_transaction = false` in its metadata.toml",
        Layout::Plain => "outside of a transaction",
    }
}
