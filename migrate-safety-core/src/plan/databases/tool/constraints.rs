//! The names that pt-online-schema-change gives to constraints, and how they get theirs back.
//!
//! It makes the new table by the statement of the old one. A constraint may not have the name of another, and so it gets one
//! more underscore, or loses two (`create_new_table` and `rebuild_constraints` in the tool).

use super::Request;
use super::present::once;
use crate::databases::name::Name;
use crate::databases::operation::{CheckDef, ForeignKeyDef};
use crate::databases::schema::Table;
use crate::dialect::Dialect;
use crate::plan::draft::DraftStep;
use crate::sql::name::literal;

/// The most characters of a name.
const LONGEST: usize = 64;

/// The name that a constraint has afterwards.
fn other(name: &Name) -> Name {
    match name.as_str().strip_prefix("__") {
        Some(rest) => Name::new(rest),
        None => Name::new(&format!("_{name}").chars().take(LONGEST).collect::<String>()),
    }
}

/// Foreign keys that lead to the table or from it, each with the table that it is on.
fn foreign_keys<'a>(request: &Request<'a>, table: &'a Table) -> Vec<(&'a Table, &'a ForeignKeyDef)> {
    let own = table.foreign_keys.iter().map(|key| (table, key));
    let leading = request.schema().references_to(&table.name).filter(|(other, _)| other.id != table.id);
    leading.chain(own).collect()
}

/// The step that gives foreign keys their names back, where a tool has changed them.
pub(in crate::plan::databases) fn names_back(request: &Request<'_>, table: &Table) -> Option<DraftStep> {
    let keys = foreign_keys(request, table);
    let one = |(on, key): &(&Table, &ForeignKeyDef)| {
        let renamed = other(key.name.as_ref()?);
        let there = format!(
            "EXISTS (SELECT 1 FROM information_schema.table_constraints WHERE constraint_schema = DATABASE() AND table_name = \
             {} AND constraint_name = {})",
            literal(on.name.name.as_str()),
            literal(renamed.as_str())
        );
        let sql = format!(
            "ALTER TABLE {} DROP FOREIGN KEY {}, ADD {}, ALGORITHM=INPLACE, LOCK=NONE",
            request.table_sql(on),
            request.name(&renamed),
            request.rendered().foreign_key(key)
        );
        Some(once(&format!("NOT {there}"), &sql))
    };
    let statements: Vec<String> = keys.iter().filter_map(one).flatten().collect();
    if statements.is_empty() {
        return None;
    }
    // The rows are not looked at, and so no table is copied: the foreign key of the other name has held for them.
    let switch = |on: u8| vec![format!("SET SESSION foreign_key_checks = {on}")];
    let title = format!("Give the foreign keys of {} the names back that a tool has changed", request.table_sql(table));
    Some(request.step(title, [switch(0), statements, switch(1)].concat()).rollback_nothing())
}

/// Checks that stand in the statement of a table with a name, as far as these are known.
fn checks<'a>(request: &Request<'_>, table: &'a Table) -> impl Iterator<Item = &'a CheckDef> {
    let in_column = request.target().dialect == Dialect::MariaDb;
    table.checks.iter().filter(move |check| !(in_column && check.at_column.is_some()))
}

/// What the tool is told besides: on MariaDB, where names of checks are the table's own, checks get theirs back at once.
pub(super) fn told_besides(request: &Request<'_>, table: &Table) -> String {
    let mut told = String::new();
    if request.target().dialect == Dialect::MariaDb {
        for (number, check) in checks(request, table).enumerate() {
            let name = check.name.clone().unwrap_or_else(|| Name::new(&format!("CONSTRAINT_{}", number + 1)));
            let named = CheckDef { name: Some(name.clone()), ..check.clone() };
            let renamed = request.name(&other(&name));
            told += &format!(", DROP CONSTRAINT {renamed}, ADD {}", request.rendered().check(&named));
        }
    }
    told
}

/// What is said of checks that have other names afterwards.
pub(super) fn other_names(request: &Request<'_>, table: &Table) -> Option<String> {
    let count = checks(request, table).count();
    (request.target().dialect == Dialect::MySql && count > 0).then(|| {
        format!(
            "The tools give the checks of {t} other names: pt-online-schema-change puts an underscore before them (or takes away \
             two), gh-ost and spirit copy {t} by CREATE TABLE … LIKE. The server gives them their names back only by another copy; \
             drift tells of them.",
            t = request.table_sql(table)
        )
    })
}
