//! `ALTER TABLE` and the like.

use super::Change;
use super::create::{add_check, add_foreign_key, add_index};
use super::names::is_automatic;
use super::text::renamed;
use crate::databases::name::{Name, ObjectName};
use crate::databases::operation::{
    ActionKind, AlterTable, ColumnDef, Expression, IndexKey, IndexKind, PartitionAction, Position, TableOptions,
};
use crate::databases::say::Obstacle;
use crate::databases::schema::Table;

impl Change<'_> {
    pub(super) fn alter_table(&mut self, alter: &AlterTable) {
        let is_view = self.schema.view(&alter.table).is_some();
        if !is_view && !self.need_table(&alter.table, alter.if_exists) {
            return;
        }
        let mut table = alter.table.clone();
        // All of them are about the table as it was: a column does not take with it the index that another action drops.
        let drops_key = |kind: &ActionKind| {
            matches!(
                kind,
                ActionKind::DropIndex { .. } | ActionKind::DropForeignKey { .. } | ActionKind::DropConstraint { .. }
            )
        };
        let rank = |kind: &ActionKind| match kind {
            _ if drops_key(kind) => 0,
            // MySQL knows all columns by the names that they had, and those that go make room for others.
            ActionKind::DropColumn { .. } if self.schema.target.dialect.is_mysql() => 1,
            _ => 2,
        };
        let mut actions: Vec<&ActionKind> = alter.actions.iter().map(|action| &action.kind).collect();
        actions.sort_by_key(|kind| rank(kind));
        let exchanged = if is_view { Vec::new() } else { self.set_aside(&table, &actions) };
        for action in actions {
            if let ActionKind::Rename { to } = action {
                self.rename_table(&table, to);
                table = to.clone();
                continue;
            }
            let aside = renamed_column(action)
                .and_then(|(column, to)| exchanged.contains(column).then(|| (aside(column), to.clone())));
            match (aside, action) {
                (Some((column, to)), ActionKind::Modify { to: definition, position, if_exists, .. }) => {
                    self.rename_column(&table, &column, &to);
                    let to = Box::new((**definition).clone());
                    let (column, position) = (to.name.clone(), position.clone());
                    self.action(&table, &ActionKind::Modify { column, to, position, if_exists: *if_exists });
                }
                (Some((column, to)), _) => self.rename_column(&table, &column, &to),
                (None, action) => self.action(&table, action),
            }
        }
    }

    /// Puts the columns aside whose names others take that are renamed by the same statement: `a` to `b` and `b` to `a`.
    fn set_aside(&mut self, table: &ObjectName, actions: &[&ActionKind]) -> Vec<Name> {
        let renames: Vec<(&Name, &Name)> = actions.iter().filter_map(|action| renamed_column(action)).collect();
        let is_taken = |column: &Name| renames.iter().any(|(_, to)| *to == column);
        let found = |column: &Name| self.schema.table(table).is_some_and(|table| table.column(column).is_some());
        let moved: Vec<Name> =
            renames.iter().map(|(from, _)| (*from).clone()).filter(|from| is_taken(from) && found(from)).collect();
        for column in &moved {
            self.rename_column(table, column, &aside(column));
        }
        moved
    }

    fn action(&mut self, name: &ObjectName, action: &ActionKind) {
        let target = self.schema.target;
        if let ActionKind::AddIndex { index, if_not_exists } = action {
            let taken = index.name.as_ref().filter(|index| self.table(name).is_some_and(|t| t.index(index).is_some()));
            let second_key =
                index.kind == IndexKind::Primary && self.table(name).is_some_and(|t| !t.primary_key().is_empty());
            if let (Some(taken), false) = (taken, *if_not_exists) {
                self.fail(Obstacle::IndexExists(taken));
            }
            if taken.is_some() || second_key {
                return;
            }
            self.need_key_columns(name, index);
        }
        if let ActionKind::RenameColumn { column, to } = action {
            self.rename_column(name, column, to);
            return;
        }
        if let ActionKind::Modify { column, to, .. } = action
            && *column != to.name
        {
            self.rename_column(name, column, &to.name);
        }
        let obstacle = {
            let Some(table) = self.schema.table_mut(name) else { return };
            perform(target, table, action)
        };
        match obstacle {
            Some(Missing::Column(column)) => self.fail(Obstacle::NoColumn(name, column)),
            Some(Missing::Index(index)) => self.fail(Obstacle::NoIndex(index)),
            Some(Missing::Constraint(constraint)) => self.fail(Obstacle::NoConstraint(constraint)),
            Some(Missing::No(column)) => self.fail(Obstacle::ColumnExists(column)),
            None => {}
        }
    }

    fn table(&self, name: &ObjectName) -> Option<&Table> {
        self.schema.table(name)
    }

    /// Gives a column another name, wherever it is named.
    fn rename_column(&mut self, name: &ObjectName, column: &Name, to: &Name) {
        let Some(table) = self.schema.table(name) else { return };
        if table.known && table.column(column).is_none() {
            return self.fail(Obstacle::NoColumn(name, column));
        }
        if table.column(to).is_some() && column != to {
            return self.fail(Obstacle::ColumnExists(to));
        }
        let key = self.schema.key(name);
        let target = self.schema.target;
        let rename = |name: &mut Name| {
            if name == column {
                *name = to.clone();
            }
        };
        let in_text = |text: &mut Box<str>| *text = renamed(target, text, column, to);
        let in_expression = |expression: &mut Expression| {
            if expression.columns.iter().any(|(_, name)| name == column) {
                expression.columns.iter_mut().for_each(|(_, name)| rename(name));
                in_text(&mut expression.sql);
            }
        };
        if !self.schema.target.dialect.is_mysql() {
            // SQLite changes the text of views and triggers too.
            for view in self.schema.views.values_mut() {
                let reads = view.query.reads.iter().any(|read| read.name == key.name);
                let own = |of: &Option<Name>| reads && of.as_ref().is_none_or(|of| *of == key.name);
                let named = |(of, name): &&mut (Option<Name>, Name)| own(of) && name == column;
                let mut named = view.query.columns.iter_mut().filter(named).peekable();
                if named.peek().is_some() {
                    in_text(&mut view.query.sql);
                }
                named.for_each(|(_, name)| rename(name));
            }
            for trigger in self.schema.triggers.values_mut() {
                let is_on = trigger.table.name == key.name;
                let row = |of: &Name| is_on && (*of == *"new" || *of == *"old");
                let own = |of: &Option<Name>| of.as_ref().is_some_and(|of| *of == key.name || row(of));
                let named = |(of, name): &&mut (Option<Name>, Name)| own(of) && name == column;
                let mut named = trigger.body.columns.iter_mut().filter(named).peekable();
                if named.peek().is_some() {
                    in_text(&mut trigger.body.sql);
                }
                named.for_each(|(_, name)| rename(name));
            }
        }
        let is_it = |other: &Table| other.name == key || (other.name.name == key.name && key.database.is_none());
        let refers = |other: &Table| other.foreign_keys.iter().any(|fk| fk.table.name == key.name);
        let change = |other: &mut Table| {
            let is_it = is_it(other);
            if is_it {
                other.columns.iter_mut().for_each(|c| rename(&mut c.name));
                for part in other.indexes.iter_mut().flat_map(|index| &mut index.parts) {
                    match &mut part.key {
                        IndexKey::Column(name) => rename(name),
                        IndexKey::Expression(expression) => in_expression(expression),
                    }
                }
                other.indexes.iter_mut().filter_map(|index| index.predicate.as_mut()).for_each(in_expression);
                other.checks.iter_mut().for_each(|check| in_expression(&mut check.expression));
                let generated = other.columns.iter_mut().filter_map(|column| column.generated.as_mut());
                generated.for_each(|generated| in_expression(&mut generated.expression));
            }
            for foreign_key in &mut other.foreign_keys {
                if is_it {
                    foreign_key.columns.iter_mut().for_each(rename);
                }
                if foreign_key.table.name == key.name {
                    foreign_key.referenced.iter_mut().for_each(rename);
                }
            }
        };
        self.schema.change_tables(|other| is_it(other) || refers(other), change);
    }

    pub(super) fn drop_index(&mut self, index: &ObjectName, table: Option<&ObjectName>, if_exists: bool) {
        if let Some(table) = table
            && !self.need_table(table, if_exists)
        {
            return;
        }
        let on = match table {
            Some(table) => Some(table.clone()),
            None => self.schema.table_of_index(&index.name).map(|table| table.name.clone()),
        };
        let table = on.and_then(|on| self.schema.table_mut(&on));
        let known = table.as_ref().is_none_or(|table| table.known);
        let found = table.is_some_and(|table| {
            let before = table.indexes.len();
            table.indexes.retain(|other| other.name.as_ref() != Some(&index.name) || is_automatic(other));
            table.indexes.len() < before
        });
        if !found && known && !if_exists && self.schema.complete && !self.schema.is_unknown(&index.name) {
            self.fail(Obstacle::NoIndex(&index.name));
        }
    }
}

/// The old and the new name of a column that an action renames.
fn renamed_column(action: &ActionKind) -> Option<(&Name, &Name)> {
    match action {
        ActionKind::RenameColumn { column, to } => Some((column, to)),
        ActionKind::Modify { column, to, .. } => Some((column, &to.name)),
        _ => None,
    }
    .filter(|(from, to)| from != to)
}

/// What a column is called while others take its name.
fn aside(column: &Name) -> Name {
    Name::new(&format!("{column} (before)"))
}

/// What an action does not find, or finds taken.
enum Missing<'a> {
    Column(&'a Name),
    Index(&'a Name),
    Constraint(&'a Name),
    /// There is such a column already.
    No(&'a Name),
}

fn perform<'a>(target: crate::Target, table: &mut Table, action: &'a ActionKind) -> Option<Missing<'a>> {
    let missing_column = |table: &Table, column: &Name| table.known && table.column(column).is_none();
    match action {
        ActionKind::AddColumn { column, position, if_not_exists } => {
            if table.column(&column.name).is_some() {
                return (!if_not_exists).then_some(Missing::No(&column.name));
            }
            place(table, (**column).clone(), position.as_ref());
        }
        ActionKind::DropColumn { column, if_exists } => {
            if missing_column(table, column) {
                return (!if_exists).then_some(if target.dialect.is_mysql() {
                    Missing::Constraint(column)
                } else {
                    Missing::Column(column)
                });
            }
            table.columns.retain(|other| other.name != *column);
            for index in &mut table.indexes {
                index.parts.retain(|part| part.column() != Some(column));
            }
            table.indexes.retain(|index| !index.parts.is_empty());
            table.foreign_keys.retain(|fk| !fk.columns.contains(column));
            table.checks.retain(|check| !check.expression.columns.iter().any(|(_, name)| name == column));
        }
        ActionKind::Modify { column, to, position, if_exists } => {
            let Some(at) = table.columns.iter().position(|other| other.name == to.name) else {
                return (table.known && !if_exists).then_some(Missing::Column(column));
            };
            if position.is_some() {
                table.columns.remove(at);
                place(table, (**to).clone(), position.as_ref());
            } else if let Some(slot) = table.columns.get_mut(at) {
                *slot = (**to).clone();
            }
        }
        ActionKind::SetDefault { column, default } => match table.columns.iter_mut().find(|c| c.name == *column) {
            Some(found) => found.default.clone_from(default),
            None if table.known => return Some(Missing::Column(column)),
            None => {}
        },
        ActionKind::SetNotNull { column, not_null } => match table.columns.iter_mut().find(|c| c.name == *column) {
            Some(found) => found.not_null = not_null.then_some(true),
            None if table.known => return Some(Missing::Column(column)),
            None => {}
        },
        ActionKind::SetColumnVisible { column, visible } => {
            match table.columns.iter_mut().find(|c| c.name == *column) {
                Some(found) => found.invisible = !visible,
                None if table.known => return Some(Missing::Column(column)),
                None => {}
            }
        }
        ActionKind::AddIndex { index, .. } => add_index(target, table, index.clone()),
        ActionKind::DropIndex { index, if_exists } => {
            if table.index(index).is_none() {
                return (table.known && !if_exists).then_some(Missing::Index(index));
            }
            table.indexes.retain(|other| other.name.as_ref() != Some(index));
        }
        ActionKind::DropPrimaryKey => table.indexes.retain(|index| index.kind != IndexKind::Primary),
        ActionKind::RenameIndex { index, to } => {
            match table.indexes.iter_mut().find(|other| other.name.as_ref() == Some(index)) {
                Some(found) => found.name = Some(to.clone()),
                None if table.known => return Some(Missing::Index(index)),
                None => {}
            }
        }
        ActionKind::SetIndexVisible { index, visible } => {
            match table.indexes.iter_mut().find(|other| other.name.as_ref() == Some(index)) {
                Some(found) => found.invisible = !visible,
                None if table.known => return Some(Missing::Index(index)),
                None => {}
            }
        }
        ActionKind::AddForeignKey { foreign_key, .. } => add_foreign_key(target, table, foreign_key.clone()),
        ActionKind::DropForeignKey { name, if_exists } => {
            let before = table.foreign_keys.len();
            table.foreign_keys.retain(|fk| fk.name.as_ref() != Some(name));
            if table.foreign_keys.len() == before && table.known && !if_exists {
                return Some(Missing::Constraint(name));
            }
        }
        ActionKind::AddCheck { check } => add_check(target, table, check.clone()),
        ActionKind::DropConstraint { name, if_exists } => {
            // SQLite drops a NOT NULL by its name too, of which nobody keeps note.
            if !drop_constraint(table, name) && table.known && !if_exists && target.dialect.is_mysql() {
                return Some(Missing::Constraint(name));
            }
        }
        ActionKind::EnforceCheck { name, enforced } => {
            match table.checks.iter_mut().find(|check| check.name.as_ref() == Some(name)) {
                Some(check) => check.enforced = *enforced,
                None if table.known => return Some(Missing::Constraint(name)),
                None => {}
            }
        }
        ActionKind::Options(options) => merge(&mut table.options, options),
        ActionKind::Convert { charset, collation } => {
            table.options.charset = Some(charset.clone());
            table.options.collation.clone_from(collation);
            for column in table.columns.iter_mut().filter(|column| column.charset.is_some()) {
                column.charset = Some(charset.clone());
                column.collation.clone_from(collation);
            }
        }
        ActionKind::Partition(PartitionAction::By) => table.partitioned = true,
        ActionKind::Partition(PartitionAction::Remove) => table.partitioned = false,
        ActionKind::SystemVersioning { add } => table.options.system_versioned = *add,
        ActionKind::Opaque { .. } => table.known = false,
        ActionKind::RenameColumn { .. }
        | ActionKind::Rename { .. }
        | ActionKind::Force
        | ActionKind::OrderBy
        | ActionKind::Keys { .. }
        | ActionKind::Tablespace { .. }
        | ActionKind::Partition(_)
        | ActionKind::Validation { .. } => {}
    }
    None
}

/// Puts a column where it goes.
fn place(table: &mut Table, column: ColumnDef, position: Option<&Position>) {
    let at = match position {
        Some(Position::First) => 0,
        Some(Position::After(other)) => {
            table.columns.iter().position(|c| c.name == *other).map_or(table.columns.len(), |at| at + 1)
        }
        None => table.columns.len(),
    };
    table.columns.insert(at, column);
}

/// Removes a check, a key or a foreign key of this name; whether there was one.
fn drop_constraint(table: &mut Table, name: &Name) -> bool {
    let count = |table: &Table| table.checks.len() + table.foreign_keys.len() + table.indexes.len();
    let before = count(table);
    table.checks.retain(|check| check.name.as_ref() != Some(name));
    table.foreign_keys.retain(|fk| fk.name.as_ref() != Some(name));
    if count(table) == before {
        table.indexes.retain(|index| !(index.is_unique() && index.name.as_ref() == Some(name)));
    }
    count(table) < before
}

/// What is written stands for what was.
fn merge(old: &mut TableOptions, new: &TableOptions) {
    let TableOptions {
        engine,
        charset,
        collation,
        row_format,
        auto_increment,
        comment,
        strict,
        without_rowid,
        system_versioned,
        others,
    } = new;
    let name = |old: &mut Option<Name>, new: &Option<Name>| {
        if new.is_some() {
            old.clone_from(new);
        }
    };
    name(&mut old.engine, engine);
    name(&mut old.charset, charset);
    name(&mut old.collation, collation);
    name(&mut old.row_format, row_format);
    old.auto_increment = auto_increment.or(old.auto_increment);
    if comment.is_some() {
        old.comment.clone_from(comment);
    }
    old.strict |= strict;
    old.without_rowid |= without_rowid;
    old.system_versioned |= system_versioned;
    for (key, value) in others {
        old.others.retain(|(other, _)| other != key);
        old.others.push((key.clone(), value.clone()));
    }
}
