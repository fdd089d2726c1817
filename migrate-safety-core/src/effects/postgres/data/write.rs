//! `UPDATE`, `DELETE`, `MERGE`: the table, its indexes, its partitions.

use super::{Doing, Event};
use crate::catalog::{RelationId, RelationKind, Resolved, Table};
use crate::effects::DataLossKind;
use crate::effects::postgres::access::{Kept, view_base};
use crate::effects::postgres::partition::{self, Wanted, value};
use crate::sql::expr::{CteBody, Expr, Query, TableSource};
use crate::sql::operation::{Delete, Merge, TriggerTiming, Update};
use crate::sql::{Ident, LockMode, ObjectName};

impl Doing<'_> {
    pub(super) fn update(&mut self, update: &Update, kept: &Kept) {
        let columns = changed(&update.assignments);
        let Some(base) = self.target(&update.table.name, &Event::Update(columns.clone())) else { return };
        self.lock_planned(base, kept, update.table.only);
        for column in columns.iter().filter(|c| !fills_nulls(update, c)) {
            self.lost.push((base, Some(column.clone()), DataLossKind::Overwritten));
        }
        for (column, _) in update.assignments.iter().filter(|(_, to)| *to == Expr::Default) {
            self.draw_default(base, column);
        }
        if !kept.never {
            self.route(base, kept, &update.assignments);
            self.follow(base, &kept.tables, &Event::Update(columns));
        }
    }

    pub(super) fn delete(&mut self, delete: &Delete, kept: &Kept) {
        let Some(base) = self.target(&delete.table.name, &Event::Delete) else { return };
        self.lock_planned(base, kept, delete.table.only);
        if !kept.never {
            self.lost.push((base, None, DataLossKind::Deleted));
            self.follow(base, &kept.tables, &Event::Delete);
        }
    }

    pub(super) fn merge(&mut self, merge: &Merge, kept: &Kept) {
        let event = if merge.inserts { Event::Insert } else { Event::Delete };
        let Some(base) = self.target(&merge.table.name, &event) else { return };
        self.lock_planned(base, kept, merge.table.only);
        if merge.inserts {
            self.draw_defaults(base, None);
            for partition in partition::kept(self.scene.catalog, base, &|_| Wanted::Any) {
                self.lock(partition, LockMode::RowExclusive);
            }
            self.follow(base, &kept.tables, &Event::Insert);
        }
        if merge.deletes {
            self.lost.push((base, None, DataLossKind::Deleted));
            self.follow(base, &kept.tables, &Event::Delete);
        }
        if !merge.updates.is_empty() {
            for column in &merge.updates {
                self.lost.push((base, Some(column.clone()), DataLossKind::Overwritten));
            }
            self.follow(base, &kept.tables, &Event::Update(merge.updates.clone()));
        }
    }

    /// Locks the target of a change by name, and the views on the way to the table that has the rows. Nothing if a
    /// trigger of a view does the change, or a rule.
    pub(super) fn target(&mut self, name: &ObjectName, event: &Event) -> Option<RelationId> {
        let mut id = match self.scene.catalog.resolve(name) {
            Resolved::Found(id) => id,
            Resolved::Unknown => {
                self.ask(format!("what is {name}?"));
                return None;
            }
            Resolved::System | Resolved::Missing => return None,
        };
        // A view over itself cannot be, but the catalog may be wrong.
        for _ in 0..32 {
            self.lock(id, LockMode::RowExclusive);
            let relation = self.scene.catalog.relation(id)?;
            match &relation.kind {
                RelationKind::Table(table) => {
                    return (!self.apply_rules(id, &table.rules, event)).then_some(id);
                }
                RelationKind::View(view) if !view.materialized => {
                    if view.triggers.iter().any(|t| t.timing == TriggerTiming::InsteadOf && event.is_among(&t.events)) {
                        self.fire(id, event);
                        return None;
                    }
                    if self.apply_rules(id, &view.rules, event) {
                        return None;
                    }
                    id = view_base(self.scene.catalog, id)?;
                }
                _ => return None,
            }
        }
        None
    }

    /// Locks what planning a change locks: the table, what is kept of its descendants, and all indexes of these; those
    /// of a partitioned table only from PostgreSQL 16 on, or with `ONLY`.
    fn lock_planned(&mut self, base: RelationId, kept: &Kept, only: bool) {
        let catalog = self.scene.catalog;
        self.facts.insert("data/target");
        for table in std::iter::once(&base).chain(&kept.tables) {
            self.lock(*table, LockMode::RowExclusive);
            let partitioned = catalog.table(*table).is_some_and(Table::is_partitioned);
            if !partitioned || only || self.scene.version() >= 16 {
                for index in catalog.indexes_of(*table) {
                    self.lock(*index, LockMode::RowExclusive);
                }
            }
        }
    }

    /// Rows that get another partition key move to the partition it belongs to.
    fn route(&mut self, base: RelationId, kept: &Kept, assignments: &[(Ident, Expr)]) {
        let catalog = self.scene.catalog;
        let keys = |id: &RelationId| catalog.table(*id).and_then(|t| t.partition_by.as_ref());
        let mut columns = kept.tables.iter().filter_map(keys).flat_map(|p| &p.key).flat_map(|e| e.expr.columns());
        if !columns.any(|key| assignments.iter().any(|(column, to)| column == key && !is_itself(column, to))) {
            return;
        }
        let table = catalog.table(base);
        let wanted = |name: &Ident| {
            let to = assignments.iter().find(|(column, _)| column == name).map(|(_, to)| to);
            let column = table.and_then(|t| t.column(name));
            match (to, column) {
                (Some(to), Some(column)) => {
                    value(to, &column.data_type).map_or(Wanted::Any, |v| Wanted::OneOf(vec![v]))
                }
                _ => Wanted::Any,
            }
        };
        for partition in partition::kept(catalog, base, &wanted) {
            self.lock(partition, LockMode::RowExclusive);
        }
    }
}

/// The columns that get other values: `a = a` does not count.
fn changed(assignments: &[(Ident, Expr)]) -> Vec<Ident> {
    assignments.iter().filter(|(column, to)| !is_itself(column, to)).map(|(column, _)| column.clone()).collect()
}

fn is_itself(column: &Ident, to: &Expr) -> bool {
    matches!(to, Expr::Column { name, .. } if name == column)
}

/// Whether an update is about rows where the column is NULL: by its condition, or by that of the query that picks them.
fn fills_nulls(update: &Update, column: &Ident) -> bool {
    let is_null = |e: &Expr| match e {
        Expr::IsNull { expr, negated: false } => matches!(&**expr, Expr::Column { name, .. } if name == column),
        _ => false,
    };
    let says_so = |filter: &Expr| filter.conjuncts().iter().any(is_null);
    let query_says_so = |query: &Query| {
        let filters = query.selects.iter().filter_map(|select| select.filter.as_ref());
        let tables = query.selects.iter().flat_map(|select| &select.from);
        filters.chain(tables.filter_map(|table| table.on.as_ref())).any(says_so)
    };
    let conditions = update.filter.iter().flat_map(Expr::conjuncts);
    let by_list = conditions.filter_map(|condition| match condition {
        Expr::Subquery { operand: Some(_), exists: false, query } => Some(&**query),
        _ => None,
    });
    let by_join = update.from.iter().filter_map(|table| match &table.source {
        TableSource::Query(query) => Some(&**query),
        _ => None,
    });
    let by_name = update.ctes.iter().filter_map(|cte| match &cte.body {
        CteBody::Query(query) => Some(&**query),
        CteBody::Dml(_) => None,
    });
    update.filter.as_ref().is_some_and(says_so) || by_list.chain(by_join).chain(by_name).any(query_says_so)
}
