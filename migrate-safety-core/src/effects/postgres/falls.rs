//! Which relations the server locks when something is dropped, and which are gone.
//!
//! It locks each object that falls ACCESS EXCLUSIVE; for a part of a table (a default, a constraint, a trigger) the
//! table, for a foreign key both tables, for a partition its parent and the default partition, whose own constraint
//! changes.

use super::family::{is_partitioned, key_family};
use super::routines::named;
use crate::catalog::{
    Catalog, ColumnId, ConstraintKind, Object, RelationId, RelationKind, Table, TypeId, TypeRef, builtin,
};
use crate::effects::scene::Scene;
use crate::sql::{DataType, Operation};
use std::collections::BTreeSet;

/// Everything that a drop takes along.
#[derive(Debug)]
pub(super) struct Falls<'c> {
    catalog: &'c Catalog,
    /// The relations that are locked ACCESS EXCLUSIVE.
    pub(super) locked: BTreeSet<RelationId>,
    /// The relations that are gone.
    pub(super) gone: BTreeSet<RelationId>,
    /// Columns that are gone.
    pub(super) columns: BTreeSet<(RelationId, ColumnId)>,
}

impl<'c> Falls<'c> {
    /// What falls with the objects that an operation drops.
    pub(super) fn of(scene: &Scene<'c>) -> Self {
        let (roots, cascade) = roots(scene);
        Self::with(scene.catalog, &roots, cascade)
    }

    /// What falls with some objects; without `cascade` only what needs no permission.
    pub(super) fn with(catalog: &'c Catalog, roots: &[Object], cascade: bool) -> Self {
        let mut falls = Self { catalog, locked: BTreeSet::new(), gone: BTreeSet::new(), columns: BTreeSet::new() };
        let mut falling = catalog.dropping_order(roots);
        falling.retain(|dependent| cascade || dependent.automatic);
        let gone = falling.iter().filter_map(|dependent| match dependent.object {
            Object::Relation(id) => Some(id),
            _ => None,
        });
        falls.gone.extend(gone);
        for dependent in falling {
            falls.object(&dependent.object);
        }
        falls
    }

    fn object(&mut self, object: &Object) {
        self.locked.extend(object.relation().filter(|_| !matches!(object, Object::RowType(_))));
        match object {
            Object::Relation(id) => self.relation(*id),
            Object::Column(table, column) => drop(self.columns.insert((*table, *column))),
            // One that stands for a partition does not fall alone; of a table that is gone see there.
            Object::Constraint(table, id)
                if !self.gone.contains(table) && self.catalog.constraint(*table, *id).is_none_or(|c| c.enforced) =>
            {
                for (from, to) in key_family(self.catalog, *table, *id) {
                    self.locked.insert(from);
                    self.referenced(to);
                }
            }
            Object::Type(id) | Object::Attribute(id, _) => self.locked.extend(composite(self.catalog, *id)),
            _ => {}
        }
    }

    fn relation(&mut self, id: RelationId) {
        let Some(relation) = self.catalog.relation(id) else { return };
        match &relation.kind {
            RelationKind::Table(table) => self.table(table),
            RelationKind::Index(index) => drop(self.locked.insert(index.table)),
            _ => {}
        }
    }

    fn table(&mut self, table: &Table) {
        for constraint in &table.constraints {
            // Triggers of a foreign key that a partition has from its parent stand for the parent's.
            let own = |parent| table.constraints.iter().any(|c| c.id == parent);
            if let ConstraintKind::ForeignKey(key) = &constraint.kind
                && constraint.enforced
                && constraint.parent.is_none_or(own)
            {
                self.referenced(key.table);
            }
        }
        if let Some((parent, _)) = &table.partition_of {
            self.locked.insert(*parent);
            self.locked.extend(self.catalog.partitions_default(*parent));
        }
    }

    /// Locks the other side of a foreign key: it loses triggers.
    ///
    /// Before PostgreSQL 15 a partitioned table had none, only its partitions did.
    fn referenced(&mut self, table: RelationId) {
        if !is_partitioned(self.catalog, table) || self.catalog.target().version >= 15 {
            self.locked.insert(table);
        }
    }
}

/// The relation of a composite type.
fn composite(catalog: &Catalog, id: TypeId) -> Option<RelationId> {
    let def = catalog.types.get(&id)?;
    let relation = catalog.relation_names.get(&(def.schema.clone(), def.name.clone()))?;
    matches!(catalog.relation(*relation)?.kind, RelationKind::Composite).then_some(*relation)
}

/// The objects that a `DROP` names, and whether it says `CASCADE`.
fn roots(scene: &Scene<'_>) -> (Vec<Object>, bool) {
    let catalog = scene.catalog;
    match scene.operation {
        Operation::DropTable { names, cascade, .. }
        | Operation::DropView { names, cascade, .. }
        | Operation::DropMaterializedView { names, cascade, .. }
        | Operation::DropSequence { names, cascade, .. } => {
            (names.iter().filter_map(|n| scene.relation(n)).map(Object::Relation).collect(), *cascade)
        }
        Operation::DropType { names, cascade, .. } => {
            let named = names.iter().map(|n| DataType { schema: n.schema.clone(), ..DataType::builtin(&n.name) });
            let found = named.filter_map(|data_type| match catalog.type_of(&data_type) {
                TypeRef::Enum(def) | TypeRef::Domain(def, _) | TypeRef::Other(def) => Some(Object::Type(def.id)),
                _ => None,
            });
            (found.collect(), *cascade)
        }
        Operation::DropRoutine { routines, cascade, .. } => {
            (routines.iter().flat_map(|r| named(catalog, r)).map(Object::Routine).collect(), *cascade)
        }
        Operation::DropSchema { names, cascade, .. } => {
            let known = names.iter().filter(|n| catalog.schemas.contains_key(*n));
            (known.cloned().map(Object::Schema).collect(), *cascade)
        }
        Operation::DropExtension { names, cascade, .. } => {
            let known = names.iter().filter(|n| catalog.extensions.contains_key(*n));
            (known.cloned().map(Object::Extension).collect(), *cascade)
        }
        _ => (Vec::new(), false),
    }
}

/// What cannot be told of a drop: the objects of an extension that is not known.
pub(super) fn open_questions(scene: &Scene<'_>) -> Vec<String> {
    let Operation::DropExtension { names, cascade: true, .. } = scene.operation else { return Vec::new() };
    let open = names.iter().filter(|name| {
        scene.catalog.extensions.contains_key(*name) && builtin::extension(name).is_none_or(|known| known.open)
    });
    open.map(|name| format!("what uses the extension {name}?")).collect()
}
