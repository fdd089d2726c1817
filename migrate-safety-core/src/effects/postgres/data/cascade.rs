//! What follows from a change: triggers, and the checks and actions of foreign keys that reference the table.
//!
//! The server keeps foreign keys by statements of its own, planned like any other: `DELETE FROM child WHERE key = …`
//! locks the child's indexes and reads it through if none of them leads with the key. Checks on the side of the child
//! lock the referenced table ROW SHARE only, and always find an index.

use super::{Doing, Event};
use crate::catalog::{ColumnId, ForeignKey, ForeignKeyRef, Index, RelationId, Table};
use crate::effects::DataLossKind;
use crate::effects::postgres::family::{family, is_partitioned, top_constraint};
use crate::sql::expr::Expr;
use crate::sql::operation::ReferentialAction;
use crate::sql::{Ident, LockMode};
use std::collections::HashSet;

impl Doing<'_> {
    /// Follows a change to rows of a table; `tables` are it and those of its descendants that may have such rows.
    pub(super) fn follow(&mut self, base: RelationId, tables: &[RelationId], event: &Event) {
        if !self.followed.insert((base, event.clone())) {
            return;
        }
        self.fire(base, event);
        for table in tables.iter().filter(|id| **id != base) {
            self.fire(*table, event);
        }
        if self.scene.session.get("session_replication_role") == Some("replica") || *event == Event::Insert {
            return;
        }
        let catalog = self.scene.catalog;
        let mut seen = HashSet::new();
        for table in std::iter::once(&base).chain(tables) {
            for key in catalog.foreign_keys_to(*table) {
                if !key.constraint.enforced {
                    continue;
                }
                // What stands for a partition on either side is the same foreign key.
                let (from, id) = top_constraint(catalog, key.from, key.constraint.id);
                if seen.insert((from, id)) {
                    self.keep_key(*table, from, key, event);
                }
            }
        }
    }

    /// Does what a foreign key asks for when rows it references go or change.
    fn keep_key(&mut self, referenced: RelationId, from: RelationId, key: ForeignKeyRef<'_>, event: &Event) {
        let catalog = self.scene.catalog;
        let action = match event {
            Event::Delete => key.key.on_delete,
            Event::Update(columns) => {
                let named = |id: &ColumnId| catalog.column(referenced, *id).map(|c| &c.name);
                if !key.key.referenced.iter().filter_map(named).any(|name| columns.contains(name)) {
                    return;
                }
                key.key.on_update
            }
            Event::Insert | Event::Truncate => return,
        };
        let columns = self.names_of(key.from, &key.key.columns);
        let tables = family(catalog, from, !is_partitioned(catalog, from));
        for table in tables.iter().filter(|id| !is_partitioned(catalog, **id)) {
            if !self.has_index_on(*table, &columns) {
                self.scans.insert(*table);
            }
        }
        let change = match action {
            ReferentialAction::NoAction | ReferentialAction::Restrict => {
                self.facts.insert("data/foreign-key-check");
                return;
            }
            ReferentialAction::Cascade => match event {
                Event::Delete => Event::Delete,
                _ => Event::Update(columns),
            },
            ReferentialAction::SetNull | ReferentialAction::SetDefault => {
                Event::Update(set_columns(self, &key, columns))
            }
        };
        self.facts.insert("data/foreign-key-action");
        for table in &tables {
            self.lock(*table, LockMode::RowExclusive);
            if !is_partitioned(catalog, *table) || self.scene.version() >= 16 {
                for index in catalog.indexes_of(*table) {
                    self.lock(*index, LockMode::RowExclusive);
                }
            }
        }
        match &change {
            Event::Delete => self.lost.push((from, None, DataLossKind::Deleted)),
            Event::Update(columns) => {
                let lost = columns.iter().map(|c| (from, Some(c.clone()), DataLossKind::Overwritten));
                self.lost.extend(lost);
            }
            Event::Insert | Event::Truncate => {}
        }
        self.follow(from, &tables, &change);
    }

    fn names_of(&self, table: RelationId, columns: &[ColumnId]) -> Vec<Ident> {
        columns.iter().filter_map(|id| self.scene.catalog.column(table, *id)).map(|c| c.name.clone()).collect()
    }

    /// Whether rows can be found by these columns.
    fn has_index_on(&self, table: RelationId, columns: &[Ident]) -> bool {
        let catalog = self.scene.catalog;
        let Some(definition) = catalog.table(table) else { return true };
        let leads = |index: &Index| {
            let first = index.keys.first().and_then(|k| definition.column_by_id(k.column?));
            index.valid
                && matches!(index.method.as_str(), "btree" | "hash")
                && first.is_some_and(|c| columns.contains(&c.name))
                && index.predicate.as_ref().is_none_or(|p| is_not_null(&p.expr, columns))
        };
        catalog.indexes_of(table).iter().filter_map(|id| catalog.index(*id)).any(leads)
    }
}

/// The columns that `SET NULL` or `SET DEFAULT` changes.
fn set_columns(doing: &Doing<'_>, key: &ForeignKeyRef<'_>, all: Vec<Ident>) -> Vec<Ident> {
    let key: (&ForeignKey, Option<&Table>) = (key.key, doing.scene.catalog.table(key.from));
    match key {
        (key, Some(table)) if !key.set_columns.is_empty() => {
            key.set_columns.iter().filter_map(|id| table.column_by_id(*id)).map(|c| c.name.clone()).collect()
        }
        _ => all,
    }
}

/// Whether a predicate holds for every row that is looked for: `key IS NOT NULL`.
fn is_not_null(predicate: &Expr, columns: &[Ident]) -> bool {
    predicate.conjuncts().iter().all(|part| match part {
        Expr::IsNull { expr, negated: true } => {
            matches!(&**expr, Expr::Column { name, .. } if columns.contains(name))
        }
        _ => false,
    })
}
