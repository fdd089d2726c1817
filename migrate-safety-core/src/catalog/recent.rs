//! What the latest migration has made, so that nobody has to search the whole schema for it.

use super::{Catalog, Constraint, ConstraintKind, Relation, RelationId, Stamp, TypeDef, TypeId};

/// What was made by the migration of the newest stamp. It may be gone again, or have become something else.
#[derive(Clone, Debug, Default)]
pub(crate) struct Recent {
    pub(super) migration: u32,
    pub(super) relations: Vec<RelationId>,
    /// Tables with foreign keys that are new.
    pub(super) referencing: Vec<RelationId>,
    /// Enums with values that are new.
    pub(super) enums: Vec<TypeId>,
}

impl Recent {
    /// Where to note what is made now; nowhere for what was there before the history.
    fn at(&mut self, now: Stamp) -> Option<&mut Self> {
        if now.migration > self.migration {
            *self = Self { migration: now.migration, ..Self::default() };
        }
        (now.migration == self.migration && now != Stamp::BEFORE).then_some(self)
    }

    pub(crate) fn note_relation(&mut self, id: RelationId, now: Stamp) {
        if let Some(here) = self.at(now) {
            here.relations.push(id);
        }
    }

    pub(crate) fn note_constraint(&mut self, table: RelationId, constraint: &Constraint) {
        if let (ConstraintKind::ForeignKey(_), Some(here)) = (&constraint.kind, self.at(constraint.created)) {
            here.referencing.push(table);
        }
    }

    pub(crate) fn note_label(&mut self, id: TypeId, now: Stamp) {
        if let Some(here) = self.at(now) {
            here.enums.push(id);
        }
    }
}

impl Catalog {
    /// The relations that a migration has made and left, in order of creation; `migration` is the latest one.
    pub(crate) fn made_by(&self, migration: u32) -> impl Iterator<Item = &Relation> {
        let ids = self.recent_of(migration).map_or(&[][..], |recent| &recent.relations);
        ids.iter().filter_map(|id| self.relation(*id))
    }

    /// The tables on which a migration has put foreign keys, in order of their creation; `migration` is the latest one.
    pub(crate) fn referencing_since(&self, migration: u32) -> Vec<RelationId> {
        let mut tables = self.recent_of(migration).map(|recent| recent.referencing.clone()).unwrap_or_default();
        tables.sort_unstable();
        tables.dedup();
        tables
    }

    /// The enums that a migration has given new values; `migration` is the latest one.
    pub(crate) fn extended_by(&self, migration: u32) -> Vec<&TypeDef> {
        let mut enums = self.recent_of(migration).map(|recent| recent.enums.clone()).unwrap_or_default();
        enums.sort_unstable();
        enums.dedup();
        enums.iter().filter_map(|id| self.types.get(id)).collect()
    }

    fn recent_of(&self, migration: u32) -> Option<&Recent> {
        Some(&self.recent).filter(|recent| recent.migration == migration)
    }
}
