//! Where a fall starts: the objects that `DROP` names.

use super::{Falls, Thing};
use crate::catalog::builtin::{self, Extension};
use crate::catalog::{Catalog, Relation, RelationId, RelationKind, TypeRef};
use crate::effects::postgres::routines::named;
use crate::effects::scene::Scene;
use crate::sql::expr::Expr;
use crate::sql::{DataType, Ident, ObjectName, Operation};

impl<'c> Falls<'c> {
    /// What falls with the objects that an operation drops.
    pub(in crate::effects::postgres) fn of(scene: &Scene<'c>) -> Self {
        let catalog = scene.catalog;
        let of = |cascade: bool, things: Vec<Thing>| {
            let mut falls = Self::new(catalog, cascade);
            things.into_iter().for_each(|thing| falls.push(thing));
            falls.settle();
            falls
        };
        match scene.operation {
            Operation::DropTable { names, cascade, .. }
            | Operation::DropView { names, cascade, .. }
            | Operation::DropMaterializedView { names, cascade, .. }
            | Operation::DropSequence { names, cascade, .. } => of(*cascade, relations(scene, names)),
            Operation::DropType { names, cascade, .. } => of(*cascade, types(catalog, names)),
            Operation::DropRoutine { routines, cascade, .. } => {
                let routines = routines.iter().flat_map(|r| named(catalog, r)).map(Thing::Routine);
                of(*cascade, routines.collect())
            }
            Operation::DropSchema { names, cascade, .. } => {
                of(*cascade, names.iter().flat_map(|schema| in_schema(catalog, schema)).collect())
            }
            Operation::DropExtension { names, cascade, .. } => {
                let mut falls = of(*cascade, Vec::new());
                names.iter().for_each(|name| falls.extension(name));
                falls.settle();
                falls
            }
            _ => of(false, Vec::new()),
        }
    }

    /// What uses an extension's types, functions and operator classes.
    fn extension(&mut self, name: &Ident) {
        let catalog = self.catalog;
        if !catalog.extensions.contains_key(name) || !self.cascade {
            return;
        }
        let known = builtin::extension(name);
        if known.is_none_or(|e| e.open) {
            self.uncertain.push(format!("what uses the extension {name}?"));
        }
        let Some(known) = known else { return };
        let has_type = |data_type: &DataType| {
            known.types.contains(&data_type.name.as_str()) && matches!(catalog.type_of(data_type), TypeRef::Unknown)
        };
        let calls = |expr: &Expr| {
            let mut found = false;
            expr.walk(&mut |e| {
                found |= match e {
                    Expr::Call { name, .. } => is_own_function(catalog, known, name),
                    Expr::Cast { to, .. } => has_type(to),
                    _ => false,
                };
            });
            found
        };
        for relation in catalog.relations() {
            if let RelationKind::Table(table) = &relation.kind {
                for column in table.columns.iter().filter(|c| has_type(&c.data_type)) {
                    self.push(Thing::Column(relation.id, column.id));
                }
            }
            if let Some(index) = relation.index()
                && index.keys.iter().any(|k| {
                    let class = k.operator_class.as_ref().map(|c| c.name.as_str());
                    class.is_some_and(|c| known.operator_classes.contains(&c))
                })
            {
                self.push(Thing::Index(relation.id));
            }
            if let Some(view) = relation.view()
                && view.columns.iter().any(|c| c.data_type.as_ref().is_some_and(has_type))
            {
                self.push(Thing::Relation(relation.id));
            }
            self.expressions(relation, &calls);
        }
    }
}

/// Whether a call means the extension's function: it has one of this name, and the history defines none.
fn is_own_function(catalog: &Catalog, extension: &Extension, name: &ObjectName) -> bool {
    let defined = catalog.routines.values().any(|r| r.name == name.name);
    !defined
        && !extension.functions(&name.name).is_empty()
        && builtin::functions(&name.name, catalog.target().version).next().is_none()
}

fn relations(scene: &Scene<'_>, names: &[ObjectName]) -> Vec<Thing> {
    names.iter().filter_map(|n| scene.relation(n)).map(Thing::Relation).collect()
}

fn types(catalog: &Catalog, names: &[ObjectName]) -> Vec<Thing> {
    let named = names.iter().map(|n| DataType {
        schema: n.schema.clone(),
        name: n.name.clone(),
        modifiers: Vec::new(),
        array: false,
    });
    let found = named.filter_map(|data_type| match catalog.type_of(&data_type) {
        TypeRef::Enum(def) | TypeRef::Domain(def, _) | TypeRef::Other(def) => Some(Thing::Type(def.id)),
        _ => None,
    });
    found.collect()
}

fn in_schema(catalog: &Catalog, schema: &Ident) -> Vec<Thing> {
    let on_its_own = |r: &&Relation| !matches!(r.kind, RelationKind::Index(_));
    let relations = catalog.relations().filter(|r| r.schema == *schema).filter(on_its_own);
    let relations = relations.map(|r| Thing::Relation(r.id));
    let types = catalog.types.values().filter(|t| t.schema == *schema).map(|t| Thing::Type(t.id));
    let routines = catalog.routines.values().filter(|r| r.schema == *schema).map(|r| Thing::Routine(r.id));
    relations.chain(types).chain(routines).collect()
}

/// The relations that a drop by name is about.
pub(in crate::effects::postgres) fn named_relations(scene: &Scene<'_>) -> Vec<RelationId> {
    match scene.operation {
        Operation::DropTable { names, .. }
        | Operation::DropView { names, .. }
        | Operation::DropMaterializedView { names, .. }
        | Operation::DropSequence { names, .. } => names.iter().filter_map(|n| scene.relation(n)).collect(),
        _ => Vec::new(),
    }
}
