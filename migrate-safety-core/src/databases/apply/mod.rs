//! How statements change the schema.

mod alter;
mod create;
mod names;
mod text;

use super::name::{Name, ObjectName};
use super::operation::Operation;
use super::say::Obstacle;
use super::schema::{Schema, Table, Trigger, View};
use crate::catalog::{RelationId, Stamp};
use crate::effects::Failure;

/// A statement being applied.
pub(super) struct Change<'s> {
    schema: &'s mut Schema,
    now: Stamp,
    failures: Vec<Failure>,
}

impl Schema {
    /// Does what a statement does. What stands in its way is returned; the rest of it is done all the same.
    pub fn apply(&mut self, operation: &Operation, now: Stamp) -> Vec<Failure> {
        let mut change = Change { schema: self, now, failures: Vec::new() };
        change.apply(operation);
        change.failures
    }

    /// A table that is mentioned but not known: it is from now on.
    fn presume(&mut self, name: &ObjectName) {
        let key = self.key(name);
        let id = self.new_id();
        self.tables.insert_new(key, Table::new(id, name.clone(), Stamp::BEFORE));
    }

    fn new_id(&mut self) -> RelationId {
        let id = RelationId(self.next_id);
        self.next_id += 1;
        id
    }

    /// Whether nothing is known of a name: a statement that could not be read mentions it.
    fn is_unknown(&self, name: &Name) -> bool {
        self.unknown.contains(name)
    }
}

impl Table {
    /// A table of which nothing is known.
    pub(super) fn new(id: RelationId, name: ObjectName, created: Stamp) -> Self {
        Self {
            id,
            name,
            columns: Vec::new(),
            indexes: Vec::new(),
            foreign_keys: Vec::new(),
            checks: Vec::new(),
            options: super::operation::TableOptions::default(),
            temporary: false,
            module: None,
            partitioned: false,
            known: false,
            row_versions: 0,
            created,
            filled: None,
        }
    }
}

impl Change<'_> {
    fn fail(&mut self, obstacle: Obstacle<'_>) {
        let failure = obstacle.failure(self.schema.target);
        self.failures.push(failure);
    }

    /// Makes sure that a table is there, or says that it is not.
    fn need_table(&mut self, name: &ObjectName, if_exists: bool) -> bool {
        if self.schema.table(name).is_some() || self.is_own(name) {
            return true;
        }
        // Of another database, nothing is known.
        let elsewhere = self.schema.key(name).database.is_some();
        if elsewhere || !self.schema.complete || self.schema.is_unknown(&name.name) {
            self.schema.presume(name);
            return true;
        }
        if !if_exists {
            self.fail(Obstacle::NoTable(name));
        }
        false
    }

    /// Whether SQLite keeps something in it: `sqlite_sequence`, `sqlite_schema`.
    fn is_own(&self, name: &ObjectName) -> bool {
        let is_sqlite = self.schema.target.dialect == crate::dialect::Dialect::Sqlite;
        is_sqlite && name.name.as_str().get(..7).is_some_and(|start| start.eq_ignore_ascii_case("sqlite_"))
    }

    fn apply(&mut self, operation: &Operation) {
        match operation {
            Operation::CreateTable(create) => self.create_table(create),
            Operation::DropTable { tables, if_exists, .. } => {
                tables.iter().for_each(|table| self.drop_table(table, *if_exists));
            }
            Operation::RenameTable { renames } => renames.iter().for_each(|(from, to)| self.rename_table(from, to)),
            Operation::AlterTable(alter) => self.alter_table(alter),
            Operation::CreateIndex(create) => self.create_index(create),
            Operation::DropIndex { index, table, if_exists, .. } => self.drop_index(index, table.as_ref(), *if_exists),
            Operation::CreateView(create) => {
                let key = self.schema.key(&create.name);
                let taken = self.schema.views.contains_key(&key) || self.schema.tables.contains_key(&key);
                if taken && create.if_not_exists {
                    return;
                }
                if taken && !create.replace {
                    self.fail(Obstacle::TableExists(&create.name));
                }
                let (name, columns) = (create.name.clone(), create.columns.clone());
                let view = View { name, columns, query: create.query.clone(), created: self.now };
                self.schema.views.insert(key, view);
            }
            Operation::DropView { views, if_exists } => {
                for view in views {
                    let known = self.schema.complete && !self.schema.is_unknown(&view.name);
                    let key = self.schema.resolved(view);
                    // Those on it are gone with it (SQLite, INSTEAD OF).
                    self.schema
                        .triggers
                        .retain(|_, trigger| trigger.table != key || self.schema.tables.contains_key(&key));
                    if self.schema.views.remove(&key).is_none() && known && !if_exists {
                        self.fail(Obstacle::NoView(view));
                    }
                }
            }
            Operation::CreateTrigger(create) => {
                let key = self.schema.key(&create.name);
                let taken = self.schema.triggers.contains_key(&key);
                if taken && create.if_not_exists {
                    return;
                }
                if taken && !create.or_replace {
                    self.fail(Obstacle::TriggerExists(&create.name));
                }
                if self.schema.view(&create.table).is_none() && !self.need_table(&create.table, false) {
                    return;
                }
                let trigger = Trigger {
                    name: create.name.clone(),
                    table: create.table.clone(),
                    event: create.event,
                    before: create.before,
                    columns: create.columns.clone(),
                    body: create.body.clone(),
                    created: self.now,
                };
                self.schema.triggers.insert(key, trigger);
            }
            Operation::DropTrigger { trigger, if_exists } => {
                let known = self.schema.complete && !self.schema.is_unknown(&trigger.name);
                if self.schema.triggers.remove(&self.schema.key(trigger)).is_none() && known && !if_exists {
                    self.fail(Obstacle::NoTrigger(trigger));
                }
            }
            Operation::Insert(insert) => self.fill(&insert.table),
            Operation::LoadData { table } => self.fill(table),
            Operation::Truncate { table } => {
                if self.need_table(table, false)
                    && let Some(table) = self.schema.table_mut(table)
                {
                    table.filled = None;
                }
            }
            Operation::Update(update) => self.need_tables(&update.tables),
            Operation::Delete(delete) => self.need_tables(&delete.tables),
            Operation::Opaque { mentions } | Operation::Call { mentions, .. } => self.forget(mentions),
            Operation::Set { settings, .. } => {
                for (name, value) in settings {
                    if let ("legacy_alter_table", Some(value)) = (&**name, value) {
                        self.schema.legacy_rename =
                            ["1", "on", "true", "yes"].iter().any(|on| value.eq_ignore_ascii_case(on));
                    }
                }
            }
            Operation::Object { .. }
            | Operation::Select(_)
            | Operation::Transaction(_)
            | Operation::LockTables { .. }
            | Operation::UnlockTables
            | Operation::Use { .. }
            | Operation::Maintain { .. }
            | Operation::Grant { .. }
            | Operation::Attach { .. }
            | Operation::Other { .. } => {}
        }
    }

    fn need_tables(&mut self, tables: &[ObjectName]) {
        for table in tables {
            if self.schema.view(table).is_none() {
                self.need_table(table, false);
            }
        }
    }

    /// Rows come into a table.
    fn fill(&mut self, table: &ObjectName) {
        let now = self.now;
        if self.schema.view(table).is_none()
            && self.need_table(table, false)
            && let Some(table) = self.schema.table_mut(table)
        {
            table.filled.get_or_insert(now);
        }
    }

    /// Something was done to these that could not be read.
    fn forget(&mut self, mentions: &[Name]) {
        for name in mentions {
            if !self.schema.is_unknown(name) {
                self.schema.unknown.push(name.clone());
            }
        }
        self.schema.change_tables(|table| mentions.contains(&table.name.name), |table| table.known = false);
    }

    fn drop_table(&mut self, name: &ObjectName, if_exists: bool) {
        if !self.need_table(name, if_exists) {
            return;
        }
        let key = self.schema.resolved(name);
        self.schema.tables.remove(&key);
        let schema = &mut *self.schema;
        let gone: Vec<ObjectName> =
            schema.triggers.iter().filter(|(_, t)| schema.key(&t.table) == key).map(|(name, _)| name.clone()).collect();
        gone.iter().for_each(|trigger| _ = schema.triggers.remove(trigger));
    }

    /// Gives a table or a view another name; what refers to it follows.
    fn rename_table(&mut self, from: &ObjectName, to: &ObjectName) {
        let (old, new) = (self.schema.resolved(from), self.schema.key(to));
        if old != new && (self.schema.tables.contains_key(&new) || self.schema.views.contains_key(&new)) {
            self.fail(Obstacle::TableExists(to));
            return;
        }
        if let Some(mut view) = self.schema.views.remove(&old) {
            view.name = to.clone();
            self.schema.views.insert(new, view);
            return;
        }
        if !self.need_table(from, false) {
            return;
        }
        let Some(mut table) = self.schema.tables.remove(&old) else { return };
        if self.schema.target.dialect.is_mysql() {
            names::follow(&mut table, &to.name);
        }
        table.name = to.clone();
        self.schema.tables.insert(new, table);
        let follows = !self.schema.legacy_rename;
        let of_queries = follows && !self.schema.target.dialect.is_mysql();
        // Keys and what is written differ in `main.` alone.
        let is_old =
            |name: &ObjectName| name.name == old.name && (name.database == old.database || old.database.is_none());
        self.schema.change_tables(
            |table| follows && table.foreign_keys.iter().any(|fk| is_old(&fk.table)),
            |table| {
                let referring = table.foreign_keys.iter_mut().filter(|fk| is_old(&fk.table));
                referring.for_each(|fk| fk.table = to.clone());
            },
        );
        let target = self.schema.target;
        let Schema { views, triggers, .. } = &mut *self.schema;
        // SQLite changes the text of views and triggers too; MySQL leaves them to fail.
        if of_queries {
            let (was, is) = (&old.name, &to.name);
            for view in views.values_mut().filter(|view| view.query.reads.iter().any(is_old)) {
                view.query.sql = text::renamed(target, &view.query.sql, was, is);
            }
            let names = |trigger: &Trigger| trigger.body.reads.iter().any(is_old);
            for trigger in triggers.values_mut().filter(|trigger| names(trigger)) {
                trigger.body.sql = text::renamed(target, &trigger.body.sql, was, is);
            }
        }
        let reads = views.values_mut().flat_map(|view| &mut view.query.reads).filter(|_| of_queries);
        let triggers = triggers.values_mut().flat_map(|trigger| {
            let reads = trigger.body.reads.iter_mut().filter(|_| of_queries);
            reads.chain([&mut trigger.table])
        });
        for name in reads.chain(triggers).filter(|name| is_old(name)) {
            *name = to.clone();
        }
    }
}
