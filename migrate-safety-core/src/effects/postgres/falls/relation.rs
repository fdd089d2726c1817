//! What falls with a table, a column, a constraint, an index, a type.

use super::{Falls, Thing};
use crate::catalog::{
    ColumnId, Constraint, ConstraintId, ConstraintKind, ForeignKey, RelationId, RelationKind, Table, TypeDefKind,
    TypeId, TypeRef,
};
use crate::effects::postgres::family::top_constraint;
use crate::effects::postgres::sequences::drawn_from;
use crate::sql::DataType;
use crate::sql::expr::Expr;

impl Falls<'_> {
    pub(super) fn relation(&mut self, id: RelationId) {
        let Some(relation) = self.catalog.relation(id) else { return };
        self.lock(id);
        self.gone.insert(id);
        match &relation.kind {
            RelationKind::Table(table) => self.table(table),
            RelationKind::View(view) => {
                for index in &view.indexes {
                    self.lock(*index);
                    self.gone.insert(*index);
                }
            }
            RelationKind::Sequence(_) => self.sequence(id),
            RelationKind::Index(_) => self.push(Thing::Index(id)),
            RelationKind::Composite => {}
        }
        for view in self.catalog.views_reading(id, None) {
            self.depend(Thing::Relation(view));
        }
        if matches!(relation.kind, RelationKind::Table(_) | RelationKind::View(_)) {
            let catalog = self.catalog;
            self.users_of_type(|t| matches!(catalog.type_of(t), TypeRef::Row(row) if row == id));
        }
    }

    fn table(&mut self, table: &Table) {
        for index in &table.indexes {
            self.lock(*index);
            self.gone.insert(*index);
        }
        for sequence in table.sequences.iter().copied().chain(table.columns.iter().filter_map(|c| c.sequence)) {
            self.push(Thing::Relation(sequence));
        }
        for constraint in &table.constraints {
            if let ConstraintKind::ForeignKey(key) = &constraint.kind
                && constraint.parent.is_none()
            {
                self.referenced(key);
            }
        }
        for (from, key) in &table.referenced_by {
            let (from, key) = top_constraint(self.catalog, *from, *key);
            self.depend(Thing::Constraint(from, key));
        }
        if let Some((parent, _)) = &table.partition_of {
            self.lock(*parent);
            // Its own constraint changes with every partition that goes.
            if let Some(default) = self.catalog.partitions_default(*parent) {
                self.lock(default);
            }
        }
        for child in &table.children {
            if table.is_partitioned() {
                self.push(Thing::Relation(*child));
            } else {
                self.depend(Thing::Relation(*child));
            }
        }
    }

    /// Locks the other side of a foreign key: it loses triggers.
    ///
    /// Before PostgreSQL 15 a partitioned table had none of its own, only its partitions did.
    fn referenced(&mut self, key: &ForeignKey) {
        let catalog = self.catalog;
        let bare = catalog.target().version < 15;
        let mut tables = vec![key.table];
        if catalog.table(key.table).is_some_and(Table::is_partitioned) {
            tables.extend(catalog.descendants(key.table));
            tables.retain(|id| !(bare && catalog.table(*id).is_some_and(Table::is_partitioned)));
        }
        tables.into_iter().for_each(|id| self.lock(id));
    }

    pub(super) fn constraint(&mut self, table: RelationId, id: ConstraintId) {
        self.lock(table);
        let Some(constraint) = self.catalog.constraint(table, id) else { return };
        for child in self.catalog.descendants(table) {
            if self.has_copy(child, table, constraint) {
                self.lock(child);
            }
        }
        match &constraint.kind {
            ConstraintKind::ForeignKey(key) => self.referenced(key),
            ConstraintKind::Unique { index, .. } | ConstraintKind::Exclude { index, .. } => {
                self.push(Thing::Index(*index))
            }
            ConstraintKind::Check { .. } | ConstraintKind::NotNull { .. } => {}
        }
    }

    /// Whether a descendant has a constraint because its ancestor has it.
    fn has_copy(&self, child: RelationId, table: RelationId, of: &Constraint) -> bool {
        let partition = self.catalog.table(table).is_some_and(Table::is_partitioned);
        match of.kind {
            ConstraintKind::Check { .. } => {
                let copies = self.catalog.table(child).map_or(&[][..], |t| &t.constraints);
                copies.iter().any(|c| c.name == of.name && c.inherited > 0)
            }
            ConstraintKind::NotNull { .. } => false,
            _ => partition,
        }
    }

    /// An index whose table stays; of a partitioned one those of the partitions too.
    pub(super) fn index(&mut self, id: RelationId) {
        let Some(index) = self.catalog.index(id) else { return };
        self.lock(index.table);
        if self.catalog.table(index.table).is_some_and(Table::is_partitioned) {
            for partition in self.catalog.descendants(index.table) {
                self.lock(partition);
            }
        }
        for index in std::iter::once(id).chain(self.catalog.descendants(id)) {
            self.lock(index);
            self.gone.insert(index);
        }
        for key in self.catalog.foreign_keys_to(index.table) {
            if key.key.index == Some(id) {
                let (from, key) = top_constraint(self.catalog, key.from, key.constraint.id);
                self.depend(Thing::Constraint(from, key));
            }
        }
    }

    pub(super) fn column(&mut self, table: RelationId, column: ColumnId) {
        self.lock(table);
        let catalog = self.catalog;
        let (Some(definition), Some(dropped)) = (catalog.table(table), catalog.column(table, column)) else { return };
        self.columns.insert((table, column));
        for child in &definition.children {
            let inherited = catalog.table(*child).and_then(|t| t.column(&dropped.name));
            if let Some(inherited) = inherited.filter(|c| c.inherited > 0) {
                self.push(Thing::Column(*child, inherited.id));
            }
        }
        for index in catalog.indexes_on_column(table, column) {
            self.lock(index);
            self.gone.insert(index);
        }
        for constraint in &definition.constraints {
            let uses = match &constraint.kind {
                ConstraintKind::Unique { columns, .. } | ConstraintKind::Check { columns, .. } => {
                    columns.contains(&column)
                }
                ConstraintKind::ForeignKey(key) => constraint.parent.is_none() && key.columns.contains(&column),
                ConstraintKind::NotNull { .. } | ConstraintKind::Exclude { .. } => false,
            };
            if uses {
                self.push(Thing::Constraint(table, constraint.id));
            }
        }
        for key in catalog.foreign_keys_to(table) {
            if key.key.referenced.contains(&column) {
                let (from, key) = top_constraint(self.catalog, key.from, key.constraint.id);
                self.depend(Thing::Constraint(from, key));
            }
        }
        let owned = definition.sequences.iter().copied().filter(|id| {
            let owner = catalog.relation(*id).and_then(|r| r.sequence()?.owned_by);
            owner == Some((table, column))
        });
        for sequence in owned.chain(dropped.sequence) {
            self.push(Thing::Relation(sequence));
        }
        for other in &definition.columns {
            let generated = other.generated.as_ref().map(|g| g.expression.expr.columns());
            if generated.is_some_and(|columns| columns.contains(&&dropped.name)) {
                self.depend(Thing::Column(table, other.id));
            }
        }
        for view in catalog.views_reading(table, Some(column)) {
            self.depend(Thing::Relation(view));
        }
    }

    /// Defaults that draw from a sequence fall with it.
    fn sequence(&mut self, id: RelationId) {
        for relation in self.catalog.relations() {
            let columns = relation.table().map_or(&[][..], |t| &t.columns);
            let draws = |e: &Expr| drawn_from(self.catalog, e).contains(&id);
            if columns.iter().any(|c| c.default.as_ref().is_some_and(|d| draws(&d.expr))) {
                self.depend(Thing::Part(relation.id));
            }
        }
    }

    pub(super) fn data_type(&mut self, id: TypeId) {
        let Some(dropped) = self.catalog.types.get(&id) else { return };
        let row = self.catalog.relation_names.get(&(dropped.schema.clone(), dropped.name.clone()));
        if let Some(relation) = row.and_then(|id| self.catalog.relation(*id))
            && matches!(relation.kind, RelationKind::Composite)
        {
            self.lock(relation.id);
            self.gone.insert(relation.id);
        }
        let catalog = self.catalog;
        let is_it = |data_type: &DataType| match catalog.type_of(data_type) {
            TypeRef::Enum(def) | TypeRef::Domain(def, _) | TypeRef::Other(def) => def.id == id,
            _ => false,
        };
        self.users_of_type(is_it);
        for other in self.catalog.types.values() {
            match &other.kind {
                TypeDefKind::Domain(domain) if is_it(&domain.base) => self.depend(Thing::Type(other.id)),
                TypeDefKind::Range(Some(subtype)) if is_it(subtype) => self.depend(Thing::Type(other.id)),
                TypeDefKind::Composite(attributes) if attributes.iter().any(|(_, t)| is_it(t)) => {
                    let row = self.catalog.relation_names.get(&(other.schema.clone(), other.name.clone()));
                    row.into_iter().for_each(|id| self.depend(Thing::Part(*id)));
                }
                _ => {}
            }
        }
    }

    /// Columns, views and routines with a type fall with it.
    fn users_of_type(&mut self, is_it: impl Fn(&DataType) -> bool) {
        if !self.cascade {
            return;
        }
        let catalog = self.catalog;
        for relation in catalog.relations() {
            match &relation.kind {
                RelationKind::Table(table) => {
                    for column in table.columns.iter().filter(|c| is_it(&c.data_type)) {
                        self.push(Thing::Column(relation.id, column.id));
                    }
                }
                RelationKind::View(view) => {
                    if view.columns.iter().any(|c| c.data_type.as_ref().is_some_and(|t| is_it(t))) {
                        self.push(Thing::Relation(relation.id));
                    }
                }
                _ => {}
            }
        }
        for routine in catalog.routines.values() {
            let args = routine.args.iter().map(|(_, data_type, ..)| data_type);
            if args.chain(&routine.returns).any(|t| is_it(t)) {
                self.push(Thing::Routine(routine.id));
            }
        }
    }
}
