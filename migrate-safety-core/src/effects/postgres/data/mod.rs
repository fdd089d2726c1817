//! What statements about data do: the locks of what they change, what they read, and all that follows from it through
//! foreign keys, triggers and routines.

mod cascade;
mod expressions;
mod insert;
mod routine;
mod rules;
mod write;

use super::access::{Kept, Reader, Views};
use super::{bodies, say};
use crate::catalog::{RelationId, RoutineId};
use crate::effects::fact::Work;
use crate::effects::scene::Scene;
use crate::effects::{DataLossKind, Effects};
use crate::sql::expr::{Cte, CteBody, Expr, Query};
use crate::sql::operation::TriggerEvents;
use crate::sql::{Ident, LockMode, ObjectName, Operation};
use std::collections::{BTreeMap, BTreeSet, HashSet};

/// Adds what the operation of the scene does to data.
pub(super) fn run(scene: &Scene<'_>, effects: &mut Effects) {
    let mut doing = Doing::new(*scene);
    doing.operation(scene.operation);
    doing.finish(effects);
}

/// Adds what the triggers of a table do when it is truncated.
pub(super) fn fire_truncate(scene: &Scene<'_>, effects: &mut Effects, tables: &[RelationId]) {
    let mut doing = Doing::new(*scene);
    for table in tables {
        doing.fire(*table, &Event::Truncate);
    }
    doing.finish(effects);
}

/// A change to a table.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Event {
    Insert,
    /// The columns that get other values.
    Update(Vec<Ident>),
    Delete,
    Truncate,
}

impl Event {
    /// Whether a trigger is for it.
    fn is_among(&self, events: &TriggerEvents) -> bool {
        match self {
            Self::Insert => events.insert,
            Self::Update(_) => events.update,
            Self::Delete => events.delete,
            Self::Truncate => events.truncate,
        }
    }
}

/// What has been found out so far.
#[derive(Debug)]
struct Doing<'s> {
    scene: Scene<'s>,
    locks: BTreeMap<RelationId, LockMode>,
    scans: BTreeSet<RelationId>,
    /// Facts that were applied.
    facts: BTreeSet<&'static str>,
    uncertain: Vec<String>,
    lost: Vec<(RelationId, Option<Ident>, DataLossKind)>,
    /// What other statements in routines do.
    nested: Vec<Effects>,
    ends_transaction: bool,
    /// Errors that are certain: SQLSTATE and message.
    failures: Vec<(&'static str, String)>,
    /// Routines being followed.
    inside: Vec<RoutineId>,
    /// Rules being followed.
    ruled: Vec<(RelationId, Ident)>,
    /// Changes that were followed already.
    followed: HashSet<(RelationId, Event)>,
}

impl<'s> Doing<'s> {
    fn new(scene: Scene<'s>) -> Self {
        Self {
            scene,
            locks: BTreeMap::new(),
            scans: BTreeSet::new(),
            facts: BTreeSet::new(),
            uncertain: Vec::new(),
            lost: Vec::new(),
            nested: Vec::new(),
            ends_transaction: false,
            failures: Vec::new(),
            inside: Vec::new(),
            ruled: Vec::new(),
            followed: HashSet::new(),
        }
    }

    fn finish(self, effects: &mut Effects) {
        let scene = &self.scene;
        for (id, mode) in self.locks {
            effects.add_on(scene, id, Some(mode), Work::Metadata);
        }
        for id in self.scans {
            effects.add_on(scene, id, None, Work::Scan);
        }
        for (id, column, how) in self.lost {
            match column.and_then(|name| Some(scene.catalog.table(id)?.column(&name)?.id)) {
                Some(column) => say::column_lost(scene, effects, (id, column), how),
                None => say::rows_lost(scene, effects, id, how),
            }
        }
        effects.facts.extend(self.facts);
        effects.uncertain.extend(self.uncertain);
        effects.requires_no_transaction |= self.ends_transaction;
        for (sqlstate, message) in self.failures {
            say::fails(effects, sqlstate, message);
        }
        for nested in &self.nested {
            effects.absorb(nested);
        }
    }

    fn lock(&mut self, id: RelationId, mode: LockMode) {
        let known = self.locks.entry(id).or_insert(mode);
        *known = mode.max(*known);
    }

    fn ask(&mut self, question: String) {
        if !self.uncertain.contains(&question) {
            self.uncertain.push(question);
        }
    }

    /// A statement about data, or one in a routine.
    fn operation(&mut self, operation: &Operation) {
        match operation {
            Operation::CreateTableAs { with_data: false, .. }
            | Operation::CreateMaterializedView { with_data: false, .. } => {}
            Operation::CreateTableAs { name, if_not_exists, .. }
            | Operation::CreateMaterializedView { name, if_not_exists, .. }
                if *if_not_exists && self.is_there(name) => {}
            Operation::RefreshMaterializedView { name, with_data: true, .. } => self.refresh(name),
            Operation::Copy { table: Some(table), query: None, from: false, .. } => {
                self.scans.extend(self.scene.relation(table));
            }
            Operation::Select(_)
            | Operation::CreateTableAs { .. }
            | Operation::CreateMaterializedView { .. }
            | Operation::Insert(_)
            | Operation::Update(_)
            | Operation::Delete(_)
            | Operation::Merge(_)
            | Operation::Copy { .. }
            | Operation::Call { .. } => {
                let mut kept = if self.is_discarded(operation) { Vec::new() } else { self.read(operation) }.into_iter();
                self.change(operation, &mut kept);
                self.evaluate(operation);
                if let Operation::Call { name, args } = operation {
                    self.wonder(name, args.len());
                    if !self.inside.is_empty() {
                        self.call(name, args.len());
                    }
                }
            }
            _ => {}
        }
    }

    /// Whether `IF NOT EXISTS` finds a relation: in the schema where it would be created.
    fn is_there(&self, name: &ObjectName) -> bool {
        let schema = name.schema.clone().unwrap_or_else(|| self.scene.catalog.creation_schema());
        self.scene.relation(&ObjectName { schema: Some(schema), name: name.name.clone() }).is_some()
    }

    /// Finds out what a statement reads; what it keeps of the tables it changes, data-changing parts of `WITH` first.
    fn read(&mut self, operation: &Operation) -> Vec<Kept> {
        let catalog = self.scene.catalog;
        let mut names = Vec::new();
        super::access::names_in_operation(operation, &mut names);
        let views = Views::behind(catalog, &names);
        let mut reader = Reader::new(catalog, &views, self.scene.now);
        reader.operation(operation);
        self.scans.extend(reader.scanned.iter().copied());
        let (questions, kept) = (std::mem::take(&mut reader.uncertain), std::mem::take(&mut reader.kept));
        questions.into_iter().for_each(|question| self.ask(question));
        kept
    }

    /// What a materialised view is computed from.
    fn refresh(&mut self, name: &ObjectName) {
        let catalog = self.scene.catalog;
        let Some(id) = self.scene.relation(name) else { return };
        let Some(view) = catalog.relation(id).and_then(|r| r.view()) else { return };
        let Some(query) = bodies::query(&view.sql, catalog) else {
            self.scans.extend(view.depends_on.iter().map(|d| d.relation));
            return;
        };
        let mut names = Vec::new();
        super::access::names_in_query(&query, &mut names);
        let views = Views::behind(catalog, &names);
        let mut reader = Reader::new(catalog, &views, self.scene.now);
        reader.view(id, &query);
        self.scans.extend(reader.scanned.iter().copied());
        self.evaluate_query(&query);
    }

    /// What a statement changes.
    fn change(&mut self, operation: &Operation, kept: &mut dyn Iterator<Item = Kept>) {
        match operation {
            Operation::Select(query) | Operation::CreateTableAs { query, .. } => self.change_in(&query.ctes, kept),
            Operation::Copy { query: Some(query), .. } => self.change_in(&query.ctes, kept),
            Operation::Copy { table: Some(table), columns, from: true, .. } => self.copy_from(table, columns),
            Operation::Insert(insert) => {
                self.change_in(&insert.ctes, kept);
                self.insert(insert);
            }
            Operation::Update(update) => {
                self.change_in(&update.ctes, kept);
                let kept = kept.next().unwrap_or_default();
                self.update(update, &kept);
            }
            Operation::Delete(delete) => {
                self.change_in(&delete.ctes, kept);
                let kept = kept.next().unwrap_or_default();
                self.delete(delete, &kept);
            }
            Operation::Merge(merge) => {
                self.change_in(&merge.ctes, kept);
                let kept = kept.next().unwrap_or_default();
                self.merge(merge, &kept);
            }
            _ => {}
        }
    }

    fn change_in(&mut self, ctes: &[Cte], kept: &mut dyn Iterator<Item = Kept>) {
        for cte in ctes {
            if let CteBody::Dml(operation) = &cte.body {
                self.change(operation, kept);
            }
        }
    }

    fn evaluate_query(&mut self, query: &Query) {
        let mut exprs: Vec<&Expr> = Vec::new();
        query.walk_exprs(&mut |e| exprs.push(e));
        self.evaluate_all(&exprs, true);
    }
}
