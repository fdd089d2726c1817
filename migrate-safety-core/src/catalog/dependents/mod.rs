//! What depends on what, as `DROP` finds it (`findDependentObjects` and `reportDependentObjects` on the server).

mod collation;
mod describe;
mod edges;

use super::{Catalog, ColumnId, ConstraintId, RelationId, RoutineId, TypeId};
use crate::sql::{Ident, ObjectName};
use std::collections::HashMap;

/// Something that can be dropped, or goes when something else is dropped.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Object {
    /// A table, view, index, sequence or composite type.
    Relation(RelationId),
    /// The row type of a table or view.
    RowType(RelationId),
    /// A column of a table.
    Column(RelationId, ColumnId),
    /// The default of a column.
    Default(RelationId, ColumnId),
    /// A constraint of a table.
    Constraint(RelationId, ConstraintId),
    /// A trigger of a table or view.
    Trigger(RelationId, Ident),
    /// A rule of a table or view, its own `_RETURN` excepted.
    Rule(RelationId, Ident),
    /// A policy of a table.
    Policy(RelationId, Ident),
    /// A type or domain.
    Type(TypeId),
    /// The array type over a type.
    ArrayType(TypeId),
    /// The multirange type over a range.
    Multirange(TypeId, Ident),
    /// An attribute of a composite type.
    Attribute(TypeId, Ident),
    /// A constraint of a domain.
    DomainConstraint(TypeId, Ident),
    /// A function or procedure.
    Routine(RoutineId),
    /// A schema.
    Schema(Ident),
    /// A collation, by its full name.
    Collation(ObjectName),
    /// An extension.
    Extension(Ident),
    /// Something that an extension defines, by the words the server has for it: `type citext`.
    Member(Ident, Box<str>),
}

impl Object {
    /// The relation that it is or is part of.
    pub fn relation(&self) -> Option<RelationId> {
        match self {
            Self::Relation(id)
            | Self::RowType(id)
            | Self::Column(id, _)
            | Self::Default(id, _)
            | Self::Constraint(id, _)
            | Self::Trigger(id, _)
            | Self::Rule(id, _)
            | Self::Policy(id, _) => Some(*id),
            _ => None,
        }
    }
}

/// Something that depends on what is dropped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dependent {
    /// What it is.
    pub object: Object,
    /// What it depends on: what is dropped, or another dependent.
    pub on: Object,
    /// Whether it goes without `CASCADE`: indexes of a table, its partitions, owned sequences.
    pub automatic: bool,
}

/// How an object depends on another (`pg_depend.deptype`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Edge {
    /// It keeps the other from being dropped.
    Normal,
    /// It goes with the other.
    Auto,
}

impl Catalog {
    /// Everything that depends on an object, directly or not, in the order in which the server lists it.
    pub fn dependents(&self, object: &Object) -> Vec<Dependent> {
        let mut found = self.dropping_order(std::slice::from_ref(object));
        found.retain(|d| d.object != *object);
        found.reverse();
        found
    }

    /// Everything that goes when `roots` are dropped, they themselves included (each depending on itself), in the
    /// order in which the server drops it: dependents first, newest first.
    pub(crate) fn dropping_order(&self, roots: &[Object]) -> Vec<Dependent> {
        let mut walk = Walk { catalog: self, seen: HashMap::new(), found: Vec::new(), stack: Vec::new() };
        for root in roots {
            walk.enter(root.clone(), root.clone(), Edge::Auto);
            walk.run();
        }
        // The parts of a relation go with it.
        let Walk { seen, found, .. } = &mut walk;
        for dependent in found.iter_mut().filter(|d| !matches!(d.object, Object::Relation(_) | Object::RowType(_))) {
            let whole = dependent.object.relation().map(Object::Relation);
            dependent.automatic |= whole.is_some_and(|whole| seen.contains_key(&whole));
        }
        // What is dropped itself needs no permission.
        for root in roots {
            if let Some(Some(at)) = walk.seen.get(root)
                && let Some(dependent) = walk.found.get_mut(*at)
            {
                dependent.automatic = true;
            }
        }
        walk.found
    }

    /// A dependent in the server's words: `view v depends on table t`.
    pub fn dependency_sentence(&self, dependent: &Dependent) -> String {
        format!("{} depends on {}", self.describe(&dependent.object), self.describe(&dependent.on))
    }
}

/// A walk through the graph, dependents before what they depend on.
struct Walk<'c> {
    catalog: &'c Catalog,
    /// What has been met, and where in `found` it is once it is finished.
    seen: HashMap<Object, Option<usize>>,
    found: Vec<Dependent>,
    stack: Vec<Frame>,
}

/// An object whose dependents are being visited.
struct Frame {
    dependent: Dependent,
    /// Those not yet visited, the next one last.
    waiting: Vec<(Object, Edge)>,
}

impl Walk<'_> {
    fn enter(&mut self, object: Object, on: Object, edge: Edge) {
        let automatic = edge == Edge::Auto;
        match self.seen.get(&object) {
            Some(Some(at)) => {
                if let Some(dependent) = self.found.get_mut(*at) {
                    dependent.automatic |= automatic;
                }
            }
            Some(None) => {
                if let Some(frame) = self.stack.iter_mut().find(|f| f.dependent.object == object) {
                    frame.dependent.automatic |= automatic;
                }
            }
            None => {
                let mut waiting = self.catalog.edges(&object);
                waiting.sort_by_key(|(dependent, _)| self.catalog.age(dependent));
                self.seen.insert(object.clone(), None);
                self.stack.push(Frame { dependent: Dependent { object, on, automatic }, waiting });
            }
        }
    }

    fn run(&mut self) {
        while let Some(frame) = self.stack.last_mut() {
            match frame.waiting.pop() {
                Some((object, edge)) => {
                    let on = frame.dependent.object.clone();
                    self.enter(object, on, edge);
                }
                None => {
                    if let Some(frame) = self.stack.pop() {
                        self.seen.insert(frame.dependent.object.clone(), Some(self.found.len()));
                        self.found.push(frame.dependent);
                    }
                }
            }
        }
    }
}
