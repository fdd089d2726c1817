//! Partitions: what a new one takes over, `ATTACH` and `DETACH`.

use super::bound;
use super::change::Change;
use super::constraint::Origin;
use super::index::MadeIndex;
use crate::catalog::{Conflict, RelationId, Trigger};
use crate::sql::operation::{ConstraintDef, ConstraintKind as Demand, PartitionBound, TriggerTiming};
use crate::sql::{ObjectName, Span};

impl Change<'_> {
    /// Gives a new partition the indexes, row triggers and foreign keys of its parent.
    pub(super) fn clone_from_parent(&mut self, partition: RelationId) {
        let Some((parent, _)) = self.table(partition).and_then(|t| t.partition_of.clone()) else { return };
        if self.is_plain_table(partition) {
            self.ensure_indexes(parent, partition);
        }
        self.clone_triggers(parent, partition);
        if self.is_plain_table(partition) {
            self.clone_foreign_keys(parent, partition);
        }
    }

    /// For each index of the parent: one like it, or a new one, and so on below a partitioned partition.
    fn ensure_indexes(&mut self, parent: RelationId, partition: RelationId) {
        for index in self.catalog.indexes_of(parent).to_vec() {
            let constraint = self.catalog.index(index).and_then(|i| i.constraint);
            let mut pending = vec![(partition, MadeIndex { index, constraint })];
            while let Some((table, parent)) = pending.pop() {
                let made = match self.matching_index(table, parent.index) {
                    Some(existing) => {
                        self.attach_index(parent, existing);
                        continue;
                    }
                    None => self.clone_index(table, parent),
                };
                if let Some(made) = made
                    && self.is_partitioned(table)
                {
                    pending.extend(self.children(table).into_iter().map(|child| (child, made)));
                }
            }
        }
    }

    fn clone_triggers(&mut self, parent: RelationId, partition: RelationId) {
        let Some(source) = self.table(parent) else { return };
        let inherited: Vec<Trigger> = source.triggers.iter().filter(|t| is_inherited(t)).cloned().collect();
        for mut trigger in inherited {
            let columns: Vec<_> = trigger.columns.iter().map(|c| self.column_name(parent, *c)).collect();
            trigger.columns = columns.iter().filter_map(|name| self.catalog.ensure_column(partition, name)).collect();
            for table in std::iter::once(partition).chain(self.catalog.descendants(partition)) {
                let Some(definition) = self.catalog.table_mut(table) else { continue };
                if definition.triggers.iter().any(|t| t.name == trigger.name) {
                    let (name, table) = (&trigger.name, self.name(table));
                    self.conflict("42710", format!("trigger \"{name}\" for relation \"{table}\" already exists"));
                    continue;
                }
                definition.triggers.push(trigger.clone());
            }
        }
    }

    /// `ATTACH PARTITION`.
    pub(super) fn attach_partition(&mut self, parent: RelationId, partition: &ObjectName, bound: &PartitionBound) {
        if !self.demand_partitioned(parent, "ATTACH") {
            return;
        }
        let Some(child) = self.relation(partition, false) else { return };
        let child_name = self.name(child);
        let Some(table) = self.table(child) else {
            self.conflict("42809", format!("\"{child_name}\" is not a table or foreign table"));
            return;
        };
        let (is_partition, inherits) = (table.partition_of.is_some(), !table.inherits.is_empty());
        let has_children = !table.children.is_empty() && !table.is_partitioned();
        if is_partition {
            self.conflict("42809", format!("\"{child_name}\" is already a partition"));
            return;
        }
        if inherits {
            self.conflict("42809", "cannot attach inheritance child as partition");
        } else if has_children {
            self.conflict("42809", "cannot attach inheritance parent as partition");
        }
        if parent == child || self.catalog.descendants(child).contains(&parent) {
            self.conflict("42P07", "circular inheritance not allowed");
            return;
        }
        self.refuse_further_columns(parent, child);
        self.adopt(child, parent, &child_name);
        if !self.applied.conflicts.is_empty() {
            return;
        }
        self.link(child, parent, Some(bound));
        if self.is_plain_table(child) {
            self.ensure_indexes(parent, child);
        }
        self.clone_triggers(parent, child);
        if self.is_plain_table(child) {
            self.clone_foreign_keys(parent, child);
        }
        for index in self.catalog.indexes_of(parent).to_vec() {
            self.validate_partitioned_index(index);
        }
    }

    /// Whether a table has partitions at all; that it has none is reported.
    fn demand_partitioned(&mut self, table: RelationId, verb: &str) -> bool {
        let fits = self.is_partitioned(table) || self.is_unknown(table);
        if !fits {
            let name = self.name(table);
            match self.version() {
                18.. => {
                    let message = format!("ALTER action {verb} PARTITION cannot be performed on relation \"{name}\"");
                    self.conflict("42809", message);
                }
                _ => self.conflict("42P17", format!("table \"{name}\" is not partitioned")),
            }
        }
        fits
    }

    fn refuse_further_columns(&mut self, parent: RelationId, child: RelationId) {
        let (Some(of_parent), Some(of_child)) = (self.table(parent), self.table(child)) else { return };
        if self.is_unknown(parent) {
            return;
        }
        let further = of_child.columns.iter().find(|c| of_parent.column(&c.name).is_none());
        if let Some(column) = further.map(|c| c.name.clone()) {
            let (parent, child) = (self.name(parent), self.name(child));
            let message = format!("table \"{child}\" contains column \"{column}\" not found in parent \"{parent}\"");
            let detail = vec!["The new partition may contain only the columns present in parent.".to_owned()];
            self.applied.conflicts.push(Conflict { detail, ..Conflict::new("42804", message) });
        }
    }

    /// `DETACH PARTITION`.
    pub(super) fn detach_partition(
        &mut self,
        parent: RelationId,
        partition: &ObjectName,
        concurrently: bool,
        finalize: bool,
    ) {
        if !self.demand_partitioned(parent, "DETACH") {
            return;
        }
        let Some(child) = self.relation(partition, false) else { return };
        let (parent_name, child_name) = (self.name(parent), self.name(child));
        let bound = self.table(child).and_then(|t| t.partition_of.clone()).filter(|(of, _)| *of == parent);
        let Some((_, bound)) = bound else {
            if finalize || self.is_unknown(child) || self.is_unknown(parent) {
                return;
            }
            let message = format!("relation \"{child_name}\" is not a partition of relation \"{parent_name}\"");
            self.conflict("42P01", message);
            return;
        };
        if concurrently && self.catalog.partitions_default(parent).is_some() {
            self.conflict("55000", "cannot detach partitions concurrently when a default partition exists");
            return;
        }
        if let Some(table) = self.catalog.table_mut(parent) {
            table.detach_pending = None;
        }
        if concurrently {
            self.keep_bound_as_check(parent, child, &bound);
        }
        self.drop_cloned_triggers(parent, child);
        self.disown(child, parent);
        self.detach_indexes(child);
        self.release_foreign_keys(child);
        if self.version() >= 17 {
            for column in self.catalog.table_mut(child).into_iter().flat_map(|t| &mut t.columns) {
                column.identity = None;
                column.sequence = None;
            }
        }
    }

    fn detach_indexes(&mut self, child: RelationId) {
        for id in self.catalog.indexes_of(child).to_vec() {
            let Some(index) = self.catalog.index_mut(id) else { continue };
            let (parent, constraint) = (index.parent.take(), index.constraint);
            let Some(parent) = parent else { continue };
            if let Some(parent) = self.catalog.index_mut(parent) {
                parent.children.retain(|c| *c != id);
            }
            if let Some(constraint) = constraint.and_then(|c| self.catalog.constraint_mut(child, c)) {
                constraint.parent = None;
                constraint.inherited = 0;
                constraint.local = true;
            }
        }
    }

    fn drop_cloned_triggers(&mut self, parent: RelationId, child: RelationId) {
        let Some(source) = self.table(parent) else { return };
        let cloned: Vec<_> = source.triggers.iter().filter(|t| is_inherited(t)).map(|t| t.name.clone()).collect();
        for table in std::iter::once(child).chain(self.catalog.descendants(child)) {
            if let Some(table) = self.catalog.table_mut(table) {
                table.triggers.retain(|t| !cloned.contains(&t.name));
            }
        }
    }

    /// `DETACH CONCURRENTLY` leaves the partition's bound behind as a check.
    fn keep_bound_as_check(&mut self, parent: RelationId, child: RelationId, bound: &PartitionBound) {
        let Some(by) = self.table(parent).and_then(|t| t.partition_by.clone()) else { return };
        let Some(condition) = bound::condition(&by.key, bound) else { return };
        let def = ConstraintDef {
            name: None,
            kind: Demand::Check(condition.clone()),
            not_valid: false,
            not_enforced: false,
            no_inherit: false,
            deferrable: false,
            initially_deferred: false,
            span: Span::START,
        };
        self.add_check(child, &def, &condition, Origin::AlterTable { only: false });
    }
}

/// Whether partitions get a trigger of their parent.
fn is_inherited(trigger: &Trigger) -> bool {
    trigger.for_each_row && trigger.timing != TriggerTiming::InsteadOf
}
