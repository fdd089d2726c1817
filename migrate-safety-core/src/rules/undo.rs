//! What a way back leaves different from what was there before.

use crate::catalog::{Catalog, Column, ConstraintKind, Relation, RelationKind, Table, TypeDefKind};
use std::collections::BTreeMap;

/// What `after` has that `before` had not, and the reverse, in words: `index public.i is still there`. What belongs to
/// a table that is missing or left over is not told by itself.
pub(super) fn differences(before: &Catalog, after: &Catalog) -> Vec<String> {
    let (had, has) = (described(before), described(after));
    let alone =
        |owner: &Option<String>| owner.as_ref().is_none_or(|owner| had.contains_key(owner) && has.contains_key(owner));
    let gone = had.iter().filter(|(what, _)| !has.contains_key(*what)).filter(|(_, thing)| alone(&thing.owner));
    let left = has.iter().filter(|(what, _)| !had.contains_key(*what)).filter(|(_, thing)| alone(&thing.owner));
    let other = had.iter().filter_map(|(what, thing)| Some((what, thing, has.get(what)?)));
    let mut found: Vec<String> = gone.map(|(what, _)| format!("{what} is not back")).collect();
    found.extend(left.map(|(what, _)| format!("{what} is still there")));
    found.extend(
        other
            .filter(|(_, thing, now)| thing.looks != now.looks)
            .map(|(what, thing, now)| format!("{what} is {}, was {}", now.looks, thing.looks)),
    );
    found
}

/// An object as far as it is compared.
struct Thing {
    /// What it belongs to, as it is called here.
    owner: Option<String>,
    looks: String,
}

fn described(catalog: &Catalog) -> BTreeMap<String, Thing> {
    let mut things = BTreeMap::new();
    for relation in catalog.relations().filter(|relation| !relation.unknown) {
        let name = relation.qualified();
        match &relation.kind {
            RelationKind::Table(table) => of_table(relation, table, &mut things),
            RelationKind::Index(index) if index.constraint.is_none() => {
                let table = catalog.relation(index.table).map(|table| format!("table {}", table.qualified()));
                let looks = if index.unique { "unique" } else { "not unique" };
                things.insert(format!("index {name}"), Thing { owner: table, looks: looks.into() });
            }
            RelationKind::View(_) => add(&mut things, format!("view {name}")),
            RelationKind::Sequence(sequence) if sequence.owned_by.is_none() => {
                add(&mut things, format!("sequence {name}"));
            }
            RelationKind::Index(_) | RelationKind::Sequence(_) | RelationKind::Composite => {}
        }
    }
    for def in catalog.types() {
        // A value of an enum cannot be taken back: nobody is to blame for it.
        let kind = if matches!(def.kind, TypeDefKind::Domain(_)) { "domain" } else { "type" };
        add(&mut things, format!("{kind} {}.{}", def.schema, def.name));
    }
    for routine in catalog.routines.values() {
        let word = if routine.procedure { "procedure" } else { "function" };
        add(&mut things, format!("{word} {}.{}", routine.schema, routine.name));
    }
    things
}

fn add(things: &mut BTreeMap<String, Thing>, what: String) {
    things.insert(what, Thing { owner: None, looks: String::new() });
}

fn of_table(relation: &Relation, table: &Table, things: &mut BTreeMap<String, Thing>) {
    let name = relation.qualified();
    let owner = format!("table {name}");
    let mut part = |what: String, looks: String| {
        things.insert(what, Thing { owner: Some(owner.clone()), looks });
    };
    for column in &table.columns {
        part(format!("column {name}.{}", column.name), looks(column));
    }
    // PostgreSQL 18 has constraints for NOT NULL, which the columns tell already.
    let told = |kind: &ConstraintKind| matches!(kind, ConstraintKind::NotNull { .. });
    for constraint in table.constraints.iter().filter(|constraint| !told(&constraint.kind)) {
        part(format!("constraint {} of {name}", constraint.name), String::new());
    }
    for trigger in &table.triggers {
        part(format!("trigger {} of {name}", trigger.name), String::new());
    }
    add(things, owner);
}

fn looks(column: &Column) -> String {
    let null = if column.not_null { "NOT NULL" } else { "nullable" };
    let default = if column.default.is_some() { " with a default" } else { "" };
    format!("{} {null}{default}", column.data_type)
}
