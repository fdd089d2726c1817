//! What takes the place of a relation that a migration renames or drops, before anybody can miss it.

use super::view::{Judged, MigrationView};
use crate::catalog::{Relation, RelationKind, UNKNOWN_TYPE};
use crate::effects::BreakageKind;
use crate::sql::operation::TableAction;
use crate::sql::{DataType, Ident, Operation};

/// The relation that has the name `schema.name` when the transaction of an operation is over.
pub(super) fn stand_in<'a>(view: &MigrationView<'a>, judged: &Judged, name: &str) -> Option<&'a Relation> {
    let found = view.after.relation_called(name)?;
    if found.view().is_some_and(|view| !view.populated) {
        return None;
    }
    let same_transaction = |other: &Judged| other.now.transaction == judged.now.transaction;
    let gets_name = |other: &Judged| match &other.located.operation {
        Operation::AlterTable(alter) => {
            matches!(alter.action, TableAction::Rename { .. } | TableAction::SetSchema { .. })
        }
        Operation::RenameSchema { .. } => true,
        _ => false,
    };
    let made_here = found.created.transaction == judged.now.transaction;
    let renamed_here = || {
        let mut behind =
            view.operations.iter().map(|(_, other)| other).skip_while(|other| !std::ptr::eq(*other, judged));
        behind.next();
        behind.any(|other| same_transaction(other) && gets_name(other))
    };
    (made_here || renamed_here()).then_some(found)
}

/// The columns of a table or view, as far as all of them are known.
pub(super) fn columns(relation: &Relation) -> Option<Vec<(&Ident, Option<&DataType>)>> {
    match &relation.kind {
        RelationKind::Table(table) if !relation.unknown => {
            Some(table.columns.iter().map(|c| (&c.name, Some(&c.data_type))).collect())
        }
        RelationKind::View(view) if view.complete => {
            Some(view.columns.iter().map(|c| (&c.name, c.data_type.as_ref())).collect())
        }
        _ => None,
    }
}

/// The columns that a running release knows of a relation and its stand-in has not, or has with another type.
pub(super) fn missing(view: &MigrationView<'_>, old: &Relation, new: &Relation) -> Vec<String> {
    let (Some(old), Some(new)) = (known_columns(view, old), columns(new)) else { return Vec::new() };
    let is_there = |(name, data_type): &(&str, Option<&DataType>)| {
        new.iter().any(|(other, other_type)| {
            let same = match (data_type, other_type) {
                (Some(one), Some(other)) if is_known(one) && is_known(other) => {
                    one.name == other.name && one.array == other.array
                }
                _ => true,
            };
            other.as_str() == *name && same
        })
    };
    old.iter().filter(|column| !is_there(column)).map(|(name, _)| (*name).to_owned()).collect()
}

fn is_known(data_type: &DataType) -> bool {
    data_type.name.as_str() != UNKNOWN_TYPE
}

/// The columns that were there before the migration, by the names they had then.
fn known_columns<'a>(view: &MigrationView<'a>, relation: &'a Relation) -> Option<Vec<(&'a str, Option<&'a DataType>)>> {
    let Some(table) = relation.table().filter(|_| !relation.unknown) else {
        return Some(columns(relation)?.into_iter().map(|(name, data_type)| (name.as_str(), data_type)).collect());
    };
    let renamed = view.operations.iter().flat_map(|(_, judged)| &judged.effects.breaks);
    let renamed: Vec<_> = renamed
        .filter(|broken| broken.what == BreakageKind::Renamed && broken.relation.id == relation.id)
        .filter_map(|broken| broken.column.as_ref())
        .collect();
    let known = table.columns.iter().filter(|column| column.created.migration < view.number);
    let named = known.map(|column| {
        let first = renamed.iter().find(|(id, _)| *id == column.id).map(|(_, name)| name.as_str());
        (first.unwrap_or(column.name.as_str()), Some(&column.data_type))
    });
    Some(named.collect())
}
