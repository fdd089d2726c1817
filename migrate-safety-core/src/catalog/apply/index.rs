//! Indexes: `CREATE INDEX`, and the making of one index on one table or on all partitions.

use super::change::Change;
use super::names::{IndexNaming, distinct, index_column_names};
use crate::catalog::{
    Column, ColumnId, Constraint, ConstraintId, ConstraintKind, Index, IndexKey, RelationId, RelationKind,
};
use crate::sql::expr::{Expr, Expression};
use crate::sql::operation::{CreateIndex, IndexElement};
use crate::sql::{Ident, ObjectName};

/// An index about to be made.
#[derive(Clone, Debug)]
pub(super) struct NewIndex {
    /// Its name; absent: the server makes one.
    pub(super) name: Option<Ident>,
    /// Everything but its table, its constraint and its links.
    pub(super) index: Index,
    /// The constraint it is made for.
    pub(super) key: Option<NewKey>,
    /// `COMMENT` taken over by `LIKE`.
    pub(super) comment: Option<Box<str>>,
}

/// The constraint that an index is made for.
#[derive(Clone, Debug)]
pub(super) struct NewKey {
    pub(super) primary: bool,
    /// The operators of an exclusion constraint; absent for a unique one.
    pub(super) operators: Option<Vec<Box<str>>>,
    pub(super) deferrable: bool,
    pub(super) initially_deferred: bool,
    pub(super) comment: Option<Box<str>>,
}

/// An index just made, with its constraint: what those of the partitions hang on.
#[derive(Clone, Copy, Debug)]
pub(super) struct MadeIndex {
    pub(super) index: RelationId,
    pub(super) constraint: Option<ConstraintId>,
}

impl Change<'_> {
    /// `CREATE INDEX`.
    pub(super) fn create_index(&mut self, create: &CreateIndex) {
        let Some(table) = self.relation(&create.table, false) else { return };
        let Some(relation) = self.catalog.relation(table) else { return };
        let indexable =
            relation.table().is_some() || relation.view().is_some_and(|v| v.materialized) || relation.unknown;
        if !indexable {
            let message = match self.version() {
                15.. => format!("cannot create index on relation \"{}\"", create.table.name),
                _ => format!("\"{}\" is not a table or materialized view", create.table.name),
            };
            self.conflict("42809", message);
            return;
        }
        if create.concurrently && self.is_partitioned(table) {
            let table = self.name(table);
            self.conflict("0A000", format!("cannot create index on partitioned table \"{table}\" concurrently"));
        }
        if let Some(name) = &create.name
            && self.catalog.relation_names.contains_key(&(self.schema(table), name.clone()))
        {
            self.exists_already("42P07", &format!("relation \"{name}\" already exists"), create.if_not_exists);
            return;
        }
        let new = NewIndex {
            name: create.name.clone(),
            index: Index {
                unique: create.unique,
                nulls_not_distinct: create.nulls_not_distinct,
                predicate: create.predicate.clone(),
                options: create.options.clone(),
                tablespace: create.tablespace.clone(),
                ..self.index_over(table, &create.method, &create.elements, &create.include)
            },
            key: None,
            comment: None,
        };
        self.check_method(&new.index, &create.elements);
        if let Some(predicate) = &create.predicate {
            self.mentioned(table, predicate);
            self.demand_immutable(table, predicate, "index predicate");
        }
        self.make_index(table, &new, create.only);
    }

    /// An index over elements as written: its columns are looked up, its table is set.
    pub(super) fn index_over(
        &mut self,
        table: RelationId,
        method: &Ident,
        elements: &[IndexElement],
        include: &[Ident],
    ) -> Index {
        let keys = elements.iter().map(|element| self.index_key(table, element)).collect();
        let column_names = index_column_names(elements, include, self.version());
        let include = self.index_columns(table, include);
        Index { keys, include, column_names, ..Index::new(table, method.clone()) }
    }

    /// Columns of an index; of a materialised view they are numbered by their places.
    fn index_columns(&mut self, table: RelationId, names: &[Ident]) -> Vec<ColumnId> {
        let mut columns = Vec::new();
        for name in names {
            match self.indexed_column(table, name) {
                Some(column) => columns.push(column),
                None => self.conflict("42703", format!("column \"{name}\" does not exist")),
            }
        }
        columns
    }

    fn indexed_column(&mut self, table: RelationId, name: &Ident) -> Option<ColumnId> {
        match self.catalog.relation(table)?.view() {
            Some(view) => {
                let at = view.columns.iter().position(|c| c.name == *name);
                at.and_then(|at| u16::try_from(at + 1).ok()).map(ColumnId)
            }
            None => self.catalog.ensure_column(table, name),
        }
    }

    fn index_key(&mut self, table: RelationId, element: &IndexElement) -> IndexKey {
        let mut key = IndexKey {
            column: None,
            expression: None,
            columns: Vec::new(),
            collation: element.collation.as_ref().map(|name| self.catalog.settled_collation(name)),
            operator_class: element.operator_class.clone(),
            descending: element.descending,
            nulls_first: element.nulls_first.unwrap_or(element.descending),
        };
        match &element.expression.expr {
            Expr::Column { name, .. } => {
                key.column = self.index_columns(table, std::slice::from_ref(name)).first().copied();
                key.columns.extend(key.column);
            }
            _ => {
                if self.catalog.relation(table).is_some_and(|r| r.view().is_none()) {
                    key.columns = self.mentioned(table, &element.expression);
                }
                self.demand_immutable(table, &element.expression, "index expression");
                key.expression = Some(element.expression.clone());
            }
        }
        key
    }

    fn demand_immutable(&mut self, table: RelationId, expression: &Expression, what: &str) {
        if let Some(problem) = self.catalog.expression_problem(&expression.expr, Some(table)) {
            self.applied.conflicts.push(problem);
        } else if self.catalog.is_immutable(&expression.expr, Some(table)) == Some(false) {
            self.conflict("42P17", format!("functions in {what} must be marked IMMUTABLE"));
        }
    }

    /// Makes an index, and on a partitioned table one on each partition that has no like one to attach.
    pub(super) fn make_index(&mut self, table: RelationId, new: &NewIndex, only: bool) -> Option<MadeIndex> {
        let has_children = !self.children(table).is_empty();
        let made = self.make_one_index(table, new, None)?;
        if only && has_children && self.is_partitioned(table) {
            if let Some(index) = self.catalog.index_mut(made.index) {
                index.valid = false;
            }
            return Some(made);
        }
        let mut pending = vec![(table, made)];
        while let Some((table, parent)) = pending.pop() {
            if !self.is_partitioned(table) {
                continue;
            }
            for child in self.children(table) {
                if self.table(child).is_some_and(|t| t.foreign) {
                    continue;
                }
                let made = match self.matching_index(child, parent.index) {
                    Some(index) => {
                        self.attach_index(parent, index);
                        continue;
                    }
                    None => self.clone_index(child, parent),
                };
                pending.extend(made.map(|made| (child, made)));
            }
        }
        Some(made)
    }

    /// Makes one index on one table, with its constraint.
    pub(super) fn make_one_index(
        &mut self,
        table: RelationId,
        new: &NewIndex,
        parent: Option<MadeIndex>,
    ) -> Option<MadeIndex> {
        let (schema, table_name) = (self.schema(table), self.name(table));
        let naming = match &new.key {
            None => IndexNaming::Plain,
            Some(NewKey { primary: true, .. }) => IndexNaming::PrimaryKey,
            Some(NewKey { operators: Some(_), .. }) => IndexNaming::Exclude,
            Some(_) => IndexNaming::Unique,
        };
        let names = &new.index.column_names;
        let generated = || self.catalog.free_index_name(&schema, &table_name, names, naming);
        let name = new.name.clone().unwrap_or_else(generated);
        if self.catalog.relation_names.contains_key(&(schema.clone(), name.clone())) {
            self.conflict("42P07", format!("relation \"{name}\" already exists"));
            return None;
        }
        if new.key.is_some() && self.table(table).is_some_and(|t| t.constraint(&name).is_some()) {
            self.conflict("42710", format!("constraint \"{name}\" for relation \"{table_name}\" already exists"));
            return None;
        }
        self.check_virtual_columns(table, new);
        self.check_partition_key(table, new);
        let index = Index { table, parent: None, children: Vec::new(), constraint: None, ..new.index.clone() };
        let kind = RelationKind::Index(Box::new(index));
        let id = self.catalog.add_relation(schema, name.clone(), kind, self.now);
        self.applied.created.push(id);
        if let Some(relation) = self.catalog.relations.get_mut(&id) {
            relation.comment.clone_from(&new.comment);
        }
        match self.catalog.relations.get_mut(&table).map(|r| &mut r.kind) {
            Some(RelationKind::Table(table)) => table.indexes.push(id),
            Some(RelationKind::View(view)) => view.indexes.push(id),
            _ => {}
        }
        let constraint = new.key.as_ref().map(|key| self.add_key_constraint(table, id, name, key));
        let made = MadeIndex { index: id, constraint };
        if let Some(parent) = parent {
            self.link_index(parent, made);
        }
        Some(made)
    }

    /// Enters the constraint that an index stands behind.
    pub(super) fn add_key_constraint(
        &mut self,
        table: RelationId,
        index: RelationId,
        name: Ident,
        key: &NewKey,
    ) -> ConstraintId {
        let columns = self.catalog.index(index).map(|i| i.keys.iter().filter_map(|k| k.column).collect());
        let kind = match &key.operators {
            Some(operators) => ConstraintKind::Exclude { index, operators: operators.clone() },
            None => ConstraintKind::Unique { primary: key.primary, columns: columns.unwrap_or_default(), index },
        };
        let constraint = Constraint {
            deferrable: key.deferrable,
            initially_deferred: key.initially_deferred,
            comment: key.comment.clone(),
            ..Constraint::new(self.fresh_constraint(), name, kind, self.now)
        };
        let id = self.catalog.add_constraint(table, constraint);
        if let Some(index) = self.catalog.index_mut(index) {
            index.constraint = Some(id);
        }
        id
    }

    /// Makes a partition's index that belongs to one of its parent's.
    pub(super) fn clone_index(&mut self, child: RelationId, parent: MadeIndex) -> Option<MadeIndex> {
        let index = self.catalog.index(parent.index)?.clone();
        let key = self.key_of(&index);
        let index = self.index_for(child, &index);
        self.make_one_index(child, &NewIndex { name: None, index, key, comment: None }, Some(parent))
    }

    /// What the constraint behind an index demands.
    pub(super) fn key_of(&self, index: &Index) -> Option<NewKey> {
        let constraint = self.catalog.constraint(index.table, index.constraint?)?;
        let (primary, operators) = match &constraint.kind {
            ConstraintKind::Unique { primary, .. } => (*primary, None),
            ConstraintKind::Exclude { operators, .. } => (false, Some(operators.clone())),
            _ => return None,
        };
        let (deferrable, initially_deferred) = (constraint.deferrable, constraint.initially_deferred);
        Some(NewKey { primary, operators, deferrable, initially_deferred, comment: None })
    }

    /// The definition of an index with the columns of another table, by their names.
    pub(super) fn index_for(&mut self, table: RelationId, index: &Index) -> Index {
        let source = index.table;
        let mut mapped = index.clone();
        let mut map = |column: ColumnId| {
            let name = self.catalog.column(source, column)?.name.clone();
            self.catalog.ensure_column(table, &name)
        };
        for key in &mut mapped.keys {
            key.column = key.column.and_then(&mut map);
            key.columns = key.columns.iter().copied().filter_map(&mut map).collect();
        }
        mapped.include = mapped.include.iter().copied().filter_map(&mut map).collect();
        mapped.column_names = distinct(mapped.column_names);
        Index { table, parent: None, children: Vec::new(), constraint: None, clustered: false, valid: true, ..mapped }
    }

    /// An index of a partition that can belong to its parent's index: the same in all but name and order, attached
    /// to nothing, and with a constraint if that has one.
    pub(super) fn matching_index(&mut self, child: RelationId, parent: RelationId) -> Option<RelationId> {
        let parent = self.catalog.index(parent)?.clone();
        let wanted = self.index_for(child, &parent);
        self.catalog.indexes_of(child).iter().copied().find(|id| {
            self.catalog.index(*id).is_some_and(|index| {
                index.parent.is_none()
                    && (parent.constraint.is_none() || index.constraint.is_some())
                    && self.same_index(index, &wanted)
            })
        })
    }

    /// Whether two indexes of one table are the same (`CompareIndexInfo` on the server, which looks at no order).
    fn same_index(&self, a: &Index, b: &Index) -> bool {
        let excludes = |index: &Index| {
            let constraint = index.constraint.and_then(|c| self.catalog.constraint(index.table, c));
            constraint.is_some_and(|c| matches!(c.kind, ConstraintKind::Exclude { .. }))
        };
        let same_key = |(a, b): (&IndexKey, &IndexKey)| {
            a.column == b.column
                && a.collation == b.collation
                && a.operator_class == b.operator_class
                && a.expression.as_ref().map(|e| &e.expr) == b.expression.as_ref().map(|e| &e.expr)
        };
        a.unique == b.unique
            && a.nulls_not_distinct == b.nulls_not_distinct
            && a.method == b.method
            && a.include == b.include
            && a.keys.len() == b.keys.len()
            && a.keys.iter().zip(&b.keys).all(same_key)
            && a.predicate.as_ref().map(|p| &p.expr) == b.predicate.as_ref().map(|p| &p.expr)
            && !excludes(a)
    }

    /// Makes an existing index of a partition belong to its parent's.
    pub(super) fn attach_index(&mut self, parent: MadeIndex, index: RelationId) {
        let Some(child) = self.catalog.index(index) else { return };
        let (constraint, valid) = (child.constraint.filter(|_| parent.constraint.is_some()), child.valid);
        self.link_index(parent, MadeIndex { index, constraint });
        if !valid && let Some(parent) = self.catalog.index_mut(parent.index) {
            parent.valid = false;
        }
    }

    fn link_index(&mut self, parent: MadeIndex, child: MadeIndex) {
        if let Some(index) = self.catalog.index_mut(parent.index) {
            index.children.push(child.index);
        }
        if let Some(index) = self.catalog.index_mut(child.index) {
            index.parent = Some(parent.index);
        }
        let Some(table) = self.catalog.index(child.index).map(|i| i.table) else { return };
        if let (Some(of), Some(constraint)) = (parent.constraint, child.constraint)
            && let Some(constraint) = self.catalog.constraint_mut(table, constraint)
        {
            constraint.parent = Some(of);
            constraint.inherited += 1;
            constraint.local = false;
        }
    }

    /// `ALTER INDEX parent ATTACH PARTITION child`.
    pub(super) fn attach_index_partition(&mut self, parent: &ObjectName, child: &ObjectName) {
        let (Some(parent), Some(child)) = (self.relation(parent, false), self.relation(child, false)) else { return };
        let (Some(parent_index), Some(child_index)) = (self.catalog.index(parent), self.catalog.index(child)) else {
            return;
        };
        let (parent_table, child_table) = (parent_index.table, child_index.table);
        let made = MadeIndex { index: parent, constraint: parent_index.constraint };
        let (parent_name, child_name) = (self.name(parent), self.name(child));
        let attached = child_index.parent;
        if attached == Some(parent) {
            return;
        }
        let is_partition =
            self.table(child_table).is_some_and(|t| t.partition_of.as_ref().is_some_and(|(p, _)| *p == parent_table));
        let taken =
            parent_index.children.iter().any(|c| self.catalog.index(*c).is_some_and(|i| i.table == child_table));
        let wanted = self.catalog.index(parent).cloned().map(|index| self.index_for(child_table, &index));
        let same = wanted.zip(self.catalog.index(child)).is_some_and(|(wanted, child)| self.same_index(child, &wanted));
        let lacks_constraint =
            made.constraint.is_some() && self.catalog.index(child).is_some_and(|i| i.constraint.is_none());
        if attached.is_some() || !is_partition || taken || !same || lacks_constraint {
            let in_use = attached.is_some() || !is_partition || taken;
            let sqlstate = if in_use { "55000" } else { "42P17" };
            self.conflict(
                sqlstate,
                format!("cannot attach index \"{child_name}\" as a partition of index \"{parent_name}\""),
            );
            return;
        }
        self.link_index(
            made,
            MadeIndex {
                index: child,
                constraint: made.constraint.and(self.catalog.index(child).and_then(|i| i.constraint)),
            },
        );
        self.validate_partitioned_index(parent);
    }

    /// An index made `ON ONLY` becomes valid when every partition has a valid one attached, and so do those above.
    pub(super) fn validate_partitioned_index(&mut self, index: RelationId) {
        let mut next = Some(index);
        while let Some(id) = next {
            let Some(index) = self.catalog.index(id) else { return };
            let valid = |id: &RelationId| self.catalog.index(*id).is_some_and(|i| i.valid);
            let attached = index.children.iter().filter(|c| valid(c)).count();
            if index.valid || attached < self.table(index.table).map_or(0, |t| t.children.len()) {
                return;
            }
            next = index.parent;
            if let Some(index) = self.catalog.index_mut(id) {
                index.valid = true;
            }
        }
    }
}

impl Index {
    /// A plain index without columns.
    pub(in crate::catalog) fn new(table: RelationId, method: Ident) -> Self {
        Self {
            table,
            method,
            unique: false,
            nulls_not_distinct: false,
            keys: Vec::new(),
            include: Vec::new(),
            predicate: None,
            column_names: Vec::new(),
            constraint: None,
            valid: true,
            parent: None,
            children: Vec::new(),
            clustered: false,
            options: Vec::new(),
            tablespace: None,
        }
    }
}

/// Whether an index has exactly these columns as its key, in any order.
pub(super) fn has_key(index: &Index, columns: &[ColumnId]) -> bool {
    index.keys.len() == columns.len()
        && columns.iter().all(|c| index.keys.iter().any(|k| k.column == Some(*c)))
        && index.keys.iter().all(|k| k.column.is_some_and(|c| columns.contains(&c)))
}

/// A key of this column, in the default order.
pub(super) fn plain_key(column: &Column) -> IndexKey {
    IndexKey {
        column: Some(column.id),
        expression: None,
        columns: vec![column.id],
        collation: None,
        operator_class: None,
        descending: false,
        nulls_first: false,
    }
}
