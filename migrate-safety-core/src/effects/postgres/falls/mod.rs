//! What falls when something is dropped, and which relations the server locks for it.
//!
//! The server finds the dependents of an object first and locks each of them ACCESS EXCLUSIVE; for a part of a table
//! (a default, a constraint, a trigger) it locks the table, for a foreign key both tables.

mod expressions;
mod relation;
mod roots;

use crate::catalog::{Catalog, ColumnId, ConstraintId, RelationId, RoutineId, TypeId};
use std::collections::{BTreeSet, HashSet};

/// Everything that a drop takes along.
#[derive(Debug)]
pub(super) struct Falls<'c> {
    catalog: &'c Catalog,
    /// Whether dependents fall too; otherwise only what cannot be without the dropped object.
    cascade: bool,
    /// The relations that are locked ACCESS EXCLUSIVE.
    pub(super) locked: BTreeSet<RelationId>,
    /// The relations that are gone.
    pub(super) gone: BTreeSet<RelationId>,
    /// Columns that are gone from tables that stay.
    pub(super) columns: BTreeSet<(RelationId, ColumnId)>,
    /// Questions that the catalog cannot answer.
    pub(super) uncertain: Vec<String>,
    seen: HashSet<Thing>,
    open: Vec<Thing>,
}

/// Something that can fall.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Thing {
    Relation(RelationId),
    Column(RelationId, ColumnId),
    Constraint(RelationId, ConstraintId),
    /// An index whose table stays.
    Index(RelationId),
    /// A default, trigger or the like, of a table that stays; with those that inherit it.
    Part(RelationId),
    Type(TypeId),
    Routine(RoutineId),
}

impl<'c> Falls<'c> {
    fn new(catalog: &'c Catalog, cascade: bool) -> Self {
        Self {
            catalog,
            cascade,
            locked: BTreeSet::new(),
            gone: BTreeSet::new(),
            columns: BTreeSet::new(),
            uncertain: Vec::new(),
            seen: HashSet::new(),
            open: Vec::new(),
        }
    }

    /// What falls with a column.
    pub(super) fn with_column(catalog: &'c Catalog, table: RelationId, column: ColumnId, cascade: bool) -> Self {
        let mut falls = Self::new(catalog, cascade);
        falls.push(Thing::Column(table, column));
        falls.settle();
        falls
    }

    /// What falls with a constraint.
    pub(super) fn with_constraint(catalog: &'c Catalog, table: RelationId, id: ConstraintId, cascade: bool) -> Self {
        let mut falls = Self::new(catalog, cascade);
        falls.push(Thing::Constraint(table, id));
        falls.settle();
        falls
    }

    fn push(&mut self, thing: Thing) {
        if self.seen.insert(thing) {
            self.open.push(thing);
        }
    }

    /// Something that needs what was dropped, and falls only with `CASCADE`.
    fn depend(&mut self, thing: Thing) {
        if self.cascade {
            self.push(thing);
        }
    }

    fn settle(&mut self) {
        while let Some(thing) = self.open.pop() {
            match thing {
                Thing::Relation(id) => self.relation(id),
                Thing::Column(table, column) => self.column(table, column),
                Thing::Constraint(table, id) => self.constraint(table, id),
                Thing::Index(id) => self.index(id),
                Thing::Part(table) => self.part(table),
                Thing::Type(id) => self.data_type(id),
                Thing::Routine(id) => self.routine(id),
            }
        }
    }

    fn lock(&mut self, id: RelationId) {
        self.locked.insert(id);
    }

    fn part(&mut self, table: RelationId) {
        self.lock(table);
    }
}
