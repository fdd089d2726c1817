//! Facts put together: from one operation to its effects, and from operations to a statement's.

use super::fact::{Act, Fact, Work};
use super::kind::Kind;
use super::scene::Scene;
use super::{Effects, LockedKind, RelationLock, RelationRef, postgres};
use crate::catalog::{Relation, RelationId, RelationKind, is_system_schema};
use crate::sql::LockMode;
use std::collections::HashSet;
use std::hash::Hash;
use std::sync::{Arc, LazyLock};

/// The facts by kind of operation.
static BY_KIND: LazyLock<Vec<Vec<&'static Fact>>> = LazyLock::new(|| {
    let mut table = vec![Vec::new(); Kind::COUNT];
    for fact in postgres::facts() {
        for kind in fact.of {
            if let Some(row) = table.get_mut(*kind as usize) {
                row.push(fact);
            }
        }
    }
    table
});

/// What one operation does, in the catalog before it.
pub fn effects(scene: &Scene<'_>) -> Effects {
    let mut effects = Effects::default();
    let Some(facts) = BY_KIND.get(Kind::of(scene.operation) as usize) else { return effects };
    for fact in facts.iter().filter(|fact| fact.applies(scene)) {
        effects.facts.push(fact.id);
        effects.requires_no_transaction |= fact.requires_no_transaction;
        for act in fact.acts {
            effects.add(scene, act);
        }
        (fact.also)(scene, &mut effects);
    }
    effects.settle();
    effects
}

impl Effects {
    /// What a whole statement does, from what its operations do.
    pub fn merge<'e>(parts: impl IntoIterator<Item = &'e Arc<Self>>) -> Arc<Self> {
        let mut parts = parts.into_iter();
        let Some(first) = parts.next() else { return Arc::default() };
        let Some(second) = parts.next() else { return Arc::clone(first) };
        let mut all = (**first).clone();
        for part in std::iter::once(second).chain(parts) {
            all.absorb(part);
        }
        all.settle();
        Arc::new(all)
    }

    /// Takes over what something inside does.
    pub(super) fn absorb(&mut self, part: &Self) {
        self.locks.extend_from_slice(&part.locks);
        self.rewrites.extend_from_slice(&part.rewrites);
        self.scans.extend_from_slice(&part.scans);
        self.rebuilds_indexes.extend_from_slice(&part.rebuilds_indexes);
        self.requires_no_transaction |= part.requires_no_transaction;
        self.data_loss.extend_from_slice(&part.data_loss);
        self.breaks.extend_from_slice(&part.breaks);
        self.facts.extend_from_slice(&part.facts);
        self.uncertain.extend_from_slice(&part.uncertain);
        self.failures.extend_from_slice(&part.failures);
        self.index_tables.extend_from_slice(&part.index_tables);
        self.followers.extend_from_slice(&part.followers);
    }

    /// Adds an act on the relations that existed before the statement.
    fn add(&mut self, scene: &Scene<'_>, act: &Act) {
        let target = scene.target().filter(|_| act.as_target);
        for id in (act.on)(scene) {
            self.add_on(scene, id, act.lock, act.work);
            self.followers.extend(target.map(|target| (id, target.id)));
        }
    }

    /// Adds a lock and work on a relation, if it existed before the statement.
    pub(super) fn add_on(&mut self, scene: &Scene<'_>, id: RelationId, lock: Option<LockMode>, work: Work) {
        let Some(relation) = before_statement(scene, id) else { return };
        if let Some(mode) = lock {
            self.lock(relation, mode);
        }
        if !has_file(scene, relation) {
            return;
        }
        let named = || RelationRef { name: relation.qualified(), id: relation.id };
        match work {
            Work::Metadata => {}
            Work::Scan => self.scans.push(named()),
            Work::Rewrite => {
                self.scans.push(named());
                self.rewrites.push(named());
                self.lock_indexes(scene, relation);
            }
            Work::NewFile => {
                self.rewrites.push(named());
                self.lock_indexes(scene, relation);
            }
            Work::Move => self.rewrites.push(named()),
            Work::RebuildIndex => {
                if let Some(index) = relation.index() {
                    self.rebuilds_indexes.push(named());
                    self.index_tables.push((relation.id, index.table));
                }
            }
        }
    }

    /// The indexes of a table that gets a new file.
    fn lock_indexes(&mut self, scene: &Scene<'_>, relation: &Relation) {
        let indexes = match &relation.kind {
            RelationKind::Table(table) => table.indexes.as_slice(),
            RelationKind::View(view) => view.indexes.as_slice(),
            _ => &[],
        };
        for index in indexes {
            if let Some(index) = before_statement(scene, *index) {
                self.lock(index, LockMode::AccessExclusive);
            }
        }
    }

    fn lock(&mut self, relation: &Relation, mode: LockMode) {
        if mode < LockMode::RowExclusive {
            return;
        }
        let kind = match relation.kind {
            RelationKind::Table(_) | RelationKind::Composite => LockedKind::Table,
            RelationKind::Index(_) => LockedKind::Index,
            RelationKind::View(_) => LockedKind::View,
            RelationKind::Sequence(_) => LockedKind::Sequence,
        };
        let relation = RelationRef { name: relation.qualified(), id: relation.id };
        self.locks.push(RelationLock { relation, mode, kind });
    }

    /// Sorts, and keeps one of each: the first name a relation had and its strongest lock.
    fn settle(&mut self) {
        // Stable: the first name comes first.
        self.locks.sort_by_key(|lock| lock.relation.id);
        self.locks.dedup_by(|next, first| {
            let same = next.relation.id == first.relation.id;
            if same {
                first.mode = first.mode.max(next.mode);
            }
            same
        });
        for (follower, leader) in &self.followers {
            let place = |id: &RelationId| self.locks.binary_search_by_key(id, |lock| lock.relation.id).ok();
            let (Some(follower), Some(leader)) = (place(follower), place(leader)) else { continue };
            let mode = self.locks.get(leader).map(|lock| lock.mode);
            if let (Some(mode), Some(lock)) = (mode, self.locks.get_mut(follower)) {
                lock.mode = lock.mode.max(mode);
            }
        }
        self.locks.sort_by(|a, b| a.relation.name.cmp(&b.relation.name));
        once(&mut self.rewrites);
        once(&mut self.scans);
        let rewrites = &self.rewrites;
        let index_tables = &self.index_tables;
        self.rebuilds_indexes.retain(|index| {
            let table = index_tables.iter().find(|(id, _)| *id == index.id).map(|(_, table)| *table);
            !rewrites.iter().any(|rewritten| Some(rewritten.id) == table)
        });
        once(&mut self.rebuilds_indexes);
        unique(&mut self.facts);
        unique(&mut self.uncertain);
    }
}

/// The relation, if a session could have known it before the statement.
fn before_statement<'a>(scene: &Scene<'a>, id: RelationId) -> Option<&'a Relation> {
    let relation = scene.catalog.relation(id)?;
    (scene.existed(relation) && !is_system_schema(&relation.schema)).then_some(relation)
}

/// Whether a relation has a file of its own to be read or written.
fn has_file(scene: &Scene<'_>, relation: &Relation) -> bool {
    match &relation.kind {
        RelationKind::Table(table) => !table.is_partitioned() && !table.foreign,
        RelationKind::Index(index) => scene.catalog.table(index.table).is_none_or(|table| !table.is_partitioned()),
        RelationKind::View(view) => view.materialized,
        RelationKind::Sequence(_) | RelationKind::Composite => false,
    }
}

fn once(relations: &mut Vec<RelationRef>) {
    relations.sort_by_key(|relation| relation.id);
    relations.dedup_by_key(|relation| relation.id);
    relations.sort();
}

/// Up to how many items are compared with one another.
const FEW: usize = 16;

fn unique<T: Clone + Eq + Hash>(items: &mut Vec<T>) {
    if items.len() <= FEW {
        let mut at = 1;
        while let Some(item) = items.get(at) {
            if items.iter().take(at).any(|earlier| earlier == item) {
                items.remove(at);
            } else {
                at += 1;
            }
        }
        return;
    }
    let mut seen = HashSet::new();
    items.retain(|item| seen.insert(item.clone()));
}
