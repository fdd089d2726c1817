//! Tables that are made anew, as SQLite's documentation tells it (ALTER TABLE, 8): there is no other way to change a
//! type, a default or a constraint.

use crate::databases::name::{Name, ObjectName};
use crate::databases::operation::{ActionKind, ColumnDef, CreateTable, Insert, Operation};
use crate::databases::schema::{Schema, Table};
use crate::databases::view::{Judged, MigrationView};

/// In which order a table is made anew.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Order {
    /// The new one under another name, the old one dropped, the new one renamed.
    NewThenRename,
    /// The old one renamed away, the new one under its name, the old one dropped.
    RenameOldAway,
}

/// A table that a migration makes anew.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Rebuild<'a> {
    /// The table as it was before the migration.
    pub(crate) old: &'a Table,
    /// In which order.
    pub(crate) order: Order,
    /// The new table.
    pub(crate) create: &'a CreateTable,
    /// The statement that makes it.
    pub(crate) created: &'a Judged,
    /// The statement that copies the rows, if there is one; the first of several.
    pub(crate) copied: Option<(&'a Judged, &'a Insert)>,
    /// Whether others copy more of them.
    pub(crate) in_parts: bool,
    /// The statement that drops the old table, if there is one.
    pub(crate) dropped: Option<&'a Judged>,
    /// The statement that renames the new one, or the old one.
    pub(crate) renamed: &'a Judged,
}

/// The tables that existed before a migration and that it makes anew.
pub(crate) fn rebuilds<'a>(view: &MigrationView<'a>) -> Vec<Rebuild<'a>> {
    let renames = view.judged.iter().filter_map(|judged| {
        let Operation::AlterTable(alter) = &judged.statement.operation else { return None };
        let to = alter.actions.iter().find_map(|action| match &action.kind {
            ActionKind::Rename { to } => Some(to),
            _ => None,
        })?;
        Some((judged, &alter.table, to))
    });
    renames.filter_map(|(renamed, from, to)| rebuild(view, renamed, from, to)).collect()
}

fn rebuild<'a>(
    view: &MigrationView<'a>,
    renamed: &'a Judged,
    from: &ObjectName,
    to: &ObjectName,
) -> Option<Rebuild<'a>> {
    let schema = view.before;
    let same = |one: &ObjectName, other: &ObjectName| schema.key(one) == schema.key(other);
    let makes = |judged: &'a Judged, name: &ObjectName| match &judged.statement.operation {
        Operation::CreateTable(create) if create.name.as_ref().is_some_and(|made| same(made, name)) => Some(&**create),
        _ => None,
    };
    let made = |name: &ObjectName, range: &'a [Judged]| {
        range.iter().rev().find_map(|judged| Some((judged, makes(judged, name)?)))
    };
    let (before, behind) = view.judged.split_at_checked(renamed.index)?;
    let (old, order, (created, create), gone) = match made(from, before) {
        Some(made) => (schema.table(to)?, Order::NewThenRename, made, to),
        None => (schema.table(from)?, Order::RenameOldAway, made(from, behind)?, to),
    };
    let dropped = view.judged.iter().find(|judged| match &judged.statement.operation {
        Operation::DropTable { tables, .. } => tables.iter().any(|table| same(table, gone)),
        _ => false,
    });
    if order == Order::NewThenRename && dropped.is_none() {
        return None;
    }
    let new = create.name.as_ref()?;
    let mut copies = view.judged.iter().filter_map(|judged| match &judged.statement.operation {
        Operation::Insert(insert)
            if same(&insert.table, new) && insert.source.reads.iter().any(|read| same(read, gone)) =>
        {
            Some((judged, &**insert))
        }
        _ => None,
    });
    let (copied, in_parts) = (copies.next(), copies.next().is_some());
    Some(Rebuild { old, order, create, created, copied, in_parts, dropped, renamed })
}

impl<'a> Rebuild<'a> {
    /// The columns of the old table whose values the copy leaves out.
    pub(crate) fn left_out(&self) -> Vec<&'a Name> {
        let stored = self.old.columns.iter().filter(|column| column.generated.is_none()).map(|column| &column.name);
        match self.copied {
            Some((_, insert)) if insert.source.star => Vec::new(),
            Some((_, insert)) => {
                let output = insert.source.output_text();
                let is_in = |name: &Name| output.split(|c: char| !is_name_part(c)).any(|word| *name == *word);
                stored.filter(|name| !is_in(name)).collect()
            }
            None => stored.collect(),
        }
    }

    /// Which new column gets the value of which old one, where it is copied as it is.
    pub(crate) fn pairs(&self) -> Vec<(&'a ColumnDef, &'a ColumnDef)> {
        let Some((_, insert)) = self.copied else { return Vec::new() };
        let stored = |columns: &'a [ColumnDef]| columns.iter().filter(|column| column.generated.is_none());
        let targets: Vec<&ColumnDef> = if insert.columns.is_empty() {
            stored(&self.create.columns).collect()
        } else {
            let find = |name: &Name| self.create.columns.iter().find(|column| column.name == *name);
            insert.columns.iter().filter_map(find).collect()
        };
        let sources: Vec<Option<&ColumnDef>> = if insert.copies_all() {
            stored(&self.old.columns).map(Some).collect()
        } else if insert.source.star {
            Vec::new()
        } else {
            let mentioned = |name: &Name| insert.source.columns.iter().any(|(_, read)| read == name);
            let find = |name: &Option<Name>| {
                name.as_ref().filter(|name| mentioned(name)).and_then(|name| self.old.column(name))
            };
            insert.source.output.iter().map(find).collect()
        };
        targets.into_iter().zip(sources).filter_map(|(target, source)| Some((target, source?))).collect()
    }
}

fn is_name_part(c: char) -> bool {
    c.is_alphanumeric() || c == '_' || c == '$'
}

impl Insert {
    /// Whether it is filled by `SELECT * FROM` one table.
    pub(crate) fn copies_all(&self) -> bool {
        self.source.star && self.source.output.is_empty() && self.source.reads.len() == 1
    }

    /// How many values each row has, where that can be told of a query.
    pub(crate) fn width(&self, schema: &Schema) -> Option<usize> {
        let select = self.source.sql.get(..6).is_some_and(|start| start.eq_ignore_ascii_case("select"));
        if self.rows.is_some() || !select {
            return None;
        }
        if !self.source.star {
            return Some(self.source.output.len());
        }
        let of_table = |name: &ObjectName| schema.table(name).filter(|table| table.known && table.module.is_none());
        let [read] = self.source.reads.as_slice() else { return None };
        // A subquery or a function may stand beside the table.
        let plain = self.source.sql.matches('(').count() == 0 && self.source.sql.matches('*').count() == 1;
        plain.then(|| of_table(read).map(|table| table.columns.len() + self.source.output.len())).flatten()
    }
}
