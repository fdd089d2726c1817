//! What goes with a column.

use super::foreign_key::triggered_tables;
use super::on::{self, TableColumn, other_side, sequences_of, table_column};
use crate::catalog::{Column, RelationId};
use crate::effects::scene::Scene;
use crate::sql::Ident;
use crate::sql::operation::TableAction;

/// A column that `DROP COLUMN` takes from a table and from those below it.
#[derive(Debug)]
pub(super) struct Dropped<'a> {
    scene: Scene<'a>,
    /// The tables that lose it.
    pub(super) from: Vec<TableColumn<'a>>,
    /// These and their direct children, which the server looks at.
    pub(super) visited: Vec<RelationId>,
    pub(super) cascade: bool,
}

impl<'a> Dropped<'a> {
    pub(super) fn new(scene: &Scene<'a>) -> Option<Self> {
        let TableAction::DropColumn { column, cascade, .. } = scene.action()? else { return None };
        let mut dropped = Self { scene: *scene, from: Vec::new(), visited: Vec::new(), cascade: *cascade };
        dropped.take(scene.target()?.id, column);
        Some(dropped)
    }

    fn take(&mut self, id: RelationId, name: &Ident) {
        let Some(found) = table_column(self.scene.catalog, id, name) else { return };
        self.from.push(found);
        for child in &found.table.children {
            if self.visited.contains(child) {
                continue;
            }
            self.visited.push(*child);
            let goes_too = table_column(self.scene.catalog, *child, name)
                .is_some_and(|child| child.column.inherited <= 1 && !child.column.local);
            if on::recurses(&self.scene) && goes_too {
                self.take(*child, name);
            }
        }
    }

    /// The columns that go: it, and generated ones that are computed from it.
    fn columns(&self) -> impl Iterator<Item = (RelationId, &'a Column)> + '_ {
        let takes_generated = self.cascade || self.scene.version() < 15;
        self.from.iter().flat_map(move |found| {
            let computed = move |column: &&Column| {
                takes_generated
                    && column
                        .generated
                        .as_ref()
                        .is_some_and(|generated| generated.expression.expr.columns().contains(&&found.column.name))
            };
            let generated = found.table.columns.iter().filter(computed);
            std::iter::once(found.column).chain(generated).map(move |column| (found.id, column))
        })
    }

    /// Indexes that need one of the columns.
    pub(super) fn indexes(&self) -> Vec<RelationId> {
        self.columns().flat_map(|(id, column)| self.scene.catalog.indexes_on_column(id, column.id)).collect()
    }

    /// Sequences that a column owns.
    pub(super) fn sequences(&self) -> Vec<RelationId> {
        self.columns().flat_map(|(id, column)| sequences_of(self.scene.catalog, id, Some(column.id))).collect()
    }

    /// Tables on the other side of foreign keys that go.
    pub(super) fn linked_tables(&self) -> Vec<RelationId> {
        let mut found = Vec::new();
        for (id, column) in self.columns() {
            let catalog = self.scene.catalog;
            for key in catalog.foreign_keys_from(id).iter().filter(|key| key.key.columns.contains(&column.id)) {
                found.extend(triggered_tables(catalog, key));
            }
            if self.cascade {
                let keys = catalog.foreign_keys_to(id);
                let using = keys.iter().filter(|key| key.key.referenced.contains(&column.id));
                found.extend(using.map(|key| other_side(key, id)));
            }
        }
        found
    }

    /// Tables with policies that go.
    pub(super) fn policies(&self) -> Vec<RelationId> {
        let columns = self.columns().filter(|_| self.cascade);
        columns.flat_map(|(id, column)| self.scene.catalog.policies_reading(id, column.id)).collect()
    }

    /// Views that go, and the indexes of materialised ones.
    pub(super) fn views(&self) -> Vec<RelationId> {
        if !self.cascade {
            return Vec::new();
        }
        let catalog = self.scene.catalog;
        let views = self.columns().flat_map(|(id, column)| catalog.views_reading(id, Some(column.id)));
        views.flat_map(|view| std::iter::once(view).chain(catalog.indexes_of(view).iter().copied())).collect()
    }
}
