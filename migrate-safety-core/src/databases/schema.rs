//! The schema as the history so far leaves it.

use super::name::{Name, ObjectName};
use super::operation::{
    CheckDef, ColumnDef, Expression, ForeignKeyDef, IndexDef, IndexKey, IndexKind, IndexPart, Query, TableOptions, Verb,
};
use crate::catalog::map::Map;
use crate::catalog::{RelationId, Stamp};
use crate::dialect::Target;
use std::collections::BTreeMap;

/// Tables, views and triggers of one database.
#[derive(Clone, Debug)]
pub struct Schema {
    /// The server.
    pub target: Target,
    /// Whether what is not here does not exist; else it is unknown.
    pub complete: bool,
    /// The tables. Temporary ones stand before others of the same name.
    pub(crate) tables: Map<ObjectName, Table>,
    /// The views.
    pub views: BTreeMap<ObjectName, View>,
    /// The triggers.
    pub triggers: BTreeMap<ObjectName, Trigger>,
    /// Names of which nothing is known: statements that could not be read mention them.
    pub unknown: Vec<Name>,
    pub(super) next_id: u32,
    /// Whether what refers to a table stays as it is when that is renamed (SQLite, `PRAGMA legacy_alter_table`).
    pub(super) legacy_rename: bool,
}

/// A table.
#[derive(Clone, Debug, PartialEq)]
pub struct Table {
    /// Its identity, through renames.
    pub id: RelationId,
    /// What it is called.
    pub name: ObjectName,
    /// Its columns, in order. Of a table that is only mentioned: none, and `known` is false.
    pub columns: Vec<ColumnDef>,
    /// Its indexes, the primary key among them. All have names.
    pub indexes: Vec<IndexDef>,
    /// Its foreign keys.
    pub foreign_keys: Vec<ForeignKeyDef>,
    /// Its checks.
    pub checks: Vec<CheckDef>,
    /// Its options.
    pub options: TableOptions,
    /// `TEMPORARY`.
    pub temporary: bool,
    /// The module of a virtual table (SQLite).
    pub module: Option<Name>,
    /// `PARTITION BY`.
    pub partitioned: bool,
    /// Whether its columns are known.
    pub known: bool,
    /// How many times columns were added or dropped `INSTANT` since it was last written anew (MySQL: at most 64).
    pub row_versions: u16,
    /// When it was made.
    pub created: Stamp,
    /// When it got rows for the first time in the replay.
    pub filled: Option<Stamp>,
}

/// A view.
#[derive(Clone, Debug, PartialEq)]
pub struct View {
    /// What it is called.
    pub name: ObjectName,
    /// Names of its columns, if written.
    pub columns: Vec<Name>,
    /// What it shows.
    pub query: Query,
    /// When it was made.
    pub created: Stamp,
}

/// A trigger.
#[derive(Clone, Debug, PartialEq)]
pub struct Trigger {
    /// What it is called.
    pub name: ObjectName,
    /// The table or view.
    pub table: ObjectName,
    /// On which change.
    pub event: Verb,
    /// `BEFORE`; else after.
    pub before: bool,
    /// The columns of `UPDATE OF`.
    pub columns: Vec<Name>,
    /// Its `WHEN` and its body.
    pub body: Expression,
    /// When it was made.
    pub created: Stamp,
}

impl Schema {
    /// An empty database.
    pub fn new(target: Target, complete: bool) -> Self {
        Self {
            target,
            complete,
            tables: Map::default(),
            views: BTreeMap::new(),
            triggers: BTreeMap::new(),
            unknown: Vec::new(),
            next_id: 1,
            legacy_rename: false,
        }
    }

    /// The schema as one that was there before any migration: nothing in it is new.
    pub(super) fn as_found(&self) -> Self {
        let mut found = self.clone();
        found.change_tables(|table| table.created != Stamp::BEFORE, |table| table.created = Stamp::BEFORE);
        found.change_tables(|table| table.filled.is_some(), |table| table.filled = None);
        found.views.values_mut().for_each(|view| view.created = Stamp::BEFORE);
        found.triggers.values_mut().for_each(|trigger| trigger.created = Stamp::BEFORE);
        found
    }

    /// All tables, by name.
    pub fn tables(&self) -> impl Iterator<Item = &Table> {
        self.tables.values()
    }

    /// The table of this name.
    pub fn table(&self, name: &ObjectName) -> Option<&Table> {
        self.tables.get(&self.resolved(name))
    }

    /// The table of this name.
    pub fn table_mut(&mut self, name: &ObjectName) -> Option<&mut Table> {
        let key = self.resolved(name);
        self.tables.get_mut(&key)
    }

    /// Changes the tables that are meant; the others stay shared with copies of the schema.
    pub(super) fn change_tables(&mut self, meant: impl Fn(&Table) -> bool, mut change: impl FnMut(&mut Table)) {
        let keys: Vec<ObjectName> =
            self.tables.iter().filter(|(_, table)| meant(table)).map(|(key, _)| key.clone()).collect();
        for key in keys {
            if let Some(table) = self.tables.get_mut(&key) {
                change(table);
            }
        }
    }

    /// The view of this name.
    pub fn view(&self, name: &ObjectName) -> Option<&View> {
        self.views.get(&self.resolved(name))
    }

    /// The table or trigger that has an index of this name (SQLite: names of indexes are unique in a database).
    pub fn table_of_index(&self, index: &Name) -> Option<&Table> {
        self.tables.values().find(|table| table.index(index).is_some())
    }

    /// The foreign keys that lead to a table, each with the table it is on.
    pub fn references_to<'s>(&'s self, name: &'s ObjectName) -> impl Iterator<Item = (&'s Table, &'s ForeignKeyDef)> {
        let key = self.key(name);
        self.tables.values().flat_map(move |table| {
            let key = key.clone();
            table.foreign_keys.iter().filter(move |fk| self.key(&fk.table) == key).map(move |fk| (table, fk))
        })
    }

    /// The key of the table or view that is meant. In which database a migration runs is not known in MySQL: `app.users`
    /// is the table `users`, and the reverse, where there is no other.
    pub(super) fn resolved(&self, name: &ObjectName) -> ObjectName {
        let key = self.key(name);
        let is_there = |key: &ObjectName| self.tables.contains_key(key) || self.views.contains_key(key);
        if !self.target.dialect.is_mysql() || is_there(&key) {
            return key;
        }
        if key.database.is_some() {
            let bare = ObjectName::bare(key.name.clone());
            return if is_there(&bare) { bare } else { key };
        }
        let tables = self.tables.iter().map(|(key, _)| key);
        let mut others = tables.chain(self.views.keys()).filter(|other| other.name == key.name);
        match (others.next(), others.next()) {
            (Some(one), None) => one.clone(),
            _ => key,
        }
    }

    /// A name as it is a key of the maps: `main` is the database that is meant where none is written (SQLite).
    pub fn key(&self, name: &ObjectName) -> ObjectName {
        let is_main = name.database.as_ref().is_some_and(|database| *database == *"main");
        if is_main { ObjectName { database: None, name: name.name.clone() } } else { name.clone() }
    }
}

impl Table {
    /// The column of this name.
    pub fn column(&self, name: &Name) -> Option<&ColumnDef> {
        self.columns.iter().find(|column| column.name == *name)
    }

    /// The index of this name.
    pub fn index(&self, name: &Name) -> Option<&IndexDef> {
        self.indexes.iter().find(|index| index.name.as_ref() == Some(name))
    }

    /// The columns of the primary key.
    pub fn primary_key(&self) -> Vec<&Name> {
        self.indexes.iter().find(|index| index.kind == IndexKind::Primary).map(IndexDef::columns).unwrap_or_default()
    }
}

impl IndexPart {
    /// The column, if it is one.
    pub fn column(&self) -> Option<&Name> {
        match &self.key {
            IndexKey::Column(name) => Some(name),
            IndexKey::Expression(_) => None,
        }
    }
}

impl IndexDef {
    /// The columns it is sorted by, up to the first expression.
    pub fn columns(&self) -> Vec<&Name> {
        self.parts.iter().map_while(IndexPart::column).collect()
    }

    /// Whether it is unique.
    pub fn is_unique(&self) -> bool {
        matches!(self.kind, IndexKind::Primary | IndexKind::Unique)
    }
}
