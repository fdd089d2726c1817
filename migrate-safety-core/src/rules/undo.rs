//! What a way back leaves different from what was there before.

use crate::catalog::{Catalog, Column, ConstraintKind, Relation, RelationKind, Routine, Table, TypeDef, TypeDefKind};
use std::collections::BTreeMap;

/// What `after` has that `before` had not, and the reverse, in words: `index public.i is still there`. What belongs to
/// a table that is missing or left over is not told by itself.
pub(super) fn differences(before: &Catalog, after: &Catalog) -> Vec<String> {
    let (had, has) = (changed(before, after), changed(after, before));
    let stays = |table: &String| is_table(before, table) && is_table(after, table);
    let alone = |thing: &Thing| thing.table.as_ref().is_none_or(stays);
    let gone = had.iter().filter(|(what, _)| !has.contains_key(*what)).filter(|(_, thing)| alone(thing));
    let left = has.iter().filter(|(what, _)| !had.contains_key(*what)).filter(|(_, thing)| alone(thing));
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
    /// The table it belongs to, as it is called here.
    table: Option<String>,
    looks: String,
}

fn is_table(catalog: &Catalog, qualified: &str) -> bool {
    catalog.relation_called(qualified).is_some_and(|relation| !relation.unknown && relation.table().is_some())
}

/// The objects of a catalog, except those that another catalog has as they are.
fn changed(catalog: &Catalog, other: &Catalog) -> BTreeMap<String, Thing> {
    let mut things = BTreeMap::new();
    for (_, relation) in catalog.relations.unshared(&other.relations) {
        of_relation(catalog, relation, &mut things);
    }
    for (_, def) in catalog.types.unshared(&other.types) {
        add(&mut things, type_name(def));
    }
    for (_, routine) in catalog.routines.unshared(&other.routines).into_iter().filter(|(_, r)| !is_routine(other, r)) {
        add(&mut things, routine_name(routine));
    }
    things
}

/// Whether a catalog has a routine of the kind and name of this one, whatever its arguments.
fn is_routine(catalog: &Catalog, like: &Routine) -> bool {
    let ids = catalog.routine_names.get(&(like.schema.clone(), like.name.clone()));
    let mut named = ids.into_iter().flatten().filter_map(|id| catalog.routines.get(id));
    named.any(|routine| routine.procedure == like.procedure)
}

fn of_relation(catalog: &Catalog, relation: &Relation, things: &mut BTreeMap<String, Thing>) {
    if relation.unknown {
        return;
    }
    let name = relation.qualified();
    match &relation.kind {
        RelationKind::Table(table) => of_table(relation, table, things),
        RelationKind::Index(index) if index.constraint.is_none() => {
            let table = catalog.relation(index.table).map(Relation::qualified);
            let looks = if index.unique { "unique" } else { "not unique" };
            things.insert(format!("index {name}"), Thing { table, looks: looks.into() });
        }
        RelationKind::View(_) => add(things, format!("view {name}")),
        RelationKind::Sequence(sequence) if sequence.owned_by.is_none() => add(things, format!("sequence {name}")),
        RelationKind::Index(_) | RelationKind::Sequence(_) | RelationKind::Composite => {}
    }
}

fn type_name(def: &TypeDef) -> String {
    // A value of an enum cannot be taken back: nobody is to blame for it.
    let kind = if matches!(def.kind, TypeDefKind::Domain(_)) { "domain" } else { "type" };
    format!("{kind} {}.{}", def.schema, def.name)
}

fn routine_name(routine: &Routine) -> String {
    let word = if routine.procedure { "procedure" } else { "function" };
    format!("{word} {}.{}", routine.schema, routine.name)
}

fn add(things: &mut BTreeMap<String, Thing>, what: String) {
    things.insert(what, Thing { table: None, looks: String::new() });
}

fn of_table(relation: &Relation, table: &Table, things: &mut BTreeMap<String, Thing>) {
    let name = relation.qualified();
    let mut part = |what: String, looks: String| {
        things.insert(what, Thing { table: Some(name.clone()), looks });
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
    add(things, format!("table {name}"));
}

fn looks(column: &Column) -> String {
    let null = if column.not_null { "NOT NULL" } else { "nullable" };
    let default = if column.default.is_some() { " with a default" } else { "" };
    format!("{} {null}{default}", column.data_type)
}
