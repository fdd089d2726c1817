//! The changes that every operation is made of: each keeps all links between objects in step.

use super::apply::Applied;
use super::query::parents;
use super::{
    Catalog, Column, ColumnId, Constraint, ConstraintId, ConstraintKind, Index, Relation, RelationId, RelationKind,
    Resolved, Stamp, TEMP_SCHEMA, Table,
};
use crate::sql::expr::Expr;
use crate::sql::operation::ReplicaIdentity;
use crate::sql::{DataType, Ident, ObjectName};
use std::collections::HashSet;

impl Catalog {
    /// A number that nothing else has.
    pub(crate) fn fresh_id(&mut self) -> u32 {
        let id = self.next_id;
        self.next_id += 1;
        id
    }

    /// The table of this id, to change it.
    pub(crate) fn table_mut(&mut self, id: RelationId) -> Option<&mut Table> {
        match &mut self.relations.get_mut(&id)?.kind {
            RelationKind::Table(table) => Some(table),
            _ => None,
        }
    }

    /// The index of this id, to change it.
    pub(crate) fn index_mut(&mut self, id: RelationId) -> Option<&mut Index> {
        match &mut self.relations.get_mut(&id)?.kind {
            RelationKind::Index(index) => Some(index),
            _ => None,
        }
    }

    /// A column by its id, to change it.
    pub(crate) fn column_mut(&mut self, table: RelationId, column: ColumnId) -> Option<&mut Column> {
        self.table_mut(table)?.columns.iter_mut().find(|c| c.id == column)
    }

    /// A constraint by its id, to change it.
    pub(crate) fn constraint_mut(&mut self, table: RelationId, id: ConstraintId) -> Option<&mut Constraint> {
        self.table_mut(table)?.constraints.iter_mut().find(|c| c.id == id)
    }

    /// Adds a relation under a name that is free.
    pub(crate) fn add_relation(&mut self, schema: Ident, name: Ident, kind: RelationKind, now: Stamp) -> RelationId {
        let id = RelationId(self.fresh_id());
        self.any_temporary |= schema == *TEMP_SCHEMA;
        self.relation_names.insert((schema.clone(), name.clone()), id);
        self.recent.note_relation(id, now);
        self.relations.insert(id, Relation { id, schema, name, created: now, unknown: false, kind, comment: None });
        id
    }

    /// Gives a relation another name or schema.
    pub(crate) fn move_relation(&mut self, id: RelationId, schema: Ident, name: Ident) {
        let Some(relation) = self.relations.get_mut(&id) else { return };
        let old = (std::mem::replace(&mut relation.schema, schema), std::mem::replace(&mut relation.name, name));
        let new = (relation.schema.clone(), relation.name.clone());
        let indexed = relation.index().map(|index| index.table);
        self.any_temporary |= new.0 == *TEMP_SCHEMA;
        if let Some(table) = indexed.and_then(|table| self.table_mut(table))
            && table.replica_identity == ReplicaIdentity::Index(old.1.clone())
        {
            table.replica_identity = ReplicaIdentity::Index(new.1.clone());
        }
        if self.relation_names.get(&old) == Some(&id) {
            self.relation_names.remove(&old);
        }
        self.relation_names.insert(new, id);
    }

    /// The relation of this name; if there is none, a table of which nothing but the name is known.
    pub(crate) fn ensure_relation(&mut self, name: &ObjectName) -> RelationId {
        if let Resolved::Found(id) = self.resolve(name) {
            return id;
        }
        let schema = name.schema.clone().unwrap_or_else(|| self.creation_schema());
        let kind = RelationKind::Table(Box::default());
        let id = self.add_relation(schema, name.name.clone(), kind, Stamp::BEFORE);
        if let Some(relation) = self.relations.get_mut(&id) {
            relation.unknown = true;
        }
        id
    }

    /// The column of this name; on a table of which not everything is known it is made up.
    pub(crate) fn ensure_column(&mut self, table: RelationId, name: &Ident) -> Option<ColumnId> {
        let relation = self.relation(table)?;
        let (unknown, known) = (relation.unknown, relation.table()?.column(name).map(|c| c.id));
        if known.is_some() || !unknown {
            return known;
        }
        let column = Column::new(name.clone(), DataType::builtin(UNKNOWN_TYPE), Stamp::BEFORE);
        self.add_column(table, column)
    }

    /// Adds a column at the end of a table and numbers it.
    pub(crate) fn add_column(&mut self, id: RelationId, mut column: Column) -> Option<ColumnId> {
        self.name_columns_in_views(id);
        let table = self.table_mut(id)?;
        table.last_column = table.last_column.saturating_add(1);
        column.id = ColumnId(table.last_column);
        let number = column.id;
        // Columns are large and seldom added: to double the room would double what a schema takes.
        if table.columns.len() == table.columns.capacity() {
            table.columns.reserve_exact(1 + table.columns.len() / 8);
        }
        table.columns.push(column);
        self.note_column(id, number);
        Some(number)
    }

    /// Adds a constraint to a table and, for a foreign key, the link from the table it references.
    pub(crate) fn add_constraint(&mut self, table: RelationId, constraint: Constraint) -> ConstraintId {
        let id = constraint.id;
        self.recent.note_constraint(table, &constraint);
        self.constraint_names.change(constraint.name.clone(), |tables| tables.push(table));
        if let ConstraintKind::ForeignKey(key) = &constraint.kind {
            let referenced = key.table;
            if let Some(referenced) = self.table_mut(referenced) {
                referenced.referenced_by.push((table, id));
            }
        }
        if let Some(table) = self.table_mut(table) {
            table.constraints.push(constraint);
        }
        id
    }

    /// Gives a constraint another name.
    pub(crate) fn rename_constraint(&mut self, table: RelationId, id: ConstraintId, to: &Ident) {
        let Some(constraint) = self.constraint_mut(table, id) else { return };
        let from = std::mem::replace(&mut constraint.name, to.clone());
        self.forget_constraint_name(table, &from);
        self.constraint_names.change(to.clone(), |tables| tables.push(table));
    }

    fn forget_constraint_name(&mut self, table: RelationId, name: &Ident) {
        let Some(tables) = self.constraint_names.get_mut(name) else { return };
        if let Some(at) = tables.iter().position(|id| *id == table) {
            tables.swap_remove(at);
        }
        if tables.is_empty() {
            self.constraint_names.remove(name);
        }
    }

    /// Whether any table of a schema has a constraint of this name.
    pub(crate) fn constraint_name_exists(&self, schema: &str, name: &str) -> bool {
        let mut tables = self.constraint_names.get(name).into_iter().flatten();
        tables.any(|id| self.relation(*id).is_some_and(|relation| relation.schema == *schema))
    }

    /// Makes a column the owner of a sequence, or nothing.
    pub(crate) fn own_sequence(&mut self, sequence: RelationId, owner: Option<(RelationId, ColumnId)>) {
        let Some(Relation { kind: RelationKind::Sequence(definition), .. }) = self.relations.get_mut(&sequence) else {
            return;
        };
        let before = std::mem::replace(&mut definition.owned_by, owner);
        if let Some((table, _)) = before
            && let Some(table) = self.table_mut(table)
        {
            table.sequences.retain(|id| *id != sequence);
        }
        if let Some((table, _)) = owner
            && let Some(table) = self.table_mut(table)
        {
            table.sequences.push(sequence);
        }
        for (table, column) in before.into_iter().chain(owner) {
            self.settle_sequence(table, column);
        }
    }

    /// Finds the sequence behind a column: of those it owns, the identity's own or the one its default takes values
    /// from.
    pub(crate) fn settle_sequence(&mut self, id: RelationId, column: ColumnId) {
        let Some(definition) = self.column(id, column) else { return };
        let from_default = definition.default.as_ref().and_then(|d| self.sequence_of(&d.expr));
        let owned = self.table(id).map_or(&[][..], |t| &t.sequences);
        let found = owned.iter().copied().find(|sequence| {
            let sequence_definition = self.relation(*sequence).and_then(Relation::sequence);
            sequence_definition
                .is_some_and(|s| s.owned_by == Some((id, column)) && (s.identity || from_default == Some(*sequence)))
        });
        if let Some(definition) = self.column_mut(id, column)
            && definition.identity.is_none()
        {
            definition.sequence = found;
        }
    }

    /// The sequence that `nextval('…')` takes values from.
    fn sequence_of(&self, expr: &Expr) -> Option<RelationId> {
        let Expr::Call { name, args } = expr else { return None };
        self.regclass(args.first().filter(|_| name.name == "nextval")?).found()
    }

    /// Removes a relation and everything that cannot be without it: indexes, partitions and inheriting tables, owned
    /// sequences, foreign keys that reference it, views that read it. Whether the server would ask for `CASCADE` is
    /// the caller's question.
    pub(crate) fn remove_relation(&mut self, id: RelationId, applied: &mut Applied) {
        let mut doomed = vec![id];
        while let Some(id) = doomed.pop() {
            let Some(relation) = self.relations.remove(&id) else { continue };
            let name = (relation.schema.clone(), relation.name.clone());
            if self.relation_names.get(&name) == Some(&id) {
                self.relation_names.remove(&name);
            }
            applied.dropped.push((id, relation.qualified()));
            doomed.extend(self.readers.remove(&id).unwrap_or_default());
            match &relation.kind {
                RelationKind::Table(table) => self.unlink_table(id, table, &mut doomed, applied),
                RelationKind::Index(index) => self.unlink_index((id, &relation.name), index, &mut doomed, applied),
                RelationKind::View(view) => {
                    for dependency in &view.depends_on {
                        if let Some(readers) = self.readers.get_mut(&dependency.relation) {
                            readers.retain(|reader| *reader != id);
                        }
                    }
                    doomed.extend(&view.indexes);
                }
                RelationKind::Sequence(sequence) => {
                    if let Some((table, column)) = sequence.owned_by {
                        self.forget_sequence(table, column, id);
                    }
                }
                RelationKind::Composite => {}
            }
            applied.removed.relations.push(relation);
        }
    }

    fn unlink_table(&mut self, id: RelationId, table: &Table, doomed: &mut Vec<RelationId>, applied: &mut Applied) {
        doomed.extend(table.children.iter().chain(&table.indexes).chain(&table.sequences));
        doomed.extend(table.columns.iter().filter_map(|c| c.sequence));
        self.take_statistics(|_, found| found.table == id);
        for parent in parents(table) {
            if let Some(parent) = self.table_mut(parent) {
                parent.children.retain(|child| *child != id);
            }
        }
        for constraint in &table.constraints {
            self.unlink_constraint(id, constraint);
        }
        for (from, key) in &table.referenced_by {
            self.take_constraints(*from, *key, applied);
        }
    }

    fn unlink_index(
        &mut self,
        (id, name): (RelationId, &Ident),
        index: &Index,
        doomed: &mut Vec<RelationId>,
        applied: &mut Applied,
    ) {
        doomed.extend(&index.children);
        if let Some(parent) = index.parent.and_then(|parent| self.index_mut(parent)) {
            parent.children.retain(|child| *child != id);
        }
        match self.relations.get_mut(&index.table).map(|r| &mut r.kind) {
            Some(RelationKind::Table(table)) => {
                table.indexes.retain(|i| *i != id);
                if table.replica_identity == ReplicaIdentity::Index(name.clone()) {
                    table.replica_identity = ReplicaIdentity::Nothing;
                    applied.removed.identities.push((index.table, id));
                }
            }
            Some(RelationKind::View(view)) => view.indexes.retain(|i| *i != id),
            _ => return,
        }
        if let Some(constraint) = index.constraint {
            self.take_constraints(index.table, constraint, applied);
        }
        let relies = |key: &super::ForeignKeyRef<'_>| key.key.index == Some(id);
        let keys: Vec<_> =
            self.foreign_keys_to(index.table).iter().filter(|k| relies(k)).map(|k| (k.from, k.constraint.id)).collect();
        for (from, key) in keys {
            self.take_constraints(from, key, applied);
        }
    }

    fn forget_sequence(&mut self, table: RelationId, column: ColumnId, sequence: RelationId) {
        if let Some(table) = self.table_mut(table) {
            table.sequences.retain(|id| *id != sequence);
        }
        if let Some(column) = self.column_mut(table, column)
            && column.sequence == Some(sequence)
        {
            column.sequence = None;
            column.default = None;
        }
    }

    /// Removes a constraint with those made for it on partitions, and the index behind it.
    pub(crate) fn remove_constraint(&mut self, table: RelationId, id: ConstraintId, applied: &mut Applied) {
        for constraint in self.take_constraints(table, id, applied) {
            if let Some(index) = constraint.index() {
                self.remove_relation(index, applied);
            }
        }
    }

    /// Takes a constraint and those made for it off their tables.
    fn take_constraints(&mut self, table: RelationId, id: ConstraintId, applied: &mut Applied) -> Vec<Constraint> {
        let mut family = HashSet::from([id]);
        let mut taken = Vec::new();
        let mut tables = vec![table];
        if self.constraint(table, id).is_some_and(|c| matches!(c.kind, ConstraintKind::ForeignKey(_))) {
            tables.extend(self.descendants(table));
        }
        for table in tables {
            let Some(definition) = self.table_mut(table) else { continue };
            // A parent constraint stands before those made for it.
            let (gone, kept) = std::mem::take(&mut definition.constraints).into_iter().partition(|c: &Constraint| {
                let gone = family.contains(&c.id) || c.parent.is_some_and(|p| family.contains(&p));
                if gone {
                    family.insert(c.id);
                }
                gone
            });
            definition.constraints = kept;
            for constraint in &gone {
                self.unlink_constraint(table, constraint);
            }
            applied.removed.constraints.extend(gone.iter().map(|constraint| (table, constraint.clone())));
            taken.extend::<Vec<Constraint>>(gone);
        }
        taken
    }

    fn unlink_constraint(&mut self, table: RelationId, constraint: &Constraint) {
        self.forget_constraint_name(table, &constraint.name);
        if let ConstraintKind::ForeignKey(key) = &constraint.kind
            && let Some(referenced) = self.table_mut(key.table)
        {
            referenced.referenced_by.retain(|(from, id)| !(*from == table && *id == constraint.id));
        }
        if let Some(index) = constraint.index().and_then(|index| self.index_mut(index)) {
            index.constraint = None;
        }
    }
}

/// The type of a column that is only mentioned.
pub(crate) const UNKNOWN_TYPE: &str = "unknown";

impl Column {
    /// Whether a row that is inserted without it is refused.
    #[cfg(feature = "plan")]
    pub(crate) fn needs_value(&self) -> bool {
        self.not_null && self.default.is_none() && self.identity.is_none() && self.generated.is_none()
    }

    /// A plain nullable column, to be numbered by the table it is added to.
    pub(crate) fn new(name: Ident, data_type: DataType, created: Stamp) -> Self {
        Self {
            id: ColumnId(0),
            name,
            data_type,
            collation: None,
            not_null: false,
            default: None,
            generated: None,
            identity: None,
            sequence: None,
            storage: None,
            compression: None,
            created,
            inherited: 0,
            local: true,
            comment: None,
        }
    }
}

impl Constraint {
    /// A valid constraint that the table itself defines.
    pub(crate) fn new(id: ConstraintId, name: Ident, kind: ConstraintKind, created: Stamp) -> Self {
        Self {
            id,
            name,
            kind,
            valid: true,
            enforced: true,
            deferrable: false,
            initially_deferred: false,
            no_inherit: false,
            inherited: 0,
            local: true,
            parent: None,
            created,
            comment: None,
        }
    }

    /// The index behind it.
    pub fn index(&self) -> Option<RelationId> {
        match &self.kind {
            ConstraintKind::Unique { index, .. } | ConstraintKind::Exclude { index, .. } => Some(*index),
            _ => None,
        }
    }
}
