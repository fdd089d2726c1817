//! Statements written from choices and from what the schema has: most run, some are refused.

mod code;
mod collations;
mod columns;
mod comments;
mod constraints;
mod foreign;
mod indexes;
mod objects;
mod statistics;
mod tables;
mod values;
mod views;

use crate::step::{Choices, Step};
use migrate_safety_core::catalog::{Catalog, Column, Relation, Table, TypeDef, TypeDefKind};

/// What writes a statement; nothing where the schema has not what it takes.
type Kind = fn(&mut Writer<'_>) -> Option<String>;

/// Every kind of statement, with how often it comes.
const KINDS: &[&[(usize, Kind)]] = &[
    tables::KINDS,
    columns::KINDS,
    constraints::KINDS,
    indexes::KINDS,
    statistics::KINDS,
    objects::KINDS,
    collations::KINDS,
    foreign::KINDS,
    comments::KINDS,
    views::KINDS,
    code::KINDS,
];

/// The statement that a step stands for in this schema.
pub(crate) fn statement(step: &Step, catalog: &Catalog) -> Option<String> {
    let all = || KINDS.iter().copied().flatten();
    let total: usize = all().map(|(weight, _)| weight).sum();
    let mut at = usize::from(step.kind) % total;
    let kind = all().find(|(weight, _)| {
        let found = at < *weight;
        at = at.wrapping_sub(*weight);
        found
    });
    let mut writer = Writer { catalog, choices: Choices::new(step) };
    let sql = (kind?.1)(&mut writer)?;
    let alone = ["CONCURRENTLY", "SET search_path", "RESET search_path"].iter().any(|words| sql.contains(words));
    let in_block = !alone && writer.choices.chance(4);
    Some(if in_block { format!("DO $do$BEGIN {sql}; END$do$") } else { sql })
}

/// Names: few, so that they collide; odd and long ones among them.
const NAMES: &[&str] = &[
    "a",
    "b",
    "c",
    "d",
    "e",
    "id",
    "name",
    "t1",
    "t2",
    "t3",
    "\"Odd Name\"",
    "\"select\"",
    "val",
    "a_name_that_is_long_enough_to_be_cut_with_another_one_behind",
    "a_column_of_some_length_with_more_behind_it",
];

/// Names of types. That of a sequence or an index may be taken by a type, but then nobody can write the schema down.
const TYPE_NAMES: &[&str] = &[
    "mood",
    "positive",
    "pair",
    "\"Odd Type\"",
    "kind",
    "a_type_with_a_name_that_is_as_long_as_names_may_be_on_a_server_x",
];

pub(crate) struct Writer<'w> {
    catalog: &'w Catalog,
    choices: Choices<'w>,
}

impl<'w> Writer<'w> {
    fn name(&mut self) -> &'static str {
        self.choices.word(NAMES)
    }

    /// The name of something new, now and then with a schema.
    fn new_object(&mut self) -> String {
        let name = self.name();
        if self.choices.chance(12) { format!("{}.{name}", self.schema()) } else { name.to_owned() }
    }

    fn type_name(&mut self) -> &'static str {
        self.choices.word(TYPE_NAMES)
    }

    fn relation(&mut self, wanted: impl Fn(&Relation) -> bool) -> Option<&'w Relation> {
        let all: Vec<&Relation> = self.catalog.relations().filter(|r| wanted(r)).collect();
        self.choices.one_of(&all)
    }

    /// A table of any kind.
    fn table(&mut self) -> Option<(&'w Relation, &'w Table)> {
        let relation = self.relation(|r| r.table().is_some())?;
        Some((relation, relation.table()?))
    }

    fn column(&mut self, table: &'w Table) -> Option<&'w Column> {
        let columns: Vec<&Column> = table.columns.iter().collect();
        self.choices.one_of(&columns)
    }

    /// Some columns, none twice.
    fn columns(&mut self, table: &'w Table, most: usize) -> Vec<&'w Column> {
        let count = 1 + self.choices.below(most);
        let mut columns: Vec<&Column> = Vec::new();
        for _ in 0..count {
            columns.extend(self.column(table));
        }
        let mut seen = Vec::new();
        columns.retain(|c| {
            !seen.contains(&c.id) && {
                seen.push(c.id);
                true
            }
        });
        columns
    }

    fn user_type(&mut self, wanted: impl Fn(&TypeDefKind) -> bool) -> Option<&'w TypeDef> {
        let all: Vec<&TypeDef> = self.catalog.types().filter(|t| wanted(&t.kind)).collect();
        self.choices.one_of(&all)
    }

    /// `text` in so many of a hundred cases.
    fn maybe(&mut self, percent: usize, text: &'static str) -> &'static str {
        if self.choices.chance(percent) { text } else { "" }
    }

    fn cascade(&mut self) -> &'static str {
        self.maybe(35, " CASCADE")
    }
}

fn sql_name(relation: &Relation) -> String {
    relation.object_name().sql()
}

fn type_name(def: &TypeDef) -> String {
    format!("{}.{}", def.schema.sql(), def.name.sql())
}

fn listed(columns: &[&Column]) -> String {
    columns.iter().map(|c| c.name.sql()).collect::<Vec<_>>().join(", ")
}
